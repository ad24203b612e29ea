"""Options of pictures, figures, pages and animations, in groups."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from poolviz.cli import complete
from poolviz.cli.config import COMMAS, TIMES
from poolviz.cli.options import (
    Cell,
    figure_option,
    output_option,
    pictures_option,
    place,
    spatial,
)
from poolviz.errors import SpecError
from poolviz.output.files import DEFAULT_OUT, FIGURE_SUFFIXES, check_page_path, figure_suffix
from poolviz.output.names import NOTHING, parse_kinds
from poolviz.output.typesetting import LEAST_TYPE, FigureStyle, PictureStyle
from poolviz.text import series
from poolviz.views.paint.formats import (
    FORMATS,
    HOLD_MS,
    LEAST_MS,
    MOST_FRAMES,
    Format,
    Pace,
    parse_aspect,
)
from poolviz.views.scene.style import DEFAULT_THEME, THEMES


@dataclass(frozen=True)
class PaceOptions:
    """How an animation runs."""

    delay: Annotated[
        int | None,
        pictures_option(
            help="How long each individually shown window stays on screen, in milliseconds"
            f" (at least {LEAST_MS}).",
            show_default="chosen so that the animation takes about half a minute",
        ),
    ] = None
    hold: Annotated[
        int | None,
        pictures_option(
            help="Duration of the last frame in milliseconds.",
            show_default=f"{HOLD_MS}, or --delay if it is longer",
        ),
    ] = None
    every: Annotated[
        int | None,
        pictures_option(
            help="Show every Nth window one by one; 1 shows all of them.",
            show_default="all; if there are many, whole rows at a time",
        ),
    ] = None
    max_frames: Annotated[
        int, pictures_option(help="Maximum number of frames in an animation.")
    ] = MOST_FRAMES
    loop: Annotated[int, pictures_option(help="How many times an animation plays; 0 for ever.")] = 0
    aspect: Annotated[
        str | None,
        pictures_option(
            help="Pad an animation to this ratio of width to height, e.g. 16:9.",
            show_default="no padding",
        ),
    ] = None

    @property
    def pace(self) -> Pace:
        """How animations run.

        Raises:
            SpecError: a duration or a number is out of range.
        """
        return Pace(self.delay, self.hold, self.every, self.max_frames, self.loop)

    @property
    def ratio(self) -> tuple[int, int] | None:
        """Width and height of the ratio that frames are padded to; None for no padding.

        Raises:
            SpecError: it is not a ratio.
        """
        return None if self.aspect is None else parse_aspect(self.aspect)


@dataclass(frozen=True)
class AnimationOptions(PaceOptions):
    """Which part of the input an animation shows, and how it runs."""

    region: Annotated[
        str | None,
        pictures_option(
            help="Input cells to show in the animation and the figure: ROWSxCOLS+ROW+COLUMN,"
            " e.g. 8x8+0+4."
        ),
    ] = None
    cell: Cell = None
    same_size: Annotated[
        bool,
        pictures_option(
            "--same-size", help="Draw the output picture at the same size as the input picture."
        ),
    ] = False
    unpool_size: Annotated[
        str | None,
        figure_option(
            help="Size of the map to which --kind unpool returns the values, as output_size of"
            " PyTorch's max_unpool2d, e.g. 7 or 7x6.",
            show_default="that of the input",
        ),
        TIMES,
    ] = None


@dataclass(frozen=True)
class StyleOptions:
    """How pictures look."""

    theme: Annotated[
        str,
        pictures_option(autocompletion=complete.themes, help=f"Colour theme: {series(THEMES)}."),
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
            help="Number of decimal places in grids, printed or drawn.",
            show_default="the fewest that tell the values of a window apart",
        ),
    ] = None
    scale: Annotated[
        int | None,
        pictures_option(
            "--scale",
            "--enlarge",
            help="Pixels per cell in before and after pictures, e.g. 1; other pictures are enlarged"
            " by this factor.",
            show_default="1, or more in before and after pictures of small maps",
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
        bool, figure_option("--bare", help="Draw only the grids, without any text or colour scale.")
    ] = False
    width: Annotated[
        str | None,
        figure_option(
            help="Width of the figure, e.g. 84mm, 3.3in or 1200px. Text is laid out for this width"
            f" and is never smaller than {LEAST_TYPE:.0f} pt.",
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
            help="Number of panels per row in figures with several panels.",
            show_default="chosen for a balanced layout",
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
            SpecError: a duration, a number or the aspect is out of range, or the cell or the size
                is not one.
        """
        return PictureStyle(
            **self.settings,
            region=animation.region,
            pace=animation.pace,
            cell=None if animation.cell is None else place("cell", animation.cell),
            same_size=animation.same_size,
            aspect=animation.ratio,
            unpool_size=spatial("unpool_size", animation.unpool_size),
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

    @property
    def has_words(self) -> bool:
        """Whether a picture with words is written."""
        return self.figure is not None

    def check(self) -> None:
        """Raise SpecError for options that cannot be followed, before any work is done."""
        self.style.check()
        if self.figure is not None:
            figure_suffix(self.figure)
            return
        needing = self.style.figure_only
        if not self.has_words:
            needing = {**needing, **self.style.words_only, "scale": self.scale is not None}
        for name in (name for name, is_given in needing.items() if is_given):
            raise SpecError(name, "has no effect without a figure", "add --figure FILE")


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


@dataclass(frozen=True)
class MotionOptions(PaceOptions, FigureOptions):
    """A figure and animations in files, and how they look."""

    out: Annotated[Path, output_option(help="Folder for the files that --write creates.")] = (
        DEFAULT_OUT
    )
    write: Annotated[
        str,
        output_option(
            help=f"Animations to write, separated by commas: {', '.join(FORMATS)}; or {NOTHING}."
        ),
        COMMAS,
    ] = NOTHING

    @property
    def animations(self) -> list[Format]:
        """The formats in which animations are written.

        Raises:
            SpecError: a kind of file is unknown, or not an animation.
        """
        kinds = parse_kinds(self.write)
        for kind in kinds:
            if kind not in FORMATS:
                cause = f"{kind} is not an animation format"
                raise SpecError("write", cause, f"use one of {', '.join(FORMATS)}")
        return [FORMATS[kind] for kind in dict.fromkeys(kinds)]

    @property
    def has_words(self) -> bool:
        """Whether a picture with words is written."""
        return super().has_words or bool(self.animations)

    @property
    def motion_words(self) -> list[str]:
        """The settings of animations that differ from the defaults, for names of files."""
        options = {"every": self.every, "delay": self.delay, "hold": self.hold, "loop": self.loop}
        given = [f"{name}{value}" for name, value in options.items() if value]
        return [*self.style.words, *given, *map(str, self.ratio or ())]

    def check(self) -> None:
        """Raise SpecError for options that cannot be followed, before any work is done."""
        super().check()
        _ = self.pace
        formats = self.animations
        for each in formats:
            each.load_package()
        is_painted = any(not each.frames for each in formats)
        given = {"delay": self.delay, "hold": self.hold, "every": self.every}
        for name, value in given.items():
            if value is not None and not formats:
                raise SpecError(name, "has no effect without an animation", "use write=gif")
        for name, is_given in (("loop", self.loop > 0), ("aspect", self.aspect is not None)):
            if is_given and not is_painted:
                cause = "has no effect on videos" if formats else "applies only to animations"
                raise SpecError(name, cause, "use write=gif")


@dataclass(frozen=True)
class MotionPageOptions(MotionOptions, PageOptions):
    """A figure, an interactive page and animations in files, and how they look."""
