"""Every channel before and after pooling, with one value scale for all."""

from poolviz import text
from poolviz.result import PoolResult
from poolviz.text import shortened
from poolviz.views.scene.elements import Scene, drawable
from poolviz.views.scene.region import Region
from poolviz.views.scene.sheet import CLOSE_BELOW, GridPanel, Row, Sheet, Tile, tiles_across
from poolviz.views.scene.stage import LINE, short_name
from poolviz.views.scene.style import Theme, value_scale

# Of more channels only the first are shown.
MOST_CHANNELS = 64
# The longest side of a map in pixels: of up to FEW_CHANNELS channels, and of more.
SIDE, SMALL_SIDE = 176, 96
FEW_CHANNELS = 16
# Gaps between the two maps of a pair, and between pairs, for choosing a pleasant shape.
PAIR_GAPS = 12 + 36
LONGEST_CHANNEL_NAME = 12


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """All channels in full; ``channel`` and ``region`` have no effect."""
    del channel, region
    feature_map = result.feature_map
    scale = value_scale(
        theme, feature_map.values, result.output, value_range=feature_map.value_range
    )
    count = min(len(result.output), MOST_CHANNELS)
    (height, width), (down, across) = feature_map.input_size, result.output_size
    side = SIDE if count <= FEW_CHANNELS else SMALL_SIDE
    cell = max(side // max(height, width), 1)
    tiles = []
    for index in range(count):
        pair = (_name(result, index), feature_map.values[index]), ("", result.output[index])
        for title, plane in pair:
            panel = GridPanel(title, plane, scale, theme, colors=scale.colors(plane))
            tiles.append(Tile(panel, paired=bool(title), cell=cell))
    pair_size = cell * (width + across) + PAIR_GAPS, cell * max(height, down) + LINE + CLOSE_BELOW
    step = 2 * tiles_across(count, *pair_size)
    rows = [
        Row("", (), tuple(tiles[first : first + step]), side, below=CLOSE_BELOW)
        for first in range(0, len(tiles), step)
    ]
    sizes = text.size(feature_map.input_size), text.size(result.output_size)
    captions = [f"each channel before ({sizes[0]}) and after pooling ({sizes[1]})"]
    if count < len(result.output):
        captions.append(f"shown: channels 0–{count - 1} of {len(result.output)}")
    captions.append(f"output size: {result.formula}")
    title = f"{short_name(feature_map)}: {result.summary}"
    alt = f"{text.escaped(feature_map.name)}: {result.summary}. {'. '.join(captions)}."
    return Sheet(title, rows, captions, theme, alt, scale).scene()


def _name(result: PoolResult, channel: int) -> str:
    """``red``, or ``channel 3``."""
    names = result.feature_map.channel_names
    name = shortened(drawable(names[channel]), LONGEST_CHANNEL_NAME) if names else str(channel)
    return name if result.feature_map.is_rgb else f"channel {name}"
