"""Caffe (``pooling_layer.cpp``), known from its source only."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._rule import Rule, refuse_padding_of_kernel
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class CaffeRule(Rule):
    """Padding in numbers, alike on both sides, and no dilation."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding as large as the kernel, words, pairs and dilation."""
        pairs = spec.sliding.pairs
        if isinstance(spec.padding, str) or any(before != after for before, after in pairs):
            raise SpecError("padding", "Caffe pads both sides alike", "give one number per axis")
        refuse_padding_of_kernel(spec)
        if set(spec.dilation) != {1}:
            raise SpecError("dilation", "Caffe has none in pooling", "leave it out")


RULE = CaffeRule(
    name="caffe",
    evidence="read in its source, not run",
    stride_is_kernel_size=False,
    ceil_mode=True,
    clip_last_window="padded",
    nan="drop",
)
