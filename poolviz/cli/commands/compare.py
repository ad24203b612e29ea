"""``poolviz compare``: one input, many modes."""

from functools import partial

from poolviz.analysis.compare import compare, parse_modes
from poolviz.cli.answer import ask, draw_motion, show_answer
from poolviz.cli.groups import ConfigOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Cell, Full, Modes, Seed, place
from poolviz.cli.pictures import MotionPageOptions
from poolviz.errors import SpecError


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: MotionPageOptions,
    config: ConfigOptions,
    modes: Modes = "max,average,min,median",
    cell: Cell = None,
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Pool SOURCE with several modes, and compare the outputs, their means and their contrast.

    Examples:
      poolviz compare sample:teaching --modes max,average,lp:p=3,softpool

      poolviz compare sample:scene --size 8 --modes max,average,min --figure modes.png

      poolviz compare sample:teaching --modes max,average --write gif

      poolviz compare sample:course-4x4 --modes all
    """
    del config
    first = None if cell is None else place("cell", cell)
    if cell is not None and figures.html is None:
        cause = "only chooses the window that a page shows first, and no page is written"
        raise SpecError("cell", cause, "add --html FILE")
    names = parse_modes(modes)
    question, budget = ask(source, windows, figures, seed=seed, results=len(names))
    answer, words = compare(question, names), ("compare", *names)
    specs = [result.spec for result in answer.results]
    motion = partial(draw_motion, answer, words, figures, budget, seed, specs)
    show_answer(answer, figures, budget, as_json=as_json, full=full, cell=first, motion=motion)
