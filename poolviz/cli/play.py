"""The window sliding in the terminal; when piped, its steps as sentences."""

from collections.abc import Iterable
from itertools import product

from rich.console import Group
from rich.live import Live

from poolviz.cli.terminal import Keys, console, fitted, keyboard, screen_of, show
from poolviz.result import PoolResult, Step
from poolviz.views.paint.formats import Pace
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.grid import Segments
from poolviz.views.terminal.lines import plain
from poolviz.views.terminal.player import Player
from poolviz.views.terminal.result import ResultView

# Milliseconds for each step unless --delay is given.
DEFAULT_DELAY = 800
# A terminal of fewer rows shows the output only.
LOW = 18


def play(result: PoolResult, channel: int, region: Region, theme: Theme, pace: Pace) -> None:
    """Show the windows of a region one after the other, until the user quits.

    Args:
        result: the pooling to show.
        channel: the channel to show.
        region: which windows.
        theme: the colours.
        pace: how long each window is shown, and which of them are.

    Raises:
        SpecError: there are more windows than the pace allows.
    """
    windows = list(product(*region.windows))
    chosen = [windows[number] for number in pace.indices(len(windows))]
    with keyboard() as keys:
        steps = (result.step(row, column, channel) for row, column in chosen)
        if keys is None:
            show(plain(sentence(step, number, len(chosen))) for number, step in enumerate(steps, 1))
        else:
            _slide(result, list(steps), theme, keys, (pace.delay or DEFAULT_DELAY) / 1000)


def sentence(step: Step, number: int, total: int) -> str:
    """``step 1 of 9, output (0, 0), rows 0–1, columns 0–1: max(1, 3, 6, 2) = 6``."""
    row, column = step.index
    rows, columns = (f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns))
    return (
        f"step {number:,} of {total:,}, output ({row}, {column}),"
        f" rows {rows}, columns {columns}: {step.arithmetic}"
    )


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
    """The screen of a step. Outputs that no window has reached yet are marked."""
    step = steps[player.step]
    row, column = step.index
    until = row * result.output_size[1] + column + 1
    view = ResultView(result, step, screen_of(theme, height=True), until)
    # What changes comes first: a terminal that is too small cuts off the end.
    yield plain(player.status)
    yield view.arithmetic
    yield []
    if view.screen.height is None or view.screen.height >= LOW:
        yield from view.grids()
    else:
        yield from view.output().lines()
