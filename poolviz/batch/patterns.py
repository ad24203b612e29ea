"""The files that a pattern such as ``maps/**/*.npy`` means.

Python's own ``glob`` goes through a tree once for each way in which the folders can be shared
out among the pattern's ``**``; here each folder is looked into once for each part.
"""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import filter as filtered
from glob import has_magic

_ANY_FOLDERS = "**"
_SEPARATORS = re.compile(r"[/\\]+" if os.sep == "\\" else "/+")


def matching(pattern: str) -> list[str]:
    """Names that match, sorted: ``*``, ``?`` and ``[ ]`` as in a shell, ``**`` for any folders.

    Names that begin with a dot match only what begins with a dot, too.
    """
    drive, rest = os.path.splitdrive(pattern)
    start = _SEPARATORS.match(rest)
    names = [f"{drive}{start[0] if start else ''}"]
    parts = [part for part in _SEPARATORS.split(rest) if part]
    for number, part in enumerate(parts, 1):
        names = _once(_within(names, part, files=number == len(parts)))
    if _SEPARATORS.fullmatch(pattern[-1:]):
        names = [name for name in names if os.path.isdir(name)]  # noqa: PTH112 - texts, by thousands
    return sorted(name for name in names if name)


def _once(names: Iterable[str]) -> list[str]:
    """Of names of one file the first: ``a/../b`` is ``b``."""
    return list({os.path.abspath(name): name for name in sorted(names, reverse=True)}.values())  # noqa: PTH100 - as above


def _within(names: Iterable[str], part: str, *, files: bool) -> Iterator[str]:
    """What a part of a pattern means in folders of these names."""
    if part == _ANY_FOLDERS:
        seen: dict[str, str] = {}
        for place, name in sorted((os.path.abspath(name), name) for name in names):  # noqa: PTH100 - as above
            # What lies below a folder that was gone through is there already.
            if place not in seen and os.path.isdir(place):  # noqa: PTH112 - as above
                below = _below(name, files=files)
                seen |= {os.path.abspath(path): path for path in below}  # noqa: PTH100 - as above
        yield from seen.values()
        return
    for name in names:
        if has_magic(part):
            entries = filtered((entry.name for entry in _entries(name)), part)
            hidden = part.startswith(".")
            yield from (os.path.join(name, each) for each in entries if hidden or each[0] != ".")  # noqa: PTH118 - as above
        elif os.path.lexists(path := os.path.join(name, part)):  # noqa: PTH118 - as above
            yield path


def _below(start: str, *, files: bool) -> Iterator[str]:
    """A folder and the folders below it, links too, but none again below itself."""
    waiting: list[tuple[str, tuple[str, ...]]] = [(start, ())]
    while waiting:
        name, above = waiting.pop()
        real = os.path.realpath(name)
        if real in above:
            continue
        yield name
        for entry in _entries(name):
            if not entry.name.startswith("."):
                path = os.path.join(name, entry.name)  # noqa: PTH118 - as above
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
    """What is in a folder; nothing in one that cannot be read."""
    with contextlib.suppress(OSError, ValueError), os.scandir(folder or os.curdir) as entries:
        return list(entries)
    return []
