"""Stack: a sequence of layers, what each of them sees, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from poolviz.analysis.feature import Feature, Remains, measure_remains
from poolviz.analysis.layers import Layer, name_layer
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import Axis
from poolviz.windows import Array, ReceptiveField, Spans

INPUT = "input"


@dataclass(frozen=True, eq=False)
class Level:
    """The input of a stack, or the map after one of its layers.

    Args:
        words: the layer as it was typed; "input" for the first level.
        feature_map: the values behind the layer.
        field: the receptive field of its cells in the input.
        centres: for each axis the middle of each cell's receptive field, as a row or column
            of the input. Padding counts as rows and columns outside it.
        spans: for each axis the input cells that each cell reads.
        parameters: weights of the layer; pooling and relu have none.
        multiply_adds: of the layer; only convolutions have any.
        axes: the windows of the layer on the level before, along rows and columns; none for the
            input.
    """

    words: str
    feature_map: FeatureMap
    field: ReceptiveField
    centres: tuple[Array, Array]
    spans: tuple[Spans, ...]
    parameters: int = 0
    multiply_adds: int = 0
    axes: tuple[Axis, ...] = ()

    def nearest(self, place: tuple[float, float]) -> tuple[int, int]:
        """(row, column) of the cell whose receptive field has its middle nearest to a place."""
        row, column = (
            int(np.abs(centres - coordinate).argmin())
            for centres, coordinate in zip(self.centres, place, strict=True)
        )
        return row, column

    def strongest(self, channel: int, channels: int) -> int:
        """The most active of the channels made of ``channel`` of the input's ``channels``."""
        count = len(self.feature_map.values) // channels
        first = channel * count
        return first + int(self.feature_map.activity[first : first + count].argmax())


@dataclass(frozen=True, eq=False)
class Stack:
    """Layers that ran on an input, and what they leave of a feature.

    Args:
        words: the layers as they were typed.
        levels: the input, then the map behind each layer.
        remains: what is left of the feature; None if no feature is followed.
    """

    words: str
    levels: list[Level]
    remains: Remains | None

    @property
    def parameters(self) -> int:
        """Weights of all layers."""
        return sum(level.parameters for level in self.levels)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of all layers."""
        return sum(level.multiply_adds for level in self.levels)

    def behind(self, last: int, cells: tuple[range, range]) -> dict[int, tuple[range, range]]:
        """The cells of each level that some cells of level ``last`` read, and these, by level.

        Padding is left out; where a window lies in it, the nearest cell stands for it.

        Example:
            >>> from poolviz.analysis.layers import read_layers
            >>> stack = run_stack(FeatureMap(np.eye(8)), read_layers("max:2 max:2"))
            >>> stack.behind(2, (range(1, 2), range(0, 1)))[0]
            (range(4, 8), range(0, 4))
        """
        found = {last: cells}
        for number in range(last, 0, -1):
            rows, columns = (
                range(
                    max(0, min(axis.window(part[0])[0], axis.size - 1)),
                    max(0, min(axis.window(part[-1])[-1], axis.size - 1)) + 1,
                )
                for axis, part in zip(self.levels[number].axes, cells, strict=True)
            )
            cells = found[number - 1] = rows, columns
        return found

    def lineage(self, channel: int) -> list[int]:
        """A channel of each level, each made of the one before.

        The first is ``channel``. The last is the channel that shows most of the feature, or
        else the most active one made of the first.
        """
        counts = [len(level.feature_map.values) for level in self.levels]
        if self.remains and self.remains.peak:
            last = self.remains.peak[0]
        else:
            last = self.levels[-1].strongest(channel, counts[0])
        # Channels that are made of the first one come first.
        return [last // (counts[-1] // count) for count in counts]


@dataclass(frozen=True, eq=False)
class Stacks:
    """One or two stacks of layers on the same input.

    Args:
        feature_map: the input.
        channel: the input channel that views show.
        feature: the cells that are followed; None if there are none.
        stacks: the stack, then the one that it is compared with, if any.
    """

    feature_map: FeatureMap
    channel: int
    feature: Feature | None
    stacks: list[Stack]


def run_stack(
    feature_map: FeatureMap,
    layers: Sequence[Layer],
    feature: Feature | None = None,
    seed: int | None = None,
) -> Stack:
    """Run ``layers``, and measure what they leave of a feature.

    Raises:
        SpecError: a layer does not fit; the message names it.
    """
    levels = build_levels(feature_map, layers, seed)
    remains = measure_remains(levels, layers, feature, seed) if feature else None
    return Stack(" ".join(layer.words for layer in layers), levels, remains)


def build_levels(
    feature_map: FeatureMap, layers: Sequence[Layer], seed: int | None = None
) -> list[Level]:
    """The input, then the map after each of ``layers``.

    Raises:
        SpecError: a layer does not fit; the message names it.

    Example:
        >>> from poolviz.analysis.layers import read_layers
        >>> levels = build_levels(FeatureMap(np.eye(6)), read_layers("conv:sobel-x max:2"))
        >>> [level.field.size for level in levels]
        [(1, 1), (3, 3), (4, 4)]
    """
    size = feature_map.input_size
    rows, columns = (np.arange(length, dtype=np.float64) for length in size)
    spans = tuple(map(Spans.of, size))
    levels = [Level(INPUT, feature_map, ReceptiveField.of(size), (rows, columns), spans)]
    for number, layer in enumerate(layers, 1):
        with name_layer(number, layer.words):
            levels.append(_build_level(levels[-1], layer, seed or 0))
    return levels


def _build_level(level: Level, layer: Layer, seed: int) -> Level:
    before = level.feature_map
    axes = layer.axes(before.input_size, seed)
    field = level.field.through(axes)
    rows, columns = (
        _locate(_find_middles(axis), centres, jump)
        for axis, centres, jump in zip(axes, level.centres, level.field.jump, strict=True)
    )
    spans = tuple(each.through(axis) for each, axis in zip(level.spans, axes, strict=True))
    # Where windows differ, the average by which fields grow is not exact.
    field = replace(field, size=tuple(each.length for each in spans))
    values = layer.apply(before, seed)
    weights = layer.weights * len(before.values)
    multiply_adds = weights * prod(axis.output_size for axis in axes)
    feature_map = _build_map(before, values, layer)
    costs = weights, multiply_adds
    return Level(layer.words, feature_map, field, (rows, columns), spans, *costs, axes)


def _build_map(before: FeatureMap, values: Array, layer: Layer) -> FeatureMap:
    # The only channel of a plane has no name.
    names = ("",) if before.planar and before.channel_names == ("0",) else before.channel_names
    return replace(
        before,
        values=values,
        channel_names=layer.channel_names(names),
        value_range=_find_range(before, values),
        planar=before.planar and len(values) == 1,
    )


def _find_range(before: FeatureMap, values: Array) -> tuple[float, float] | None:
    """The value range of an image, which a map remains while all its values are in the range."""
    if before.value_range is None:
        return None
    low, high = before.value_range
    return before.value_range if values.min() >= low and values.max() <= high else None


def _find_middles(axis: Axis) -> Array:
    """The middle of each window, in cells of the layer's input."""
    windows = map(axis.window, range(axis.output_size))
    return np.array([(window[0] + window[-1]) / 2 for window in windows])


def _locate(places: Array, centres: Array, jump: float) -> Array:
    """Convert places between the cells of a level, or beyond them, into cells of the input."""
    inside = np.clip(places, 0, len(centres) - 1)
    between = np.interp(inside, np.arange(len(centres)), centres)
    return np.asarray(between + (places - inside) * jump)


def planned_cells(feature_map: FeatureMap, layers: Sequence[Layer], seed: int | None = None) -> int:
    """How many values all maps after the input will have, before any is computed.

    Raises:
        SpecError: a layer does not fit; the message names it.

    Example:
        >>> from poolviz.analysis.layers import read_layers
        >>> planned_cells(FeatureMap(np.eye(6)), read_layers("conv:sobel max:2"))
        40
    """
    channels, size, cells = len(feature_map.values), feature_map.input_size, 0
    for number, layer in enumerate(layers, 1):
        with name_layer(number, layer.words):
            rows, columns = layer.axes(size, seed or 0)
        size = rows.output_size, columns.output_size
        channels *= len(layer.outputs)
        cells += channels * prod(size)
    return cells


def refuse_seed(layers: Sequence[Layer], seed: int | None) -> None:
    """Raise SpecError for a seed if no layer is random."""
    if seed is not None and not any(layer.draws for layer in layers):
        raise SpecError("seed", "no layer is random", "omit seed")
