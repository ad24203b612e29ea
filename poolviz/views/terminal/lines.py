"""Lines of text for the terminal: headings, paragraphs, tables, blocks side by side."""

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any

from poolviz import text
from poolviz.feature_map import FeatureMap
from poolviz.result import PoolResult
from poolviz.views.terminal.grid import BOLD, MOST_VALUES, PLAIN, Segments
from poolviz.windows import Array

# A number with its unit or sign, or nothing.
_FIGURE = re.compile(r"[−–\d.,e∞%×? ]*|NaN")
BETWEEN, GUTTER = "  ", "    "
# The width of text without a terminal.
USUAL_WIDTH = 80


def plain(words: str) -> Segments:
    """A line without a style."""
    return [(words, PLAIN)]


def heading(words: str) -> Segments:
    """A line in bold."""
    return [(words, BOLD)]


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None
) -> Iterable[Segments]:
    """Rows below their heads, in columns; if these do not fit ``width``, each row as a list.

    Numbers are never shortened.
    """
    return _columns([head, *rows]) if fits(head, rows, width) else _lists(head, rows)


def fits(head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> bool:
    """Whether a table fits ``width``; without a width, it always does."""
    widths = _widths([head, *rows])
    return width is None or sum(widths) + len(BETWEEN) * (len(widths) - 1) <= width


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _columns(rows: Sequence[Sequence[str]]) -> Iterable[Segments]:
    """Columns, those of numbers aligned to the right; the head is bold."""
    widths = _widths(rows)
    figures = [all(map(_FIGURE.fullmatch, column)) for column in zip(*rows[1:], strict=True)]
    for index, row in enumerate(rows):
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, figures, strict=True)
        ]
        yield [(BETWEEN.join(cells).rstrip(), PLAIN if index else BOLD)]


def _lists(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[Segments]:
    for first, *others in rows:
        # A bare number would not say what it counts.
        yield heading(f"{head[0]} {first}" if _FIGURE.fullmatch(first) else first)
        for name, cell in zip(head[1:], others, strict=True):
            if cell:
                yield plain(f"{BETWEEN}{name}: {cell}" if name else f"{BETWEEN}{cell}")


def side_by_side(
    blocks: Sequence[Sequence[Segments]], width: int | None, gutter: str = GUTTER
) -> Iterable[Segments]:
    """Blocks of lines next to each other, as many in a row as fit ``width`` columns."""
    rows: list[list[Sequence[Segments]]] = []
    for block in blocks:
        row = [*rows[-1], block] if rows else [block]
        row_width = sum(map(block_width, row)) + len(gutter) * (len(row) - 1)
        if rows and row_width <= (width or USUAL_WIDTH):
            rows[-1].append(block)
        else:
            rows.append([block])
    for index, row in enumerate(rows):
        if index:
            yield []
        widths = [block_width(block) for block in row]
        for number in range(max(map(len, row))):
            line: Segments = []
            for block, columns in zip(row, widths, strict=True):
                part = block[number] if number < len(block) else []
                line += [*part, (" " * (columns - _length(part)) + gutter, PLAIN)]
            yield line[:-1]


def block_width(block: Sequence[Segments]) -> int:
    """The columns that a block of lines takes."""
    return max(map(_length, block), default=0)


def _length(line: Segments) -> int:
    return sum(len(part) for part, _ in line)


def paragraph(words: str, width: int | None) -> Iterable[Segments]:
    """A paragraph; without a terminal, broken into lines of USUAL_WIDTH."""
    if width is not None:
        yield plain(words)
        return
    indent = " " * (len(words) - len(words.lstrip()))
    for line in wrap(words, USUAL_WIDTH, subsequent_indent=indent, break_long_words=False):
        yield plain(line)


def is_long(values: Array, *, full: bool) -> bool:
    """Whether ``values`` are too many to print; never with ``full``."""
    return values.size > MOST_VALUES and not full


def listed(values: Array, *, full: bool = False) -> Any:
    """An array as nested lists; None for more than MOST_VALUES values without ``full``."""
    return None if is_long(values, full=full) else values.tolist()


def channel_words(feature_map: FeatureMap, channel: int) -> str:
    """``, channel R``; empty if there is only one."""
    names = feature_map.channel_names
    return f", channel {text.escaped(names[channel])}" if len(names) > 1 else ""


def all_channels(feature_map: FeatureMap) -> list[str]:
    """A note that statistics cover all channels, if there are several."""
    count = len(feature_map.values)
    return [f"statistics cover all {count} channels together"] if count > 1 else []


def remaining(result: PoolResult) -> str:
    """``36 → 9 values, 75 % fewer``."""
    before, after = result.feature_map.values.size, result.output.size
    change = (after - before) / before
    if not change:
        return f"{before:,} → {text.counted(after, 'value')}, the same number"
    word = "fewer" if change < 0 else "more"
    # As many digits as it takes not to round to 100.
    numbers = (text.number(100 * abs(change), digits) for digits in range(3, 16))
    percent = next(number for number in numbers if abs(change) == 1 or number != "100")
    return f"{before:,} → {text.counted(after, 'value')}, {percent} % {word}"
