"""``poolviz run``: pool one source, print it, draw it."""

from poolviz.cli.answer import Print, pool_and_print
from poolviz.cli.groups import ConfigOptions, OutputOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Mode, Seed, Threads
from poolviz.cli.pictures import AnimationOptions, PageOptions
from poolviz.memory import parse_budget
from poolviz.output.job import OutputRequest, PoolRequest
from poolviz.spec import DEFAULT_MODE


def command(
    *,
    source: SourceOptions,
    windows: WindowOptions,
    outputs: OutputOptions,
    figures: PageOptions,
    animation: AnimationOptions,
    config: ConfigOptions,
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    threads: Threads = None,
    as_json: AsJson = False,
) -> None:
    """Pool SOURCE: print the grids, and write before-and-after pictures and an animation.

    Examples:
      poolviz run photo.png --mode max --size 2

      poolviz run features.npy --mode average --size 3 --stride 2 --padding 1

      poolviz run --data "1 3; 2 4" --mode global-average

      poolviz run sample:teaching --play --write none

      poolviz run sample:teaching --size 3 --stride 1 --html teaching.html
    """
    del config
    spec = windows.spec(mode)
    order = OutputRequest(
        outputs.out,
        outputs.kinds(figures.figure, figures.html),
        outputs.kind,
        figures.look(animation),
        figure=figures.figure,
        save=outputs.save,
        html=figures.html,
    )
    order.check(printed=not (as_json or outputs.quiet))
    printed = Print(as_json, outputs.quiet, outputs.play, outputs.full)
    printed.check()
    budget = parse_budget(source.max_memory)
    pooling = PoolRequest(spec, source.channel, seed, threads, budget, windows.single)
    pool_and_print(source.feature_map(spec.like), pooling, order, printed)
