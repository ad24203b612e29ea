"""Find the files that match a pattern such as ``maps/**/*.npy``.

Python's own ``glob`` searches a tree once for each way to split its folders among the ``**`` of
the pattern; here each folder is searched once for each part of the pattern.
"""

# Paths are texts here: there may be thousands, and Path does not resolve "..".
# ruff: noqa: PTH100, PTH112, PTH118

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import filter as filtered
from glob import has_magic

_ANY_FOLDERS = "**"
_SEPARATORS = re.compile(r"[/\\]+" if os.sep == "\\" else "/+")


def matching(pattern: str) -> list[str]:
    """The names that match, sorted: ``*``, ``?`` and ``[ ]`` as in a shell, ``**`` for any folders.

    A name that begins with a dot only matches a part that begins with a dot.
    """
    drive, rest = os.path.splitdrive(pattern)
    start = _SEPARATORS.match(rest)
    names = [f"{drive}{start[0] if start else ''}"]
    parts = [part for part in _SEPARATORS.split(rest) if part]
    for number, part in enumerate(parts, 1):
        matches = sorted(_matches_in(names, part, files=number == len(parts)), reverse=True)
        # Of several names of one file, such as a/../b and b, keep the first.
        names = list({os.path.abspath(name): name for name in matches}.values())
    if _SEPARATORS.fullmatch(pattern[-1:]):
        names = [name for name in names if os.path.isdir(name)]
    return sorted(name for name in names if name)


def _matches_in(folders: Iterable[str], part: str, *, files: bool) -> Iterator[str]:
    """The matches of one part of a pattern in these folders; ``files`` too for the last part."""
    if part == _ANY_FOLDERS:
        seen: dict[str, str] = {}
        for path, name in sorted((os.path.abspath(name), name) for name in folders):
            # What is below a folder that was searched has been seen.
            if path not in seen and os.path.isdir(path):
                below = _tree(name, files=files)
                seen |= {os.path.abspath(name): name for name in below}
        yield from seen.values()
        return
    for folder in folders:
        if has_magic(part):
            names = filtered((entry.name for entry in _entries(folder)), part)
            hidden = part.startswith(".")
            yield from (os.path.join(folder, name) for name in names if hidden or name[0] != ".")
        elif os.path.lexists(path := os.path.join(folder, part)):
            yield path


def _tree(start: str, *, files: bool) -> Iterator[str]:
    """A folder and all folders below it; links are followed, but not back to a folder above."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    while waiting:
        name, above = waiting.pop()
        real = os.path.realpath(name)
        if real in above:
            continue
        yield name
        for entry in _entries(name):
            if not entry.name.startswith("."):
                path = os.path.join(name, entry.name)
                if _is_folder(entry):
                    waiting.append((path, (*above, real)))
                elif files:
                    yield path


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link to itself, for example.
        return False


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """The contents of a folder; empty if it cannot be read."""
    with contextlib.suppress(OSError, ValueError), os.scandir(folder or os.curdir) as entries:
        return list(entries)
    return []
