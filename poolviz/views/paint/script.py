"""Script: what each frame of an animation shows, and for how long, before anything is drawn."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from poolviz.analysis.example import best_window
from poolviz.errors import SpecError
from poolviz.geometry import CellKind
from poolviz.result import PoolResult, Step
from poolviz.views.paint.formats import HOLD_MS, LEAST_MS, Pace
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.stage import Stage

# An animation takes no longer than this, in milliseconds.
TOTAL_MS = 30_000
# The whole map, before the window slides over a part of it.
OPENING_MS = 1800
# A window that is looked at, one whose cells are equal, and a whole row.
SLOW_MS, QUICK_MS, ROW_MS = 1200, 240, 900
# Of so many windows it is found out whether their cells are equal.
MOST_ASKED = 4096
# So many windows of equal cells in a row pass together.
LEAST_EVEN = 3
# At the end the whole output fills in so many frames, each of which takes so long.
FILL_FRAMES, FILL_MS = 8, 120
# The frames of the first row of a layer: its first window in two steps, and the rest.
MOST_BEATS = 3
# Of several layers, a row of outputs, and what rows that pass together take at least.
LAYER_ROW_MS, LEAST_BAND_MS = 400, 200
# The one interesting window among whole rows.
EXAMPLE_MS = 2400
# More windows than this pass in whole rows; fewer in colour, where each has three channels to read.
MOST_ONE_BY_ONE, MOST_IN_COLOR = 40, 24
# Of the row that is shown slowly, only so many windows are shown one by one.
LONGEST_ROW = 16
# This row takes at most this part of the time.
FIRST_SHARE = 0.4
# The rows after it pass in at most so many bands, and rows of equal cells before it.
MOST_BANDS, MOST_EVEN_BANDS = 24, 6
# A window that is shown for less has no two steps.
LEAST_BEATS_MS = 300
# The part of a window's time before its result appears.
READING = 0.55
# In how many frames a result travels to its place, and how long each of them takes.
TRAVEL_FRAMES, TRAVEL_MS = 2, 60
# None: the result is in place at once.
RICHEST_FIRST: tuple[int | None, ...] = (TRAVEL_FRAMES, 0, None)


@dataclass(frozen=True)
class Shot:
    """One frame: what it shows, and for how long.

    Args:
        milliseconds: how long it is shown, in whole hundredths of a second.
        filled: so many of the steps have their outputs in place.
        step: the index of the step whose window is marked; None for none. Of a band it is the one
            with the most contrast.
        travelled: how far the result of that window is on the way to its place: 0 before it
            appears, 1 in its place.
        band: the indices of steps whose windows are marked together.
        whole: "input" or "both" show the whole input, or input and output, instead of windows; of
            the output as much as ``travelled`` says.
        words: the counter.
    """

    milliseconds: int
    filled: int
    step: int | None = None
    travelled: float = 1.0
    band: range = range(0)
    whole: Literal["", "input", "both"] = ""
    words: str = ""


@dataclass(frozen=True, eq=False)
class Motion:
    """How an answer moves.

    Args:
        script: the shots for a pace, and for as many frames as fit into memory.
        draw: the picture of a shot; all are of one size.
    """

    script: Callable[[Pace, int | None], Sequence[Shot]]
    draw: Callable[[Shot], Scene]


class Windows:
    """What a script has to know of the windows that it shows.

    Args:
        rows: rows of outputs.
        columns: columns of outputs.
        example: the index of the window that is most worth looking at.
    """

    # More windows pass in whole rows.
    most_one_by_one = MOST_ONE_BY_ONE
    # Whether the whole map is shown before and after the windows.
    has_acts = False

    def __init__(self, rows: int, columns: int, example: int) -> None:
        self.rows, self.columns, self.count = rows, columns, rows * columns
        self.example = example

    def is_even(self, index: int) -> bool:
        """Whether all cells that a window reads are equal, so that there is little to see."""
        del index
        return False

    def telling(self, band: range) -> int | None:
        """The window of a band whose arithmetic is shown; None for none."""
        del band
        return None


def script_of(stage: Stage, pace: Pace, room: int | None = None) -> tuple[Shot, ...]:
    """The frames of an animation, in their order.

    A few windows are shown one by one, each in two steps: its cells light up, then the result
    appears and travels to its place. Many pass in whole rows, except for those of the first row
    in which cells differ, and for the window that is most worth looking at. A part of a map is
    shown between the whole map before and after pooling. The script is as rich as the number of
    frames allows.

    Args:
        stage: the layout, whose steps are shown.
        pace: how fast it runs and which windows it shows.
        room: how many frames fit into memory, if that is limited.

    Raises:
        SpecError: it would have more than ``max_frames`` frames.

    Example:
        >>> from poolviz import PoolSpec, run
        >>> from poolviz.views.scene.region import whole_region
        >>> from poolviz.views.scene.stage import stage_of
        >>> from poolviz.views.scene.style import THEMES
        >>> result = run([[1, 3], [2, 4]], PoolSpec("max"))
        >>> stage = stage_of(result, 0, whole_region(result), THEMES["light"])
        >>> [(shot.travelled, shot.milliseconds) for shot in script_of(stage, Pace())]
        [(0, 590), (0.3333333333333333, 60), (0.6666666666666666, 60), (1.0, 3000)]
    """
    return script_for(_StageWindows(stage), pace, room)


def script_for(windows: Windows, pace: Pace, room: int | None = None) -> tuple[Shot, ...]:
    """The frames for some windows; see :func:`script_of`.

    Example:
        >>> [shot.filled for shot in script_for(Windows(1, 2, 1), Pace(), room=4)]
        [0, 1, 1, 2]
    """
    story = _Story(windows, pace)
    most = min(pace.max_frames, room or pace.max_frames)
    shots = [shots for shots in story.variants() if shots]
    chosen = next((each for each in shots if len(each) <= most), min(shots, key=len))
    if len(chosen) > pace.max_frames:
        others = len(list(story.one_by_one(None))) - len(pace.chosen(windows.count))
        raise pace.too_long(windows.count, len(chosen), others)
    return tuple(chosen)


def script_of_layers(
    sizes: Sequence[tuple[int, int]], pace: Pace, room: int | None = None
) -> list[Shot]:
    """The frames of maps that layers fill one after the other.

    The input alone comes first. Of each layer the first window is shown in two steps, then its
    rows pass. The last frame marks no window.

    Args:
        sizes: the rows and columns of the outputs of each layer. Outputs are counted through all
            layers.
        pace: as for :func:`script_of`.
        room: as for :func:`script_of`.

    Raises:
        SpecError: it would have more than ``max_frames`` frames.

    Example:
        >>> [shot.filled for shot in script_of_layers([(2, 2), (1, 1)], Pace())]
        [0, 0, 1, 2, 4, 4, 5, 5]
    """
    first, total = 0, sum(rows * columns for rows, columns in sizes)
    time = (TOTAL_MS - HOLD_MS - OPENING_MS) // len(sizes)
    most = (min(pace.max_frames, room or pace.max_frames) - 2) // len(sizes)
    shots = [Shot(_tens(pace.delay or OPENING_MS), 0)]
    for rows, columns in sizes:
        outputs = range(first, first + rows * columns)
        shots += _layer_shots(outputs, columns, pace, time, max(1, most))
        first = outputs.stop
    shots.append(Shot(pace.last, total))
    if len(shots) > pace.max_frames:
        cause = f"the animation has {len(shots)} frames, but max_frames allows only"
        remedy = f"raise max_frames{', or use a larger every' * (pace.every is not None)}"
        raise SpecError("max_frames", f"{cause} {pace.max_frames}", remedy)
    return shots


def _layer_shots(outputs: range, columns: int, pace: Pace, time: int, most: int) -> Iterator[Shot]:
    """The shots of one layer, in so many milliseconds; at most so many, unless each is asked for.

    Two of them show the first window, and one the rest of its row, if there is room for it.
    """
    first, rows, slow = outputs[0], len(outputs) // columns, 0
    if most > MOST_BEATS or pace.every is not None:
        slow = pace.delay or min(SLOW_MS, int(FIRST_SHARE * time))
        yield Shot(_tens(round(slow * READING)), first, first, travelled=0)
        yield Shot(_tens(slow - round(slow * READING)), first + 1, first)
    bands = max(1, min(most - MOST_BEATS * bool(slow), (time - slow) // LEAST_BAND_MS))
    size = -(-(rows - bool(slow)) // bands) or 1
    start = [first + 1, first + columns] if slow else [first]
    edges = [*start, *range(start[-1] + size * columns, outputs.stop, size * columns), outputs.stop]
    shown = [range(*edge) for edge in pairwise(edges) if edge[0] < edge[1]]
    if pace.every is not None:
        shown = [outputs[at : at + 1] for at in pace.chosen(len(outputs))[1:]]
    for band in shown:
        natural = min(LAYER_ROW_MS, (time - slow) // len(shown))
        yield Shot(_tens(pace.delay or natural), band.stop, band[0], band=band)


def shows_whole(stage: Stage) -> bool:
    """Whether an animation begins and ends with the whole map: it slides over a part of it."""
    feature_map = stage.result.feature_map
    return not stage.region.whole or (len(feature_map.values) > 1 and not feature_map.is_rgb)


class ResultWindows(Windows):
    """All windows of one channel of a result.

    Args:
        result: the pooled map.
        channel: the channel that is shown.
    """

    def __init__(self, result: PoolResult, channel: int) -> None:
        row, column = best_window(result, channel)
        rows, columns = result.output_size
        super().__init__(rows, columns, row * columns + column)
        self._result, self._channel = result, channel
        self._known: dict[int, bool] = {}

    def is_even(self, index: int) -> bool:
        """Whether all cells that a window reads are equal; of a very large map it is not asked."""
        if self.count > MOST_ASKED:
            return False
        if index not in self._known:
            feature_map, place = self._result.feature_map, divmod(index, self.columns)
            channels = range(len(feature_map.values)) if feature_map.is_rgb else (self._channel,)
            steps = (self._result.step(*place, channel) for channel in channels)
            self._known[index] = all(step.is_even for step in steps)
        return self._known[index]


class _StageWindows(Windows):
    """The windows of a stage."""

    def __init__(self, stage: Stage) -> None:
        rows, columns = stage.region.windows
        row, column = best_window(stage.result, stage.channel, (rows, columns))
        example = rows.index(row) * len(columns) + columns.index(column)
        super().__init__(len(rows), len(columns), example)
        self._stage = stage
        self.has_acts = shows_whole(stage)
        if stage.is_rgb:
            self.most_one_by_one = MOST_IN_COLOR

    def is_even(self, index: int) -> bool:
        """Whether all cells that a window reads are equal."""
        return index in self._even

    @cached_property
    def _even(self) -> frozenset[int]:
        return frozenset(
            index
            for index, step in enumerate(self._stage.steps)
            if all(part.is_even for part in self._stage.channel_steps(step))
        )

    def telling(self, band: range) -> int:
        """The window of a band with the most contrast."""
        return max(band, key=lambda index: _contrast(self._stage.steps[index]))


@dataclass(frozen=True)
class _Story:
    """The ways to show some windows."""

    windows: Windows
    pace: Pace

    def variants(self) -> Iterator[list[Shot]]:
        """All scripts that suit, the richest first."""
        tellers = []
        if self.pace.every is not None or self.count <= self.windows.most_one_by_one:
            tellers.append(self.one_by_one)
        if self.pace.every is None and self.count > 1:
            tellers.append(self.by_rows)
        for tell in tellers:
            for travels in RICHEST_FIRST:
                yield list(tell(travels))

    @property
    def count(self) -> int:
        """The number of windows."""
        return self.windows.count

    @property
    def time(self) -> int:
        """The milliseconds for all windows."""
        acts = (OPENING_MS + FILL_FRAMES * FILL_MS) * self.windows.has_acts
        return TOTAL_MS - acts - HOLD_MS

    @cached_property
    def slow_row(self) -> range:
        """The windows of the first row in which the cells of some window differ."""
        across = self.windows.columns
        rows = (range(first, first + across) for first in range(0, self.count, across))
        differing = (row for row in rows if not all(map(self.windows.is_even, row)))
        return next(differing, range(across))

    def one_by_one(self, travels: int | None) -> Iterator[Shot]:
        """Each window in its turn."""
        indices = self.pace.chosen(self.count)
        times = self._times(indices)
        shots = [
            shot
            for index, time in zip(indices, times, strict=True)
            for shot in self._window(index, time, travels)
        ]
        return self._framed(shots, travels)

    def by_rows(self, travels: int | None) -> Iterator[Shot]:
        """Whole rows, but the first one with contrast slowly, and one window of the others."""
        singles, bands = self._parts()
        times = dict(zip(singles, self._times(singles, FIRST_SHARE), strict=True))
        natural = QUICK_MS if self.windows.is_even(self.windows.example) else EXAMPLE_MS
        example = self._slow(natural) * (self.windows.example not in times)
        slow = [band for band, _ in bands if not self._is_even(band)]
        quick = self._slow(QUICK_MS)
        left = self.time - sum(times.values()) - example - quick * (len(bands) - len(slow))
        usual = self.pace.delay or min(ROW_MS, left // (len(slow) + 1))
        shots: list[Shot] = []
        parts = sorted([(range(one, one + 1), "") for one in singles] + bands, key=_first)
        if example:
            parts = list(self._around_example(parts))
        for band, words in parts:
            if not words:
                time = times.get(band[0], example)
                shots += self._window(band[0], time, travels)
                continue
            time = min(quick, usual) if self._is_even(band) else usual
            shown = self.windows.telling(band)
            shots.append(Shot(_tens(time), band.stop, shown, band=band, words=words))
        return self._framed(shots, travels)

    def _is_even(self, band: range) -> bool:
        return all(map(self.windows.is_even, band))

    def _around_example(self, parts: list[tuple[range, str]]) -> Iterator[tuple[range, str]]:
        """The same parts, but the interesting window by itself, between what is around it."""
        example = self.windows.example
        for band, words in parts:
            if not words or example not in band:
                yield band, words
                continue
            around = range(band.start, example), range(example + 1, band.stop)
            shown = [(each, words) for each in around if each]
            yield from sorted([*shown, (range(example, example + 1), "")], key=_first)

    def _framed(self, shots: list[Shot], travels: int | None) -> Iterator[Shot]:
        """The shots between the whole map before and after pooling, the last one held."""
        last = self.pace.last
        if self.windows.has_acts:
            opening = Shot(_tens(self._slow(OPENING_MS)), 0, whole="input")
            filling = [
                Shot(FILL_MS, self.count, travelled=number / (FILL_FRAMES + 1), whole="both")
                for number in range(1, FILL_FRAMES + 1)
            ]
            shown = [] if travels is None else filling
            return iter([opening, *shots, *shown, Shot(last, self.count, whole="both")])
        if shots[-1].step == self.windows.example and not shots[-1].band:
            return iter([*shots[:-1], replace(shots[-1], milliseconds=last)])
        words = f"all {self.count:,} windows"
        return iter([*shots, Shot(last, self.count, self.windows.example, words=words)])

    def _window(self, index: int, time: int, travels: int | None) -> Iterator[Shot]:
        """The beats of one window."""
        words = f"step {index + 1:,} of {self.count:,}" if self.count > 1 else ""
        shot = Shot(_tens(time), index + 1, index, words=words)
        if travels is not None and time >= LEAST_BEATS_MS and not self.windows.is_even(index):
            reading = _tens(round((time - travels * TRAVEL_MS) * READING))
            yield replace(shot, milliseconds=reading, filled=index, travelled=0)
            for number in range(1, travels + 1):
                travelled = number / (travels + 1)
                yield replace(shot, milliseconds=TRAVEL_MS, filled=index, travelled=travelled)
            time -= reading + travels * TRAVEL_MS
        yield replace(shot, milliseconds=_tens(time))

    def _slow(self, natural: int) -> int:
        """The milliseconds of something that is shown slowly."""
        return self.pace.delay or natural

    def _times(self, indices: Sequence[int], share: float = 1.0) -> list[int]:
        """The milliseconds of some windows, which have a share of the time.

        Windows with equal cells are quick. The first row in which cells differ is slow, and the
        others share the rest.
        """
        slow = self._slow(SLOW_MS)
        times = [min(QUICK_MS, slow) if self.windows.is_even(index) else slow for index in indices]
        most = self.time * share
        if self.pace.delay is not None or sum(times) <= most:
            return times
        row = self.slow_row
        unhurried = sum(time for index, time in zip(indices, times, strict=True) if index in row)
        if unhurried > FIRST_SHARE * most:
            return [_tens(int(time * most / sum(times))) for time in times]
        faster = (most - unhurried) / (sum(times) - unhurried)
        return [
            time if index in row else _tens(int(time * faster))
            for index, time in zip(indices, times, strict=True)
        ]

    def _parts(self) -> tuple[list[int], list[tuple[range, str]]]:
        """The windows that are shown one by one, and all others in bands with their counters.

        Of the slow row, windows of equal cells pass together, and so do those behind the first
        ones of a long row.
        """
        singles: list[int] = []
        bands: list[tuple[range, str]] = []
        row, across = self.slow_row, self.windows.columns
        own = row.start // across
        at, is_flat = row.start, self._is_even(row)
        while at < row.stop and len(singles) < min(LONGEST_ROW, self.count - 1):
            even = at
            while even < row.stop and self.windows.is_even(even) and not is_flat:
                even += 1
            if even - at >= LEAST_EVEN:
                bands.append((range(at, even), self._words(range(at, even))))
                at = even
            else:
                singles.append(at)
                at += 1
        rest = range(at, row.stop)
        size = -(-len(rest) // MOST_BANDS) if self.windows.rows == 1 else len(rest)
        for first in rest[:: size or 1]:
            steps = range(first, min(first + size, row.stop))
            bands.append((steps, self._words(steps)))
        bands += self._whole_rows(range(own), MOST_EVEN_BANDS)
        bands += self._whole_rows(range(own + 1, self.windows.rows), MOST_BANDS)
        return singles, bands

    def _whole_rows(self, rows: range, most: int) -> Iterator[tuple[range, str]]:
        """Rows in bands, of which that of the interesting window is one of its own."""
        if not rows:
            return
        across = self.windows.columns
        edges = [*rows[:: -(-len(rows) // most)], rows.stop]
        own = self.windows.example // across
        if own in rows:
            edges = sorted({*edges, own, own + 1})
        for first, last in pairwise(edges):
            steps = range(first * across, last * across)
            yield steps, self._words(steps)

    def _words(self, steps: range) -> str:
        """The counter of some steps of one row, or of whole rows."""
        rows, across = self.windows.rows, self.windows.columns
        if rows == 1:
            return _numbered("step", steps, across)
        return _numbered("row", range(steps[0] // across, steps[-1] // across + 1), rows)


def _first(part: tuple[range, str]) -> int:
    return part[0].start


def _contrast(step: Step) -> float:
    """Half of how far the finite cells of a window are apart, which never overflows."""
    read = step.cells[step.kinds == CellKind.INPUT].astype(float)
    finite = read[np.isfinite(read)]
    return float(finite.max() / 2 - finite.min() / 2) if finite.size else 0.0


def _numbered(name: str, numbers: range, total: int) -> str:
    """``row 3 of 14`` or ``rows 3–5 of 50``, counted from 1."""
    if len(numbers) == 1:
        return f"{name} {numbers.start + 1:,} of {total:,}"
    return f"{name}s {numbers.start + 1:,}–{numbers.stop:,} of {total:,}"


def _tens(milliseconds: int) -> int:
    """Whole hundredths of a second, as a GIF stores them, and no fewer than viewers heed."""
    return max(LEAST_MS, milliseconds // 10 * 10)
