"""The window sliding in the terminal; when piped, its steps as sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from poolviz.cli.terminal import Keys, console, fitted, keyboard, screen_of, show
from poolviz.result import PoolResult, Step
from poolviz.views.paint.formats import Pace
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.grid import FEW_ROWS, Segments
from poolviz.views.terminal.lines import plain
from poolviz.views.terminal.picture import overview_of
from poolviz.views.terminal.result import (
    LEAST_BESIDE,
    ResultView,
    Slide,
    channel_steps,
    longest_numbers,
    shared_numbers,
)

# Milliseconds for each step unless --delay is given.
DEFAULT_DELAY = 800
# On fewer lines, only the output is shown below the arithmetic.
LEAST_GRIDS = 8


@dataclass(frozen=True)
class Player:
    """The position of an animation.

    Args:
        total: the number of steps.
        step: the index of the current step, from 0.
        playing: whether time moves it on.

    Example:
        >>> Player(3).after(None).after("pause").after(None)
        Player(total=3, step=1, playing=False)
    """

    total: int
    step: int = 0
    playing: bool = True

    @property
    def ended(self) -> bool:
        """Whether the current step is the last."""
        return self.step == self.total - 1

    def after(self, key: str | None) -> Self:
        """The position after a key, or after the time of a step has passed (None).

        "pause" stops and resumes, from the start after the last step; "next" and "previous"
        move one step and stop.
        """
        match key:
            case None if self.playing:
                return replace(self, step=min(self.step + 1, self.total - 1))
            case "pause" if self.ended:
                return replace(self, step=0, playing=True)
            case "pause":
                return replace(self, playing=not self.playing)
            case "next":
                return replace(self, step=min(self.step + 1, self.total - 1), playing=False)
            case "previous":
                return replace(self, step=max(self.step - 1, 0), playing=False)
        return self

    @property
    def status(self) -> str:
        """The current step, and what the keys do."""
        space = "again" if self.ended else "pause" if self.playing else "play"
        return f"step {self.step + 1} of {self.total}: space {space}, ←/→ step, q quit"


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
            _slide(result, list(steps), region, theme, keys, (pace.delay or DEFAULT_DELAY) / 1000)


def sentence(step: Step, number: int, total: int) -> str:
    """``step 1 of 9, output (0, 0), rows 0–1, columns 0–1: max(1, 3, 6, 2) = 6``."""
    row, column = step.index
    rows, columns = (f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns))
    return (
        f"step {number:,} of {total:,}, output ({row}, {column}),"
        f" rows {rows}, columns {columns}: {step.arithmetic}"
    )


def _slide(
    result: PoolResult, steps: Sequence[Step], region: Region, theme: Theme, keys: Keys,
    seconds: float,
) -> None:  # fmt: skip
    player, slides = Player(len(steps)), None
    terminal = console()
    with Live(console=terminal, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            if slides is None or slides.size != terminal.size:
                slides = Slides(result, steps, region, theme, terminal)
            live.update(Group(*slides.lines(player)), refresh=True)
            waits = player.playing and not player.ended
            key = keys.pressed(seconds if waits else None)
            if key == "quit":
                return
            player = player.after(key)


class Slides:
    """The screens of all steps, laid out so that nothing moves but the window.

    Args:
        result: the pooling.
        steps: the windows, in the order in which they are shown.
        region: the part of the map that they lie in.
        theme: the colours.
        terminal: where they are shown.
    """

    def __init__(
        self, result: PoolResult, steps: Sequence[Step], region: Region, theme: Theme,
        terminal: Console,
    ) -> None:  # fmt: skip
        self.result, self.steps, self.region, self.terminal = result, steps, region, terminal
        self.size, self.screen, self.overview = terminal.size, screen_of(theme, height=True), None
        channel = steps[0].channel
        self.numbers = shared_numbers(result, channel, steps, self.screen)
        self.least = longest_numbers(result, channel, region, self.numbers)
        self.channels: list[tuple[Step, ...]] = [() for _ in steps]
        if result.feature_map.is_rgb:
            self.channels = [channel_steps(result, step) for step in steps]
        self.scale = ResultView(result, steps[0], self.screen).scale
        self.head = max(len(self._head(Player(len(steps), number))) for number in range(len(steps)))
        # The head is followed by an empty line; the cursor stands below the last line.
        room = terminal.height - self.head - 2
        below = self._lines_below()
        # On a narrow terminal the grids stand above each other and need the room of the picture.
        is_wide = terminal.width >= LEAST_BESIDE
        lines = min(room - below, self.screen.picture_lines) if is_wide else 0
        pictured = replace(self.screen, picture_lines=lines)
        self.overview = overview_of(result, channel, pictured)
        self.screen = replace(self.screen, height=below if self.overview else room)

    def _lines_below(self) -> int:
        """The lines below a picture: the window's place, titles, and the grids with their edges."""
        rows = max(step.rows[-1] - step.rows[0] + 1 for step in self.steps)
        around = 0 if self.result.feature_map.is_rgb else 2
        return min(rows + around, FEW_ROWS) + 4

    def _view(self, number: int) -> ResultView:
        step = self.steps[number]
        row, column = step.index
        until = row * self.result.output_size[1] + column + 1
        slide = Slide(self.region, self.least, self.scale, self.numbers, until)
        channels = self.channels[number]
        return ResultView(self.result, step, self.screen, self.overview, slide, channels)

    def _head(self, player: Player) -> list[Text]:
        """The lines of the player and of the arithmetic."""
        return self._fitted([plain(player.status), *self._view(player.step).arithmetic])

    def lines(self, player: Player) -> list[Text]:
        """The screen of a step. Outputs that no window has reached yet are dots."""
        # What changes comes first: a terminal that is too small cuts off the end.
        view, head = self._view(player.step), self._head(player)
        lines = head + [Text()] * (self.head - len(head) + 1) + self._fitted(self._below(view))
        key = self._fitted(view.key())
        if len(lines) + 1 + len(key) < self.size.height:
            lines += [Text(), *key]
        return lines

    def _fitted(self, lines: Iterable[Segments]) -> list[Text]:
        return [part for line in lines for part in fitted(line, self.terminal)]

    def _below(self, view: ResultView) -> Iterable[Segments]:
        """The grids below the arithmetic, or the output only where there is no room for both."""
        if not self.overview and not view.is_in_color and (self.screen.height or 0) < LEAST_GRIDS:
            return view.output().lines()
        return view.grids()
