"""``poolviz differ``: one request under every framework's rules."""

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
    mode: Mode = DEFAULT_MODE,
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Show what every framework gives for the same call, and why they differ.

    Examples:
      poolviz differ --data "1 2 3 4 5 6" --size 1x3 --stride 1x2

      poolviz differ sample:teaching --mode average --size 3 --stride 2 --padding 1

      poolviz differ --data "1 nan; 3 4" --stride 2 --figure differences.svg
    """
    from poolviz.cli.pipeline import spec_for
    from poolviz.cli.report import answer
    from poolviz.engine.pooling import refuse_seed
    from poolviz.modes import build_mode
    from poolviz.teach.differences import differ
    from poolviz.views.differences import (
        difference_document,
        difference_lines,
        difference_scene,
    )

    del config
    figures.check()
    feature_map = source.feature_map()
    channel = feature_map.channel_index(source.channel)
    spec = spec_for(feature_map.input_size, windows.spec(mode))
    refuse_seed(build_mode(spec), seed)
    found = differ(feature_map, spec, seed=seed or 0)
    answer(
        lambda: difference_document(found, channel),
        lambda screen: difference_lines(found, channel, screen),
        lambda theme: difference_scene(found, channel, theme),
        figures,
        feature_map,
        as_json=as_json,
    )
