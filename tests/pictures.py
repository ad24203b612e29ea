"""Helpers of the tests of views: results of many shapes, and what a scene consists of."""

from collections.abc import Callable, Iterable
from functools import cache
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from poolviz import FeatureMap, PoolResult, PoolSpec, run
from poolviz.feature_map import RGB
from poolviz.views.scene.elements import Label, Scene
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.region import default_region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import THEMES

Kind = TypeVar("Kind")
# Letters of the font reach so far above and below the middle of a line, in sizes.
HALF_LINE = 0.6
TEACHING = [
    [1, 3, 4, 0, -5, -2],
    [6, 2, 0, 4, -3, -6],
    [0, 5, 1, 2, 2, -6],
    [-3, 2, 9, 0, 1, 3],
    [-2, 1, 2, 1, 8, 0],
    [2, 7, 0, -3, 3, 5],
]


def result_of(
    values: ArrayLike,
    mode: str = "max",
    kernel_size: Any = None,
    *,
    name: str = "map",
    channel_names: tuple[str, ...] = (),
    value_range: tuple[float, float] | None = None,
    **options: Any,
) -> PoolResult:
    """``values`` pooled."""
    feature_map = FeatureMap(np.asarray(values), name, name, channel_names, value_range)
    return run(feature_map, PoolSpec(mode, kernel_size, **options))


def photo(height: int, width: int) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """(3, height, width) noise in colour."""
    return np.random.default_rng(7).integers(0, 256, (3, height, width)).astype(np.uint8)


def noise(*shape: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """Numbers about zero."""
    return np.random.default_rng(5).normal(size=shape)


def with_holes() -> "np.ndarray[Any, np.dtype[np.float64]]":
    """A map with NaN and both infinities."""
    values = np.arange(36.0).reshape(6, 6) - 10
    values[0, 0], values[1, 3], values[3, 1] = np.nan, np.inf, -np.inf
    return values


EDGES = {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True}
RESULTS: dict[str, Callable[[], PoolResult]] = {
    "teaching": lambda: result_of(TEACHING),
    "average": lambda: result_of(TEACHING, "average", 3, stride=2, padding=1),
    "28x28": lambda: result_of(np.arange(28 * 28).reshape(28, 28)),
    "row": lambda: result_of(np.arange(12)[None], kernel_size=(1, 3)),
    "column": lambda: result_of(np.arange(24).reshape(2, 12, 1), kernel_size=(2, 1)),
    "column as tall": lambda: result_of(np.arange(24).reshape(2, 12, 1), kernel_size=1),
    "global": lambda: result_of([[5]], "global-average"),
    "negative": lambda: result_of(-np.abs(noise(8, 8)) / 1000),
    "holes": lambda: result_of(with_holes()),
    "nan only": lambda: result_of(np.full((4, 4), np.nan)),
    "edges": lambda: result_of(TEACHING, "max", **EDGES),
    "edges average": lambda: result_of(np.arange(49).reshape(7, 7), "average", dilation=2, **EDGES),
    "gaps": lambda: result_of(np.arange(81).reshape(9, 9), "lp:p=3", 2, stride=3),
    "ragged": lambda: result_of(np.arange(70).reshape(7, 10), "sum", output_size=(3, 4)),
    "large integers": lambda: result_of(np.arange(16).reshape(4, 4) + 10**18),
    "tiny and wide numbers": lambda: result_of([[1.25e-9, -1.25e300], [3, 5]]),
    "extreme": lambda: result_of([[-1e308, 1e308], [0, 1]], kernel_size=1),
    "28x28 floats": lambda: result_of(noise(28, 28)),
    "long row": lambda: result_of(np.arange(600)[None], kernel_size=(1, 2)),
    "large window": lambda: result_of(noise(40, 40), "average", 8),
    "one window of many cells": lambda: result_of(noise(30, 30), "average", 3, stride=40),
    "photo": lambda: result_of(photo(80, 70), channel_names=RGB, value_range=(0, 255)),
    "long name": lambda: result_of(TEACHING, name="a name that goes on and on " * 4),
}


@cache
def stage_for(name: str, theme: str = "light", channel: int = 0) -> Stage:
    """The stage of one of RESULTS."""
    result = RESULTS[name]()
    return stage_of(result, channel, default_region(result, channel), THEMES[theme])


def of_kind(items: Iterable[object], kind: type[Kind]) -> list[Kind]:
    """Those of ``items`` that are of one kind."""
    return [item for item in items if isinstance(item, kind)]


def texts(scene: Scene) -> list[str]:
    """The texts of a scene's labels."""
    return [label.text for label in of_kind(scene.items, Label)]


def extent(label: Label) -> tuple[float, float, float, float]:
    """(left, top, right, bottom) of a label."""
    width = text_width(label.text, label.size, label.bold)
    left = label.x - {"left": 0, "middle": width / 2, "right": width}[label.anchor]
    half = label.size * HALF_LINE
    return left, label.y - half, left + width, label.y + half


def overlapping(labels: list[Label]) -> list[tuple[str, str]]:
    """Pairs of labels that lie over each other; the same label drawn anew is none."""
    pairs = []
    for (first, its_own), (second, other) in combinations(
        [(each, extent(each)) for each in labels], 2
    ):
        left, top, right, bottom = its_own
        apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
        if not apart and (first.x, first.y, first.text) != (second.x, second.y, second.text):
            pairs.append((first.text, second.text))
    return pairs
