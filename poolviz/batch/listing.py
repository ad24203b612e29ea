"""Listing: which sources a batch has, and in which folder the outputs of each go."""

import glob
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from poolviz.errors import SourceError, SpecError
from poolviz.output.naming import safe
from poolviz.sources import PREFIX, STANDARD_INPUT, known_suffixes
from poolviz.text import escaped

MANIFEST = "@"
# A list of sources is no longer than this.
MOST_BYTES = 64 << 20
# In a folder these are more often words than numbers; named, they are read.
_NOTES = {".txt"}
# Names that are devices on Windows, whatever their suffix.
_PORTS = {f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10)}
_DEVICES = {"con", "prn", "aux", "nul"} | _PORTS


@dataclass(frozen=True)
class Item:
    """A source of a batch.

    Args:
        path: the file, absolute: who works may be in another folder.
        shown: as it was named.
        folder: where its outputs go, below the batch's folder.
    """

    path: str
    shown: str
    folder: str


@dataclass(frozen=True)
class _Found:
    """A file, and the folder from which its place is told."""

    path: str
    root: str


def list_items(arguments: Sequence[str], out: Path) -> list[Item]:
    """The sources that files, folders, patterns and ``@manifest`` name, each once.

    Their folders mirror the tree below what all arguments have in common, so that
    nothing is written outside ``out``.

    Args:
        arguments: as they were typed.
        out: the batch's folder, in which no source is looked for.

    Raises:
        SourceError: a manifest cannot be read, or there is no source at all.
        SpecError: two sources would write the same files.
    """
    avoided = os.path.realpath(out)
    folders = os.path.abspath(out), avoided  # noqa: PTH100 - as below
    own = tuple(folder.rstrip(os.sep) + os.sep for folder in folders)
    found: dict[str, _Found] = {}
    for argument in arguments:
        for each in _found(argument, avoided):
            path = os.path.abspath(each.path)  # noqa: PTH100 - Path would follow no ".."
            if not path.startswith(own):
                found.setdefault(path, each)
    if not found:
        kinds = ", ".join(known_suffixes())
        raise SourceError(
            escaped(" ".join(arguments)),
            "there is no source in it, outside --out",
            f"give files of {kinds}",
        )
    items = _mirrored(found)
    _refuse_same_names(items)
    return items


def _found(argument: str, avoided: str) -> Iterator[_Found]:
    if argument.startswith(MANIFEST):
        folder = Path(argument.removeprefix(MANIFEST)).parent
        for line in _lines(argument.removeprefix(MANIFEST)):
            for name in _matching(os.path.join(folder, line)):  # noqa: PTH118 - texts, by thousands
                yield from _named(name, avoided)
        return
    if argument == STANDARD_INPUT or argument.startswith(PREFIX):
        raise SpecError(argument, "a batch is of files", f"give it to: poolviz run {argument}")
    for name in _matching(argument):
        yield from _named(name, avoided)


def _matching(name: str) -> list[str]:
    """The files that a pattern means; any other name as it is.

    Raises:
        SourceError: it means none.
    """
    if not glob.has_magic(name) or os.path.lexists(name):
        return [name]
    names = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - of any root
    if not names:
        raise SourceError(escaped(name), "no file is called so", "check the pattern")
    return names


def _named(name: str, avoided: str) -> Iterator[_Found]:
    """The file of a name, or the files of known kinds in the folder of that name."""
    if not os.path.isdir(name):  # noqa: PTH112 - as above
        yield _Found(name, os.path.dirname(name))  # noqa: PTH120 - as above
        return
    suffixes = set(known_suffixes()) - _NOTES
    for folder, inner, files in os.walk(name, onerror=_unlisted):
        inner[:] = sorted(
            each
            for each in inner
            if not each.startswith(".") and os.path.realpath(Path(folder, each)) != avoided
        )
        for file in sorted(files):
            if not file.startswith(".") and Path(file).suffix.lower() in suffixes:
                yield _Found(str(Path(folder, file)), name)


def _unlisted(error: OSError) -> None:
    reason = (error.strerror or str(error)).lower()
    cause = f"cannot be listed ({reason})"
    raise SourceError(escaped(str(error.filename)), cause, "check its permissions") from error


def _lines(manifest: str) -> list[str]:
    """The names in a manifest, one on each line; empty lines and those from ``#`` on are none.

    Raises:
        SourceError: it cannot be read.
    """
    path, shown = Path(manifest), escaped(manifest)
    if not path.is_file():
        raise SourceError(
            shown, "there is no such manifest", "give @FILE, with a name on each line"
        )
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(shown, f"cannot be read ({reason})", "check its permissions") from error
    if len(data) > MOST_BYTES or b"\0" in data:
        raise SourceError(shown, "it is no list of names", "give a name on each line")
    names = map(str.strip, os.fsdecode(data.removeprefix(b"\xef\xbb\xbf")).splitlines())
    return [name for name in names if name and not name.startswith("#")]


def _mirrored(found: dict[str, _Found]) -> list[Item]:
    """Items, their folders told from what all roots have in common."""
    common = _common({os.path.abspath(each.root) for each in found.values()})  # noqa: PTH100
    return [
        Item(path, each.path, _below(os.path.dirname(path), common))  # noqa: PTH120
        for path, each in found.items()
    ]


def _common(folders: Iterable[str]) -> str:
    try:
        return os.path.commonpath(list(folders))
    except ValueError:
        # Windows: on several drives.
        return ""


def _below(folder: str, common: str) -> str:
    """``folder`` told from ``common``, in names that any system takes."""
    parts = Path(folder).parts[len(Path(common).parts) :]
    return "/".join(_without_device(safe(part)) for part in parts)


def _without_device(name: str) -> str:
    return f"_{name}" if name.split(".", maxsplit=1)[0].lower() in _DEVICES else name


def _refuse_same_names(items: list[Item]) -> None:
    taken: dict[tuple[str, str], str] = {}
    for item in items:
        key = item.folder, safe(Path(item.path).stem)
        if key in taken:
            raise SpecError(
                escaped(item.shown),
                f"its outputs would have the names of those of {escaped(taken[key])}",
                "rename one, or run them apart",
            )
        taken[key] = item.shown
