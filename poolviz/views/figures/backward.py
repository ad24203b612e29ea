"""What flows back to each input cell when every window sends 1, summed where windows overlap."""

from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and the gradient of the sum of all outputs."""
    maps = MapFigure(result, channel, region, theme)
    flow = maps.input_part(result.gradient[channel])
    captions = [
        "every window sends 1 back, to its cells by their part in its value",
        "a cell that several windows read gets the sum",
    ]
    return maps.scene([*maps.values(), maps.plate("flows back", flow)], captions)
