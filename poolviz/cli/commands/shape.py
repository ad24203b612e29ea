"""``poolviz shape``: output sizes, with no input at all."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolviz.rules import available_rules

if TYPE_CHECKING:
    from poolviz.frameworks import Answer
    from poolviz.spec import PoolSpec
    from poolviz.teach.shapes import Layer

ALL = "all"


def command(
    input_size: Annotated[str, typer.Argument(help="Rows x columns of the input, as 224x224.")],
    layer: Annotated[
        list[str] | None,
        typer.Argument(help="Layers in a row: 3/2p1 (kernel/stride, padding), to7, global."),
    ] = None,
    size: Annotated[str | None, typer.Option("--size", "--kernel-size", help="Kernel.")] = None,
    stride: Annotated[str | None, typer.Option(help="The size unless given.")] = None,
    padding: Annotated[str | None, typer.Option(help="As for run.")] = None,
    dilation: Annotated[str, typer.Option(help="1 or 1x2.")] = "1",
    ceil: Annotated[
        bool | None, typer.Option("--ceil/--floor", help="Keep a last, incomplete window.")
    ] = None,
    output_size: Annotated[str | None, typer.Option(help="Adaptive windows instead.")] = None,
    like: Annotated[
        str, typer.Option(help=f"Whose rules: {', '.join(available_rules())}, or {ALL}.")
    ] = "torch",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Tell output sizes, the formula, dropped cells and the receptive field.

    Examples:
      poolviz shape 224x224 --size 3 --stride 2 --padding 1

      poolviz shape 224x224 3/2p1 2/2 global

      poolviz shape 6x6 --size 3 --stride 2 --like all
    """
    from poolviz.cli.options import paddings, sizes
    from poolviz.frameworks import answers
    from poolviz.spec import PoolSpec, lengths
    from poolviz.teach.shapes import layer_spec, layers

    cells = lengths("input_size", sizes("input_size", input_size), 1)
    options = {
        "kernel_size": sizes("--size", size),
        "stride": sizes("--stride", stride),
        "padding": paddings(padding),
        "dilation": sizes("--dilation", dilation),
        "ceil_mode": ceil,
        "output_size": sizes("--output-size", output_size),
    }
    if like == ALL:
        _refuse_row(layer)
        _print_answers(answers(PoolSpec(**options), cells), as_json=as_json)
        return
    specs = _specs(layer, options, like, layer_spec)
    _print_layers(layers(cells, specs), as_json=as_json)


def _refuse_row(layer: list[str] | None) -> None:
    from poolviz.errors import SpecError

    if layer:
        raise SpecError("--like", "all frameworks answer for one layer", "give it by --size")


def _specs(
    layer: list[str] | None, options: dict[str, Any], like: str, parse: Any
) -> "list[PoolSpec]":
    """The layers in a row, or the one that the options describe."""
    from poolviz.errors import SpecError
    from poolviz.spec import PoolSpec

    if not layer:
        return [PoolSpec(like=like, **options)]
    given = [name for name, value in options.items() if value not in (None, 1)]
    if given:
        raise SpecError(given[0], "the layers are given in a row", f"write it there: {layer[0]}")
    return [parse(words, like) for words in layer]


def _print_layers(found: "list[Layer]", *, as_json: bool) -> None:
    from poolviz.cli.report import print_json
    from poolviz.cli.screen import show
    from poolviz.views.lines import plain
    from poolviz.views.shapes import layer_document, layer_lines

    if as_json:
        print_json({"layers": [layer_document(layer) for layer in found]})
        return
    for number, layer in enumerate(found, 1):
        show(map(plain, layer_lines(layer, number if len(found) > 1 else 0)))


def _print_answers(found: "dict[str, Answer]", *, as_json: bool) -> None:
    from poolviz.cli.report import print_json
    from poolviz.cli.screen import screen_of, show
    from poolviz.views.shapes import answer_document, answer_lines
    from poolviz.views.style import DEFAULT_THEME, find_theme

    if as_json:
        print_json({like: answer_document(answer) for like, answer in found.items()})
        return
    screen = screen_of(find_theme(DEFAULT_THEME))
    show(answer_lines(list(found.values()), screen.width))
