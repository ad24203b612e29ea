"""``poolviz explain``: one window in full."""

from typing import Annotated

import typer

from poolviz.cli.groups import ConfigOptions, PageOptions, SourceOptions, WindowOptions
from poolviz.cli.options import COMMAS, AsJson, Full, Mode, Seed
from poolviz.spec import DEFAULT_MODE


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: PageOptions,
    config: ConfigOptions,
    cell: Annotated[
        str, typer.Option(help="Output cell to explain: ROW,COLUMN, from 0."), COMMAS
    ] = "0,0",
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Explain one window in full: cells, padding, weights, arithmetic, ties and gradient.

    Examples:
      poolviz explain sample:teaching --cell 0,1

      poolviz explain sample:teaching --cell 0,0 --mode average --size 3 --padding 1

      poolviz explain sample:teaching --cell 2,1 --mode lp:p=3 --figure window.svg
    """
    from functools import partial

    from poolviz.analysis.explain import explain
    from poolviz.cli.answer import View, answer, ask
    from poolviz.cli.options import place
    from poolviz.result import run
    from poolviz.views.answers import explain as views

    del config
    at = place("cell", cell)
    question = ask(source, windows, figures, mode)
    result = run(question.feature_map, question.spec, seed=seed)
    found = explain(result, *at, question.channel)
    view = View(
        partial(views.explanation_document, found),
        partial(views.explanation_lines, found),
        partial(views.explanation_scene, found),
        partial(views.explanation_page, found),
    )
    answer(view, question.feature_map, figures, question.budget, as_json=as_json, full=full)
