"""capture(): the pooling modules of a live PyTorch model, seen at work by forward hooks."""

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolviz.arrays import as_array
from poolviz.errors import SpecError
from poolviz.frameworks import torch as reader
from poolviz.modes import build_mode
from poolviz.networks.observe import PoolingLayer, observed
from poolviz.spec import PoolSpec
from poolviz.windows import Array


def capture(
    model: Any, *inputs: Any, named: Mapping[str, Any] | None = None, index: int = 0
) -> list[PoolingLayer]:
    """The pooling modules of ``model`` at work on an input, in the order in which they are called.

    The model is called once, as it stands: call ``model.eval()`` before, and within
    ``torch.no_grad()`` if no gradients are wanted. Its hooks are removed again,
    whatever happens. What enters and leaves a module is copied and kept. Calls of
    functions, such as ``torch.nn.functional.max_pool2d``, are not seen. A module that
    is called several times is there as often, as ``pool``, ``pool#2`` and so on.
    PyTorch itself is not imported.

    Args:
        model: a ``torch.nn.Module``.
        *inputs: what it is called with.
        named: what it is called with by names.
        index: which of the batch the feature maps are of; maps without a batch have none.

    Returns:
        For each call of a pooling module its ``name``, ``feature_map``, ``spec``, the
        module's own ``output``, poolviz's ``result``, their ``max_difference`` and a
        ``remark`` on that, such as on averages of integers, which PyTorch truncates.
        Of three spatial axes, or of an empty batch, there is no feature map to show.
        PoolRequest that poolviz cannot repeat, as fractional max, which draws at random, is
        left out with a warning.

    Raises:
        SourceError: the batch has no ``index``; an empty one may have 0.

    Example:
        ``for layer in poolviz.capture(model, x): print(layer.name, layer.max_difference)``
    """
    seen: list[PoolingLayer] = []
    calls: Counter[str] = Counter()

    def hook(name: str) -> Any:
        def look(module: Any, given: Any, by_name: Any, output: Any) -> None:
            calls[name] += 1
            shown = name if calls[name] == 1 else f"{name}#{calls[name]}"
            call = _Call(module, given, by_name, output)
            seen.extend(_observed(shown, call, index))

        return look

    with _hooked(model, hook):
        model(*inputs, **(named or {}))
    if not calls:
        warnings.warn("no pooling module was called; calls of functions are not seen", stacklevel=2)
    return seen


@dataclass(frozen=True)
class _Call:
    """A call of a module: with what, and what came of it."""

    module: Any
    given: tuple[Any, ...]
    by_name: dict[str, Any]
    output: Any

    @property
    def entered(self) -> Any:
        """The tensor that is pooled."""
        return self.given[0] if self.given else self.by_name["input"]

    @property
    def left(self) -> Any:
        """The pooled one; with the winners' indices the output is a pair."""
        return self.output[0] if isinstance(self.output, tuple) else self.output


@contextlib.contextmanager
def _hooked(model: Any, hook: Any) -> Iterator[None]:
    """Hooks on all pooling modules, as long as the block lasts."""
    with contextlib.ExitStack() as hooks:
        for name, module in model.named_modules():
            if _is_pooling(module):
                handle = module.register_forward_hook(
                    hook(name or type(module).__name__), with_kwargs=True
                )
                hooks.callback(handle.remove)
        yield


def _is_pooling(module: Any) -> bool:
    """Whether it is pooling, of whatever kind; it may be one that poolviz does not have."""
    own = "Pool" in type(module).__name__ and not any(True for _ in module.children())
    return reader.is_pooling(module) or own


def _observed(name: str, call: _Call, index: int) -> list[PoolingLayer]:
    """The layer; nothing, with a warning, if poolviz cannot repeat it."""
    try:
        mode, _, rank = reader.kind(call.module)
        if build_mode(PoolSpec(mode)).draws:
            warnings.warn(f"left out {name}: it draws its windows at random", stacklevel=4)
            return []
        spec = reader.read(call.module, tuple(call.entered.shape[-rank:]))
        inputs, outputs = map(_as_array, (call.entered, call.left))
    except SpecError as error:
        warnings.warn(f"left out {name} ({error.subject}): {error.cause}", stacklevel=4)
        return []
    except Exception as error:  # noqa: BLE001 - whatever it is, the model goes on
        cause = f"what it was called with cannot be read ({error!r})"
        warnings.warn(f"left out {name}: {cause}", stacklevel=4)
        return []
    if inputs.ndim == rank + 1:
        # A map may come without a batch.
        inputs, outputs, index = inputs[None], outputs[None], 0
    return [observed(name, spec, inputs, outputs, index)]


def _as_array(tensor: Any) -> Array:
    """A copy: what follows may work in place."""
    return np.array(as_array(tensor))
