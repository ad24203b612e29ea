"""Legend: the value scale, and the key to the marks of a picture."""

from collections.abc import Iterator, Sequence

import numpy as np

from poolviz import text
from poolviz.views.scene.elements import Box, Item, Label, Pixels, Stroke
from poolviz.views.scene.fonts import text_width
from poolviz.views.scene.style import Theme, ValueScale, hatch_on
from poolviz.windows import Array

# The size of the words of a legend in pixels.
TEXT_SIZE = 14
SCALE_WIDTH, SCALE_HEIGHT, SCALE_STEPS = 160, 12, 32
# The gap before the key to each value that is not finite, in pixels.
KEY_GAP = 20
# The symbol before each entry of a key, and the gap after it.
KEY_SYMBOL, KEY_APART = 22, 24


def key_lines(entries: Sequence[tuple[str, str]], width: int) -> list[list[tuple[int, str, str]]]:
    """The entries of a key in lines of at most ``width`` pixels: (x, mark, meaning) each."""
    lines: list[list[tuple[int, str, str]]] = []
    x = width
    for mark, meaning in entries:
        needed = KEY_SYMBOL + text_width(meaning, TEXT_SIZE)
        if x + needed > width:
            lines.append([])
            x = 0
        lines[-1].append((x, mark, meaning))
        x += needed + KEY_APART
    return lines


def key_symbol(theme: Theme, mark: str, x: int, y: int) -> Iterator[Item]:
    """A small picture of a mark of the key, its left edge at ``x`` and its middle at ``y``."""
    side = 15
    top = y - side // 2
    match mark:
        case "winner":
            yield Box(x, top, side, side, outline=theme.accent, line_width=2, radius=side // 2)
        case "tie":
            yield Box(x, top, side, side, outline=theme.accent, line_width=2, line_style="dashed")
        case "share":
            yield Box(x, y - 3, side, 5, fill=theme.unvisited, outline=theme.muted)
            yield Box(x, y - 3, side // 3, 5, fill=theme.accent)
        case "read":
            yield Box(x, top, side, side, outline=theme.accent, line_width=2)
        case "padding":
            yield Box(x, top, side, side, outline=theme.muted, line_style="dashed")
        case "overhang":
            yield Box(
                x, top, side, side, fill=theme.unvisited, outline=theme.muted, line_style="dotted"
            )
        case "unread":
            yield Box(x, top, side, side, fill=theme.unvisited, hatch=hatch_on(theme.unvisited))


def scale_bar(
    scale: ValueScale, x: int, y: int, width: int = SCALE_WIDTH, size: int = TEXT_SIZE
) -> Iterator[Item]:
    """A bar of the colours from the lowest to the highest value, its left end at ``x``.

    It has a tick at 0 if 0 lies within. The bar takes ``width`` pixels without its numbers, which
    are of ``size`` pixels.
    """
    muted, side = scale.theme.muted, SCALE_HEIGHT
    low, high = text.number(scale.low), text.number(scale.high)
    bar = x + text_width(low, size) + 8
    if scale.low == scale.high:
        # All values are equal.
        bar, low = x + side - width, ""
        yield Box(x, y - side // 2, side, side, scale.color(scale.low), muted)
    else:
        yield Label(x, y, low, size, muted, anchor="left")
        yield Pixels(bar, y - side // 2, width, side, scale_colors(scale))
    if scale.low < 0 < scale.high:
        zero = bar + round(float(scale.places(np.zeros(()))) * width)
        yield Stroke((zero, y - side // 2 - 3), (zero, y + side // 2 + 3), scale.theme.ink)
    yield Label(bar + width + 8, y, high, size, muted, anchor="left")
    x = bar + width + 8 + text_width(high, size) + KEY_GAP
    for value in scale.outside:
        yield Box(x, y - side // 2, side, side, scale.color(value), muted)
        yield Label(x + side + 6, y, text.number(value), size, muted, anchor="left")
        x += _key_width(value, size)


def scale_width(scale: ValueScale, width: int = SCALE_WIDTH, size: int = TEXT_SIZE) -> int:
    """The width in pixels of a value bar with its numbers and its key to non-finite values."""
    low, high = (text_width(text.number(end), size) for end in (scale.low, scale.high))
    return low + 8 + width + 8 + high + sum(_key_width(value, size) for value in scale.outside)


def _key_width(value: float, size: int) -> int:
    return KEY_GAP + SCALE_HEIGHT + 6 + text_width(text.number(value), size)


def scale_colors(scale: ValueScale) -> Array:
    """(1, SCALE_STEPS, 3) colours from the lowest to the highest value."""
    along = np.linspace(0, 1, SCALE_STEPS)
    # Not linspace from low to high: the span of the largest floats overflows.
    return scale.colors((scale.low * (1 - along) + scale.high * along)[None])
