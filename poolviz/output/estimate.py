"""Estimate how much memory a request takes, before any of it is done."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
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
_SMALLER_OUTPUT = "use a larger stride or a smaller output"


def check_windows(spec: PoolSpec, budget: Budget) -> None:
    """Raise SpecError if a list of adaptive windows alone would take more than the budget.

    Called before the plan is made, which lists them.
    """
    needed = BYTES_PER_WINDOW * sum(spec.output_size or ())
    budget.check_work({"the windows": needed}, "use a smaller output size")


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
    parts = {"the maps": maps, "the marked feature": feature} | _copied_part(feature_map)
    budget.check_work(parts, "use fewer filters, larger strides or a smaller input")


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
    parts = {"the outputs": outputs, "scratch space": _scratch_bytes(feature_map)}
    budget.check_work(parts | _copied_part(feature_map), _SMALLER_OUTPUT)


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
        scratch = _scratch_bytes(self.feature_map)
        parts = {"the output": output, "the pictures": stills, "scratch space": scratch}
        parts |= {"the window": window} | _copied_part(self.feature_map)
        remedy = _SMALLER_OUTPUT
        if window > output + stills:
            remedy = "use a smaller kernel"
        elif stills > output:
            remedy = "use write=none, a smaller scale"
        budget.check_work(parts, remedy)

    def _still_bytes(self) -> int:
        shape, is_rgb = self.feature_map.values.shape, self.feature_map.is_rgb
        step, output_step = still_steps(shape, (shape[0], self.windows))
        cells = -(-shape[1] // step) * -(-shape[2] // step) + -(-self.windows // output_step**2)
        pixels = still_pixels(shape, self.scale, rgb=is_rgb)
        colored = cells * (3 if is_rgb else 1)
        return int(colored * BYTES_PER_COLORED + pixels * BYTES_PER_PIXEL)


def _scratch_bytes(feature_map: FeatureMap) -> int:
    return min(SCRATCH, BYTES_PER_COLORED * feature_map.values.size)


def _copied_part(feature_map: FeatureMap) -> dict[str, int]:
    """The size of a copy in native byte order, if the values need one."""
    values = feature_map.values
    return {"the values in native byte order": 0 if values.dtype.isnative else values.nbytes}
