"""``poolviz compare``: one input, many modes."""

from poolviz.cli.parameters import (
    AsJson,
    ConfigOptions,
    FigureOptions,
    Modes,
    Seed,
    SourceOptions,
    WindowOptions,
)


def command(
    source: SourceOptions,
    windows: WindowOptions,
    figures: FigureOptions,
    config: ConfigOptions,
    modes: Modes = "max,average,min,median",
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Pool SOURCE by many modes: the outputs on one value scale, and what each keeps.

    Examples:
      poolviz compare sample:teaching --modes max,average,lp:p=3,softpool

      poolviz compare sample:scene --size 8 --modes max,average,min --figure modes.png

      poolviz compare sample:course-4x4 --modes all
    """
    from poolviz.cli.pipeline import spec_for
    from poolviz.cli.report import answer
    from poolviz.teach.comparison import compare, listed_modes
    from poolviz.views.comparison import (
        comparison_document,
        comparison_lines,
        comparison_scene,
    )

    del config
    figures.check()
    names = listed_modes(modes)
    spec = windows.spec()
    feature_map = source.feature_map()
    channel = feature_map.channel_index(source.channel)
    found = compare(feature_map, spec_for(feature_map.input_size, spec), names, seed=seed)
    answer(
        lambda: comparison_document(found, channel),
        lambda screen: comparison_lines(found, channel, screen),
        lambda theme: comparison_scene(found, channel, theme),
        figures,
        feature_map,
        as_json=as_json,
    )
