"""``poolviz explain``: one window in full."""

from typing import Annotated

import typer

from poolviz.analysis.explain import explain
from poolviz.cli.answer import ask, show_answer
from poolviz.cli.config import COMMAS
from poolviz.cli.groups import ConfigOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Full, Mode, Seed, place
from poolviz.cli.pictures import PageOptions
from poolviz.result import run
from poolviz.spec import DEFAULT_MODE


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: PageOptions,
    config: ConfigOptions,
    cell: Annotated[
        str, typer.Option(help="Output cell to explain: ROW,COLUMN, counting from 0."), COMMAS
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
    del config
    row, column = place("cell", cell)
    question, budget = ask(source, windows, figures, mode, seed=seed)
    result = run(question.feature_map, question.spec, seed=question.seed)
    explanation = explain(result, row, column, question.channel)
    show_answer(explanation, figures, budget, as_json=as_json, full=full)
