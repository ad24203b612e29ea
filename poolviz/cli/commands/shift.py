"""``poolviz shift``: what stays the same when the input moves."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolviz.cli.groups import ConfigOptions, PageOptions, SourceOptions, WindowOptions
from poolviz.cli.options import COMMAS, AsJson, Full, Modes, Seed
from poolviz.errors import SpecError

if TYPE_CHECKING:
    from poolviz.cli.answer import Question, View


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: PageOptions,
    config: ConfigOptions,
    by: Annotated[
        str,
        typer.Option(
            help="Shift of the input: ROWS,COLUMNS, down and to the right; negative numbers shift"
            " up and to the left."
        ),
        COMMAS,
    ] = "0,1",
    sweep: Annotated[
        int | None, typer.Option(min=1, help="Try all shifts from 0 to this number times --by.")
    ] = None,
    fill: Annotated[
        str,
        typer.Option(
            help="Values that enter at the edge: edge (the nearest value), zero, or wrap (from the"
            " opposite edge)."
        ),
    ] = "edge",
    modes: Modes = "max,average",
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Shift the input, pool again, and show which outputs change and by how much.

    Examples:
      poolviz shift sample:teaching --by 1,0

      poolviz shift sample:scene --size 4 --modes max,average,min --sweep 8

      poolviz shift sample:scene --size 4 --sweep 8 --figure invariance.svg
    """
    from poolviz.analysis.compare import listed_modes
    from poolviz.cli.answer import answer, ask
    from poolviz.cli.options import place

    del config
    offset, names = place("by", by), listed_modes(modes)
    if sweep is not None and source.channel is not None:
        raise SpecError("channel", "a sweep tells of all channels", "leave it out")
    if sweep is not None and full:
        raise SpecError("--full", "a sweep prints no grids", "leave it out")
    if sweep is not None and figures.html is not None:
        cause = "the curves of a sweep have no windows to look at"
        raise SpecError("--html", cause, "give --figure instead, or leave out --sweep")
    question = ask(source, windows, figures, results=2 * len(names) * (1 + (sweep or 1)))
    options = {"by": offset, "fill": fill, "seed": seed}
    view = (
        _moved(question, names, **options)
        if sweep is None
        else _swept(question, names, sweep, **options)
    )
    answer(view, question.feature_map, figures, question.budget, as_json=as_json, full=full)


def _moved(question: "Question", names: list[str], **options: Any) -> "View":
    """One shift."""
    from functools import partial

    from poolviz.analysis.shift import shift
    from poolviz.cli.answer import View
    from poolviz.views.answers import shift as views

    feature_map, channel = question.feature_map, question.channel
    by, fill = options["by"], options["fill"]
    found = shift(feature_map, question.spec, names, **options)
    return View(
        partial(views.shift_document, found, by, channel),
        partial(views.shift_lines, found, feature_map, by, fill, channel),
        partial(views.shift_scene, found, feature_map, by, fill, channel),
        partial(views.shift_page, found, feature_map, by, fill, channel),
    )


def _swept(question: "Question", names: list[str], most: int, **options: Any) -> "View":
    """All shifts up to the largest."""
    from functools import partial

    from poolviz.analysis.shift import sweep
    from poolviz.cli.answer import View
    from poolviz.views.answers import shift as views

    feature_map, by, fill = question.feature_map, options["by"], options["fill"]
    found = sweep(feature_map, question.spec, names, most=most, **options)
    return View(
        partial(views.sweep_document, found),
        partial(views.sweep_lines, found, feature_map, by, fill),
        partial(views.sweep_chart, found, feature_map, by, fill),
    )
