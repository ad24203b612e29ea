"""Options that commands share, in groups; each group builds what its options describe."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolviz.cli import complete
from poolviz.cli.config import COMMAS, TIMES, NotInFiles, OneOf, take_defaults
from poolviz.cli.options import (
    CELLS,
    Full,
    Like,
    figure_option,
    output_option,
    paddings,
    rules_option,
    sizes,
    windows_option,
)
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.output.files import DEFAULT_OUT
from poolviz.output.names import KINDS, NOTHING
from poolviz.sources import load, matrix_map, watch_files
from poolviz.spec import DEFAULT_KERNEL_SIZE, DEFAULT_LIKE, DEFAULT_MODE, PoolSpec
from poolviz.text import series
from poolviz.views.figures import DEFAULT_FIGURE, available_figures

if TYPE_CHECKING:
    from poolviz.frameworks import Rule

# The defaults that a framework decides on.
BY_FRAMEWORK = "the framework's"


@dataclass(frozen=True)
class WindowOptions:
    """The windows, and the framework whose rules apply."""

    size: Annotated[
        str | None,
        windows_option(
            "--size",
            "--kernel-size",
            help="Kernel size, e.g. 2 or 2x3.",
            show_default=f"{DEFAULT_KERNEL_SIZE}, unless --output-size is given",
        ),
        TIMES,
    ] = None
    stride: Annotated[
        str | None,
        windows_option(
            help="Step from one window to the next, in cells, e.g. 2 or 2x3.",
            show_default=BY_FRAMEWORK,
        ),
        TIMES,
    ] = None
    padding: Annotated[
        str | None,
        windows_option(
            help="Padding in cells, e.g. 1 or 1x2; as BEFORE:AFTER pairs, e.g. 0:1x0:1; or valid,"
            " same or same-lower.",
            show_default=BY_FRAMEWORK,
        ),
        TIMES,
    ] = None
    dilation: Annotated[
        str,
        windows_option(help="Distance between the cells of a window, e.g. 1 or 1x2."),
        TIMES,
    ] = "1"
    ceil_mode: Annotated[
        bool | None,
        windows_option(
            "--ceil/--floor",
            help="Keep or drop an incomplete last window.",
            show_default=BY_FRAMEWORK,
        ),
    ] = None
    output_size: Annotated[
        str | None,
        windows_option(help="Use adaptive windows with this output size, e.g. 3 or 3x2."),
        TIMES,
    ] = None
    like: Like = DEFAULT_LIKE
    count_include_pad: Annotated[
        bool | None,
        rules_option(
            "--count-include-pad/--exclude-pad",
            help="Count or ignore padding in the divisor of an average.",
            show_default=BY_FRAMEWORK,
        ),
    ] = None
    divisor_override: Annotated[
        int | None, rules_option("--divisor", help="Divide every average by this number.")
    ] = None

    def spec(self, mode: str = DEFAULT_MODE) -> PoolSpec:
        """The request for ``mode`` that these options describe.

        Raises:
            SpecError: an option cannot be read, or is out of range.
        """
        return PoolSpec(
            mode,
            kernel_size=sizes("kernel_size", self.size),
            stride=sizes("stride", self.stride, CELLS),
            padding=paddings(self.padding),
            dilation=sizes("dilation", self.dilation, CELLS),
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
            divisor_override=self.divisor_override,
            output_size=sizes("output_size", self.output_size),
            like=self.like,
        )

    @property
    def single(self) -> tuple[str, ...]:
        """The fields of the request for which one number was typed, for all axes."""
        typed = {
            "kernel_size": self.size,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }
        return tuple(name for name, text in typed.items() if text and "x" not in text)


# What --write takes, and what it is unless files are named.
DEFAULT_WRITE = "png,gif"
WRITE_KINDS = f"{', '.join(KINDS)}; or {NOTHING}"


@dataclass(frozen=True)
class OutputOptions:
    """What a run writes."""

    out: Annotated[Path, output_option(help="Folder for the files that --write creates.")] = (
        DEFAULT_OUT
    )
    write: Annotated[
        str | None,
        output_option(
            help=f"Kinds of files to write, separated by commas: {WRITE_KINDS}.",
            show_default=f"{DEFAULT_WRITE}; {NOTHING} with --figure, --html or --save",
        ),
        COMMAS,
    ] = None
    kind: Annotated[
        str,
        figure_option(
            autocompletion=complete.figures,
            help=f"What the figure shows: {series(available_figures())}.",
        ),
    ] = DEFAULT_FIGURE
    save: Annotated[
        Path | None, output_option(help="Write the pooled array to this .npy file.")
    ] = None
    quiet: Annotated[bool, output_option("--quiet", help="Do not print grids or notes.")] = False
    full: Full = False
    play: Annotated[
        bool,
        output_option(
            "--play",
            help="Slide the window over the input in the terminal; when the output is piped, print"
            " each step as a sentence.",
        ),
    ] = False

    def kinds(self, *named: Path | None) -> str:
        """What is written to the folder: usually nothing beside the files that are ``named``."""
        if self.write is not None:
            return self.write
        return DEFAULT_WRITE if all(path is None for path in (*named, self.save)) else NOTHING


@dataclass(frozen=True)
class ConfigOptions:
    """Options from a TOML file, and to one."""

    config: Annotated[
        Path | None,
        typer.Option(
            is_eager=True,
            callback=take_defaults,
            help="Read options from this TOML file; options given on the command line override it.",
        ),
        NotInFiles(),
    ] = None
    print_config: Annotated[
        bool,
        typer.Option("--print-config", help="Print all options as TOML for --config, and exit."),
        NotInFiles(),
    ] = False


_source = partial(typer.Option, rich_help_panel="Source")


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How a source is read, and how much memory its values may take."""

    key: Annotated[str | None, _source(help="Name of the array to read, if there are several.")] = (
        None
    )
    channel: Annotated[
        str | None,
        _source(help="Channel to show, given by name or by number, counting from 0."),
    ] = None
    index: Annotated[
        int | None,
        _source(min=0, help="Index of the map in a batch (N, C, H, W), counting from 0."),
    ] = None
    frame: Annotated[
        int | None, _source(min=0, help="Index of the frame in an animated image, counting from 0.")
    ] = None
    complex_part: Annotated[
        str | None, _source("--complex", help="Part of complex values to read: abs, real or imag.")
    ] = None
    layout: Annotated[
        str | None,
        _source(help="Order of an array's axes: chw or hwc.", show_default=BY_FRAMEWORK),
    ] = None
    max_memory: Annotated[
        str | None,
        _source(
            help="Maximum memory for array data, e.g. 2G.", show_default="half of the free memory"
        ),
    ] = None

    @property
    def reading(self) -> dict[str, Any]:
        """Keyword arguments of :func:`poolviz.load`."""
        names = ("key", "index", "frame", "complex_part", "layout")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class SourceOptions(ReadingOptions):
    """The source: one feature map."""

    source: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete.sources,
            help="Image, array or text file, sample:NAME, or - for standard input.",
        ),
        OneOf("input"),
    ] = None
    data: Annotated[
        str | None,
        _source(help='Matrix to use instead of a file, e.g. "1 3; 2 4".'),
        OneOf("input"),
    ] = None

    def feature_map(self, like: "str | Rule") -> FeatureMap:
        """The feature map of the source, or of inline data.

        Args:
            like: the framework in whose order of axes an array is read.

        Raises:
            SpecError: both or neither are given, or an option does not apply to data.
            SourceError: the source cannot be read.
        """
        if (self.source is None) == (self.data is None):
            if self.data is not None:
                raise SpecError("source", "cannot be combined with --data", "omit one of them")
            remedy = 'give a file, sample:NAME, - or --data "1 3; 2 4"'
            raise SpecError("source", "missing", remedy)
        if self.data is None:
            watch_files()
            return load(str(self.source), **self.reading, like=like, max_memory=self.max_memory)
        self.refuse_options("--data")
        return matrix_map(self.data, like)

    def refuse_options(self, subject: str) -> None:
        """Raise SpecError for an option that selects a part of a file, if there is no file."""
        channel = {} if subject == "--data" else {"channel": self.channel}
        for name, value in {**self.reading, **channel}.items():
            if value is not None:
                raise SpecError(name, f"has no effect with {subject}", "omit it")


@dataclass(frozen=True, kw_only=True)
class SourcesOptions(ReadingOptions):
    """The sources: several feature maps."""

    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders, patterns such as 'maps/**/*.npy', or @FILE, a file with one of"
            " these on each line."
        ),
    ]
