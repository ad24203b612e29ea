"""``poolviz differ``: one request under every framework's rules."""

from dataclasses import replace

from poolviz.analysis.differ import Differences, differ
from poolviz.cli.answer import ask, show_answer
from poolviz.cli.funnel import refusal_as_typed
from poolviz.cli.groups import ConfigOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Full, Mode, Seed
from poolviz.cli.pictures import PageOptions
from poolviz.cli.printing import note
from poolviz.frameworks import available_rules
from poolviz.output.estimate import check_outputs
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
    """Show each framework's output for the same call, and why the outputs differ.

    Examples:
      poolviz differ --data "1 2 3 4 5 6" --size 1x3 --stride 1x2

      poolviz differ sample:teaching --mode average --size 3 --stride 2 --padding 1

      poolviz differ --data "1 nan; 3 4" --stride 2 --figure differences.svg
    """
    del config
    question, budget = ask(source, windows, figures, mode, seed=seed)
    # Where the framework of the request refuses, another one may have a larger output.
    specs = [replace(question.spec, like=like) for like in available_rules()]
    check_outputs(question.feature_map, specs, budget)
    differences = _as_typed(differ(question))
    show_answer(differences, figures, budget, as_json=as_json, full=full)
    if differences.reference.like != windows.like:
        reference = differences.reference.like
        note(f"{windows.like} cannot pool this, so the reference is {reference}")


def _as_typed(differences: Differences) -> Differences:
    """The same differences; what they quote of errors names options as they were typed."""
    quoted = {
        each.answer.like: replace(
            each, answer=replace(each.answer, refusal=refusal_as_typed(each.answer.refusal))
        )
        for each in differences.outcomes
    }
    groups = [[quoted[each.answer.like] for each in group] for group in differences.groups]
    return replace(differences, outcomes=list(quoted.values()), groups=groups)
