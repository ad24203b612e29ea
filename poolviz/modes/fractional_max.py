"""Fractional max pooling."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks import Rule
from poolviz.geometry import Axis, RaggedAxis
from poolviz.modes._extreme import ExtremeMode
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class FractionalMax(ExtremeMode):
    """Max over regions that shrink a map by a ratio that need not be an integer.

    y = max over [a_{i−1}, a_i), a_i = ⌈α(i + u)⌉ − ⌈αu⌉

    Each step between the edges 0 = a₀ < a₁ < … < a_o = L is one of two consecutive integers. The
    order of the steps is pseudorandom, with one u for each axis, or random. Overlapping regions
    reach one cell further. With a kernel size, the regions follow PyTorch instead: region i has k
    cells and starts at ⌊(i + u)α⌋ − ⌊uα⌋ with α = (L − k)/(o − 1); the last one ends at the edge
    of the map.

    Args:
        nan: "propagate": NaN wins over every number; or "drop": NaN never wins, and a region
            without a number above −∞ gives the type's lowest finite value; None means the
            framework's rule.
        ratio: the input size divided by the output size, at least 1. Give one number, or one for
            each axis (``ratio=1.4/1.5``). An output size takes precedence.
        overlapping: whether neighbouring regions share the cells at their common edge.
        random: whether the steps are in random rather than pseudorandom order.
        u: offset of the pseudorandom regions, 0 ≤ u < 1; random by default.
    """

    ratio: tuple[float, ...] = (1.4142135623730951,)
    overlapping: bool = False
    random: bool = False
    u: float | None = None

    summary: ClassVar[str] = (
        "max over uneven regions, e.g. for a ratio of √2 (fractional-max:ratio=1.5)"
    )
    formula: ClassVar[str] = "y = max over [a_{i−1}, a_i), a_i = ⌈α(i + u)⌉ − ⌈αu⌉"
    citation: ClassVar[str] = "Graham 2014, arXiv 1412.6071"
    padding_value: ClassVar[float | None] = -np.inf
    folds: ClassVar[tuple[np.ufunc, np.ufunc]] = (np.maximum, np.fmax)

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.ratio or not all(1 <= ratio < np.inf for ratio in self.ratio):
            given = "/".join(map(str, self.ratio))
            cause = f"fractional-max:ratio={given} is out of range"
            raise SpecError("mode", cause, "use finite numbers of at least 1")
        if self.u is not None and not 0 <= self.u < 1:
            raise SpecError(
                "mode",
                f"fractional-max:u={self.u:g} is out of range",
                "use a number of at least 0 and less than 1",
            )

    @property
    def draws(self) -> bool:
        """Whether the regions are random."""
        return self.random or self.u is None

    def check(self, spec: PoolSpec) -> None:
        """Raise SpecError for a stride or padding, which regions do not have."""
        for name in spec.window_options:
            if name != "kernel_size":
                cause = "fractional-max derives its regions from the output size or the ratio"
                raise SpecError(name, cause, f"omit {name}")
        if len(self.ratio) not in (1, spec.rank):
            axes = text.counted(spec.rank, "axis", "axes")
            cause = f"fractional-max:ratio has {len(self.ratio)} numbers for {axes}"
            raise SpecError("mode", cause, "use one number, or one for each axis")

    def complete(self, spec: PoolSpec, rule: Rule) -> PoolSpec:
        """``spec`` without a stride and padding, which regions do not have."""
        self.check(spec)
        return replace(spec, count_include_pad=rule.count_include_pad)

    def axis(self, spec: PoolSpec, rule: Rule, axis: int, size: int, seed: int) -> Axis:
        """The regions along one axis."""
        del rule
        random = np.random.default_rng((seed, axis))
        ratio = self.ratio[axis % len(self.ratio)]
        # The small term makes a ratio of L/o give o in spite of rounding.
        count = spec.output_size[axis] if spec.output_size else int(size / ratio + 1e-9)
        if not 1 <= count <= size:
            cells = text.counted(size, "cell")
            remedy = f"use an output size {f'from 1 to {size}' if size > 1 else 'of 1'}"
            if not spec.output_size:
                cause = f"a ratio of {ratio:.4g} leaves no region on an axis of {cells}"
                raise SpecError("mode", cause, f"{remedy}, or a smaller ratio")
            raise SpecError("output_size", f"{count} regions do not fit into {cells}", remedy)
        u = random.random() if self.u is None else self.u
        if spec.kernel_size is not None:
            windows = _torch_regions(size, count, spec.kernel_size[axis], u)
        else:
            edges = self._edges(size, count, u, random)
            reach = 1 if self.overlapping else 0
            windows = tuple(range(a, min(size, b + reach)) for a, b in pairwise(edges))
        if spec.adaptive:
            formula = f"{text.counted(count, 'region')} of {text.counted(size, 'cell')}"
        else:
            formula = f"⌊{size} / {ratio:.4g}⌋ = {count}"
        return RaggedAxis(
            size=size, output_size=count, before=0, after=0, formula=formula, windows=windows
        )

    def _edges(self, size: int, count: int, u: float, random: np.random.Generator) -> list[int]:
        """The first cell of each region, and the end of the last."""
        alpha = size / count
        edges = [
            math.ceil(alpha * (i + u) - 1e-9) - math.ceil(alpha * u - 1e-9) for i in range(count)
        ]
        steps = np.diff([*edges, size])
        if self.random:
            steps = random.permutation(steps)
        return [0, *np.cumsum(steps).tolist()]


def _torch_regions(size: int, count: int, kernel_size: int, u: float) -> tuple[range, ...]:
    """PyTorch's regions for float64; its α for float32 is a float32, which can move a region."""
    if kernel_size + count - 1 > size:
        raise SpecError(
            "kernel_size",
            f"{count} regions of {kernel_size} cells do not fit into {size} cells",
            f"use a kernel size of at most {size - count + 1}",
        )
    alpha = (size - kernel_size) / (count - 1) if count > 1 else 0.0
    starts = [int((i + u) * alpha) - int(u * alpha) for i in range(count - 1)]
    return tuple(range(start, start + kernel_size) for start in [*starts, size - kernel_size])
