"""``poolviz shift``: what stays the same when the input moves."""

from functools import partial
from typing import Annotated

import typer

from poolviz.analysis.compare import parse_modes
from poolviz.analysis.shift import Movement, shift
from poolviz.analysis.shift import sweep as sweep_shifts
from poolviz.cli.answer import ask, draw_motion, show_answer
from poolviz.cli.config import COMMAS
from poolviz.cli.groups import ConfigOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Full, Modes, Seed, place
from poolviz.cli.pictures import MotionPageOptions
from poolviz.errors import SpecError


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: MotionPageOptions,
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
        int | None,
        typer.Option(min=1, help="Try shifts of 0, 1, 2, … times --by, up to this number."),
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

      poolviz shift sample:teaching --modes max --write gif

      poolviz shift sample:scene --size 4 --sweep 8 --figure invariance.svg
    """
    del config
    movement, names = Movement(place("by", by, "ROWS,COLUMNS"), fill), parse_modes(modes)
    if sweep is not None:
        _check_sweep(source, figures, full=full)
    results = 2 * len(names) * (1 + (sweep or 1))
    question, budget = ask(source, windows, figures, seed=seed, results=results)
    if sweep is not None:
        swept = sweep_shifts(question, names, movement, sweep)
        show_answer(swept, figures, budget, as_json=as_json, full=full)
        return
    answer, words = shift(question, names, movement), ["shift", by, fill, *names]
    specs = [result.spec for result in answer.results]
    motion = partial(draw_motion, answer, words, figures, budget, seed, specs)
    show_answer(answer, figures, budget, as_json=as_json, full=full, motion=motion)


def _check_sweep(source: SourceOptions, figures: MotionPageOptions, *, full: bool) -> None:
    """Raise SpecError for options that a sweep does not have, before any work is done."""
    if source.channel is not None:
        raise SpecError("channel", "a sweep covers all channels", "omit channel")
    if full:
        raise SpecError("--full", "a sweep prints no grids", "omit --full")
    if figures.animations:
        cause = "a sweep draws curves, but an animation shows one shift"
        raise SpecError("write", cause, "use --figure instead, or omit --sweep")
    if figures.html is not None:
        cause = "a sweep draws curves, but a page shows windows"
        raise SpecError("--html", cause, "use --figure instead, or omit --sweep")
