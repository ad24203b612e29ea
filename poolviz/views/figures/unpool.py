"""Max unpooling: each pooled value at the position of its winner, 0 elsewhere."""

from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and the unpooled output.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, region, theme)
    maps.refuse_without_winner()
    unpooled = maps.panel("unpooled", maps.input_part(result.unpooled(channel)), shared=True)
    captions = ["each pooled value returns to the place of its winner; all other cells are 0"]
    return maps.scene([*maps.values(), unpooled], captions)
