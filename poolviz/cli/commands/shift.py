"""``poolviz shift``: what stays the same when the input moves."""

from typing import Annotated

import typer

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
    by: Annotated[
        str, typer.Option(help="Rows down and columns to the right: R,C; negative ones go back.")
    ] = "0,1",
    sweep: Annotated[
        int | None, typer.Option(min=1, help="All shifts from 0 to so many times --by.")
    ] = None,
    fill: Annotated[
        str, typer.Option(help="What comes in at the edge: edge (the nearest value), zero, wrap.")
    ] = "edge",
    modes: Modes = "max,average",
    seed: Seed = None,
    as_json: AsJson = False,
) -> None:
    """Move the input, pool again, and tell which outputs changed and by how much.

    Examples:
      poolviz shift sample:teaching --by 1,0

      poolviz shift sample:scene --size 4 --modes max,average,min --sweep 8

      poolviz shift sample:scene --size 4 --sweep 8 --figure invariance.svg
    """
    from poolviz.cli.options import place
    from poolviz.cli.pipeline import spec_for
    from poolviz.cli.report import answer
    from poolviz.errors import SpecError
    from poolviz.teach import shifts
    from poolviz.teach.comparison import listed_modes
    from poolviz.views import shifts as views

    del config
    figures.check()
    offset, names = place("by", by), listed_modes(modes)
    spec = windows.spec()
    feature_map = source.feature_map()
    channel = feature_map.channel_index(source.channel)
    spec = spec_for(feature_map.input_size, spec)
    if sweep is not None:
        if source.channel is not None:
            raise SpecError("channel", "a sweep tells of all channels", "leave it out")
        found = shifts.sweep(feature_map, spec, names, offset, sweep, fill=fill, seed=seed)
        answer(
            lambda: views.sweep_document(found),
            lambda screen: views.sweep_lines(found, feature_map, offset, screen),
            lambda theme: views.sweep_chart(found, feature_map, offset, theme),
            figures,
            feature_map,
            as_json=as_json,
        )
        return
    moved = shifts.shift(feature_map, spec, names, offset, fill=fill, seed=seed)
    answer(
        lambda: views.shift_document(moved, offset, channel),
        lambda screen: views.shift_lines(moved, feature_map, offset, channel, screen),
        lambda theme: views.shift_scene(moved, feature_map, offset, channel, theme),
        figures,
        feature_map,
        as_json=as_json,
    )
