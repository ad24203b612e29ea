"""``poolviz compare``: one input, many modes."""

from poolviz.cli.groups import ConfigOptions, PageOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Full, Modes, Seed


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: PageOptions,
    config: ConfigOptions,
    modes: Modes = "max,average,min,median",
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Pool SOURCE with several modes: outputs on one value scale, and what each mode keeps.

    Examples:
      poolviz compare sample:teaching --modes max,average,lp:p=3,softpool

      poolviz compare sample:scene --size 8 --modes max,average,min --figure modes.png

      poolviz compare sample:course-4x4 --modes all
    """
    from functools import partial

    from poolviz.analysis.compare import compare, listed_modes
    from poolviz.cli.answer import View, answer, ask
    from poolviz.views.answers import compare as views

    del config
    names = listed_modes(modes)
    question = ask(source, windows, figures, results=len(names))
    found = compare(question.feature_map, question.spec, names, seed=seed)
    view = View(
        partial(views.comparison_document, found, question.channel),
        partial(views.comparison_lines, found, question.channel),
        partial(views.comparison_scene, found, question.channel),
        partial(views.comparison_page, found, question.channel),
    )
    answer(view, question.feature_map, figures, question.budget, as_json=as_json, full=full)
