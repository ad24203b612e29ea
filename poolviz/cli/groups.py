"""Options that commands share, in groups; each group builds what its options describe."""

from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from poolviz.cli import complete
from poolviz.cli.config import COMMAS, TIMES, NotInFiles, OneOf, take_defaults
from poolviz.cli.options import (
    Cell,
    Full,
    Like,
    figure_option,
    output_option,
    paddings,
    pictures_option,
    place,
    rules_option,
    sizes,
    windows_option,
)
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.output.files import FIGURE_SUFFIXES, check_page_path, figure_suffix
from poolviz.output.job import PictureStyle
from poolviz.output.kinds import KINDS, NOTHING
from poolviz.output.typesetting import LEAST_TYPE, FigureStyle
from poolviz.sources import load, matrix_map, watch_files
from poolviz.spec import DEFAULT_KERNEL_SIZE, DEFAULT_LIKE, DEFAULT_MODE, PoolSpec
from poolviz.views.figures import DEFAULT_FIGURE, available_figures
from poolviz.views.paint.formats import HOLD_FACTOR, LEAST_MS, MOST_FRAMES, Pace
from poolviz.views.scene.style import DEFAULT_THEME, THEMES

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
            show_default=f"{DEFAULT_KERNEL_SIZE}, without --output-size",
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
            stride=sizes("stride", self.stride, "stride"),
            padding=paddings(self.padding),
            dilation=sizes("dilation", self.dilation, "dilation"),
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


@dataclass(frozen=True)
class StyleOptions:
    """How pictures look."""

    theme: Annotated[
        str,
        pictures_option(
            autocompletion=complete.themes, help=f"Colours: one of {', '.join(THEMES)}."
        ),
    ] = DEFAULT_THEME
    cmap: Annotated[
        str | None,
        pictures_option(
            help="Matplotlib colormap, e.g. magma.", show_default="one that suits the values"
        ),
    ] = None
    accent: Annotated[
        str | None,
        pictures_option(
            help="Colour of frames, rings and other marks, e.g. #d6006c or teal.",
            show_default="the theme's",
        ),
    ] = None
    vmin: Annotated[
        float | None,
        pictures_option(
            help="Value at the lower end of the colour scale.", show_default="the smallest"
        ),
    ] = None
    vmax: Annotated[
        float | None,
        pictures_option(
            help="Value at the upper end of the colour scale.", show_default="the largest"
        ),
    ] = None
    decimals: Annotated[
        int | None,
        pictures_option(
            help="Number of decimals in pictures.", show_default="the fewest that tell values apart"
        ),
    ] = None
    scale: Annotated[
        int | None,
        pictures_option(
            "--scale",
            "--enlarge",
            help="Pixels per cell in stills, e.g. 1; factor by which other pictures are enlarged.",
            show_default="1, more for stills of small maps",
        ),
    ] = None
    title: Annotated[
        str | None,
        pictures_option(
            help="Heading of pictures; '' removes it and the source's name.",
            show_default="the operation",
        ),
    ] = None
    caption: Annotated[str, figure_option(help="Text below the figure.")] = ""
    bare: Annotated[
        bool, figure_option("--bare", help="Draw only the grids, without words and scale.")
    ] = False
    width: Annotated[
        str | None,
        figure_option(
            help="Width of the figure, e.g. 84mm, 3.3in or 1200px. Text is laid out for it, and is"
            f" never smaller than {LEAST_TYPE:.0f} pt.",
            show_default="as wide as its contents",
        ),
    ] = None
    font: Annotated[
        str | None,
        pictures_option(
            help="Installed font family, e.g. 'Times New Roman'.", show_default="DejaVu Sans"
        ),
    ] = None
    transparent: Annotated[
        bool, figure_option("--transparent", help="Leave out the figure's background.")
    ] = False
    columns: Annotated[
        int | None,
        figure_option(
            help="Number of panels side by side, in figures of many panels.",
            show_default="a pleasant shape",
        ),
    ] = None

    @property
    def settings(self) -> dict[str, Any]:
        """What a :class:`~poolviz.output.typesetting.FigureStyle` is made of."""
        names = [item.name for item in fields(FigureStyle) if item.name != "theme_name"]
        return {"theme_name": self.theme, **{name: getattr(self, name) for name in names}}

    def look(self, animation: "AnimationOptions") -> PictureStyle:
        """How pictures look, and how animations run.

        Raises:
            SpecError: a duration or a number of frames is out of range, or the cell is not one.
        """
        return PictureStyle(
            **self.settings,
            region=animation.region,
            pace=Pace(animation.delay, animation.hold, animation.every, animation.max_frames),
            cell=None if animation.cell is None else place("cell", animation.cell),
            same_size=animation.same_size,
        )


@dataclass(frozen=True)
class FigureOptions(StyleOptions):
    """A figure in a file, and how it looks."""

    figure: Annotated[
        Path | None,
        output_option(
            help="Write an annotated figure to this"
            f" .{', .'.join(FIGURE_SUFFIXES[:-1])} or .{FIGURE_SUFFIXES[-1]} file."
        ),
    ] = None

    @property
    def page(self) -> Path | None:
        """The path of an interactive page; None for none."""
        return None

    @property
    def style(self) -> FigureStyle:
        """How the figure looks."""
        return FigureStyle(**self.settings)

    def check(self) -> None:
        """Raise SpecError for options that cannot be followed, before any work is done."""
        self.style.check()
        if self.figure is not None:
            figure_suffix(self.figure)
            return
        needing = {
            **self.style.figure_only,
            **{name: getattr(self, name) is not None for name in ("scale", "title", "font")},
            "decimals": self.decimals is not None,
        }
        for name in (name for name, is_given in needing.items() if is_given):
            raise SpecError(name, "it has no effect without a figure", "add --figure FILE")


@dataclass(frozen=True)
class PageOptions(FigureOptions):
    """A figure and an interactive page in files, and how they look."""

    html: Annotated[
        Path | None, output_option(help="Write an interactive page to this .html file.")
    ] = None

    def check(self) -> None:
        """Raise SpecError for options that cannot be followed, before any work is done."""
        super().check()
        if self.html is not None:
            check_page_path(self.html)

    @property
    def page(self) -> Path | None:
        """The path of an interactive page; None for none."""
        return self.html


# What --write takes, and what it is unless files are named.
DEFAULT_WRITE = "png,gif"
WRITE_KINDS = f"{', '.join(KINDS)}; or {NOTHING}"


@dataclass(frozen=True)
class OutputOptions:
    """What a run writes."""

    out: Annotated[Path, output_option(help="Folder for the files of --write.")] = Path(
        "poolviz-out"
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
            help=f"What the figure shows: {', '.join(available_figures())}.",
        ),
    ] = DEFAULT_FIGURE
    save: Annotated[
        Path | None, output_option(help="Write the pooled array to this .npy file.")
    ] = None
    quiet: Annotated[bool, output_option("--quiet", help="Print neither grids nor notes.")] = False
    full: Full = False
    play: Annotated[
        bool,
        output_option(
            "--play",
            help="Slide the window over the input in the terminal; when piped, print each step as"
            " a sentence.",
        ),
    ] = False

    def kinds(self, *named: Path | None) -> str:
        """What is written to the folder: usually nothing beside the files that are ``named``."""
        if self.write is not None:
            return self.write
        return DEFAULT_WRITE if all(path is None for path in (*named, self.save)) else NOTHING


@dataclass(frozen=True)
class AnimationOptions:
    """Which part of the input an animation shows, and how it runs."""

    region: Annotated[
        str | None,
        pictures_option(
            help="Input cells to show in the animation and the figure: ROWSxCOLS+ROW+COLUMN,"
            " e.g. 8x8+0+4."
        ),
    ] = None
    cell: Cell = None
    delay: Annotated[
        int | None,
        pictures_option(
            help=f"Duration of a frame in milliseconds, at least {LEAST_MS}.",
            show_default="slow enough to follow",
        ),
    ] = None
    hold: Annotated[
        int | None,
        pictures_option(
            help="Duration of the last frame in milliseconds.",
            show_default=f"{HOLD_FACTOR} times the delay",
        ),
    ] = None
    every: Annotated[int, pictures_option(help="Draw only every Nth window.")] = 1
    max_frames: Annotated[
        int, pictures_option(help="Maximum number of frames in an animation.")
    ] = MOST_FRAMES
    same_size: Annotated[
        bool,
        pictures_option(
            "--same-size", help="Draw the still of the output as large as the input's."
        ),
    ] = False


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
        _source(help="Channel to show, by name or by number from 0."),
    ] = None
    index: Annotated[
        int | None, _source(min=0, help="Index of the map in a batch (N, C, H, W), from 0.")
    ] = None
    frame: Annotated[
        int | None, _source(min=0, help="Index of the frame in an animated image, from 0.")
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
        _source(help="Maximum memory for values, e.g. 2G.", show_default="half of the free memory"),
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
                raise SpecError("source", "it cannot be combined with --data", "omit one of them")
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
                raise SpecError(name, f"it has no effect with {subject}", "omit it")


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
