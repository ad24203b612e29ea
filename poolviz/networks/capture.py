"""Capture what the pooling modules of a live PyTorch model compute, with forward hooks."""

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from poolviz.arrays import as_array
from poolviz.errors import SpecError
from poolviz.frameworks import torch as reader
from poolviz.modes import build_mode
from poolviz.networks.observe import PoolingLayer, observed
from poolviz.spec import PoolSpec


class Model(Protocol):
    """What :func:`capture` needs of a ``torch.nn.Module``."""

    def named_modules(self) -> Iterable[tuple[str, Any]]:
        """The modules of the model by their names."""

    def __call__(self, *inputs: Any, **named: Any) -> object:
        """Run the model."""


def capture(
    model: Model, *inputs: object, named: Mapping[str, object] | None = None, index: int = 0
) -> list[PoolingLayer]:
    """Run ``model`` once and return its pooling layers, in the order in which they are called.

    The model runs in its current mode: call ``model.eval()`` first, and use
    ``torch.no_grad()`` if you need no gradients. The hooks are always removed
    afterwards. What enters and leaves a module is copied. Functional calls,
    such as ``torch.nn.functional.max_pool2d``, cannot be captured. A module that
    is called several times is returned once for each call, as ``pool``, ``pool#2`` and so on.
    PyTorch itself is not imported.

    Args:
        model: a ``torch.nn.Module``.
        *inputs: the positional arguments that it is called with.
        named: the keyword arguments that it is called with.
        index: the item of the batch that is shown; ignored for maps without a batch.

    Returns:
        For each call of a pooling module its ``name``, ``feature_map``, ``spec``, the
        module's own ``output``, poolviz's ``result``, their ``max_difference`` and a
        ``remark`` on it, e.g. that PyTorch truncates averages of integers.
        Maps of three spatial axes, and those of an empty batch, have no feature map to show.
        Pooling that poolviz cannot repeat, such as fractional max pooling, which draws its
        windows at random, is skipped with a warning.

    Raises:
        SourceError: the batch has no item ``index``; with an empty batch it has to be 0.

    Example:
        ``for layer in poolviz.capture(model, x): print(layer.name, layer.max_difference)``
    """
    layers: list[PoolingLayer] = []
    calls: Counter[str] = Counter()

    def hook_for(name: str) -> Any:
        def hook(module: Any, inputs: Any, named: Any, output: Any) -> None:
            calls[name] += 1
            label = name if calls[name] == 1 else f"{name}#{calls[name]}"
            layers.extend(_layers_of(_Call(label, module, inputs, named, output), index))

        return hook

    with contextlib.ExitStack() as hooks:
        for name, module in model.named_modules():
            if _is_pooling(module):
                hook = hook_for(name or type(module).__name__)
                handle = module.register_forward_hook(hook, with_kwargs=True)
                hooks.callback(handle.remove)
        model(*inputs, **(named or {}))
    if not calls:
        message = "no pooling module was called; functional calls cannot be captured"
        warnings.warn(message, stacklevel=2)
    return layers


def _is_pooling(module: Any) -> bool:
    """Whether a module pools in any way, including ways that poolviz does not have."""
    named_so = "Pool" in type(module).__name__ and not any(True for _ in module.children())
    return reader.is_pooling(module) or named_so


@dataclass(frozen=True)
class _Call:
    """A call of a module: its arguments by position and by name, and what it returned."""

    name: str
    module: Any
    inputs: tuple[Any, ...]
    named: dict[str, Any]
    output: Any


def _layers_of(call: _Call, index: int) -> list[PoolingLayer]:
    """The layer of a call; empty, with a warning, if poolviz cannot repeat it."""
    try:
        mode, _, rank = reader.kind(call.module)
        if build_mode(PoolSpec(mode)).draws:
            warnings.warn(f"skipped {call.name}: it draws its windows at random", stacklevel=4)
            return []
        entering = call.inputs[0] if call.inputs else call.named["input"]
        spec = reader.read(call.module, tuple(entering.shape[-rank:]))
        # A module that also returns indices returns a pair.
        output = call.output[0] if isinstance(call.output, tuple) else call.output
        # Copied, since what follows in the model may work in place.
        inputs, outputs = (np.array(as_array(tensor)) for tensor in (entering, output))
    except SpecError as error:
        warnings.warn(f"skipped {call.name} ({error.subject}): {error.cause}", stacklevel=4)
        return []
    except Exception as error:  # noqa: BLE001 - whatever it is, the model goes on
        cause = f"its input or output cannot be read ({error!r})"
        warnings.warn(f"skipped {call.name}: {cause}", stacklevel=4)
        return []
    if inputs.ndim == rank + 1:
        # Maps may come without a batch.
        inputs, outputs, index = inputs[None], outputs[None], 0
    return [observed(call.name, spec, inputs, outputs, index)]
