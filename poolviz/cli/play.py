"""The window sliding in the terminal; when piped, its steps as sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from poolviz.cli.terminal import Keys, console, fitted, keyboard, screen_of, show
from poolviz.result import PoolResult, Step
from poolviz.text import number
from poolviz.views.paint.formats import Pace
from poolviz.views.paint.script import Shot, script_of
from poolviz.views.scene.region import Region
from poolviz.views.scene.stage import Stage, stage_of
from poolviz.views.scene.style import Theme
from poolviz.views.terminal.grid import FEW_ROWS, Segments, longest_numbers
from poolviz.views.terminal.lines import plain
from poolviz.views.terminal.picture import Overview, Places, Slide, overview_of
from poolviz.views.terminal.result import LEAST_BESIDE, ResultView, channel_steps, shared_numbers

# On fewer lines, only the output is shown below the arithmetic.
LEAST_GRIDS = 8
# The speeds among which + and − choose, and the usual one.
SPEEDS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
USUAL = SPEEDS.index(1.0)
# The first and the last act, in words.
ACTS = {"input": "before pooling", "both": "after pooling"}


@dataclass(frozen=True)
class Player:
    """The position of an animation.

    Args:
        total: the number of shots.
        at: the index of the current shot, from 0.
        playing: whether time moves it.
        backward: whether it moves back.
        pace: the index of its speed in SPEEDS.

    Example:
        >>> Player(3).after(None).after("pause").after(None)
        Player(total=3, at=1, playing=False, backward=False, pace=3)
    """

    total: int
    at: int = 0
    playing: bool = True
    backward: bool = False
    pace: int = USUAL

    @property
    def ended(self) -> bool:
        """Whether the current shot is the last in its direction."""
        return self.at == (0 if self.backward else self.total - 1)

    @property
    def speed(self) -> float:
        """How many times as fast as usual it runs."""
        return SPEEDS[self.pace]

    def after(self, key: str | None) -> Self:
        """The position after a key, or after the time of a shot has passed (None).

        "pause" stops and resumes, from the other end after the last shot; "next" and "previous"
        move one shot and stop; "reverse" plays in the other direction; "faster" and "slower"
        change the speed.
        """
        changed: dict[str, Any] = {}
        match key:
            case None if self.playing:
                changed = {"at": self._beside(-1 if self.backward else 1)}
            case "pause" if self.ended:
                changed = {"at": self.total - 1 if self.backward else 0, "playing": True}
            case "pause":
                changed = {"playing": not self.playing}
            case "next" | "previous":
                changed = {"at": self._beside(1 if key == "next" else -1), "playing": False}
            case "reverse":
                changed = {"backward": not self.backward, "playing": True}
            case "faster" | "slower":
                pace = self.pace + (1 if key == "faster" else -1)
                changed = {"pace": min(max(pace, 0), len(SPEEDS) - 1)}
        return replace(self, **changed)

    def _beside(self, by: int) -> int:
        """The shot so many further, or the one at the end."""
        return min(max(self.at + by, 0), self.total - 1)

    @property
    def keys(self) -> str:
        """What the keys do."""
        space = "again" if self.ended else "pause" if self.playing else "play"
        speed = "+/− speed" if self.pace == USUAL else f"+/− speed {number(self.speed)}×"
        way = "r forward" if self.backward else "r back"
        return f"space {space}, ←/→ step, {way}, {speed}, q quit"


def play(result: PoolResult, channel: int, region: Region, theme: Theme, pace: Pace) -> None:
    """Show the windows of a region as an animation does, until the user quits.

    Args:
        result: the pooling to show.
        channel: the channel to show.
        region: which windows.
        theme: the colours.
        pace: how fast it runs, and which windows are shown one by one.

    Raises:
        SpecError: there are more windows, or shots of them, than the pace allows.
    """
    with keyboard() as keys:
        if keys is None:
            windows = list(product(*region.windows))
            chosen = [windows[at] for at in pace.indices(len(windows))]
            steps = (result.step(row, column, channel) for row, column in chosen)
            show(plain(sentence(step, at, len(chosen))) for at, step in enumerate(steps, 1))
        else:
            stage = stage_of(result, channel, region, theme)
            _slide(stage, shots_of(stage, pace), keys)


def sentence(step: Step, number: int, total: int) -> str:
    """``step 1 of 9, output (0, 0), rows 0–1, columns 0–1: max(1, 3, 6, 2) = 6``."""
    row, column = step.index
    rows, columns = (f"{cells[0]}–{cells[-1]}" for cells in (step.rows, step.columns))
    return (
        f"step {number:,} of {total:,}, output ({row}, {column}),"
        f" rows {rows}, columns {columns}: {step.arithmetic}"
    )


def shots_of(stage: Stage, pace: Pace) -> list[Shot]:
    """The shots of the animation, but for those of a result on its way to its place.

    Raises:
        SpecError: there would be more than ``max_frames``.
    """
    shots: list[Shot] = []
    late = 0
    for shot in script_of(stage, pace):
        if 0 < shot.travelled < 1 and not shot.whole:
            late += shot.milliseconds
        else:
            shots.append(replace(shot, milliseconds=shot.milliseconds + late))
            late = 0
    return shots


def _slide(stage: Stage, shots: Sequence[Shot], keys: Keys) -> None:
    player, slides = Player(len(shots)), None
    terminal = console()
    with Live(console=terminal, auto_refresh=False, vertical_overflow="crop") as live:
        while True:
            if slides is None or slides.size != terminal.size:
                slides = Slides(stage, shots, terminal)
            live.update(Group(*slides.lines(player)), refresh=True)
            waits = player.playing and not player.ended
            seconds = shots[player.at].milliseconds / 1000 / player.speed
            key = keys.pressed(seconds if waits else None)
            if key == "quit":
                return
            player = player.after(key)


class Slides:
    """The screens of all shots, laid out so that nothing moves but the window.

    Args:
        stage: what is shown.
        shots: in the order in which they are shown.
        terminal: where they are shown.
    """

    def __init__(self, stage: Stage, shots: Sequence[Shot], terminal: Console) -> None:
        self.stage, self.shots, self.terminal = stage, shots, terminal
        result, channel = stage.result, stage.channel
        self.size, self.screen = terminal.size, screen_of(stage.theme, height=True)
        self.overview: Overview | None = None
        self.whole: Overview | None = None
        self.numbers = shared_numbers(result, channel, stage.steps, self.screen)
        self.least = longest_numbers(result, channel, stage.region, self.numbers)
        self.channels: dict[int, tuple[Step, ...]] = {}
        if stage.is_rgb:
            steps = {shot.step for shot in shots if shot.step is not None}
            self.channels = {at: channel_steps(result, stage.steps[at]) for at in steps}
        self.scale = ResultView(result, stage.steps[0], self.screen).scale
        total = len(shots)
        self.head = max(
            len(self._head(Player(total, at, playing, backward)))
            for at in range(total)
            for playing, backward in ((True, False), (False, True))
        )
        # The head is followed by an empty line; the cursor stands below the last line.
        room = terminal.height - self.head - 2
        below = self._lines_below()
        # On a narrow terminal the grids stand above each other and need the room of the picture.
        is_wide = terminal.width >= LEAST_BESIDE
        lines = min(room - below, self.screen.picture_lines) if is_wide else 0
        pictured = replace(self.screen, picture_lines=lines)
        self.overview = overview_of(result, channel, pictured)
        # The first and the last act have no numbers, so that their pictures have all of the room.
        self.whole = self.overview and replace(
            self.overview, screen=replace(self.screen, picture_lines=room - 1)
        )
        self.screen = replace(self.screen, height=below if self.overview else room)
        marked = next((at for at, shot in enumerate(shots) if not shot.whole), 0)
        high = self.head + 1 + len(self._fitted(self._below(self._view(marked))))
        # The empty line is left out if it is one too many.
        self.gap = int(high < terminal.height)

    def _lines_below(self) -> int:
        """The lines below a picture: the window's place, titles, and the grids with their edges."""
        rows = max(step.rows[-1] - step.rows[0] + 1 for step in self.stage.steps)
        around = 0 if self.stage.is_rgb else 2
        return min(rows + around, FEW_ROWS) + 4

    def _view(self, at: int) -> ResultView:
        shot, stage = self.shots[at], self.stage
        marked = shot.step if shot.step is not None else next(iter(shot.band), None)
        slide = Slide(
            stage.region,
            self.least,
            self.scale,
            self.numbers,
            shot.filled,
            told=shot.travelled > 0 and marked is not None,
            marked=marked is not None,
            band=self._band(shot.band) if shot.band else None,
            share=shot.travelled if shot.whole == "both" else 0,
        )
        number = self._shown(at) if marked is None else marked
        channels = self.channels.get(number, ())
        overview = self.whole if shot.whole else self.overview
        step = stage.steps[number]
        return ResultView(stage.result, step, self.screen, overview, slide, channels)

    def _shown(self, at: int) -> int:
        """The window whose surroundings are shown while none is marked."""
        after = (shot.step for shot in self.shots[at:] if shot.step is not None)
        before = (shot.step for shot in reversed(self.shots[:at]) if shot.step is not None)
        return next(after, next(before, 0))

    def _band(self, band: range) -> Places:
        """The cells that some windows read, and their outputs."""
        first, last = self.stage.steps[band[0]], self.stage.steps[band[-1]]
        columns = [step.columns for step in self.stage.steps[band.start : band.stop]]
        across = [step.index[1] for step in self.stage.steps[band.start : band.stop]]
        left, right = min(cells[0] for cells in columns), max(cells[-1] for cells in columns)
        read = range(first.rows[0], last.rows[-1] + 1), range(left, right + 1)
        outputs = range(first.index[0], last.index[0] + 1), range(min(across), max(across) + 1)
        return read, outputs

    def _head(self, player: Player) -> list[Text]:
        """The lines of the player and of the arithmetic."""
        shot = self.shots[player.at]
        words = shot.words or ACTS.get(shot.whole, "the only window")
        status = plain(f"{words}: {player.keys}")
        return self._fitted([status, *self._view(player.at).arithmetic])

    def lines(self, player: Player) -> list[Text]:
        """The screen of a shot. Outputs that no window has reached yet are dots."""
        # What changes comes first: a terminal that is too small cuts off the end.
        view, head = self._view(player.at), self._head(player)
        space = [Text()] * (self.head - len(head) + self.gap)
        lines = head + space + self._fitted(self._below(view))
        key = self._fitted(view.key()) if self.shots[player.at].step is not None else []
        if key and len(lines) + 1 + len(key) < self.size.height:
            lines += [Text(), *key]
        return lines

    def _fitted(self, lines: Iterable[Segments]) -> list[Text]:
        return [part for line in lines for part in fitted(line, self.terminal)]

    def _below(self, view: ResultView) -> Iterable[Segments]:
        """The grids below the arithmetic, or the output only where there is no room for both."""
        if not self.overview and not view.is_in_color and (self.screen.height or 0) < LEAST_GRIDS:
            return view.output().lines()
        return view.grids()
