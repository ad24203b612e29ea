"""Max-blur pooling."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks import Rule
from poolviz.geometry import Axis
from poolviz.modes._mode import Mode, floating, inside_or, weighted
from poolviz.spec import DEFAULT_KERNEL_SIZE, PoolSpec
from poolviz.text import Numbers
from poolviz.windows import Array, Patches

# With more taps the binomial coefficients lose their last digits.
MAX_TAPS = 33


@dataclass(frozen=True)
class BlurredAxis(Axis):
    """Windows over the maxima of a kernel at stride 1, of which there are size − kernel_size + 1.

    Window i blurs ``taps`` maxima around maximum i·stride. At either end the maxima are
    reflected, so that a window there reads fewer maxima, some of them twice.
    """

    kernel_size: int
    stride: int
    taps: int

    @property
    def step(self) -> float:
        """The stride."""
        return self.stride

    @property
    def maxima(self) -> int:
        """The number of maxima."""
        return self.size - self.kernel_size + 1

    def window(self, index: int) -> range:
        """The input cells of all maxima that window ``index`` reads."""
        (read,) = self._read(np.array([index])).tolist()
        return range(min(read), max(read) + self.kernel_size)

    def blur(self, indices: Array, count: int) -> Array:
        """The weights of the ``count`` maxima that each window reads: (..., count)."""
        read = self._read(indices)
        place = read - read.min(axis=-1, keepdims=True)
        return np.asarray(binomial(self.taps) @ (place[..., None] == np.arange(count)))

    def _read(self, indices: Array) -> Array:
        """The number of the maximum that each tap of a window reads: (..., taps)."""
        first = indices * self.stride - (self.taps - 1) // 2
        last = self.maxima - 1
        return np.asarray(last - np.abs(last - np.abs(first[..., None] + np.arange(self.taps))))


@lru_cache(maxsize=MAX_TAPS)
def binomial(taps: int) -> Array:
    """The coefficients C(taps − 1, i) / 2^(taps − 1).

    Example:
        >>> binomial(3).tolist()
        [0.25, 0.5, 0.25]
    """
    line = [math.comb(taps - 1, tap) for tap in range(taps)]
    return np.asarray(np.array(line) / 2 ** (taps - 1))


@dataclass(frozen=True)
class MaxBlur(Mode):
    """Anti-aliased max: the kernel's maxima at stride 1, blurred binomially, then subsampled.

    y = Σ_b B_b·max x_{b…b+k−1}, B binomial

    With a kernel of k cells, an axis of L cells has L − k + 1 maxima. With stride s, the output has
    one value for every s-th of them, ⌈(L − k + 1)/s⌉ in all. Each value is a weighted mean of
    ``taps`` neighbouring maxima, ⌊(taps − 1)/2⌋ of which lie before its position; the weights are
    C(taps − 1, i) / 2^(taps − 1). Beyond the edges the maxima are
    reflected. There is no padding: all windows lie inside the input, as in the authors' layer.

    Args:
        taps: the number of maxima that the blur averages; 1 means no blur. Give one number, or
            one for each axis (``taps=1/5``).
    """

    taps: tuple[int, ...] = (3,)

    summary: ClassVar[str] = "max at stride 1, blurred, then subsampled (maxblur:taps=3)"
    formula: ClassVar[str] = "y = Σ_b B_b·max x_{b…b+k−1}, B binomial"
    citation: ClassVar[str] = "Zhang 2019, arXiv 1904.11486"
    padding_value: ClassVar[float | None] = None

    @classmethod
    def title(cls) -> str:
        """The operation as its authors call it."""
        return "Max-blur pooling"

    def __post_init__(self) -> None:
        if not self.taps or not all(1 <= taps <= MAX_TAPS for taps in self.taps):
            given = "/".join(map(str, self.taps))
            cause = f"maxblur:taps={given} is out of range"
            raise SpecError("mode", cause, f"use numbers from 1 to {MAX_TAPS}")

    def check(self, spec: PoolSpec) -> None:
        """Raise SpecError for anything but a kernel size and a stride."""
        if spec.adaptive:
            cause = "maxblur needs windows of equal size"
            raise SpecError("output_size", cause, "use a kernel size and a stride instead")
        if spec.padding not in (None, "valid") and not set(spec.padding or ()) <= {0, (0, 0)}:
            cause = "maxblur takes no padding, as its blur reflects the maxima at the edges"
            raise SpecError("padding", cause, "omit padding")
        if set(spec.dilation) != {1}:
            raise SpecError("dilation", "maxblur does not support dilation", "omit dilation")
        if spec.ceil_mode:
            cause = "maxblur does not support ceil mode"
            raise SpecError("ceil_mode", cause, "omit ceil_mode")
        if len(self.taps) not in (1, spec.rank):
            axes = text.counted(spec.rank, "axis", "axes")
            cause = f"maxblur:taps has {len(self.taps)} numbers for {axes}"
            raise SpecError("mode", cause, "use one number, or one for each axis")

    def complete(self, spec: PoolSpec, rule: Rule) -> PoolSpec:
        """``spec`` with the framework's default stride, and without padding."""
        self.check(spec)
        kernel_size = spec.kernel_size or (DEFAULT_KERNEL_SIZE,) * spec.rank
        stride = spec.stride or (kernel_size if rule.stride_is_kernel_size else (1,) * spec.rank)
        return replace(
            spec,
            kernel_size=kernel_size,
            stride=stride,
            padding=((0, 0),) * spec.rank,
            ceil_mode=False,
            count_include_pad=rule.count_include_pad,
        )

    def axis(self, spec: PoolSpec, rule: Rule, axis: int, size: int, seed: int) -> Axis:
        """Windows that span the kernel and the blur."""
        del rule, seed
        kernel_size, stride = spec.sliding.kernel_size[axis], spec.sliding.stride[axis]
        taps = self.taps[axis % len(self.taps)]
        maxima = size - kernel_size + 1
        count = -(-maxima // stride)
        formula = f"⌈({size} − {kernel_size} + 1) / {stride}⌉ = {text.number(count)}"
        if maxima < 1:
            remedy = f"the largest kernel size that fits here is {size}"
            raise SpecError("kernel_size", f"no window fits: {formula}", remedy)
        if taps // 2 >= maxima:
            beyond = text.counted(taps // 2, "maximum", "maxima")
            cause = (
                f"maxblur:taps={taps} reads {beyond} beyond the edge, but"
                f" {f'only {maxima - 1}' if maxima > 1 else 'none'} can be reflected there"
            )
            most = f"at most {2 * maxima - 1}" if maxima > 1 else "1"
            remedy = f"set taps to {most}, or use a smaller kernel"
            raise SpecError("mode", cause, remedy)
        return BlurredAxis(
            size=size,
            output_size=count,
            before=0,
            after=0,
            formula=formula,
            kernel_size=kernel_size,
            stride=stride,
            taps=taps,
        )

    def reduce(self, patches: Patches) -> Array:
        """Σ_b B_b·(maximum of part b)."""
        maxima, _, blur = self._parts(patches)
        empty = (blur == 0).all(axis=-1)
        blurred = np.where(empty, np.nan, weighted(maxima, blur)[..., 0])
        return blurred.astype(floating(patches.cells.dtype))

    def weights(self, patches: Patches) -> Array:
        """The blur's weights, added up at the cells that are the maxima of their parts."""
        _, places, blur = self._parts(patches)
        weights = np.zeros(patches.cells.shape)
        for part in range(blur.shape[-1]):
            place = places[..., part : part + 1]
            gained = np.take_along_axis(weights, place, axis=-1) + blur[..., part : part + 1]
            np.put_along_axis(weights, place, gained, axis=-1)
        return weights

    def slopes(self, patches: Patches) -> Array:
        """The weights."""
        return self.weights(patches)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``blurred maxima: (1·4 + 2·6 + 1·5) / 4``; without a blur ``max(1, 4)``."""
        maxima, _, weights = self._parts(patch)
        axes = [axis for axis in patch.axes if isinstance(axis, BlurredAxis)]
        cells = patch.read
        if len(maxima) == 1:
            return text.in_full(
                len(cells),
                lambda: f"max({numbers.joined(cells)})",
                f"largest of {len(cells):,} cells",
            )
        # The weights are binomial coefficients over their sum.
        coefficients = self._blur(patch, axes) * 2.0 ** sum(axis.taps - 1 for axis in axes)
        used = weights > 0
        pairs = list(zip(coefficients[used], maxima[used], strict=True))
        total = text.abridged(pairs, lambda p: f"{text.number(p[0])}·{numbers.term(p[1])}", " + ")
        return f"blurred maxima: ({total}) / {text.grouped(coefficients[used].sum())}"

    def _parts(self, patches: Patches) -> tuple[Array, Array, Array]:
        """For each kernel-sized part its maximum, where that is in the patch, and its weight."""
        axes = [axis for axis in patches.axes if isinstance(axis, BlurredAxis)]
        kernel = tuple(axis.kernel_size for axis in axes)
        grid = inside_or(patches, -np.inf).reshape(*patches.cells.shape[:-1], *patches.shape)
        numbers = np.arange(math.prod(patches.shape)).reshape(patches.shape)
        parts = _split_parts(grid, kernel)
        places = np.broadcast_to(_split_parts(numbers, kernel), parts.shape)
        winners = np.where(np.isnan(parts), np.inf, parts).argmax(axis=-1)[..., None]
        maxima = np.take_along_axis(parts, winners, axis=-1)[..., 0]
        won = np.take_along_axis(places, winners, axis=-1)[..., 0]
        blur = self._blur(patches, axes)
        inside = np.broadcast_to(patches.inside, patches.cells.shape).reshape(grid.shape)
        # A part in which no cell takes part has no maximum; the other parts share its weight.
        weights = np.where(_split_parts(inside, kernel).any(axis=-1), blur, 0)
        total = weights.sum(axis=-1, keepdims=True)
        return maxima, won, np.asarray(weights / np.where(total == 0, 1, total))

    def _blur(self, patches: Patches, axes: list[BlurredAxis]) -> Array:
        """The blur's weights of the parts: the product of the weights along the axes."""
        blur = np.ones(1)
        for axis, along, length in zip(axes, patches.along, patches.shape, strict=True):
            line = axis.blur(along, length - axis.kernel_size + 1)
            product = blur[..., :, None] * line[..., None, :]
            blur = product.reshape(*product.shape[:-2], -1)
        return blur


def _split_parts(grid: Array, kernel: tuple[int, ...]) -> Array:
    """(..., patch axes) as (..., parts, cells of a part): all kernel-sized parts of a patch."""
    rank = len(kernel)
    leading = grid.ndim - rank
    axes = tuple(range(leading, grid.ndim))
    parts = np.lib.stride_tricks.sliding_window_view(grid, kernel, axis=axes)
    return parts.reshape(
        *grid.shape[:leading], math.prod(parts.shape[leading : leading + rank]), -1
    )
