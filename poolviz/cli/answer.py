"""Shared by the commands that run an analysis: read its options, and show its answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import prod
from pathlib import Path
from typing import Any, Protocol

from poolviz.analysis import Question
from poolviz.analysis.example import check_cell
from poolviz.cli.groups import SourceOptions, WindowOptions
from poolviz.cli.pictures import FigureOptions, MotionOptions
from poolviz.cli.play import play
from poolviz.cli.printing import note, print_json, print_result, result_document
from poolviz.cli.progress import frames_progress, values_progress
from poolviz.cli.terminal import is_piped, screen_of, show
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, parse_budget
from poolviz.output.estimate import check_memory, check_windows
from poolviz.output.files import figure_suffix, write_all
from poolviz.output.job import Done, OutputRequest, PoolRequest, draw_figure, fitted, run_job
from poolviz.output.names import answer_name
from poolviz.plan import make_plan
from poolviz.result import PoolResult
from poolviz.spec import DEFAULT_MODE, PoolSpec
from poolviz.text import size
from poolviz.views.answers import View
from poolviz.views.page import page
from poolviz.views.paint.formats import describe_step, still_steps
from poolviz.views.scene.fonts import use_font
from poolviz.views.terminal.grid import MOST_VALUES


class Answer(Protocol):
    """What an analysis returns about a feature map."""

    @property
    def feature_map(self) -> FeatureMap:
        """The input."""


class MovingAnswer(Answer, Protocol):
    """An answer that can be animated."""

    @property
    def channel(self) -> int:
        """The channel that is shown."""


def ask(
    source: SourceOptions,
    windows: WindowOptions,
    figures: FigureOptions,
    mode: str = DEFAULT_MODE,
    *,
    seed: int | None = None,
    results: int = 1,
) -> tuple[Question, Budget]:
    """Read the question that the options ask, and the memory that the answer may take.

    ``results`` is the number of outputs that the answer holds at a time.

    Raises:
        SpecError: an option is not valid, or the answer would take too much memory.
        SourceError: the source cannot be read.
    """
    figures.check()
    spec = windows.spec(mode)
    feature_map = source.feature_map(spec.like)
    feature_map, spec = fitted(feature_map, spec, windows.single)
    budget = parse_budget(source.max_memory)
    check_windows(spec, budget)
    try:
        plan = make_plan(spec, feature_map.input_size)
    except SpecError:
        # The analysis raises it, or uses the rules of another framework.
        pass
    else:
        check_memory(feature_map, plan, budget, results=results)
    return Question(feature_map, spec, feature_map.channel_index(source.channel), seed), budget


def show_answer(
    answer: Answer,
    figures: FigureOptions,
    budget: Budget,
    *,
    as_json: bool,
    full: bool,
    cell: tuple[int, int] | None = None,
    motion: Callable[[], dict[str, tuple[Path, bytes]]] | None = None,
) -> None:
    """Write the figure and the page, then print the answer as lines or as JSON.

    Args:
        answer: the answer.
        figures: the files to write.
        budget: the memory that drawing may take.
        as_json: print JSON.
        full: print large maps as well.
        cell: (row, column) of the output cell that the page shows first; None for its own.
        motion: draws more files, by kind.

    Raises:
        PoolvizError: the output has no such cell, or a file cannot be written.
    """
    source = answer.feature_map
    source.refuse_changed()
    view = View(answer)
    drawn = _draw_files(view, figures, budget, cell) | (motion() if motion else {})
    files = write_all(drawn, source.path)
    if as_json:
        print_json({**view.document(full=full), "files": files})
    else:
        show(view.lines(screen_of(figures.style.theme, full=full)))
    cut = cut_notes(prod(source.input_size), as_json=as_json, full=full)
    for line in (*source.notes, *cut, *(f"wrote {path}" for path in files.values())):
        note(line)


def _draw_files(
    view: View, figures: FigureOptions, budget: Budget, cell: tuple[int, int] | None
) -> dict[str, tuple[Path, bytes]]:
    """The paths and contents of the figure and the page, by kind."""
    style = figures.style
    theme, files = style.theme, {}
    if figures.figure is not None:
        scene = style.figure(lambda theme: view.scene(theme, style.columns))
        suffix = figure_suffix(figures.figure)
        files["figure"] = figures.figure, draw_figure(scene, suffix, budget, style.font)
    if figures.page is not None:
        content = view.page(theme)
        if cell is not None:
            check_cell(content.variants[0].result, *cell)
            content = replace(content, first_output=cell)
        files["html"] = figures.page, page(content, budget)
    return files


def draw_motion(
    answer: MovingAnswer,
    words: Sequence[str],
    motions: MotionOptions,
    budget: Budget,
    seed: int | None,
    specs: Sequence[PoolSpec] = (),
) -> dict[str, tuple[Path, bytes]]:
    """The paths and contents of the animations, by format.

    Args:
        answer: what is shown.
        words: the command and its settings, for the names of the files.
        motions: which animations there are, and how they look.
        budget: the memory that drawing may take.
        seed: of modes that draw at random.
        specs: requests whose windows the names of the files say as well.

    Raises:
        SpecError: the frames would take more memory than the budget.
    """
    from poolviz.views.paint.animation import animated_scenes

    style, files = motions.style, {}
    look = motions.motion_words
    source, channel = answer.feature_map, answer.channel
    name = answer_name(source, words, specs, channel=channel, look=look, seed=seed)
    for each in motions.animations:
        with use_font(style.font):
            data = animated_scenes(
                View(answer).motion(style.theme),
                style.theme,
                each,
                budget,
                pace=motions.pace,
                scale=motions.scale,
                aspect=motions.ratio,
                watch=frames_progress,
            )
        files[each.name] = motions.out / f"{name}.{each.name}", data
    return files


@dataclass(frozen=True)
class Print:
    """How a result is printed, as text and as JSON, and its notes."""

    as_json: bool
    quiet: bool
    play: bool
    full: bool
    document: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise SpecError for options that contradict each other, before any work is done."""
        if self.play and (self.as_json or self.quiet):
            other = "--json" if self.as_json else "--quiet"
            raise SpecError("--play", f"cannot be combined with {other}", f"omit {other}")
        if self.full and (self.play or (self.quiet and not self.as_json)):
            other = "--play" if self.play else "--quiet"
            raise SpecError("--full", f"{other} prints no grids", "omit one of them")


def pool_and_print(
    feature_map: FeatureMap, pooling: PoolRequest, order: OutputRequest, printed: Print
) -> None:
    """Pool, write, then print.

    Raises:
        PoolvizError: the request does not fit, or an output cannot be written.
    """
    with values_progress(feature_map) as progress:
        done = run_job(feature_map, pooling, order, frames_progress, progress)
    pictures, theme = done.pictures, order.look.theme
    if printed.as_json:
        document = result_document(pictures.result, done.files, full=printed.full)
        print_json(document | printed.document)
    elif printed.play:
        play(pictures.result, pictures.channel, pictures.animation_region, theme, order.look.pace)
    elif not printed.quiet:
        print_result(pictures.result, pictures.channel, theme, pictures.cell, full=printed.full)
    if not printed.quiet:
        for line in (
            *_notes(done, order),
            *printed.notes,
            *_cut_notes(pictures.result, printed),
            *(f"wrote {path}" for path in done.files.values()),
        ):
            note(line)


def _cut_notes(result: PoolResult, printed: Print) -> list[str]:
    if printed.play:
        return []
    size = result.output.size if printed.as_json else prod(result.feature_map.input_size)
    return cut_notes(size, as_json=printed.as_json, full=printed.full)


def _notes(done: Done, order: OutputRequest) -> list[str]:
    """Notes on how the source was read, and on which part of it is shown."""
    pictures = done.pictures
    result, feature_map = pictures.result, pictures.result.feature_map
    kind = "RGB" if feature_map.is_rgb else str(feature_map.values.dtype)
    notes = [f"{feature_map.source}: {kind}, {size(feature_map.shape)}"]
    notes += [f"{feature_map.source}: {note}" for note in result.notes]
    shown = []
    if (order.is_animated or order.has_slides) and pictures.place:
        shown.append(f"{'animation' if order.is_animated else 'slides'}: {pictures.place}")
    stills = _drawn(result)
    # Where the animation shows a part, it is worth saying that the stills show everything.
    if order.has_stills and (shown or stills != describe_step(1)):
        shown.append(f"stills: {stills}")
    return [*notes, "; ".join(shown)] if shown else notes


def _drawn(result: PoolResult) -> str:
    """How much of input and output the stills show."""
    steps = still_steps(result.feature_map.values.shape, result.output.shape)
    before, after = map(describe_step, steps)
    return before if before == after else f"{before} of the input, {after} of the output"


def cut_notes(size: int, *, as_json: bool, full: bool) -> list[str]:
    """The note for maps of ``size`` values that are too large to be printed completely."""
    if full or size <= MOST_VALUES or not (as_json or is_piped()):
        return []
    cut = "null" if as_json else "cut"
    return [f"maps of more than {MOST_VALUES:,} values are {cut}; --full prints all of them"]
