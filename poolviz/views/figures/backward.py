"""The gradient of each input cell when the upstream gradient is 1 everywhere."""

from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and the gradient of the sum of all outputs."""
    maps = MapFigure(result, channel, region, theme)
    gradient = maps.input_part(result.gradient[channel])
    captions = [
        "every output has an upstream gradient of 1, which its window distributes to its cells",
        "where windows overlap, a cell receives the sum",
    ]
    return maps.scene([*maps.values(), maps.panel("gradient", gradient)], captions)
