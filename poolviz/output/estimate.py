"""Estimate how much memory a request takes, before any of it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, format_bytes
from poolviz.plan import Plan, make_plan
from poolviz.spec import PoolSpec
from poolviz.views.paint.formats import still_pixels, still_steps

# An output cell: its value, and what comparing or counting it takes.
BYTES_PER_OUTPUT = 16
# A cell of a still: its colour and the numbers on the way to it; then each pixel (measured).
BYTES_PER_COLORED, BYTES_PER_PIXEL = 64, 8
# A cell of a window that is shown: value, kind, weight and arithmetic (measured).
BYTES_PER_CELL = 300
# A window of an adaptive axis (measured).
BYTES_PER_WINDOW = 150
# A value after a layer; one that is computed again and compared, or of an input that is searched.
BYTES_PER_LEVEL, BYTES_PER_FOLLOWED = 8, 32
# The largest working memory of the engine, which works in blocks.
SCRATCH = 64 << 20
_SMALLER_OUTPUT = "use a larger stride, or a smaller output"


def check_windows(spec: PoolSpec, budget: Budget) -> None:
    """Raise SpecError if a list of adaptive windows alone would take more than the budget.

    Called before the plan is made, which lists them.
    """
    needed = BYTES_PER_WINDOW * sum(spec.output_size or ())
    budget.check_work(
        needed, f"{format_bytes(needed)} for the windows", "use a smaller output size"
    )


def check_stack(feature_map: FeatureMap, cells: int, budget: Budget, *, followed: bool) -> None:
    """Check the memory that a stack of layers takes.

    Args:
        feature_map: the input, which is in memory already.
        cells: the number of values of all maps after it.
        budget: the memory that may be used.
        followed: whether everything is computed again without a feature, and compared.

    Raises:
        SpecError: the stack would take more than the budget.
    """
    maps = BYTES_PER_LEVEL * cells
    feature = followed * BYTES_PER_FOLLOWED * (cells + feature_map.values.size)
    parts = f"{format_bytes(maps)} for the maps"
    parts += f", {format_bytes(feature)} for the marked feature" if feature else ""
    remedy = "use fewer filters, larger strides, or a smaller input"
    budget.check_work(maps + feature + _copied_bytes(feature_map), parts, remedy)


def check_outputs(feature_map: FeatureMap, specs: Iterable[PoolSpec], budget: Budget) -> None:
    """Raise SpecError if the outputs of all ``specs`` would take more memory than the budget.

    All are kept, with a mark on every value; one after the other is compared with the first.
    """
    channels = len(feature_map.values)
    outputs, largest = 0, 0
    for spec in specs:
        check_windows(spec, budget)
        try:
            plan = make_plan(spec, feature_map.input_size)
        except SpecError:
            # A framework that refuses the request has no output.
            continue
        values = channels * prod(plan.output_size)
        outputs += values * (plan.mode.result_type(feature_map.values.dtype).itemsize + 1)
        largest = max(largest, values)
    outputs += largest * BYTES_PER_OUTPUT
    scratch, copied = _scratch_bytes(feature_map), _copied_bytes(feature_map)
    parts = f"{format_bytes(outputs)} for the outputs, {format_bytes(scratch)} for scratch space"
    parts += _copied_text(copied)
    budget.check_work(outputs + scratch + copied, parts, _SMALLER_OUTPUT)


def check_memory(
    feature_map: FeatureMap,
    plan: Plan,
    budget: Budget,
    *,
    results: int = 1,
    stills: bool = False,
    scale: int | None = None,
) -> None:
    """Check the memory that pooling takes.

    Args:
        feature_map: what is pooled; it is in memory already.
        plan: how it is pooled; its windows were checked by :func:`check_windows`.
        budget: the memory that may be used.
        results: how many outputs are kept at a time; 0 if the output is a mapped file.
        stills: whether all of input and output is drawn.
        scale: how many pixels a cell then has along each side; None for the usual number.

    Raises:
        SpecError: pooling would take more than the budget.
    """
    cells = prod(map(len, plan.geometry.window((0, 0))))
    _Work(feature_map, prod(plan.output_size), results, stills, scale, cells).check(budget)


@dataclass(frozen=True)
class _Work:
    """The memory for pooling a map: outputs, stills, and one window that is shown cell by cell."""

    feature_map: FeatureMap
    windows: int
    results: int
    stills: bool
    scale: int | None
    cells: int

    def check(self, budget: Budget) -> None:
        """Raise SpecError if it takes more than the budget, with a remedy for the largest part."""
        output = len(self.feature_map.values) * self.windows * BYTES_PER_OUTPUT * self.results
        stills = self._still_bytes() if self.stills else 0
        window = self.cells * BYTES_PER_CELL
        scratch, copied = _scratch_bytes(self.feature_map), _copied_bytes(self.feature_map)
        parts = f"{format_bytes(output)} for the output, {format_bytes(stills)} for the pictures"
        parts += f", {format_bytes(scratch)} for scratch space"
        parts += f", {format_bytes(window)} for the window" if window > scratch else ""
        parts += _copied_text(copied)
        remedy = _SMALLER_OUTPUT
        if window > output + stills:
            remedy = "use a smaller kernel"
        elif stills > output:
            remedy = "use write=none or a smaller scale"
        budget.check_work(output + stills + scratch + window + copied, parts, remedy)

    def _still_bytes(self) -> int:
        shape, is_rgb = self.feature_map.values.shape, self.feature_map.is_rgb
        step, output_step = still_steps(shape, (shape[0], self.windows))
        cells = -(-shape[1] // step) * -(-shape[2] // step) + -(-self.windows // output_step**2)
        pixels = still_pixels(shape, self.scale, rgb=is_rgb)
        colored = cells * (3 if is_rgb else 1)
        return int(colored * BYTES_PER_COLORED + pixels * BYTES_PER_PIXEL)


def _scratch_bytes(feature_map: FeatureMap) -> int:
    return min(SCRATCH, BYTES_PER_COLORED * feature_map.values.size)


def _copied_bytes(feature_map: FeatureMap) -> int:
    """The size of a copy in native byte order, if the values need one."""
    values = feature_map.values
    return 0 if values.dtype.isnative else values.nbytes


def _copied_text(size: int) -> str:
    return f", {format_bytes(size)} for the values in native byte order" if size else ""
