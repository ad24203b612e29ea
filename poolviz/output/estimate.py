"""What a request will take of memory, before any of it is done."""

from math import prod

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import resolve
from poolviz.memory import Budget, spelled
from poolviz.modes import build_mode
from poolviz.spec import PoolSpec

# An output cell: its value, and what comparing or counting it takes.
BYTES_PER_OUTPUT = 16
# A cell of a still: its colour, and the numbers on the way to it.
BYTES_PER_COLORED = 64
# What the engine works in, by blocks.
SCRATCH = 64 << 20


def check_memory(
    feature_map: FeatureMap,
    spec: PoolSpec,
    budget: Budget,
    *,
    results: int = 1,
    stills: bool = False,
) -> None:
    """Raise SpecError for work that would take more than the budget.

    Args:
        feature_map: what is pooled; it is there already.
        spec: how.
        budget: what may be used.
        results: how many outputs are kept at a time.
        stills: whether input and output are drawn at full size.

    Raises:
        SpecError: it would.
    """
    # Asked for as a number, they need not be found out window by window, of which each takes room.
    windows = prod(spec.output_size) if spec.adaptive else 0
    _check(feature_map, windows, budget, results, stills=False)
    try:
        size = resolve(spec, feature_map.input_size, build_mode(spec)).output_size
    except SpecError:
        # Whoever does the work refuses it, or asks under other rules.
        return
    _check(feature_map, prod(size), budget, results, stills=stills)


def _check(
    feature_map: FeatureMap, windows: int, budget: Budget, results: int, *, stills: bool
) -> None:
    channels, *plane = feature_map.values.shape
    output = channels * windows * BYTES_PER_OUTPUT * results
    drawn = (prod(plane) + windows) * (3 if feature_map.is_rgb else 1)
    pictures = drawn * BYTES_PER_COLORED if stills else 0
    scratch = min(SCRATCH, BYTES_PER_COLORED * channels * prod(plane))
    wanted = output + pictures + scratch
    parts = f"output {spelled(output)}, stills {spelled(pictures)}, scratch {spelled(scratch)}"
    remedy = "use --write none" if pictures > output else "use a larger stride, or a smaller output"
    budget.check_work(wanted, parts, remedy)
