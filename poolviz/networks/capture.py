"""capture(): the pooling modules of a live PyTorch model, seen at work by forward hooks."""

import contextlib
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np

from poolviz.errors import SpecError
from poolviz.networks.pooling_layer import PoolingLayer, observed
from poolviz.patches import Array
from poolviz.readers import torch as reader


def capture(model: Any, *inputs: Any, index: int = 0, **named: Any) -> list[PoolingLayer]:
    """The pooling modules of ``model`` at work on an input, in the order in which they are called.

    The model is called once, as it stands: call ``model.eval()`` before, and within
    ``torch.no_grad()`` if no gradients are wanted. Its hooks are removed again,
    whatever happens. Calls of functions, such as ``torch.nn.functional.max_pool2d``,
    are not seen. A module that is called several times is there as often, as
    ``pool``, ``pool#2`` and so on. PyTorch itself is not imported.

    Args:
        model: a ``torch.nn.Module``.
        *inputs: what it is called with.
        index: which of the batch the feature maps are of.
        **named: further arguments of the call.

    Returns:
        For each call of a pooling module its ``name``, ``feature_map``, ``spec``, the
        module's own ``output``, poolviz's ``result`` and their ``max_difference``.
        Of three spatial axes there is no feature map to show. Pooling that poolviz
        cannot repeat, as fractional max, which draws at random, is left out with a warning.

    Raises:
        SourceError: the batch has no ``index``.

    Example:
        ``for layer in poolviz.capture(model, x): print(layer.name, layer.max_difference)``
    """
    seen: list[PoolingLayer] = []
    calls: Counter[str] = Counter()

    def hook(name: str) -> Any:
        def look(module: Any, given: Any, named: Any, output: Any) -> None:
            calls[name] += 1
            shown = name if calls[name] == 1 else f"{name}#{calls[name]}"
            entered = given[0] if given else named["input"]
            layer = _observed(shown, module, entered, output, index)
            seen.extend([layer] if layer else [])

        return look

    with _hooked(model, hook):
        model(*inputs, **named)
    if not calls:
        warnings.warn("no pooling module was called; calls of functions are not seen", stacklevel=2)
    return seen


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


def _observed(name: str, module: Any, entered: Any, output: Any, index: int) -> PoolingLayer | None:
    """The layer; None, with a warning, if poolviz cannot repeat it."""
    # With the winners' indices, the output is a pair.
    left = output[0] if isinstance(output, tuple) else output
    try:
        rank = reader.kind(module).rank
        spec = reader.read(module, tuple(entered.shape[-rank:]))
    except SpecError as error:
        warnings.warn(f"left out {name} ({error.subject}): {error.cause}", stacklevel=4)
        return None
    inputs, outputs = map(_as_array, (entered, left))
    if inputs.ndim == rank + 1:
        # A map may come without a batch.
        inputs, outputs, index = inputs[None], outputs[None], 0
    return observed(name, spec, inputs, outputs, index)


def _as_array(tensor: Any) -> Array:
    """A copy: what follows may work in place. NumPy has no bfloat16."""
    tensor = tensor.detach().cpu()
    tensor = tensor.float() if "bfloat16" in str(tensor.dtype) else tensor
    return np.array(tensor.numpy())
