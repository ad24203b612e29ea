"""``poolviz run``: pool one source, print it, draw it."""

from typing import Annotated

import typer

from poolviz.cli.groups import (
    AnimationOptions,
    ConfigOptions,
    FigureOptions,
    OutputOptions,
    SourceOptions,
    WindowOptions,
)
from poolviz.cli.parameters import AsJson, Mode, Seed
from poolviz.spec import DEFAULT_MODE


def command(
    source: SourceOptions,
    windows: WindowOptions,
    outputs: OutputOptions,
    figures: FigureOptions,
    animation: AnimationOptions,
    config: ConfigOptions,
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    threads: Annotated[
        int | None,
        typer.Option(
            help="At most so many; the cores unless given.", rich_help_panel="Rules and numbers"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Pool SOURCE: print the grids, write before/after pictures and an animation.

    Examples:
      poolviz run photo.png --mode max --size 2

      poolviz run features.npy --mode average --size 3 --stride 2 --padding 1

      poolviz run --data "1 3; 2 4" --mode global-average

      poolviz run sample:teaching --play --write none
    """
    from poolviz.cli.pipeline import Look, Request, Wishes, carry_out
    from poolviz.memory import asked_budget
    from poolviz.views.pace import Pace

    del config
    spec = windows.spec(mode)
    pace = Pace(animation.delay, animation.hold, animation.every, animation.max_frames)
    look = Look(figures.theme, figures.cmap, animation.region, figures.scale, pace)
    wishes = Wishes(
        outputs.out,
        outputs.write,
        figures.figure,
        outputs.kind,
        outputs.save,
        as_json=as_json,
        quiet=outputs.quiet,
        play=outputs.play,
        look=look,
    )
    wishes.check()
    budget = asked_budget(source.max_memory)
    request = Request(source.feature_map(), spec, source.channel, seed, threads, budget)
    carry_out(request, wishes)
