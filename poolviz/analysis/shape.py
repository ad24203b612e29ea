"""Shapes: what several pooling layers in a row make of an input's size."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod

from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.geometry import Geometry
from poolviz.plan import make_plan
from poolviz.spec import DEFAULT_LIKE, PoolSpec
from poolviz.windows import ReceptiveField, Spans

# What a layer of the usual network does to every cell behind a pooling layer.
CONVOLUTION_TAPS = 9
_LENGTHS = r"\d{1,9}(?:x\d{1,9})?"
_LAYER = re.compile(
    rf"(?P<kernel_size>{_LENGTHS})(?:/(?P<stride>{_LENGTHS}))?"
    rf"(?:p(?P<padding>{_LENGTHS}|same-lower|same|valid))?(?:d(?P<dilation>{_LENGTHS}))?(?P<ceil>c)?"
)
_ADAPTIVE = re.compile(rf"to(?P<output_size>{_LENGTHS})")
GLOBAL = "global"
LAYER_SYNTAX = "3/2p1d2c (kernel/stride, p padding, d dilation, c ceil mode), to7 or global"
# Of so many cells along an axis each is followed by itself.
MOST_FOLLOWED = 1 << 16


@dataclass(frozen=True)
class LayerShape:
    """One pooling layer of several.

    Args:
        geometry: its windows.
        field: what of the first layer's input its output cells depend on.
    """

    geometry: Geometry
    field: ReceptiveField

    @property
    def dropped(self) -> tuple[int, ...]:
        """Cells that no window reads, per axis."""
        return tuple(axis.unread_count for axis in self.geometry.axes)

    @property
    def activations(self) -> tuple[int, int]:
        """Cells of one channel, before and after."""
        return prod(self.geometry.input_size), prod(self.geometry.output_size)

    @property
    def saved(self) -> int:
        """Multiply-adds that a 3×3 convolution behind it needs fewer, per pair of channels."""
        before, after = self.activations
        return CONVOLUTION_TAPS * (before - after)


def layer_spec(words: str, like: str = DEFAULT_LIKE) -> PoolSpec:
    """A layer from ``3/2p1``: kernel 3, stride 2, padding 1.

    Also ``2`` (the framework's stride), ``3x2/2x1``, ``3/2psame``, ``3/1d2`` (dilation),
    ``3/2c`` (ceil mode), ``to7`` (adaptive) and ``global``.

    Raises:
        SpecError: it is no such text.

    Example:
        >>> layer_spec("3/2p1").stride
        (2, 2)
    """
    if words == GLOBAL:
        return PoolSpec(output_size=1, like=like)
    adaptive = _ADAPTIVE.fullmatch(words)
    if adaptive is not None:
        return PoolSpec(output_size=_lengths(adaptive["output_size"]), like=like)
    match = _LAYER.fullmatch(words)
    if match is None:
        raise SpecError("layer", f"{shown(words)} is not a layer", f"write {LAYER_SYNTAX}")
    padding = match["padding"]
    word = padding is None or padding[0].isalpha()
    return PoolSpec(
        kernel_size=_lengths(match["kernel_size"]),
        stride=_lengths(match["stride"]),
        padding=padding if word else _lengths(padding),
        dilation=_lengths(match["dilation"]) or 1,
        ceil_mode=True if match["ceil"] else None,
        like=like,
    )


def _lengths(text: str | None) -> tuple[int, ...] | int | None:
    if text is None:
        return None
    numbers = tuple(map(int, text.split("x")))
    return numbers[0] if len(numbers) == 1 else numbers


def layers(input_size: Sequence[int], specs: Sequence[PoolSpec]) -> list[LayerShape]:
    """The layers that ``specs`` make, each on the output of the one before.

    Raises:
        SpecError: a layer does not fit; it says which.

    Example:
        >>> [layer.geometry.output_size for layer in layers((8, 8), [layer_spec("2")] * 2)]
        [(4, 4), (2, 2)]
    """
    found: list[LayerShape] = []
    size, field = tuple(input_size), ReceptiveField.of(input_size)
    spans = list(map(Spans.of, size)) if max(size) <= MOST_FOLLOWED else []
    for number, spec in enumerate(specs, 1):
        geometry = _resolved(spec, size, number if len(specs) > 1 else 0)
        field = field.through(geometry.axes)
        if spans:
            # Where windows differ, the average by which fields grow is not exact.
            spans = [each.through(axis) for each, axis in zip(spans, geometry.axes, strict=True)]
            field = replace(field, size=tuple(each.length for each in spans))
        found.append(LayerShape(geometry, field))
        size = geometry.output_size
    return found


def _resolved(spec: PoolSpec, size: tuple[int, ...], number: int) -> Geometry:
    try:
        return make_plan(spec, size).geometry
    except SpecError as error:
        if not number:
            raise
        raise SpecError(f"layer {number}: {error.subject}", error.cause, error.remedy) from error
