"""The terminal that lines are printed on: what it can show, and how they are fitted to it."""

import sys
from collections.abc import Iterable
from shutil import get_terminal_size

from rich.console import Console, ConsoleDimensions
from rich.text import Text

from poolviz.text import in_ascii
from poolviz.views.grid import CODE, Screen, Segments
from poolviz.views.style import Theme

# All that is drawn rather than written.
_SIGNS = "┏┓┗┛┃━·×−∞…█░"


def console() -> Console:
    """Standard output, that adds nothing of its own to what is printed."""
    terminal = Console(highlight=False, markup=False, emoji=False)
    if terminal.is_dumb_terminal:
        # Rich takes every dumb terminal to be 80 columns wide.
        terminal.size = ConsoleDimensions(*get_terminal_size())
    return terminal


def screen_of(theme: Theme, *, height: bool = False, full: bool = False) -> Screen:
    """What standard output is.

    Args:
        theme: the colours.
        height: whether all has to be seen at once.
        full: whether grids are printed whole, whatever their size.
    """
    terminal = console()
    size = terminal.size if terminal.is_terminal else None
    return Screen(
        theme,
        size.width if size else None,
        size.height if size and height else None,
        _is_ascii(terminal.encoding),
        terminal.color_system == "standard",
        full,
    )


def is_piped() -> bool:
    """Whether standard output is not a terminal."""
    return not console().is_terminal


def _is_ascii(encoding: str) -> bool:
    try:
        _SIGNS.encode(encoding)
    except UnicodeEncodeError:
        return True
    return False


def show(lines: Iterable[Segments]) -> None:
    """Print ``lines``: on a terminal in colour and no longer than it is wide, else plain."""
    terminal = console()
    only_ascii = _is_ascii(terminal.encoding)
    for segments in lines:
        line = [(in_ascii(part), style) for part, style in segments] if only_ascii else segments
        if terminal.is_terminal:
            for part in fitted(line, terminal):
                terminal.print(part, no_wrap=True, overflow="ignore", crop=False)
        else:
            sys.stdout.write("".join(part for part, _ in line).rstrip() + "\n")


def fitted(line: Segments, terminal: Console) -> list[Text]:
    """``line``, broken at blanks where it is too long, what follows as far indented."""
    whole = Text.assemble(*line)
    if whole.cell_len <= terminal.width or any(style is CODE for _, style in line):
        return [whole]
    plain = whole.plain
    indent = min(len(plain) - len(plain.lstrip(" ")), terminal.width // 2)
    rest = whole[indent:]
    parts = rest.wrap(terminal, terminal.width - indent, overflow="fold")
    for part in parts:
        part.rstrip()
    return [Text(" " * indent) + part for part in parts]
