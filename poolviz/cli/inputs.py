"""Which files a command reads, so that none of them is overwritten by what it writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

# The panel of the options that name what is written; it is a heading of --help.
OUTPUT = "Output"
SAMPLE = "sample:"


def input_files(context: Any) -> list[Path]:
    """The files that are named by arguments and options of a command other than its outputs."""
    return [
        path
        for parameter in context.command.params
        if getattr(parameter, "rich_help_panel", None) != OUTPUT
        for words in _texts(context.params.get(parameter.name))
        for path in _paths(words)
        if _is_file(path)
    ]


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
