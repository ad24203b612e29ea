"""Max unpooling: each pooled value back at its winner's place, zero elsewhere."""

from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and what unpooling makes of the output.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, region, theme)
    maps.refuse_without_winner()
    back = maps.plate("unpooled", maps.input_part(result.unpooled(channel)), shared=True)
    captions = ["each pooled value back at the place of its winner, 0 elsewhere"]
    return maps.scene([*maps.values(), back], captions)
