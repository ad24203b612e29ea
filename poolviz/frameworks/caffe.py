"""Caffe (``pooling_layer.cpp``), known from its source only."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._rule import Rule, refuse_padding_of_kernel
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class CaffeRule(Rule):
    """Padding in numbers, the same on both sides, and no dilation."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding as large as the kernel, words, pairs and dilation."""
        if isinstance(spec.padding, str):
            raise SpecError(
                "padding",
                "Caffe accepts padding only as a number of cells",
                "use one number for each axis, e.g. padding=1",
            )
        if any(before != after for before, after in spec.sliding.pairs):
            cause = "Caffe pads both sides of an axis equally"
            raise SpecError("padding", cause, "use one number for each axis, e.g. padding=1")
        refuse_padding_of_kernel(spec)
        if set(spec.dilation) != {1}:
            raise SpecError("dilation", "Caffe does not support dilation", "omit dilation")


RULE = CaffeRule(
    name="caffe",
    title="Caffe",
    evidence="based on the source code, not checked by running it",
    stride_is_kernel_size=False,
    ceil_mode=True,
    clip_last_window="padded",
    nan="drop",
)
