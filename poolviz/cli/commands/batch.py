"""``poolviz batch``: many sources, each treated as ``run`` would, by many processes."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from poolviz.cli.groups import (
    AnimationOptions,
    ConfigOptions,
    SourcesOptions,
    StyleOptions,
    WindowOptions,
)
from poolviz.cli.options import AsJson, Mode, Seed
from poolviz.spec import DEFAULT_MODE
from poolviz.views.figures import DEFAULT_FIGURE, available_figures

if TYPE_CHECKING:
    from poolviz.batch.work import Recipe

_output = partial(typer.Option, rich_help_panel="Output")
_work = partial(typer.Option, rich_help_panel="Work")


@dataclass(frozen=True)
class BatchOutputs:
    """What is written of each source."""

    out: Annotated[Path, _output(help="Folder for all outputs and report.jsonl.")] = Path(
        "poolviz-out"
    )
    write: Annotated[
        str, _output(help="What to write of each: npy, png, gif, webp, apng, svg, pdf, html, none.")
    ] = "npy,png"
    kind: Annotated[
        str, _output(help=f"What svg and pdf show: {', '.join(available_figures())}.")
    ] = DEFAULT_FIGURE
    quiet: Annotated[bool, _output("--quiet", help="Print no summary.")] = False


@dataclass(frozen=True)
class WorkOptions:
    """Who works."""

    jobs: Annotated[
        int | None, _work("--jobs", "-j", min=1, help="Processes; the cores unless given.")
    ] = None
    force: Annotated[bool, _work("--force", help="Do again what is done already.")] = False
    scheduler: Annotated[
        str | None,
        _work(help="A Dask scheduler whose workers do it, as tcp://host:8786 (poolviz[dask])."),
    ] = None
    scheduler_file: Annotated[
        Path | None, _work(help="The same, by the file that the scheduler has written.")
    ] = None


def command(
    sources: SourcesOptions,
    windows: WindowOptions,
    outputs: BatchOutputs,
    work: WorkOptions,
    looks: StyleOptions,
    animation: AnimationOptions,
    config: ConfigOptions,
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    as_json: AsJson = False,
) -> int:
    """Pool many SOURCES as run pools one; go on after bad ones, and where it was stopped.

    A source is passed over that was done before, from the same bytes in the same way.

    Examples:
      poolviz batch maps/ --mode average --size 3 --stride 2 --out pooled

      poolviz batch 'course/**/*.png' --write png,gif --jobs 4

      poolviz batch @list.txt --mode lp:p=3 --write npy
    """
    from poolviz.batch.listing import list_sources
    from poolviz.cli.batching import Work, run_batch

    del config
    recipe = _recipe(sources, windows, outputs, looks, animation, mode, seed)
    listing = list_sources(sources.sources, outputs.out)
    started = Work(work.jobs, work.scheduler, work.scheduler_file, work.force)
    return run_batch(listing, recipe, started, as_json=as_json, quiet=outputs.quiet)


def _recipe(
    sources: SourcesOptions,
    windows: WindowOptions,
    outputs: BatchOutputs,
    looks: StyleOptions,
    animation: AnimationOptions,
    mode: str,
    seed: int | None,
) -> "Recipe":
    """What is done with every source.

    Raises:
        SpecError: it cannot be meant.
    """
    from poolviz.batch.work import Recipe
    from poolviz.memory import parse_budget
    from poolviz.modes import build_mode
    from poolviz.output.job import OutputRequest, PoolRequest

    spec = windows.spec(mode)
    build_mode(spec)
    # Whoever works may be in another folder.
    order = OutputRequest(
        outputs.out.absolute(), outputs.write, outputs.kind, looks.look(animation)
    )
    order.check()
    # Processes share the cores already.
    budget = parse_budget(sources.max_memory)
    pooling = PoolRequest(spec, sources.channel, seed, 1, budget, windows.single)
    return Recipe(sources.reading, pooling, order, sources.max_memory)
