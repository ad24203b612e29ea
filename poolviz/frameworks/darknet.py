"""Darknet (``maxpool_layer.c``), known from its source only."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._rule import Rule
from poolviz.spec import Pair, PoolSpec


@dataclass(frozen=True)
class DarknetRule(Rule):
    """``padding`` is the total of both sides, the smaller half first; k − 1 by default."""

    def usual_padding(self, kernel_size: tuple[int, ...]) -> tuple[int, ...]:
        """A total of k − 1."""
        return tuple(length - 1 for length in kernel_size)

    def split_padding(self, padding: int) -> Pair:
        """The total in two halves, the smaller one first."""
        return padding // 2, padding - padding // 2

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for ceil mode, dilation and padding words."""
        if spec.ceil_mode:
            raise SpecError("ceil_mode", "Darknet does not support ceil mode", "omit ceil_mode")
        if set(spec.dilation) != {1}:
            raise SpecError("dilation", "Darknet does not support dilation", "omit dilation")
        if isinstance(spec.padding, str):
            cause = "Darknet accepts padding only as a number of cells"
            raise SpecError("padding", cause, "use the total of both sides, e.g. padding=1")


RULE = DarknetRule(
    name="darknet",
    title="Darknet",
    evidence="based on the source code, not checked by running it",
    stride_is_kernel_size=False,
    nan="drop",
)
