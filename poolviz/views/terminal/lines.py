"""Lines of text for the terminal: plain ones, headings, tables that fit."""

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any

from poolviz.views.terminal.grid import BOLD, PLAIN, Segments
from poolviz.windows import Array

# A number, with its unit or sign, or nothing.
_FIGURE = re.compile(r"[−–\d.,e∞%×? ]*|NaN")
BETWEEN, GUTTER = "  ", "    "
# Where there is no terminal.
USUAL_WIDTH = 80


def plain(words: str) -> Segments:
    """A line as it is."""
    return [(words, PLAIN)]


def heading(words: str) -> Segments:
    """A line that stands above others."""
    return [(words, BOLD)]


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None
) -> Iterable[Segments]:
    """Rows under their heads; where that is wider than ``width``, each as a list of its cells.

    Numbers are never shortened: a table that does not fit is told row by row.
    """
    return _columns([head, *rows]) if fits(head, rows, width) else _told(head, rows)


def fits(head: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> bool:
    """Whether a table of these is no wider than ``width``, if there is one."""
    widths = _widths([head, *rows])
    return width is None or sum(widths) + len(BETWEEN) * (len(widths) - 1) <= width


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _columns(rows: Sequence[Sequence[str]]) -> Iterable[Segments]:
    """Columns of figures to the right, others to the left, the head in bold."""
    widths = _widths(rows)
    figures = [all(map(_FIGURE.fullmatch, column)) for column in zip(*rows[1:], strict=True)]
    for at, row in enumerate(rows):
        cells = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, figures, strict=True)
        ]
        yield [(BETWEEN.join(cells).rstrip(), PLAIN if at else BOLD)]


def _told(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[Segments]:
    for first, *others in rows:
        # A bare number says nothing of what it counts.
        yield heading(f"{head[0]} {first}" if _FIGURE.fullmatch(first) else first)
        for name, cell in zip(head[1:], others, strict=True):
            if cell:
                yield plain(f"{BETWEEN}{name}: {cell}" if name else f"{BETWEEN}{cell}")


def side_by_side(blocks: Sequence[Sequence[Segments]], width: int | None) -> Iterable[Segments]:
    """Blocks of lines beside each other, as many as fit a row of ``width`` columns."""
    rows: list[list[Sequence[Segments]]] = []
    for block in blocks:
        if rows and _row_width([*rows[-1], block]) <= (width or USUAL_WIDTH):
            rows[-1].append(block)
        else:
            rows.append([block])
    for at, row in enumerate(rows):
        if at:
            yield []
        yield from _beside(row)


def _row_width(row: Sequence[Sequence[Segments]]) -> int:
    return sum(map(_block_width, row)) + len(GUTTER) * (len(row) - 1)


def _block_width(block: Sequence[Segments]) -> int:
    return max(map(_length, block), default=0)


def _length(line: Segments) -> int:
    return sum(len(part) for part, _ in line)


def _beside(row: Sequence[Sequence[Segments]]) -> Iterable[Segments]:
    widths = [_block_width(block) for block in row]
    for at in range(max(map(len, row))):
        line: Segments = []
        for block, width in zip(row, widths, strict=True):
            part = block[at] if at < len(block) else []
            line += [*part, (" " * (width - _length(part)) + GUTTER, PLAIN)]
        yield line[:-1]


def paragraph(words: str, width: int | None) -> Iterable[Segments]:
    """A paragraph; where there is no terminal in lines of a usual length."""
    if width is not None:
        yield plain(words)
        return
    indent = " " * (len(words) - len(words.lstrip()))
    for line in wrap(words, USUAL_WIDTH, subsequent_indent=indent, break_long_words=False):
        yield plain(line)


# The largest map that is printed whole where there is no terminal, as a grid or as JSON: 32×32.
MOST_VALUES = 1024


def is_long(values: Array, *, full: bool) -> bool:
    """Whether ``values`` are more than are printed, unless ``full`` asks for all."""
    return values.size > MOST_VALUES and not full


def listed(values: Array, *, full: bool = False) -> Any:
    """An array as nested lists; None for more than MOST_VALUES values, unless ``full``."""
    return None if is_long(values, full=full) else values.tolist()
