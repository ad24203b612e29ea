"""Shapes: the output sizes of a sequence of pooling layers, without an input."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.frameworks._answers import Answer, answers
from poolviz.geometry import Geometry
from poolviz.plan import make_plan
from poolviz.spec import DEFAULT_LIKE, PoolSpec
from poolviz.windows import ReceptiveField, Spans

# Multiplications per cell of a 3×3 convolution, which usually follows a pooling layer.
CONVOLUTION_TAPS = 9
_LENGTHS = r"\d{1,9}(?:x\d{1,9})?"
_LAYER = re.compile(
    rf"(?P<kernel_size>{_LENGTHS})(?:/(?P<stride>{_LENGTHS}))?"
    rf"(?:p(?P<padding>{_LENGTHS}|same-lower|same|valid))?(?:d(?P<dilation>{_LENGTHS}))?(?P<ceil>c)?"
)
_ADAPTIVE = re.compile(rf"to(?P<output_size>{_LENGTHS})")
GLOBAL = "global"
# How a cause begins that is a sentence without its subject, and one that names it.
_VERB, _NO_WINDOW = re.compile("(has|is|does|cannot|needs) "), "no window fits"
LAYER_SYNTAX = (
    "3/2p1d2c (kernel/stride, p padding, d dilation, c ceil mode),"
    " to7 (adaptive, output size 7) or global (one window)"
)
# Up to this many cells along an axis, the receptive field of each cell is followed.
MOST_FOLLOWED = 1 << 16


@dataclass(frozen=True)
class LayerShape:
    """One pooling layer of several.

    Args:
        geometry: the windows.
        field: the receptive field of an output cell in the input of the first layer.
    """

    geometry: Geometry
    field: ReceptiveField

    @property
    def dropped(self) -> tuple[int, ...]:
        """Rows and columns that no window reads."""
        return tuple(axis.unread_count for axis in self.geometry.axes)

    @property
    def activations(self) -> tuple[int, int]:
        """Cells of one channel before and after the layer."""
        return prod(self.geometry.input_size), prod(self.geometry.output_size)

    @property
    def saved(self) -> int:
        """Multiply-adds saved in a following 3×3 convolution, per input and output channel."""
        before, after = self.activations
        return CONVOLUTION_TAPS * (before - after)


@dataclass(frozen=True)
class LayerShapes:
    """The shapes of a sequence of pooling layers."""

    layers: list[LayerShape]


@dataclass(frozen=True)
class ShapeTable:
    """What every framework makes of one layer, by its name."""

    answers: dict[str, Answer]


def layer_spec(words: str, like: str = DEFAULT_LIKE) -> PoolSpec:
    """Parse a layer such as ``3/2p1``: kernel 3, stride 2, padding 1.

    Other layers are ``2`` (the framework's stride), ``3x2/2x1``, ``3/2psame``, ``3/1d2``
    (dilation), ``3/2c`` (ceil mode), ``to7`` (adaptive) and ``global``.

    Raises:
        SpecError: the text is not a layer.

    Example:
        >>> layer_spec("3/2p1").stride
        (2, 2)
    """
    if words == GLOBAL:
        return PoolSpec(output_size=1, like=like)
    adaptive = _ADAPTIVE.fullmatch(words)
    if adaptive is not None:
        return PoolSpec(output_size=_parse_lengths(adaptive["output_size"]), like=like)
    match = _LAYER.fullmatch(words)
    if match is None:
        raise SpecError("layer", f"{shown(words)} is not a layer", f"use e.g. {LAYER_SYNTAX}")
    padding = match["padding"]
    is_word = padding is None or padding[0].isalpha()
    return PoolSpec(
        kernel_size=_parse_lengths(match["kernel_size"]),
        stride=_parse_lengths(match["stride"]),
        padding=padding if is_word else _parse_lengths(padding),
        dilation=_parse_lengths(match["dilation"]) or 1,
        ceil_mode=True if match["ceil"] else None,
        like=like,
    )


def _parse_lengths(text: str | None) -> tuple[int, ...] | int | None:
    if text is None:
        return None
    numbers = tuple(map(int, text.split("x")))
    return numbers[0] if len(numbers) == 1 else numbers


def layer_shapes(input_size: Sequence[int], specs: Sequence[PoolSpec]) -> LayerShapes:
    """The shapes of layers, each on the output of the one before.

    Raises:
        SpecError: a layer does not fit; the message names it.

    Example:
        >>> shapes = layer_shapes((8, 8), [layer_spec("2")] * 2)
        >>> [layer.geometry.output_size for layer in shapes.layers]
        [(4, 4), (2, 2)]
    """
    layers: list[LayerShape] = []
    size, field = tuple(input_size), ReceptiveField.of(input_size)
    spans = list(map(Spans.of, size)) if max(size) <= MOST_FOLLOWED else []
    for number, spec in enumerate(specs, 1):
        geometry = _resolve(spec, size, number if len(specs) > 1 else 0)
        field = field.through(geometry.axes)
        if spans:
            # Where windows differ, the average by which fields grow is not exact.
            spans = [each.through(axis) for each, axis in zip(spans, geometry.axes, strict=True)]
            field = replace(field, size=tuple(each.length for each in spans))
        layers.append(LayerShape(geometry, field))
        size = geometry.output_size
    return LayerShapes(layers)


def shape_table(input_size: Sequence[int], spec: PoolSpec) -> ShapeTable:
    """What every framework makes of one layer.

    Example:
        >>> table = shape_table((6, 6), layer_spec("3/2"))
        >>> table.answers["torch"].output_size, table.answers["caffe"].output_size
        ((2, 2), (3, 3))
    """
    return ShapeTable(answers(spec, input_size))


def _resolve(spec: PoolSpec, size: tuple[int, ...], number: int) -> Geometry:
    try:
        return make_plan(spec, size).geometry
    except SpecError as error:
        if not number:
            raise
        raise SpecError(f"layer {number}", *cause_and_remedy(error)) from error


def cause_and_remedy(error: SpecError) -> tuple[str, str]:
    """What is wrong with a layer and what to do, with the parameter named in words."""
    name = error.subject.replace("_", " ")
    remedy = error.remedy.replace("_", " ").replace(f"omit {name}", f"omit the {name}")
    # Padding is written as in 3/2psame.
    remedy = remedy.replace("padding=", "p")
    if error.cause.startswith(_NO_WINDOW):
        return error.cause, remedy
    is_predicate = _VERB.match(error.cause)
    return (f"the {name} {error.cause}" if is_predicate else f"{name}: {error.cause}"), remedy
