"""``poolviz explain``: one window in full."""

from typing import Annotated

import typer

from poolviz.cli.parameters import (
    AsJson,
    ConfigOptions,
    FigureOptions,
    Mode,
    Seed,
    SourceOptions,
    WindowOptions,
)
from poolviz.spec import DEFAULT_MODE


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: FigureOptions,
    config: ConfigOptions,
    cell: Annotated[str, typer.Option(help="Row and column of the output, from 0: R,C.")] = "0,0",
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Tell all of one window: cells, padding, shares, arithmetic, ties, and the gradient's way.

    Examples:
      poolviz explain sample:teaching --cell 0,1

      poolviz explain sample:teaching --cell 0,0 --mode average --size 3 --padding 1

      poolviz explain sample:teaching --cell 2,1 --mode lp:p=3 --figure window.svg
    """
    from poolviz.cli.options import place
    from poolviz.cli.pipeline import spec_for
    from poolviz.cli.report import answer
    from poolviz.result import run
    from poolviz.teach.explanation import explain
    from poolviz.views.explanation import (
        explanation_document,
        explanation_lines,
        explanation_scene,
    )

    del config
    at = place("cell", cell)
    figures.check()
    feature_map = source.feature_map()
    spec = spec_for(feature_map.input_size, windows.spec(mode))
    result = run(feature_map, spec, seed=seed)
    found = explain(result, *at, feature_map.channel_index(source.channel))
    answer(
        lambda: explanation_document(found),
        lambda screen: explanation_lines(found, screen),
        lambda theme: explanation_scene(found, theme),
        figures,
        feature_map,
        as_json=as_json,
    )
