"""Which files a command reads, so that none of them is overwritten by what it writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from poolviz.output import writing

# The panel of the options that name what is written; it is a heading of --help.
OUTPUT = "Output"
SAMPLE = "sample:"


@contextmanager
def kept_inputs(context: Any) -> Iterator[None]:
    """Refuse to write over a file that the command reads, as long as the block lasts.

    Read is what arguments and options name, other than those of outputs.

    Raises:
        SpecError: an option names such a file as an output.
    """
    read: list[Any] = []
    written: list[Path] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name)
        if getattr(parameter, "rich_help_panel", None) != OUTPUT:
            read.append(value)
        elif isinstance(value, Path) or (value is not None and _is_path(parameter)):
            written.append(Path(value))
    with writing.keeping(path for each in read for path in _files(each)):
        for path in written:
            writing.refuse_kept(path)
        yield


def _is_path(parameter: Any) -> bool:
    """Whether it names a file, as older Typers tell, which make a path of its value later."""
    return getattr(getattr(parameter, "type", None), "name", "") == "path"


def _files(value: Any) -> Iterator[Path]:
    """The files that the value of a parameter names."""
    for words in _texts(value):
        yield from filter(_is_file, _paths(words))


def _texts(value: Any) -> Iterator[str]:
    """The texts of a parameter that has one or several."""
    for each in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(each, (str, Path)):
            yield str(each)


def _paths(words: str) -> Iterator[Path]:
    """What text may name: a file, a sample, NAME=FILE, or @FILE with a list of files."""
    for name in {words, words.partition("=")[2], words.removeprefix("@")} - {""}:
        if name.startswith(SAMPLE):
            from poolviz.sources import sample_files

            yield from sample_files(name.removeprefix(SAMPLE))
        else:
            yield Path(name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # A text that is not a name, or is too long for one.
        return False
