"""Stack: several layers in a row on one's own data, each with what it sees and costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

import numpy as np

from poolviz.analysis.layers import Layer, named
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import Axis
from poolviz.windows import Array, ReceptiveField, Spans

INPUT = "input"


@dataclass(frozen=True, eq=False)
class Level:
    """A map behind one layer of a stack.

    Args:
        words: the layer as it was asked for; of the first level "input".
        feature_map: the values behind it.
        field: what of the input its cells depend on.
        centres: for each axis, where in the input the middle of each cell's receptive
            field lies, as a row or column; padding counts as cells further out.
        spans: for each axis, what of the input each cell reads.
        parameters: the layer's weights; pooling and relu have none.
        multiply_adds: the layer's; those of convolutions alone are counted.
    """

    words: str
    feature_map: FeatureMap
    field: ReceptiveField
    centres: tuple[Array, Array]
    spans: tuple[Spans, ...]
    parameters: int = 0
    multiply_adds: int = 0

    def nearest(self, place: tuple[float, float]) -> tuple[int, int]:
        """(row, column) of the cell whose field has its middle nearest to a place of the input."""
        row, column = (
            int(np.abs(centres - at).argmin())
            for centres, at in zip(self.centres, place, strict=True)
        )
        return row, column

    def strongest(self, channel: int, channels: int) -> int:
        """Of what became of ``channel`` of the input's ``channels``, the most active channel."""
        count = len(self.feature_map.values) // channels
        first = channel * count
        return first + int(self.feature_map.activity[first : first + count].argmax())


def stack(feature_map: FeatureMap, layers: Sequence[Layer], seed: int | None = None) -> list[Level]:
    """The input, then what each of ``layers`` makes of what is before it.

    Raises:
        SpecError: a layer does not fit; it says which.

    Example:
        >>> from poolviz.analysis.layers import read_layers
        >>> levels = stack(FeatureMap(np.eye(6)), read_layers("conv:sobel-x max:2"))
        >>> [level.field.size for level in levels]
        [(1, 1), (3, 3), (4, 4)]
    """
    size = feature_map.input_size
    rows, columns = (np.arange(length, dtype=np.float64) for length in size)
    own = tuple(map(Spans.of, size))
    levels = [Level(INPUT, feature_map, ReceptiveField.of(size), (rows, columns), own)]
    for number, layer in enumerate(layers, 1):
        with named(number, layer.words):
            levels.append(_behind(levels[-1], layer, seed or 0))
    return levels


def output(feature_map: FeatureMap, layers: Sequence[Layer], seed: int | None = None) -> Array:
    """What the last of ``layers`` gives; none of the maps between is kept."""
    for layer in layers:
        feature_map = replace(feature_map, values=layer.apply(feature_map, seed or 0))
    return feature_map.values


def _behind(level: Level, layer: Layer, seed: int) -> Level:
    before = level.feature_map
    axes = layer.axes(before.input_size, seed)
    field = level.field.through(axes)
    rows, columns = (
        _located(_middles(axis), centres, jump)
        for axis, centres, jump in zip(axes, level.centres, level.field.jump, strict=True)
    )
    spans = tuple(each.through(axis) for each, axis in zip(level.spans, axes, strict=True))
    # Where windows differ, the average by which fields grow is not exact.
    field = replace(field, size=tuple(each.length for each in spans))
    values = layer.apply(before, seed)
    weights = layer.weights * len(before.values)
    multiply_adds = weights * prod(axis.output_size for axis in axes)
    feature_map = _mapped(before, values, layer)
    return Level(layer.words, feature_map, field, (rows, columns), spans, weights, multiply_adds)


def _mapped(before: FeatureMap, values: Array, layer: Layer) -> FeatureMap:
    # The only channel of a plane has no name of its own.
    names = ("",) if before.planar and before.channel_names == ("0",) else before.channel_names
    return replace(
        before,
        values=values,
        channel_names=layer.channel_names(names),
        value_range=_kept_range(before, values),
        planar=before.planar and len(values) == 1,
    )


def _kept_range(before: FeatureMap, values: Array) -> tuple[float, float] | None:
    """An image stays one as long as its values only move closer together."""
    if before.value_range is None:
        return None
    within = values.min() >= before.value_range[0] and values.max() <= before.values.max()
    return before.value_range if within else None


def _middles(axis: Axis) -> Array:
    """The middle of each window, in cells of the layer's own input."""
    windows = map(axis.window, range(axis.output_size))
    return np.array([(window[0] + window[-1]) / 2 for window in windows])


def _located(places: Array, centres: Array, jump: float) -> Array:
    """Places between the cells of a level, or beyond them, in cells of the input."""
    inside = np.clip(places, 0, len(centres) - 1)
    between = np.interp(inside, np.arange(len(centres)), centres)
    return np.asarray(between + (places - inside) * jump)


def planned_cells(feature_map: FeatureMap, layers: Sequence[Layer], seed: int | None = None) -> int:
    """How many values all levels behind the input will have, before any is computed.

    Raises:
        SpecError: as for :func:`stack`.

    Example:
        >>> from poolviz.analysis.layers import read_layers
        >>> planned_cells(FeatureMap(np.eye(6)), read_layers("conv:sobel max:2"))
        40
    """
    channels, size, cells = len(feature_map.values), feature_map.input_size, 0
    for number, layer in enumerate(layers, 1):
        with named(number, layer.words):
            rows, columns = layer.axes(size, seed or 0)
        size = rows.output_size, columns.output_size
        channels *= len(layer.outputs)
        cells += channels * prod(size)
    return cells


def refuse_seed(layers: Sequence[Layer], seed: int | None) -> None:
    """Raise SpecError for a seed that no layer would use."""
    if seed is not None and not any(layer.draws for layer in layers):
        raise SpecError("seed", "no layer draws at random", "leave it out")
