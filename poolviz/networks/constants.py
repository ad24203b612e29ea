"""Constants: the tensors of a graph that are known before it is run."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

# ONNX's number for the type.
INT64 = 7
# More numbers than any list of axes or scales has.
MOST_NUMBERS = 64
# How Constant nodes hold a tensor, or the numbers of one.
_HELD = frozenset(["value", "value_ints"])


@dataclass(frozen=True)
class Constants:
    """The tensors that stand in the graph itself, and shapes of them.

    Args:
        tensors: by their names.
    """

    tensors: dict[str, Any]

    @classmethod
    def of(cls, graph: Any) -> "Constants":
        """Those of a graph: its initializers, and what its Constant nodes hold."""
        tensors = {tensor.name: tensor for tensor in graph.initializer}
        for node in graph.node:
            if node.op_type == "Constant":
                values = [_tensor(each) for each in node.attribute if each.name in _HELD]
                tensors |= dict(zip(node.output, values, strict=False))
        return cls(tensors)

    def shape(self, name: str) -> tuple[int, ...] | None:
        """The shape of a tensor; None if it is not known."""
        tensor = self.tensors.get(name)
        return None if tensor is None else tuple(tensor.dims)

    def numbers(self, name: str) -> list[float] | None:
        """A short list of numbers; None if it is not known, long, or elsewhere."""
        tensor = self.tensors.get(name)
        if tensor is None or len(tensor.external_data) or _count(tensor.dims) > MOST_NUMBERS:
            return None
        from onnx.numpy_helper import to_array  # noqa: PLC0415 - of an extra

        try:
            found = [float(number) for number in to_array(tensor).ravel()]
        except (KeyError, TypeError, ValueError):
            # Texts, or what is damaged: the runtime has its own word on that.
            return None
        return found if all(map(isfinite, found)) else None


def _tensor(attribute: Any) -> Any:
    """What a Constant node holds, as a tensor."""
    if attribute.name == "value":
        return attribute.t
    from onnx.helper import make_tensor  # noqa: PLC0415 - of an extra

    return make_tensor("", INT64, [len(attribute.ints)], attribute.ints)


def _count(dims: Iterable[int]) -> int:
    count = 1
    for length in dims:
        count *= length
    return count
