"""``poolviz differ``: one request under every framework's rules."""

from poolviz.cli.groups import ConfigOptions, PageOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Full, Mode, Seed
from poolviz.spec import DEFAULT_MODE


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: PageOptions,
    config: ConfigOptions,
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Show the output of every framework for the same call, and why they differ.

    Examples:
      poolviz differ --data "1 2 3 4 5 6" --size 1x3 --stride 1x2

      poolviz differ sample:teaching --mode average --size 3 --stride 2 --padding 1

      poolviz differ --data "1 nan; 3 4" --stride 2 --figure differences.svg
    """
    from dataclasses import replace
    from functools import partial

    from poolviz.analysis.differ import differ
    from poolviz.cli.answer import View, answer, ask
    from poolviz.cli.printing import note
    from poolviz.frameworks import available_rules
    from poolviz.output.estimate import check_outputs
    from poolviz.views.answers import differ as views

    del config
    question = ask(source, windows, figures, mode)
    # Where the rules that were named refuse, others may give an output, and a larger one.
    specs = [replace(question.spec, like=like) for like in available_rules()]
    check_outputs(question.feature_map, specs, question.budget)
    found = differ(question.feature_map, question.spec, seed=seed)
    view = View(
        partial(views.difference_document, found, question.channel),
        partial(views.difference_lines, found, question.channel),
        partial(views.difference_scene, found, question.channel),
        partial(views.difference_page, found, question.channel),
    )
    answer(view, question.feature_map, figures, question.budget, as_json=as_json, full=full)
    if found[0].like != windows.like:
        note(f"{windows.like} refuses; compared with {found[0].like}")
