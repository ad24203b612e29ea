"""Lines of text for the terminal: plain ones, headings, tables that fit."""

from collections.abc import Iterable, Sequence

from poolviz.views.grid import BOLD, PLAIN, Segments

BETWEEN = "  "


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
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    if width is not None and sum(widths) + len(BETWEEN) * (len(widths) - 1) > width:
        return _told(head, rows)
    return _columns([head, *rows], widths)


def _columns(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterable[Segments]:
    """The first column to the left, the others to the right, the head in bold."""
    for at, (first, *others) in enumerate(rows):
        cells = [first.ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        yield [(BETWEEN.join(cells), PLAIN if at else BOLD)]


def _told(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterable[Segments]:
    for first, *others in rows:
        yield heading(first)
        for name, cell in zip(head[1:], others, strict=True):
            if cell:
                yield plain(f"{BETWEEN}{name}: {cell}")
