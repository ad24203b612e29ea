"""The window sliding in the terminal; piped, its steps as sentences."""

from collections.abc import Iterable
from itertools import product

from rich.console import Group
from rich.live import Live

from poolviz.cli.answer import print_steps
from poolviz.cli.terminal import Keys, console, fitted, keyboard, screen_of
from poolviz.result import PoolResult, Step
from poolviz.views.paint.pace import Pace
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.grid import Segments
from poolviz.views.terminal.lines import plain
from poolviz.views.terminal.player import Player
from poolviz.views.terminal.result import ResultView

# Unless --delay says another.
USUAL_DELAY = 800
# A terminal of fewer rows shows no input, but what fills in.
LOW = 18


def play(result: PoolResult, channel: int, shown: Region, theme: Theme, pace: Pace) -> None:
    """Show the windows of a region one after the other, until the user quits.

    Args:
        result: what is shown.
        channel: of which channel.
        shown: which windows.
        theme: the colours.
        pace: how long each is shown, and which are.

    Raises:
        SpecError: the windows are more than the pace allows.
    """
    windows = list(product(*shown.windows))
    places = [windows[at] for at in pace.shown(len(windows))]
    with keyboard() as keys:
        if keys is None:
            print_steps((result.step(row, column, channel) for row, column in places), len(places))
            return
        steps = [result.step(row, column, channel) for row, column in places]
        _slide(result, steps, theme, keys, (pace.delay or USUAL_DELAY) / 1000)


def _slide(result: PoolResult, steps: list[Step], theme: Theme, keys: Keys, seconds: float) -> None:
    player = Player(len(steps))
    terminal = console()
    with Live(console=terminal, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            lines = _lines(result, steps, player, theme)
            live.update(
                Group(*(part for line in lines for part in fitted(line, terminal))), refresh=True
            )
            waits = player.playing and not player.ended
            key = keys.pressed(seconds if waits else None)
            if key == "quit":
                return
            player = player.after(key)


def _lines(
    result: PoolResult, steps: list[Step], player: Player, theme: Theme
) -> Iterable[Segments]:
    """What is seen while a step is shown: outputs that no window has reached yet show as such."""
    step = steps[player.step]
    row, column = step.index
    until = row * result.output_size[1] + column + 1
    view = ResultView(result, step, screen_of(theme, height=True), until)
    # What changes stands above, where a terminal that is too small does not cut it off.
    yield plain(player.status)
    yield view.arithmetic
    yield []
    if view.screen.height is None or view.screen.height >= LOW:
        yield from view.input().lines()
        yield []
    yield from view.output().lines()
