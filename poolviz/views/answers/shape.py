"""Layers and frameworks' answers as lines of text, and as plain data."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from poolviz import text
from poolviz.analysis.shape import LayerShape
from poolviz.frameworks._answers import Answer
from poolviz.plan import describe_windows, is_global
from poolviz.views.terminal.grid import Segments
from poolviz.views.terminal.lines import plain, table

PARTS = "≠"


def layer_lines(layer: LayerShape, number: int) -> list[str]:
    """What a layer does to the size; ``number`` is 0 for the only one."""
    geometry = layer.geometry
    windows = "global" if is_global(geometry.spec) else describe_windows(geometry)
    sizes = f"{text.size(geometry.input_size)} → {text.size(geometry.output_size)}"
    before, after = layer.activations
    jump = "×".join(text.number(step) for step in layer.field.jump)
    share = text.number(100 * (1 - after / before), 3)
    return [
        f"{f'{number}. ' if number else ''}{windows}: {sizes}",
        f"   output size: {geometry.formula}",
        f"   {_dropped(layer)}",
        f"   receptive field {text.size(layer.field.size)} of the first input, jump {jump}",
        f"   {before:,} → {after:,} activations per channel, {share} % dropped",
        f"   a 3×3 convolution behind it saves {layer.saved:,} multiply-adds per pair of channels",
    ]


def _dropped(layer: LayerShape) -> str:
    if not any(layer.dropped):
        return "every cell is read"
    names = ("plane", "row", "column")[-len(layer.dropped) :]
    pairs = zip(layer.dropped, names, strict=True)
    words = " and ".join(text.counted(count, name) for count, name in pairs if count)
    return f"dropped: {words} that no window reads"


def layer_document(layer: LayerShape) -> dict[str, Any]:
    """A layer as plain data."""
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


HEAD = ("like", "", "output", "stride", "padding", "formula, or why it refuses")
EMULATED = "emulated"


def answer_lines(answers: list[Answer], width: int | None) -> Iterable[Segments]:
    """One line for each framework, and one below a refusal that is emulated.

    Of those that answer, the ones that differ from most are marked.
    """
    votes = Counter(_windows(answer) for answer in answers if answer.refusal is None)
    most = votes.most_common(1)[0][0] if votes else None
    rows = [row for answer in answers for row in _rows(answer, most)]
    yield from table(HEAD, rows, width)
    if any(row[1] for row in rows):
        yield []
        yield plain(f"{PARTS} differs from most of those that answer")


def _rows(answer: Answer, most: object) -> Iterable[tuple[str, ...]]:
    name = answer.like
    if answer.refusal is not None:
        yield name, "", "refuses", "", "", str(answer.refusal)
        name = f"{name}, {EMULATED}"
    if answer.geometry is not None and answer.spec is not None:
        stride = text.size(answer.spec.stride) if answer.spec.stride else ""
        pairs = " × ".join(f"{before}+{after}" for before, after in answer.padding or ())
        size = text.size(answer.geometry.output_size)
        mark = PARTS * (_windows(answer) != most and answer.refusal is None)
        yield name, mark, size, stride, pairs, answer.formula


def _windows(answer: Answer) -> object:
    """What frameworks agree or differ in."""
    return answer.output_size, answer.padding


def answer_document(answer: Answer) -> dict[str, Any]:
    """An answer as plain data."""
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
