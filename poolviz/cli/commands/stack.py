"""``poolviz stack``: a sequence of layers."""

from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from poolviz.analysis.feature import find_feature, mark_feature
from poolviz.analysis.layers import Layer, read_layers
from poolviz.analysis.stack import Stacks, planned_cells, refuse_seed, run_stack
from poolviz.cli.answer import draw_motion, show_answer
from poolviz.cli.config import COMMAS
from poolviz.cli.groups import ConfigOptions, SourceOptions
from poolviz.cli.options import AsJson, Full, Like, Seed, cells
from poolviz.cli.pictures import MotionOptions
from poolviz.errors import SpecError
from poolviz.memory import Budget, parse_budget
from poolviz.output.estimate import check_stack, check_windows
from poolviz.spec import DEFAULT_LIKE


def command(
    source: SourceOptions,
    figures: MotionOptions,
    config: ConfigOptions,
    layer: Annotated[
        list[str] | None,
        typer.Argument(
            help="Layers in order: conv:FILTER/STRIDEpPADDING, relu, or MODE:WINDOWS, e.g."
            " max:3/2p1."
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
            show_default="with --against, the most conspicuous cells",
        ),
        COMMAS,
    ] = None,
    like: Like = DEFAULT_LIKE,
    seed: Seed = None,
    as_json: AsJson = False,
    full: Full = False,
) -> None:
    """Run SOURCE through filters, ReLU and pooling; show each layer's output and receptive field.

    Examples:
      poolviz stack sample:teaching "conv:sobel-x relu max:2"

      poolviz stack sample:scene "conv:oriented/2 relu max:3/2" --against "average:4" --mark 60,80

      poolviz stack photo.png "conv:gaussian/2p1 lp:p=3:3/1 global-average" --figure stack.svg

      poolviz stack photo.png "max:2 max:2 max:2" --write gif
    """
    del config
    figures.check()
    source, words = _take_layer(source, layer or [])
    if against is not None and not against.split():
        raise SpecError("against", "names no layers", 'use e.g. "average:4"')
    stacks = [read_layers(names, like) for names in (words, against) if names is not None]
    is_followed = mark is not None or against is not None
    budget = parse_budget(source.max_memory)
    _check_layers(stacks, seed, budget)
    feature_map = source.feature_map(like)
    size = sum(planned_cells(feature_map, layers, seed) for layers in stacks)
    check_stack(feature_map, size, budget, followed=is_followed)
    channel = int(feature_map.activity.argmax())
    if source.channel is not None:
        channel = feature_map.channel_index(source.channel)
    feature = None
    if mark is not None:
        feature = mark_feature(feature_map, channel, *cells("mark", mark))
    elif against is not None:
        feature = find_feature(feature_map, channel)
    results = [run_stack(feature_map, layers, feature, seed) for layers in stacks]
    answer = Stacks(feature_map, channel, feature, results)
    named = ["stack", *(stack.words.replace(" ", "-") for stack in results)]
    named += ["mark", mark] if mark is not None else []
    named += [like] if like != DEFAULT_LIKE else []
    motion = partial(draw_motion, answer, named, figures, budget, seed)
    show_answer(answer, figures, budget, as_json=as_json, full=full, motion=motion)


def _take_layer(source: SourceOptions, layers: list[str]) -> tuple[SourceOptions, str]:
    """With inline data the first word is not a source but a layer."""
    first = source.source
    if source.data is None or first is None:
        return source, " ".join(layers)
    return replace(source, source=None), " ".join([first, *layers])


def _check_layers(stacks: list[list[Layer]], seed: int | None, budget: Budget) -> None:
    """Raise SpecError for a seed or windows that cannot be used, before the source is read."""
    layers = [layer for stack in stacks for layer in stack]
    refuse_seed(layers, seed)
    for layer in layers:
        if layer.spec is not None:
            check_windows(layer.spec, budget)
