"""Options that say which feature maps are meant: of one source, and of many."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolviz.cli import complete

if TYPE_CHECKING:
    from poolviz.feature_map import FeatureMap

_source = partial(typer.Option, rich_help_panel="Source")


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """What of a source is meant, and what memory it may take."""

    key: Annotated[str | None, _source(help="Array of a file that holds several.")] = None
    channel: Annotated[
        str | None, _source(help="Channel whose numbers are shown (name or number).")
    ] = None
    index: Annotated[int | None, _source(min=0, help="One of a batch (N, C, H, W).")] = None
    frame: Annotated[int | None, _source(min=0, help="Frame of an animated image.")] = None
    complex_part: Annotated[
        str | None, _source("--complex", help="abs, real or imag of complex values.")
    ] = None
    layout: Annotated[
        str | None,
        _source(help="Order of an array's axes: chw, or hwc as keras and jax have it."),
    ] = None
    max_memory: Annotated[
        str | None,
        _source(help="Memory that values may take, as 2G; half of what is free unless given."),
    ] = None

    @property
    def reading(self) -> dict[str, Any]:
        """As :func:`poolviz.load` takes it."""
        names = ("key", "index", "frame", "complex_part", "layout")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class SourceOptions(ReadingOptions):
    """Which feature map."""

    source: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete.sources,
            help="An image, array or text file, sample:NAME, or - for standard input.",
        ),
    ] = None
    data: Annotated[str | None, _source(help='A matrix instead of a source: "1 3; 2 4".')] = None

    def feature_map(self, like: str) -> "FeatureMap":
        """The feature map of the source or of inline data; exactly one must be given.

        ``like`` is the framework whose order of axes an array has.

        Raises:
            SpecError: both or neither are given, or an option does not go with data.
            SourceError: it cannot be read.
        """
        from poolviz.errors import SpecError
        from poolviz.sources import load, matrix_map, watch_files

        if (self.source is None) == (self.data is None):
            cause = "there is none" if self.source is None else "there are two"
            raise SpecError(
                "source", cause, 'give one: a file, sample:NAME, -, or --data "1 3; 2 4"'
            )
        if self.data is None:
            watch_files()
            return load(str(self.source), **self.reading, like=like, max_memory=self.max_memory)
        self.refuse_options("--data")
        return matrix_map(self.data, like)

    def refuse_options(self, subject: str) -> None:
        """Raise SpecError for an option that says what of a file is meant; there is none."""
        from poolviz.errors import SpecError

        channel = {} if subject == "--data" else {"channel": self.channel}
        for name, value in {**self.reading, **channel}.items():
            if value is not None:
                raise SpecError(name, f"{subject} has none", f"leave out {name}")


@dataclass(frozen=True, kw_only=True)
class SourcesOptions(ReadingOptions):
    """Which feature maps."""

    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, patterns as 'maps/**/*.npy', or @FILE with a name on each line."
        ),
    ]
