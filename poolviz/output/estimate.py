"""What a request will take of memory, before any of it is done."""

from collections.abc import Iterable
from math import prod

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, format_bytes
from poolviz.plan import make_plan
from poolviz.spec import PoolSpec
from poolviz.views.paint.still_size import still_pixels, still_steps

# An output cell: its value, and what comparing or counting it takes.
BYTES_PER_OUTPUT = 16
# A cell of a still: its colour, and the numbers on the way to it; then each pixel, measured.
BYTES_PER_COLORED, BYTES_PER_PIXEL = 64, 8
# A window that is shown cell by cell: values, kinds, shares and arithmetic, measured.
BYTES_PER_CELL = 300
# A window of an adaptive axis, measured.
BYTES_PER_WINDOW = 150
# A value behind a layer; one that is computed again and compared, or of an input that is searched.
BYTES_PER_LEVEL, BYTES_PER_FOLLOWED = 8, 32
# What the engine works in, by blocks.
SCRATCH = 64 << 20


def check_windows(spec: PoolSpec, budget: Budget) -> None:
    """Raise SpecError for windows of which a list alone would take more than the budget."""
    wanted = BYTES_PER_WINDOW * sum(spec.output_size or ())
    budget.check_work(wanted, f"windows {format_bytes(wanted)}", "give a smaller output size")


def check_stack(feature_map: FeatureMap, cells: int, budget: Budget, *, followed: bool) -> None:
    """Raise SpecError for layers in a row that would take more than the budget.

    Args:
        feature_map: their input; it is there already.
        cells: how many values the maps behind it have.
        budget: what may be used.
        followed: whether all is done once more without some feature, and compared.

    Raises:
        SpecError: they would.
    """
    maps = BYTES_PER_LEVEL * cells
    once_more = followed * BYTES_PER_FOLLOWED * (cells + feature_map.values.size)
    parts = f"maps {format_bytes(maps)}, the marked feature {format_bytes(once_more)}"
    remedy = "use fewer filters, larger strides, or a smaller input"
    budget.check_work(maps + once_more + _copied_bytes(feature_map), parts, remedy)


def check_memory(
    feature_map: FeatureMap,
    spec: PoolSpec,
    budget: Budget,
    *,
    results: int = 1,
    stills: int = 0,
    mapped: bool = False,
) -> None:
    """Raise SpecError for work that would take more than the budget.

    Args:
        feature_map: what is pooled; it is there already.
        spec: how.
        budget: what may be used.
        results: how many outputs are kept at a time.
        stills: by which factor input and output are drawn, all of them; 0 if not.
        mapped: whether the output is a file that is mapped, and takes no memory.

    Raises:
        SpecError: it would.
    """
    # Asked for as a number, they need not be found out window by window, of which each takes room.
    windows = prod(spec.output_size) if spec.output_size else 0
    results = 0 if mapped else results
    _check(feature_map, windows, budget, results)
    try:
        geometry = make_plan(spec, feature_map.input_size).geometry
    except SpecError:
        # Whoever does the work refuses it, or asks under other rules.
        return
    shown = prod(map(len, geometry.window((0, 0))))
    windows = prod(geometry.output_size)
    _check(feature_map, windows, budget, results, stills=stills, shown=shown)


def check_outputs(feature_map: FeatureMap, specs: Iterable[PoolSpec], budget: Budget) -> None:
    """Raise SpecError if the outputs of all ``specs`` would take more than the budget.

    Each is kept with a mark on every value, and compared with the first, one after the other.
    """
    channels, *plane = feature_map.values.shape
    kept, largest = 0, 0
    for spec in specs:
        check_windows(spec, budget)
        try:
            plan = make_plan(spec, feature_map.input_size)
        except SpecError:
            # A framework that refuses has no output.
            continue
        values = channels * prod(plan.output_size)
        kept += values * (plan.mode.result_type(feature_map.values.dtype).itemsize + 1)
        largest = max(largest, values)
    compared = largest * BYTES_PER_OUTPUT
    scratch = min(SCRATCH, BYTES_PER_COLORED * channels * prod(plane))
    copied = _copied_bytes(feature_map)
    parts = f"outputs {format_bytes(kept + compared)}, scratch {format_bytes(scratch)}"
    parts += f", values in native byte order {format_bytes(copied)}" if copied else ""
    remedy = "use a larger stride, or a smaller output"
    budget.check_work(kept + compared + scratch + copied, parts, remedy)


def _check(
    feature_map: FeatureMap,
    windows: int,
    budget: Budget,
    results: int,
    *,
    stills: int = 0,
    shown: int = 0,
) -> None:
    channels, *plane = feature_map.values.shape
    output = channels * windows * BYTES_PER_OUTPUT * results
    pictures = _still_bytes(feature_map, windows, stills) if stills else 0
    window = shown * BYTES_PER_CELL
    scratch = min(SCRATCH, BYTES_PER_COLORED * channels * prod(plane))
    copied = _copied_bytes(feature_map)
    wanted = output + pictures + scratch + window + copied
    parts = f"output {format_bytes(output)}, stills {format_bytes(pictures)}"
    parts += f", scratch {format_bytes(scratch)}"
    parts += f", window {format_bytes(window)}" if window > scratch else ""
    parts += f", values in native byte order {format_bytes(copied)}" if copied else ""
    remedy = "use a larger stride, or a smaller output"
    if window > output + pictures:
        remedy = "use a smaller kernel"
    elif pictures > output:
        remedy = "use --write none, or a smaller --enlarge"
    budget.check_work(wanted, parts, remedy)


def _copied_bytes(feature_map: FeatureMap) -> int:
    """What a copy takes in which values of foreign byte order are worked with."""
    values = feature_map.values
    return 0 if values.dtype.isnative else values.nbytes


def _still_bytes(feature_map: FeatureMap, windows: int, factor: int) -> int:
    shape = feature_map.values.shape
    every, every_output = still_steps(shape, (shape[0], windows))
    shown = -(-shape[1] // every) * -(-shape[2] // every) + -(-windows // every_output**2)
    drawn = shown * (3 if feature_map.is_rgb else 1)
    pixels = still_pixels(feature_map.values.shape, factor, rgb=feature_map.is_rgb)
    return int(drawn * BYTES_PER_COLORED + pixels * BYTES_PER_PIXEL)
