"""Listing: which sources a batch has, and in which folder the outputs of each go."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from glob import has_magic
from pathlib import Path

from poolviz.batch.patterns import matching
from poolviz.errors import SourceError, SpecError
from poolviz.modes import available_modes
from poolviz.output.names import distinct, is_cut
from poolviz.sources import PREFIX, STANDARD_INPUT, known_suffixes
from poolviz.text import escaped

MANIFEST = "@"
# What a batch itself writes into its folder.
REPORT = "report.jsonl"
# A list of sources is no longer than this.
MOST_BYTES = 64 << 20
# In a folder these are more often words than numbers; named, they are read.
_NOTES = {".txt"}
# How the names of outputs end, and how a stem looks that was cut.
_OUTPUT = re.compile(
    r"-(?:pooled\.npy|(?:before|after)\.png|window\.(?:gif|webp|apng)|page\.html|[a-z-]+\.(?:svg|pdf))$"
)
_CUT = re.compile(r"(.*)-[0-9a-f]{8}", re.DOTALL)
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
        name: with which their names begin, if it is not the file's stem.
    """

    path: str
    shown: str
    folder: str
    name: str = ""


@dataclass(frozen=True)
class Skipped:
    """A file that is not taken as a source, and why."""

    shown: str
    reason: str


@dataclass(frozen=True)
class Listing:
    """What a batch pools, and what it leaves alone."""

    items: list[Item]
    skipped: list[Skipped]


@dataclass(frozen=True)
class _Found:
    """A file, and the folder from which its place is told."""

    path: str
    root: str


def list_sources(arguments: Sequence[str], out: Path) -> Listing:
    """The sources that files, folders, patterns and ``@manifest`` name, each once.

    Their folders mirror the tree below what all arguments have in common, so that
    nothing is written outside ``out``. What poolviz has written earlier is skipped:
    in ``out`` whatever is called as an output, elsewhere the outputs of a source that is
    listed too and stands beside them. (Outputs by themselves are sources as any other.)

    Args:
        arguments: as they were typed.
        out: the batch's folder, in which no source is looked for unless it is named.

    Raises:
        SourceError: a manifest cannot be read, or there is no source at all.
        SpecError: two sources would write the same files.
    """
    avoided = os.path.realpath(out)
    found: dict[str, _Found] = {}
    for argument in arguments:
        for each in _found(argument, avoided):
            path = os.path.abspath(each.path)  # noqa: PTH100 - Path would follow no ".."
            found.setdefault(path, each)
    folders = os.path.abspath(out), avoided  # noqa: PTH100 - as above
    skipped = _earlier_outputs(found, tuple(folder.rstrip(os.sep) + os.sep for folder in folders))
    for path in skipped:
        del found[path]
    if not found:
        cause = "there is nothing in it but outputs of poolviz" if skipped else "no source is in it"
        remedy = f"give files of {', '.join(known_suffixes())}"
        raise SourceError(escaped(" ".join(arguments)), cause, remedy)
    items = _named_apart(_mirrored(found))
    _refuse_same_names(items)
    return Listing(items, list(skipped.values()))


def _earlier_outputs(found: dict[str, _Found], own: tuple[str, ...]) -> dict[str, Skipped]:
    """Which files poolviz has written, by their paths."""
    outputs = {path for path in found if _modes_in(os.path.basename(path))}  # noqa: PTH119 - as below
    sources = {
        (str(Path(path).parent), distinct(name)): each.path
        for path, each in found.items()
        if path not in outputs
        for name in (Path(path).stem, Path(path).name)
    }
    skipped = {}
    for path, each in found.items():
        source = _source_of(Path(path), sources) if path in outputs else None
        if source:
            reason = f"it is named as an output of {escaped(source)}; to pool it, run it by itself"
        elif path.startswith(own) and (path in outputs or Path(path).name == REPORT):
            reason = "it is an output of poolviz; to pool it, choose another --out"
        else:
            continue
        skipped[path] = Skipped(each.path, reason)
    return skipped


def _source_of(path: Path, sources: dict[tuple[str, str], str]) -> str | None:
    """The source in the same folder of which an output of this name is, if it is among them."""
    folder, name = str(path.parent), path.name
    common = _OUTPUT.sub("", name)
    for start in _modes_in(name):
        stem = name[:start]
        if (folder, stem) in sources:
            return sources[folder, stem]
        # Of a long name the output's has the beginning, and a digest.
        cut = _CUT.fullmatch(stem) if is_cut(common) else None
        if cut:
            return next(
                (
                    source
                    for (place, name), source in sources.items()
                    if place == folder and name.startswith(cut[1])
                ),
                None,
            )
    return None


def _modes_in(name: str) -> list[int]:
    """Where the name of an output may name its mode; nowhere in any other name."""
    return [match.start() for match in _mode().finditer(name)] if _OUTPUT.search(name) else []


@cache
def _mode() -> "re.Pattern[str]":
    return re.compile(f"-(?:{'|'.join(map(re.escape, available_modes()))})(?=-)")


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
    if not has_magic(name) or os.path.lexists(name):
        return [name]
    names = matching(name)
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
    return "/".join(_without_device(distinct(part)) for part in parts)


def _without_device(name: str) -> str:
    return f"_{name}" if name.split(".", maxsplit=1)[0].lower() in _DEVICES else name


def _named_apart(items: list[Item]) -> list[Item]:
    """Items whose outputs differ in their names: of equal stems by the sources' suffixes."""
    names = [Path(item.path).stem for item in items]
    while True:
        counts = Counter(zip((item.folder for item in items), names, strict=True))
        again = [
            Path(item.path).name if counts[item.folder, name] > 1 else name
            for item, name in zip(items, names, strict=True)
        ]
        if again == names:
            return [
                item if name == Path(item.path).stem else replace(item, name=name)
                for item, name in zip(items, names, strict=True)
            ]
        names = again


def _refuse_same_names(items: list[Item]) -> None:
    taken: dict[tuple[str, str], str] = {}
    for item in items:
        key = item.folder, item.name or Path(item.path).stem
        if key in taken:
            raise SpecError(
                escaped(item.shown),
                f"its outputs would have the names of those of {escaped(taken[key])}",
                "rename one, or run them apart",
            )
        taken[key] = item.shown
