"""Which input cells win, and in how many windows."""

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Input, output, and the number of windows that each input cell wins.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, region, theme)
    maps.refuse_without_winner()
    wins = result.wins(channel)
    winning, most = int((wins > 0).sum()), int(wins.max())
    verb = "wins" if winning == 1 else "win"
    caption = (
        f"{text.counted(winning, 'cell')} of {wins.size:,} {verb}"
        f" ({text.percent(winning / wins.size)}); one cell wins at most"
        f" {text.counted(most, 'window')}"
    )
    return maps.scene([*maps.values(), maps.panel("windows won", maps.input_part(wins))], [caption])
