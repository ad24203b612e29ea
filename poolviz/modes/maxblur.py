"""Max-blur pooling."""

import math
from dataclasses import dataclass, replace
from functools import reduce
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.geometry import Axis, sliding_axis
from poolviz.modes._mode import Mode, floating, inside_or, weighted
from poolviz.patches import Array, Counts, Patches
from poolviz.rules import Rule
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class MaxBlur(Mode):
    """Anti-aliased max: the kernel's maxima at stride 1, blurred binomially, then subsampled.

    y = Σ_b B_b·max x_{b…b+k−1}, B binomial
    Each output reads k + taps − 1 cells per axis: the maxima of its kernel-sized
    parts, weighted by the binomial coefficients C(taps − 1, i) / 2^(taps − 1).
    Parts without any cell in the input are left out, the other weights scaled up
    to 1. Zhang 2019, arXiv 1904.11486.

    Args:
        taps: of the blur, along each axis, from 1 (none) up.
    """

    taps: int = 3

    summary: ClassVar[str] = "max at stride 1, blurred, then subsampled (maxblur:taps=3)"
    formula: ClassVar[str] = "y = Σ_b B_b·max x_{b…b+k−1}, B binomial"
    citation: ClassVar[str] = "Zhang 2019, arXiv 1904.11486"
    padding_value: ClassVar[float | None] = -np.inf

    def __post_init__(self) -> None:
        if not 1 <= self.taps <= 33:  # noqa: PLR2004 - beyond, coefficients lose their last digits
            raise SpecError("mode", f"maxblur:taps={self.taps} is out of range", "give 1 to 33")

    def axis(self, spec: PoolSpec, rule: Rule, at: int, size: int, seed: int) -> Axis:
        """Windows that reach over the kernel and the blur."""
        del seed
        if spec.adaptive:
            raise SpecError(
                "output_size", "a blur needs windows of one size", "give a kernel size and a stride"
            )
        if set(spec.dilation) != {1}:
            raise SpecError("dilation", "maxblur has no dilated form", "leave it out")
        longer = tuple(length + self.taps - 1 for length in spec.kernel_size)
        return sliding_axis(replace(spec, kernel_size=longer), rule, at, size)

    def _parts(self, patches: Patches) -> tuple[Array, Array, Array]:
        """Of each kernel-sized part its maximum, where it stands in the patch, and its weight."""
        kernel = tuple(length - self.taps + 1 for length in patches.shape)
        grid = inside_or(patches, -np.inf).reshape(*patches.cells.shape[:-1], *patches.shape)
        places = np.arange(math.prod(patches.shape)).reshape(patches.shape)
        parts, there = _parts_of(grid, kernel), _parts_of(places, kernel)
        winners = np.where(np.isnan(parts), np.inf, parts).argmax(axis=-1)[..., None]
        maxima = np.take_along_axis(parts, winners, axis=-1)[..., 0]
        standing = np.take_along_axis(np.broadcast_to(there, parts.shape), winners, axis=-1)[..., 0]
        return maxima, standing, self._blur(patches, kernel)

    def _blur(self, patches: Patches, kernel: tuple[int, ...]) -> Array:
        """The binomial weights of the parts that hold an input cell, summing to 1."""
        inside = np.broadcast_to(patches.inside, patches.cells.shape)
        grid = inside.reshape(*inside.shape[:-1], *patches.shape)
        usable = _parts_of(grid, kernel).any(axis=-1)
        line = [math.comb(self.taps - 1, tap) for tap in range(self.taps)]
        blur = reduce(np.multiply.outer, [np.array(line, float)] * len(kernel)).ravel()
        weights = np.where(usable, blur, 0)
        total = weights.sum(axis=-1, keepdims=True)
        return np.asarray(weights / np.where(total == 0, 1, total))

    def reduce(self, patches: Patches) -> Array:
        """Σ_b B_b·max of part b."""
        maxima, _, blur = self._parts(patches)
        empty = (blur == 0).all(axis=-1)
        blurred = np.where(empty, -np.inf, weighted(maxima, blur)[..., 0])
        return blurred.astype(floating(patches.cells.dtype))

    def weights(self, patches: Patches) -> Array:
        """The blur's weights, gathered at the cells that are their parts' maxima."""
        _, standing, blur = self._parts(patches)
        weights = np.zeros(patches.cells.shape)
        for part in range(blur.shape[-1]):
            place = standing[..., part : part + 1]
            gained = np.take_along_axis(weights, place, axis=-1) + blur[..., part : part + 1]
            np.put_along_axis(weights, place, gained, axis=-1)
        return weights

    def slopes(self, patches: Patches) -> Array:
        """The weights: the blur transposed, then the argmax."""
        return self.weights(patches)

    def expression(self, cells: Array, counts: Counts) -> str:
        """``blur of the maxima within (1, 3, 2)``."""
        del counts
        return f"binomial blur of the maxima among ({text.joined(cells)})"


def _parts_of(grid: Array, kernel: tuple[int, ...]) -> Array:
    """(..., patch axes) as (..., parts, cells of a part)."""
    rank = len(kernel)
    leading = grid.ndim - rank
    axes = tuple(range(leading, grid.ndim))
    parts = np.lib.stride_tricks.sliding_window_view(grid, kernel, axis=axes)
    return parts.reshape(
        *grid.shape[:leading], math.prod(parts.shape[leading : leading + rank]), -1
    )
