"""What the commands that answer a question share: what is asked of which map, and the answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

from poolviz.cli.groups import FigureOptions, WindowOptions
from poolviz.cli.report import cut_notes, note, print_json
from poolviz.cli.screen import screen_of, show
from poolviz.cli.source_groups import SourceOptions
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, asked_budget
from poolviz.output.estimate import check_memory
from poolviz.output.job import fitted
from poolviz.spec import DEFAULT_MODE, PoolSpec
from poolviz.views.chart import Chart
from poolviz.views.grid import Screen, Segments
from poolviz.views.page.offer import Offer
from poolviz.views.scene import Scene
from poolviz.views.style import Theme, find_theme


@dataclass(frozen=True)
class Question:
    """A request for a feature map.

    Args:
        feature_map: of what.
        spec: which pooling.
        channel: which channel is shown.
        budget: the memory that may be used.
    """

    feature_map: FeatureMap
    spec: PoolSpec
    channel: int
    budget: Budget


def ask(
    source: SourceOptions,
    windows: WindowOptions,
    figures: FigureOptions,
    mode: str = DEFAULT_MODE,
    results: int = 1,
) -> Question:
    """The question that options ask, of which so many results are kept at a time.

    Raises:
        SpecError: one of them cannot be meant.
        SourceError: the source cannot be read.
    """
    figures.check()
    spec = windows.spec(mode)
    feature_map = source.feature_map(spec.like)
    feature_map, spec = fitted(feature_map, spec, windows.single)
    budget = asked_budget(source.max_memory)
    check_memory(feature_map, spec, budget, results=results)
    return Question(feature_map, spec, feature_map.channel_index(source.channel), budget)


@dataclass(frozen=True)
class View:
    """An answer as plain data, lines, a figure and, if it has windows, a page; made when wanted.

    Plain data take ``full``: whether maps of many values are listed, too.
    """

    document: Callable[..., dict[str, Any]]
    lines: Callable[[Screen], Iterable[Segments]]
    scene: Callable[[Theme], Scene | Chart]
    page: Callable[[Theme], Offer] | None = None


def answer(
    view: View,
    source: FeatureMap,
    figures: FigureOptions,
    budget: Budget,
    *,
    as_json: bool,
    full: bool,
) -> None:
    """Write figure and page, if they are asked for, and print the answer as lines or as data.

    Args:
        view: the answer.
        source: the map that was asked about.
        figures: which files are written.
        budget: the memory that making them may take.
        as_json: whether data are printed.
        full: whether maps are printed whole, whatever their size.

    Raises:
        PoolvizError: a file cannot be written.
    """
    source.refuse_changed()
    files = figures.write(view, source.path, budget)
    if as_json:
        print_json({**view.document(full=full), "files": files})
    else:
        show(view.lines(screen_of(find_theme(figures.theme, figures.cmap), full=full)))
    cut = cut_notes(prod(source.input_size), as_json=as_json, full=full)
    for line in (*source.notes, *cut, *(f"wrote {path}" for path in files.values())):
        note(line)
