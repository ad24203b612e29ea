"""``poolviz shape``: output sizes, with no input at all."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolviz.cli.groups import ConfigOptions, WindowOptions
from poolviz.cli.options import TIMES, AsJson
from poolviz.spec import DEFAULT_LIKE

if TYPE_CHECKING:
    from poolviz.analysis.shape import LayerShape
    from poolviz.frameworks._answers import Answer
    from poolviz.spec import PoolSpec

ALL = "all"
# The options that hold for all layers in a row.
FOR_ALL = ("like", "ceil_mode")


def command(
    windows: WindowOptions,
    config: ConfigOptions,
    input_size: Annotated[str, typer.Argument(help="Input size: ROWSxCOLS, e.g. 224x224."), TIMES],
    layer: Annotated[
        list[str] | None,
        typer.Argument(
            help="Layers in order: 3/2p1d2c (kernel/stride, p padding, d dilation, c ceil mode),"
            " to7 for adaptive windows, or global."
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
    from poolviz.analysis.shape import layer_spec, layers
    from poolviz.checks import check_lengths
    from poolviz.cli.options import sizes
    from poolviz.frameworks._answers import answers
    from poolviz.memory import parse_budget
    from poolviz.output.estimate import check_windows

    del config
    cells = check_lengths("input_size", sizes("input_size", input_size), 1)
    if windows.like == ALL:
        _refuse_row(layer)
        asked = replace(windows, like=DEFAULT_LIKE).spec()
        check_windows(asked, parse_budget(None))
        found = answers(asked, cells)
        _print_answers(found, as_json=as_json)
        return
    specs = _specs(layer, windows, layer_spec)
    for spec in specs:
        check_windows(spec, parse_budget(None))
    _print_layers(layers(cells, specs), as_json=as_json)


def _refuse_row(layer: list[str] | None) -> None:
    from poolviz.errors import SpecError

    if layer:
        raise SpecError("--like", "all frameworks answer for one layer", "give it by --size")


def _specs(layer: list[str] | None, windows: WindowOptions, parse: Any) -> "list[PoolSpec]":
    """The layers in a row, or the one that the options describe."""
    from poolviz.analysis.shape import LAYER_SYNTAX
    from poolviz.errors import SpecError

    if not layer:
        return [windows.spec()]
    given = [
        field.name
        for field in fields(windows)
        if field.name not in FOR_ALL and getattr(windows, field.name) != field.default
    ]
    if given:
        raise SpecError(
            given[0], "the layers are given in a row", f"write it there: {LAYER_SYNTAX}"
        )
    specs = [parse(words, windows.like) for words in layer]
    ceil = windows.ceil_mode
    return [
        spec if spec.adaptive or spec.ceil_mode is not None else replace(spec, ceil_mode=ceil)
        for spec in specs
    ]


def _print_layers(found: "list[LayerShape]", *, as_json: bool) -> None:
    from poolviz.cli.printing import print_json
    from poolviz.cli.terminal import show
    from poolviz.views.answers.shape import layer_document, layer_lines
    from poolviz.views.terminal.lines import plain

    if as_json:
        print_json({"layers": [layer_document(layer) for layer in found]})
        return
    for number, layer in enumerate(found, 1):
        show(map(plain, layer_lines(layer, number if len(found) > 1 else 0)))


def _print_answers(found: "dict[str, Answer]", *, as_json: bool) -> None:
    from poolviz.cli.printing import print_json
    from poolviz.cli.terminal import screen_of, show
    from poolviz.views.answers.shape import answer_document, answer_lines
    from poolviz.views.scene.style import DEFAULT_THEME, find_theme

    if as_json:
        print_json({like: answer_document(answer) for like, answer in found.items()})
        return
    screen = screen_of(find_theme(DEFAULT_THEME))
    show(answer_lines(list(found.values()), screen.width))
