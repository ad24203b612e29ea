"""``poolviz stack``: several layers in a row."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from poolviz.cli.groups import ConfigOptions, FigureOptions, SourceOptions
from poolviz.cli.options import COMMAS, AsJson, Full, Like, Seed
from poolviz.spec import DEFAULT_LIKE

if TYPE_CHECKING:
    from poolviz.analysis.feature import Feature
    from poolviz.analysis.layers import Layer
    from poolviz.feature_map import FeatureMap
    from poolviz.memory import Budget


def command(
    source: SourceOptions,
    figures: FigureOptions,
    config: ConfigOptions,
    layer: Annotated[
        list[str] | None,
        typer.Argument(
            help="Layers in order: conv:FILTER/STRIDEpPADDING, relu, MODE:WINDOWS, e.g. max:3/2p1."
        ),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="Other layers to run on the same input, for comparison.")
    ] = None,
    mark: Annotated[
        str | None,
        typer.Option(
            help="Input cells to follow through the layers: ROW,COLUMN, e.g. 3,2, or"
            " ROWSxCOLS+ROW+COLUMN, e.g. 3x3+2+1.",
            show_default="the most conspicuous ones with --against",
        ),
        COMMAS,
    ] = None,
    like: Like = DEFAULT_LIKE,
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Run SOURCE through several layers of filters, ReLU and pooling; show what each one sees.

    Examples:
      poolviz stack sample:teaching "conv:sobel-x relu max:2"

      poolviz stack sample:scene "conv:oriented/2 relu max:3/2" --against "average:4" --mark 60,80

      poolviz stack photo.png "conv:gaussian/2p1 lp:p=3:3/1 global-average" --figure stack.svg
    """
    from functools import partial

    from poolviz.analysis.feature import follow
    from poolviz.analysis.layers import read_layers
    from poolviz.cli.answer import View, answer
    from poolviz.memory import parse_budget
    from poolviz.views.answers import stack as views
    from poolviz.views.answers.stack import stack_scene

    del config
    figures.check()
    source, words = _parted(source, layer or [])
    stacks = [read_layers(each, like) for each in (words, against) if each is not None]
    is_followed = mark is not None or against is not None
    budget = parse_budget(source.max_memory)
    feature_map = _loaded(source, stacks, like, seed, budget, is_followed=is_followed)
    channel = _channel(feature_map, source.channel)
    feature = _feature(feature_map, channel, mark) if is_followed else None
    found = [follow(feature_map, layers, feature, seed) for layers in stacks]
    shown = found, feature, channel
    view = View(
        partial(views.stack_document, *shown),
        partial(views.stack_lines, *shown),
        partial(stack_scene, *shown),
    )
    answer(view, feature_map, figures, budget, as_json=as_json, full=full)


def _parted(source: SourceOptions, layers: list[str]) -> tuple[SourceOptions, str]:
    """Where the data are inline, the first word is no source but a layer."""
    first = source.source
    if source.data is None or first is None:
        return source, " ".join(layers)
    return replace(source, source=None), " ".join([first, *layers])


def _loaded(
    source: SourceOptions,
    stacks: "list[list[Layer]]",
    like: str,
    seed: int | None,
    budget: "Budget",
    *,
    is_followed: bool,
) -> "FeatureMap":
    """The source, unless the layers would take too much memory."""
    from poolviz.analysis.stack import planned_cells, refuse_seed
    from poolviz.output.estimate import check_stack, check_windows

    layers = [layer for stack in stacks for layer in stack]
    refuse_seed(layers, seed)
    for spec in (layer.spec for layer in layers):
        if spec is not None:
            check_windows(spec, budget)
    feature_map = source.feature_map(like)
    cells = sum(planned_cells(feature_map, stack, seed) for stack in stacks)
    check_stack(feature_map, cells, budget, followed=is_followed)
    return feature_map


def _channel(feature_map: "FeatureMap", asked: str | None) -> int:
    """The channel that is asked for, else the most active one."""
    if asked is not None:
        return feature_map.channel_index(asked)
    return int(feature_map.activity.argmax())


def _feature(feature_map: "FeatureMap", channel: int, mark: str | None) -> "Feature | None":
    from poolviz.analysis.feature import marked, most_conspicuous
    from poolviz.cli.options import cells

    if mark is None:
        return most_conspicuous(feature_map, channel)
    return marked(feature_map, channel, *cells("mark", mark))
