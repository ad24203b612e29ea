"""Which input cells win, and in how many windows."""

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and how many windows each input cell wins.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, region, theme)
    maps.refuse_without_winner()
    wins = result.wins(channel)
    winning, most = int((wins > 0).sum()), int(wins.max())
    share = f"{winning / wins.size:.0%} of {wins.size:,} cells"
    captions = [
        f"{text.counted(winning, 'cell')} win ({share}); the most windows that one wins: {most}"
    ]
    return maps.scene([*maps.values(), maps.plate("windows won", maps.input_part(wins))], captions)
