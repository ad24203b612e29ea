"""View of the shapes of layers, and of one layer in every framework."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from poolviz import text
from poolviz.analysis.shape import LayerShape, LayerShapes, ShapeTable
from poolviz.frameworks._answers import Answer
from poolviz.plan import describe_windows, is_global
from poolviz.views.terminal.grid import Screen, Segments
from poolviz.views.terminal.lines import plain, table

DIFFERS = "≠"
HEAD = ("like", "", "output", "stride", "padding", "formula, or why it refuses")
EMULATED = "emulated"


def lines(answer: LayerShapes | ShapeTable, screen: Screen) -> Iterable[Segments]:
    """The answer as lines for the terminal."""
    if isinstance(answer, ShapeTable):
        yield from _table_lines(answer, screen)
        return
    for number, layer in enumerate(answer.layers, 1):
        yield from map(plain, _layer_lines(layer, number if len(answer.layers) > 1 else 0))


def _layer_lines(layer: LayerShape, number: int) -> list[str]:
    """What a layer does to the size; ``number`` is 0 for the only layer."""
    geometry = layer.geometry
    windows = "global" if is_global(geometry.spec) else describe_windows(geometry)
    sizes = f"{text.size(geometry.input_size)} → {text.size(geometry.output_size)}"
    before, after = layer.activations
    jump = "×".join(text.number(step) for step in layer.field.jump)
    saved = f"{layer.saved:,} multiply-adds per pair of input and output channels"
    share = text.number(100 * (1 - after / before), 3)
    return [
        f"{f'{number}. ' if number else ''}{windows}: {sizes}",
        f"   output size: {geometry.formula}",
        f"   {_describe_dropped(layer)}",
        f"   receptive field {text.size(layer.field.size)} in the original input, jump {jump}",
        f"   {before:,} → {after:,} activations per channel, {share} % fewer",
        f"   saves {saved} in a 3×3 convolution that follows",
    ]


def _describe_dropped(layer: LayerShape) -> str:
    if not any(layer.dropped):
        return "windows read every cell"
    names = ("plane", "row", "column")[-len(layer.dropped) :]
    pairs = zip(layer.dropped, names, strict=True)
    words = " and ".join(text.counted(count, name) for count, name in pairs if count)
    return f"dropped: {words}, which no window reads"


def document(answer: LayerShapes | ShapeTable, *, full: bool = False) -> dict[str, Any]:
    """The answer as plain data; it has no maps, so ``full`` adds nothing."""
    del full
    if isinstance(answer, ShapeTable):
        return {like: _answer_document(each) for like, each in answer.answers.items()}
    return {"layers": list(map(_layer_document, answer.layers))}


def _layer_document(layer: LayerShape) -> dict[str, Any]:
    return {
        "input_size": list(layer.geometry.input_size),
        "output_size": list(layer.geometry.output_size),
        "formula": layer.geometry.formula,
        "dropped": list(layer.dropped),
        "receptive_field": list(layer.field.size),
        "jump": list(layer.field.jump),
        "activations": list(layer.activations),
        "multiply_adds_saved": layer.saved,
    }


def _table_lines(answer: ShapeTable, screen: Screen) -> Iterable[Segments]:
    """A row for each framework, and one more for a refusal that is emulated.

    A mark shows where a framework differs from most of those that do not refuse.
    """
    answers = list(answer.answers.values())
    votes = Counter(_windows(each) for each in answers if each.refusal is None)
    most = votes.most_common(1)[0][0] if votes else None
    rows = [row for each in answers for row in _rows(each, most)]
    yield from table(HEAD, rows, screen.width)
    if any(row[1] for row in rows):
        yield []
        yield plain(f"{DIFFERS} differs from most of the frameworks that do not refuse")


def _rows(answer: Answer, most: object) -> Iterable[tuple[str, ...]]:
    name = answer.like
    if answer.refusal is not None:
        yield name, "", "refuses", "", "", str(answer.refusal)
        name = f"{name}, {EMULATED}"
    if answer.geometry is not None and answer.spec is not None:
        stride = text.size(answer.spec.stride) if answer.spec.stride else ""
        pairs = " × ".join(f"{before}+{after}" for before, after in answer.padding or ())
        size = text.size(answer.geometry.output_size)
        mark = DIFFERS * (_windows(answer) != most and answer.refusal is None)
        yield name, mark, size, stride, pairs, answer.formula


def _windows(answer: Answer) -> object:
    """The properties by which frameworks are compared."""
    return answer.output_size, answer.padding


def _answer_document(answer: Answer) -> dict[str, Any]:
    windows = {
        "output_size": list(answer.output_size) if answer.output_size else None,
        "padding": [list(pair) for pair in answer.padding] if answer.padding else None,
        "formula": answer.formula if answer.geometry else None,
    }
    refused = answer.refusal is not None
    document = dict.fromkeys(windows) if refused else windows
    document |= {
        "refusal": str(answer.refusal) if refused else None,
        "evidence": answer.evidence,
    }
    return {**document, EMULATED: windows} if answer.emulated else document
