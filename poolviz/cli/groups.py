"""Options that commands share, in groups; each group knows what its options ask for."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from poolviz.cli import complete
from poolviz.cli.config import take_defaults
from poolviz.cli.options import Full
from poolviz.frameworks import available_rules
from poolviz.spec import DEFAULT_LIKE, DEFAULT_MODE
from poolviz.views.figures import DEFAULT_FIGURE, available_figures
from poolviz.views.paint.pace import MOST_FRAMES

if TYPE_CHECKING:
    from poolviz.cli.answer import View
    from poolviz.feature_map import FeatureMap
    from poolviz.frameworks import Rule
    from poolviz.memory import Budget
    from poolviz.output.job import PictureStyle
    from poolviz.spec import PoolSpec


_windows = partial(typer.Option, rich_help_panel="Windows")
_rules = partial(typer.Option, rich_help_panel="Rules and numbers")
_output = partial(typer.Option, rich_help_panel="Output")
_pictures = partial(typer.Option, rich_help_panel="Pictures")


@dataclass(frozen=True)
class WindowOptions:
    """Which windows, under whose rules."""

    size: Annotated[
        str | None,
        _windows("--size", "--kernel-size", help="Kernel size, 2 or 2x3; 2 unless given."),
    ] = None
    stride: Annotated[str | None, _windows(help="2 or 2x3; the size unless given.")] = None
    padding: Annotated[
        str | None,
        _windows(help="1, 1x2, before:after pairs as 0:1x0:1, valid, same, same-lower."),
    ] = None
    dilation: Annotated[str, _windows(help="1 or 1x2.")] = "1"
    ceil: Annotated[
        bool | None, _windows("--ceil/--floor", help="Keep a last, incomplete window.")
    ] = None
    output_size: Annotated[
        str | None, _windows(help="Adaptive windows for this output, 3 or 3x2.")
    ] = None
    like: Annotated[
        str,
        _rules(autocompletion=complete.rules, help=f"Whose rules: {', '.join(available_rules())}."),
    ] = DEFAULT_LIKE
    count_include_pad: Annotated[
        bool | None,
        _rules(
            "--count-include-pad/--exclude-pad", help="Whether an average's divisor counts padding."
        ),
    ] = None
    divisor: Annotated[int | None, _rules(help="Divisor of every average.")] = None

    def spec(self, mode: str = DEFAULT_MODE) -> "PoolSpec":
        """The request that these options make of ``mode``.

        Raises:
            SpecError: one of them cannot be read or is out of range.
        """
        from poolviz.cli.options import paddings, sizes
        from poolviz.spec import PoolSpec

        return PoolSpec(
            mode,
            kernel_size=sizes("--size", self.size),
            stride=sizes("--stride", self.stride),
            padding=paddings(self.padding),
            dilation=sizes("--dilation", self.dilation),
            ceil_mode=self.ceil,
            count_include_pad=self.count_include_pad,
            divisor_override=self.divisor,
            output_size=sizes("--output-size", self.output_size),
            like=self.like,
        )

    @property
    def single(self) -> tuple[str, ...]:
        """The fields of the request that were given as one number for all axes."""
        given = {
            "kernel_size": self.size,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
        }
        return tuple(name for name, text in given.items() if text and "x" not in text)


@dataclass(frozen=True)
class StyleOptions:
    """How pictures look."""

    theme: Annotated[str, _pictures(autocompletion=complete.themes, help="light or dark.")] = (
        "light"
    )
    cmap: Annotated[
        str | None,
        _pictures(help="A colormap of matplotlib's; one that suits the values unless given."),
    ] = None
    scale: Annotated[
        int,
        _pictures(
            "--scale", "--enlarge", help="A whole factor by which all pictures are enlarged."
        ),
    ] = 1

    def look(self, animation: "AnimationOptions") -> "PictureStyle":
        """How pictures look and run.

        Raises:
            SpecError: the pace is none.
        """
        from poolviz.output.job import PictureStyle
        from poolviz.views.paint.pace import Pace

        pace = Pace(animation.delay, animation.hold, animation.every, animation.max_frames)
        return PictureStyle(self.theme, self.cmap, animation.region, self.scale, pace)


@dataclass(frozen=True)
class FigureOptions(StyleOptions):
    """A figure in a file, and how it looks."""

    # What ``scale`` is called.
    scaled_by: ClassVar[str] = "scale"

    figure: Annotated[Path | None, _output(help="Annotated figure: .png, .svg or .pdf.")] = None

    def check(self) -> None:
        """Raise SpecError for what cannot be meant, before any work is done."""
        from poolviz.checks import check_integer
        from poolviz.errors import SpecError
        from poolviz.output.files import figure_suffix
        from poolviz.views.scene.style import find_theme

        find_theme(self.theme, self.cmap)
        check_integer(self.scaled_by, self.scale, 1)
        if self.figure is not None:
            figure_suffix(self.figure)
        elif self.scale > 1:
            raise SpecError(self.scaled_by, "it is said of a figure", "give --figure FILE too")

    def write(self, view: "View", source: Path | None, budget: "Budget") -> dict[str, str]:
        """Write what is asked for of a view; the paths.

        Raises:
            SpecError: one would replace the source, or take more than the budget.
            OutputError: one cannot be written.
        """
        from poolviz.output.files import write_all

        return write_all(self.files(view, budget), source)

    def files(self, view: "View", budget: "Budget") -> dict[str, tuple[Path, bytes]]:
        """What is asked for of a view, by its kind: where it goes, and what it is."""
        if self.figure is None:
            return {}
        return {"figure": (self.figure, self._drawn(view, self.figure, budget))}

    def _drawn(self, view: "View", path: Path, budget: "Budget") -> bytes:
        from poolviz.output.files import figure_suffix
        from poolviz.views.paint.vector import check_figure, figure_bytes
        from poolviz.views.scene.style import find_theme

        drawn = view.scene(find_theme(self.theme, self.cmap)).enlarged(self.scale)
        suffix = figure_suffix(path)
        check_figure(drawn, suffix, budget)
        return figure_bytes(drawn, suffix)


@dataclass(frozen=True)
class PageOptions(FigureOptions):
    """A figure or a page in a file, and how it looks."""

    html: Annotated[Path | None, _output(help="Interactive page, one file: .html.")] = None

    def check(self) -> None:
        """Raise SpecError for what cannot be meant, before any work is done."""
        from poolviz.output.files import check_page_path

        super().check()
        if self.html is not None:
            check_page_path(self.html)

    def files(self, view: "View", budget: "Budget") -> dict[str, tuple[Path, bytes]]:
        """The figure and the page, as far as they are asked for."""
        from poolviz.views.page import page
        from poolviz.views.scene.style import find_theme

        files = super().files(view, budget)
        if self.html is not None and view.page is not None:
            content = view.page(find_theme(self.theme, self.cmap))
            files["html"] = self.html, page(content, budget)
        return files


@dataclass(frozen=True)
class OutputOptions:
    """What a run writes."""

    out: Annotated[Path, _output(help="Folder for the pictures.")] = Path("poolviz-out")
    write: Annotated[
        str, _output(help="What to write there: png, gif, webp, apng, npy, svg, pdf, html, none.")
    ] = "png,gif"
    kind: Annotated[
        str,
        _output(
            autocompletion=complete.figures,
            help=f"What the figure shows: {', '.join(available_figures())}.",
        ),
    ] = DEFAULT_FIGURE
    save: Annotated[Path | None, _output(help="Pooled array: .npy.")] = None
    quiet: Annotated[bool, _output("--quiet", help="Print no grids and no notes.")] = False
    full: Full = False
    play: Annotated[
        bool,
        _output(
            "--play",
            help="Let the window slide in the terminal; piped, print its steps as sentences.",
        ),
    ] = False


@dataclass(frozen=True)
class AnimationOptions:
    """Which part an animation shows, and how it runs."""

    region: Annotated[
        str | None,
        _pictures(help="Input cells that animation and figure show: ROWSxCOLS+R+C, as 8x8+0+4."),
    ] = None
    delay: Annotated[
        int | None,
        _pictures(help="Milliseconds per frame, from 20; slow enough to follow unless given."),
    ] = None
    hold: Annotated[
        int | None, _pictures(help="Milliseconds of the last frame; 3 delays unless given.")
    ] = None
    every: Annotated[int, _pictures(help="A frame for every so many windows.")] = 1
    max_frames: Annotated[int, _pictures(help="Refuse more frames than these.")] = MOST_FRAMES


@dataclass(frozen=True)
class ConfigOptions:
    """Options from a file, and into one."""

    config: Annotated[
        Path | None,
        typer.Option(
            is_eager=True,
            callback=take_defaults,
            help="TOML file with these options; those typed take precedence.",
        ),
    ] = None
    print_config: Annotated[
        bool,
        typer.Option("--print-config", help="Print such a file for this command, and end."),
    ] = False


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
        _source(help="OutputRequest of an array's axes: chw, or hwc as keras and jax have it."),
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

    def feature_map(self, like: "str | Rule") -> "FeatureMap":
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
