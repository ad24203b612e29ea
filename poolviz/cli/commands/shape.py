"""``poolviz shape``: output sizes, with no input at all."""

from contextlib import nullcontext
from dataclasses import fields, replace
from typing import Annotated

import typer

from poolviz.analysis.layers import name_layer
from poolviz.analysis.shape import LAYER_SYNTAX, ShapeTable, layer_shapes, layer_spec, shape_table
from poolviz.checks import check_lengths
from poolviz.cli.config import TIMES
from poolviz.cli.funnel import refusal_as_typed
from poolviz.cli.groups import ConfigOptions, WindowOptions
from poolviz.cli.options import AsJson, sizes
from poolviz.cli.printing import print_answer
from poolviz.errors import SpecError
from poolviz.memory import parse_budget
from poolviz.output.estimate import check_windows
from poolviz.spec import DEFAULT_LIKE, PoolSpec

ALL = "all"
# Options that apply to every layer of a list.
FOR_ALL = ("like", "ceil_mode")


def command(
    windows: WindowOptions,
    config: ConfigOptions,
    input_size: Annotated[str, typer.Argument(help="Input size: ROWSxCOLS, e.g. 224x224."), TIMES],
    layer: Annotated[
        list[str] | None,
        typer.Argument(
            help="Layers in order, e.g. 3/2p1d2c (kernel 3, stride 2, padding 1, dilation 2, ceil"
            " mode), to7 (adaptive, with output size 7) or global."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print output sizes, formulas, dropped cells and receptive fields.

    --like all compares all frameworks. --ceil and --like apply to every layer.

    Examples:
      poolviz shape 224x224 --size 3 --stride 2 --padding 1

      poolviz shape 224x224 3/2p1 2/2 global

      poolviz shape 6x6 --size 3 --stride 2 --like all
    """
    del config
    size = check_lengths("input_size", sizes("input_size", input_size), 1)
    is_table = windows.like == ALL
    if is_table and layer:
        cause = "'all' compares the frameworks for one layer only"
        raise SpecError("--like", cause, "describe the layer with --size and other options")
    specs = [replace(windows, like=DEFAULT_LIKE).spec()] if is_table else _specs(layer, windows)
    for spec in specs:
        check_windows(spec, parse_budget(None))
    with name_layer(1, layer[0]) if layer and len(layer) == 1 else nullcontext():
        answer = _as_typed(shape_table(size, specs[0])) if is_table else layer_shapes(size, specs)
    print_answer(answer, as_json=as_json)


def _specs(layers: list[str] | None, windows: WindowOptions) -> list[PoolSpec]:
    """The listed layers, or the one that the options describe."""
    if not layers:
        return [windows.spec()]
    for field in fields(windows):
        if field.name not in FOR_ALL and getattr(windows, field.name) != field.default:
            cause = "does not apply to a list of layers"
            raise SpecError(field.name, cause, f"write each layer in full, e.g. {LAYER_SYNTAX}")
    specs = []
    for number, words in enumerate(layers, 1):
        with name_layer(number, words):
            spec = layer_spec(words, windows.like)
        if not spec.adaptive and spec.ceil_mode is None:
            spec = replace(spec, ceil_mode=windows.ceil_mode)
        specs.append(spec)
    return specs


def _as_typed(table: ShapeTable) -> ShapeTable:
    """The same table; what it quotes of errors names options as they were typed."""
    return ShapeTable(
        {
            name: replace(answer, refusal=refusal_as_typed(answer.refusal))
            for name, answer in table.answers.items()
        }
    )
