"""Find the sources of a batch, and name the folder and the outputs of each."""

# Paths are texts here: there may be thousands, and Path does not resolve "..".
# ruff: noqa: PTH100, PTH112, PTH118, PTH119, PTH120

import contextlib
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import filter as filtered
from functools import cache
from glob import has_magic
from pathlib import Path

from poolviz.errors import SourceError, SpecError, system_reason
from poolviz.modes import available_modes
from poolviz.output.names import distinct, ending_pattern, is_cut
from poolviz.sources import PREFIX, STANDARD_INPUT, known_suffixes
from poolviz.text import escaped

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


MANIFEST = "@"
# The file that a batch itself writes into its folder.
REPORT = "report.jsonl"
# A list of sources is never longer.
MOST_BYTES = 64 << 20
# In a folder, such files are notes more often than numbers; they are read if they are named.
_NOTES = {".txt"}
# A stem that was cut.
_CUT = re.compile(r"(.*)-[0-9a-f]{8}", re.DOTALL)
# Names of devices on Windows, whatever their suffix.
_PORTS = {f"{kind}{number}" for kind in ("com", "lpt") for number in range(1, 10)}
_DEVICES = {"con", "prn", "aux", "nul"} | _PORTS


@dataclass(frozen=True)
class Item:
    """A source of a batch.

    Args:
        path: the absolute path of the file: a worker may run in another folder.
        shown: the name by which the user gave it.
        folder: where its outputs go, relative to the batch's folder.
        name: what the names of its outputs begin with, if not with the file's stem.
    """

    path: str
    shown: str
    folder: str
    name: str = ""


@dataclass(frozen=True)
class Skipped:
    """A file that is not used as a source, and the reason."""

    shown: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """The sources that a batch pools, and the files that it skips."""

    items: list[Item]
    skipped: list[Skipped]


@dataclass(frozen=True)
class _File:
    """A file by the name that the user gave, and the folder that its outputs' folder mirrors."""

    shown: str
    root: str


def list_sources(arguments: Sequence[str], out: Path) -> Listing:
    """List the sources that files, folders, patterns and ``@list`` files name, each once.

    The folders of their outputs mirror the tree below the folder that all arguments have in
    common, so that nothing is written outside ``out``. Earlier outputs of poolviz are skipped:
    in ``out``, every file that is named like one; elsewhere, the outputs of a source that is
    listed too and is in the same folder. (Outputs without their source are sources.)

    Args:
        arguments: as they were typed.
        out: the batch's folder, which is not searched unless it is named.

    Raises:
        SourceError: a list cannot be read, or there is no source at all.
        SpecError: two sources would write the same files.
    """
    out_real = os.path.realpath(out)
    files: dict[str, _File] = {}
    for argument in arguments:
        for file in _files_of(argument, out_real):
            path = os.path.abspath(file.shown)
            files.setdefault(path, file)
    own = {f"{folder.rstrip(os.sep)}{os.sep}" for folder in (os.path.abspath(out), out_real)}
    skipped = _earlier_outputs(files, tuple(own))
    for path in skipped:
        del files[path]
    if not files:
        listed = (suffix for suffix in known_suffixes() if suffix not in _NOTES)
        cause = "contains no files that poolviz reads"
        remedy = f"use files of these types: {', '.join(listed)}"
        if skipped:
            cause = "contains only poolviz outputs"
            remedy = "choose the folder that holds the source files"
        raise SourceError(escaped(" ".join(arguments)), cause, remedy)
    return Listing(_items(files), list(skipped.values()))


def _files_of(argument: str, out: str) -> Iterator[_File]:
    """The files that an argument names; folders are searched, except ``out``."""
    names = [argument]
    if argument.startswith(MANIFEST):
        folder = Path(argument.removeprefix(MANIFEST)).parent
        lines = _lines(argument.removeprefix(MANIFEST))
        names = [os.path.join(folder, line) for line in lines]
    elif argument == STANDARD_INPUT or argument.startswith(PREFIX):
        raise SpecError(argument, "a batch takes files only", f"use: poolviz run {argument}")
    for name in names:
        for match in _matches(name):
            yield from _searched(match, out)


def _lines(manifest: str) -> list[str]:
    """The names in a list file, one on each line, without empty lines and ``#`` comments.

    Raises:
        SourceError: it cannot be read.
    """
    path, shown = Path(manifest), escaped(manifest)
    if not path.is_file():
        raise SourceError(shown, "there is no such file", "check the name")
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        cause = f"cannot be read ({system_reason(error)})"
        raise SourceError(shown, cause, "check its permissions") from error
    if len(data) > MOST_BYTES or b"\0" in data:
        raise SourceError(shown, "is not a list of names", "write one name per line")
    names = map(str.strip, os.fsdecode(data.removeprefix(b"\xef\xbb\xbf")).splitlines())
    return [name for name in names if name and not name.startswith("#")]


def _matches(name: str) -> list[str]:
    """The files that match a pattern; any other name as it is.

    Raises:
        SourceError: no file matches.
    """
    if not has_magic(name) or os.path.lexists(name):
        return [name]
    names = matching(name)
    if not names:
        raise SourceError(escaped(name), "no file matches", "check the pattern")
    return names


def _searched(name: str, out: str) -> Iterator[_File]:
    """The file of this name, or the files of known types in the folder of this name."""
    if not os.path.isdir(name):
        yield _File(name, os.path.dirname(name))
        return

    def refuse(error: OSError) -> None:
        cause = f"cannot be listed ({system_reason(error)})"
        raise SourceError(escaped(str(error.filename)), cause, "check its permissions") from error

    suffixes = set(known_suffixes()) - _NOTES
    for folder, inner, files in os.walk(name, onerror=refuse):
        inner[:] = sorted(
            entry
            for entry in inner
            if not entry.startswith(".") and os.path.realpath(Path(folder, entry)) != out
        )
        for file in sorted(files):
            if not file.startswith(".") and Path(file).suffix.lower() in suffixes:
                yield _File(str(Path(folder, file)), name)


def _earlier_outputs(files: dict[str, _File], own: tuple[str, ...]) -> dict[str, Skipped]:
    """Which of ``files`` poolviz has written, by their paths; ``own`` is the batch's folder."""
    outputs = {path for path in files if _stems_in(os.path.basename(path))}
    sources = {
        (str(Path(path).parent), distinct(name)): file.shown
        for path, file in files.items()
        if path not in outputs
        for name in (Path(path).stem, Path(path).name)
    }
    skipped = {}
    for path, file in files.items():
        source = _source_of(Path(path), sources) if path in outputs else None
        if source:
            reason = f"has the name of an output of {escaped(source)}; to pool it, run it alone"
        elif path.startswith(own) and (path in outputs or Path(path).name == REPORT):
            reason = "is an output of poolviz; to pool it, choose another --out"
        else:
            continue
        skipped[path] = Skipped(file.shown, reason)
    return skipped


def _stems_in(name: str) -> list[str]:
    """The stems of sources that may have an output called ``name``."""
    if not _ending_pattern().search(name):
        return []
    return [name[: match.start()] for match in _mode_pattern().finditer(name)]


# How the names of outputs end.
_ending_pattern = cache(ending_pattern)


@cache
def _mode_pattern() -> "re.Pattern[str]":
    return re.compile(f"-(?:{'|'.join(map(re.escape, available_modes()))})(?=-)")


def _source_of(path: Path, sources: dict[tuple[str, str], str]) -> str | None:
    """The source in the same folder whose output has this name; None if there is none."""
    folder, name = str(path.parent), path.name
    for stem in _stems_in(name):
        if (folder, stem) in sources:
            return sources[folder, stem]
        # The outputs of a long name have only its beginning, and a digest.
        cut = _CUT.fullmatch(stem) if is_cut(_ending_pattern().sub("", name)) else None
        if cut:
            matches = (
                source
                for (source_folder, source_name), source in sources.items()
                if source_folder == folder and source_name.startswith(cut[1])
            )
            return next(matches, None)
    return None


def _items(files: dict[str, _File]) -> list[Item]:
    """The sources with the folders and names of their outputs.

    Raises:
        SpecError: two sources would write the same files.
    """
    try:
        common = os.path.commonpath({os.path.abspath(file.root) for file in files.values()})
    except ValueError:
        # Windows: they are on several drives.
        common = ""
    folders = {path: _below(os.path.dirname(path), common) for path in files}
    items = []
    taken: dict[tuple[str, str], str] = {}
    for path, name in _distinct_names(folders).items():
        shown, folder = files[path].shown, folders[path]
        if (folder, name) in taken:
            other = escaped(taken[folder, name])
            cause = f"its outputs would have the same names as those of {other}"
            raise SpecError(escaped(shown), cause, "rename one, or run them separately")
        taken[folder, name] = shown
        items.append(Item(path, shown, folder, "" if name == Path(path).stem else name))
    return items


def _below(folder: str, common: str) -> str:
    """``folder`` relative to ``common``, in names that any system accepts."""
    names = map(distinct, Path(folder).parts[len(Path(common).parts) :])
    return "/".join(
        f"_{name}" if name.partition(".")[0].lower() in _DEVICES else name for name in names
    )


def _distinct_names(folders: dict[str, str]) -> dict[str, str]:
    """The prefix of the outputs of each path: its stem, or its name if stems are the same."""
    names = {path: Path(path).stem for path in folders}
    while True:
        counts = Counter((folders[path], name) for path, name in names.items())
        # A name with its suffix may be the stem of another file, so repeat until none changes.
        longer = {
            path: Path(path).name if counts[folders[path], name] > 1 else name
            for path, name in names.items()
        }
        if longer == names:
            return names
        names = longer
