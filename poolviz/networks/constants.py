"""Constants: the tensors of a graph that are known before it is run."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# More numbers than any list of axes or scales has.
MOST_NUMBERS = 64


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
                values = [each.t for each in node.attribute if each.name == "value"]
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

        return [float(number) for number in to_array(tensor).ravel()]


def _count(dims: Iterable[int]) -> int:
    count = 1
    for length in dims:
        count *= length
    return count
