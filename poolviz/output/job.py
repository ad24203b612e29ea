"""Run a job: pool one feature map, and write the outputs that are requested."""

import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from poolviz.analysis.example import check_cell, ranked_channels
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.output.estimate import check_memory, check_windows
from poolviz.output.files import (
    LEAST_BYTES,
    array_bytes,
    check_array_path,
    check_page_path,
    figure_suffix,
    mapped_array,
    refuse_clashes,
    write_all,
)
from poolviz.output.names import (
    FIGURE,
    HANDOUT,
    KINDS,
    PAGE,
    SLIDES,
    STILLS,
    output_name,
    parse_kinds,
)
from poolviz.output.typesetting import PictureStyle
from poolviz.plan import make_plan
from poolviz.result import PoolResult, output_form, run_plan
from poolviz.spec import DEFAULT_KERNEL_SIZE, PoolSpec
from poolviz.text import size
from poolviz.views.figures import (
    DEFAULT_FIGURE,
    available_figures,
    check_kind,
    figure_motion,
    figure_scene,
    moves,
    takes,
)
from poolviz.views.paint.formats import FORMATS, Format
from poolviz.views.scene.fonts import use_font
from poolviz.views.scene.region import (
    Region,
    crop_side,
    default_region,
    describe_region,
    parse_region,
    region_around,
)
from poolviz.views.scene.style import Theme

if TYPE_CHECKING:
    from poolviz.views.paint.animation import Watch
    from poolviz.views.paint.chart import Chart
    from poolviz.views.scene.elements import Scene


@dataclass(frozen=True)
class PoolRequest:
    """How a feature map is pooled, whatever its size.

    Args:
        spec: the request.
        channel: the channel that is shown, as it was typed; None for the first.
        seed: of random modes.
        threads: the largest number of threads; None for one per core.
        budget: the memory that may be used.
        single: the fields of ``spec`` that were given as one number for all axes.
    """

    spec: PoolSpec
    channel: str | None
    seed: int | None
    threads: int | None
    budget: Budget
    single: tuple[str, ...] = ()


def fitted(
    feature_map: FeatureMap, spec: PoolSpec, single: Collection[str]
) -> tuple[FeatureMap, PoolSpec]:
    """The map and the spec that fits it, with a note in the map if the spec had to change."""
    fitting = spec_for(feature_map.input_size, spec, single)
    if spec.kernel_size in (None, fitting.kernel_size):
        return feature_map, fitting
    note = f"has one row, so the kernel is {size(fitting.kernel_size or ())}"
    return replace(feature_map, notes=(*feature_map.notes, note)), fitting


def spec_for(input_size: Sequence[int], spec: PoolSpec, single: Collection[str] = ()) -> PoolSpec:
    """Lay a kernel of one number, or the default kernel, along a map of one row.

    Args:
        input_size: the size of the map.
        spec: the request.
        single: the fields of ``spec`` that were given as one number, and apply to the row only.
    """
    row = input_size[0] == 1 < input_size[1]
    kernel_size = spec.kernel_size or (DEFAULT_KERNEL_SIZE,) * 2
    if not row or spec.adaptive or (spec.kernel_size is not None and "kernel_size" not in single):
        return spec
    along: dict[str, Any] = {"kernel_size": (1, kernel_size[-1])}
    for name, across in (("stride", 1), ("padding", 0), ("dilation", 1)):
        value = getattr(spec, name)
        if name in single and isinstance(value, tuple):
            along[name] = (across, value[-1])
    return replace(spec, **along)


@dataclass(frozen=True)
class OutputRequest:
    """Which files are written for a result, where, and how they look.

    Args:
        out: the folder of all files that are not named.
        write: the kinds that are written there, separated by commas.
        kind: what figures show.
        look: the style of the pictures.
        figure: the path of a figure; None for none.
        save: the path of the pooled array; None for none.
        html: the path of a page; None for none.
    """

    out: Path
    write: str
    kind: str
    look: PictureStyle
    figure: Path | None = None
    save: Path | None = None
    html: Path | None = None

    @cached_property
    def kinds(self) -> list[str]:
        """The kinds of files that are written to the folder.

        Raises:
            SpecError: a kind is unknown, or ``none`` is combined with others.
        """
        return parse_kinds(self.write)

    @property
    def is_animated(self) -> bool:
        """Whether an animation is written."""
        return not FORMATS.keys().isdisjoint(self.kinds)

    @property
    def moves(self) -> bool:
        """Whether an animation is written that is not of a sliding window."""
        return self.is_animated and moves(self.kind)

    @property
    def has_slides(self) -> bool:
        """Whether a slide is written for each step."""
        return SLIDES in self.kinds

    @property
    def has_figure(self) -> bool:
        """Whether a figure is written."""
        return self.figure is not None or any(
            FIGURE in ending for name in self.kinds for ending in KINDS[name].endings
        )

    @property
    def has_stills(self) -> bool:
        """Whether stills are written."""
        return STILLS in self.kinds

    def check(self, *, printed: bool = False, named: bool = True) -> None:
        """Check everything that can be checked before any work is done.

        Args:
            printed: whether a window is shown on the terminal.
            named: whether the command has options that name a figure or a page.

        Raises:
            SpecError: an option is invalid or has no effect.
        """
        _ = self.kinds
        check_kind(self.kind)
        self.look.check()
        if self.figure is not None:
            figure_suffix(self.figure)
        for kind in FORMATS.keys() & set(self.kinds):
            FORMATS[kind].load_package()
        self._check_figure(named=named)
        if self.look.unpool_size is not None and not (
            takes(self.kind, "unpool_size") and (self.has_figure or self.moves)
        ):
            kinds = " or ".join(kind for kind in available_figures() if takes(kind, "unpool_size"))
            remedy = f"use kind={kinds} and write=svg or write=gif"
            raise SpecError("unpool_size", "has no effect without a figure of unpooling", remedy)
        if self.look.same_size and not self.has_stills:
            raise SpecError("same_size", "has no effect without stills", "use write=png")
        if self.look.cell is not None and not (printed or self._marks_window):
            remedy = f"use write=gif{', or add figure=FILE or html=FILE' * named}"
            raise SpecError("cell", "has no effect without a picture that marks a window", remedy)
        self._check_words(printed=printed)
        self._check_animation()
        if self.save is not None:
            check_array_path(self.save)
        if self.html is not None:
            check_page_path(self.html)

    def _check_figure(self, *, named: bool) -> None:
        """Raise SpecError for options of figures that no file follows."""
        if not self.has_figure:
            needing = {"kind": self.kind != DEFAULT_FIGURE, **self.look.figure_only}
            ignored = {"kind", "columns"} if self.has_slides else set(needing)
            ignored -= {"kind"} if self.moves else set()
            for name in (name for name in needing if needing[name] and name in ignored):
                remedy = f"use write=svg{', or add figure=FILE' * named}"
                raise SpecError(name, "has no effect without a figure", remedy)
        elif self.look.columns is not None and not takes(self.kind, "columns"):
            cause = f"a figure of kind {self.kind} has a fixed layout"
            raise SpecError("columns", cause, "omit columns, or use another kind")
        if self.moves:
            for name, value in (("region", self.look.region), ("cell", self.look.cell)):
                if value is not None and not self.has_figure:
                    cause = f"has no effect on an animation of kind {self.kind}"
                    raise SpecError(name, cause, "omit it, or use write=svg")

    def _check_words(self, *, printed: bool) -> None:
        """Raise SpecError for options of words where nothing has any; pages have decimals."""
        if self.is_animated or self.has_figure or self.has_slides or HANDOUT in self.kinds:
            return
        followed = {"decimals"} if printed or self.html or PAGE in self.kinds else set()
        for name, is_given in self.look.words_only.items():
            if is_given and name not in followed:
                cause = "has no effect without a figure or an animation"
                raise SpecError(name, cause, "use write=gif or write=svg")

    def _check_animation(self) -> None:
        """Raise SpecError for options of animations that no file follows; videos follow none."""
        followed = any(name in FORMATS and not FORMATS[name].frames for name in self.kinds)
        for name, is_given in (("loop", self.look.pace.loop), ("aspect", self.look.aspect)):
            if is_given and not followed:
                only = "applies only to animations"
                cause = "has no effect on videos" if self.is_animated else only
                raise SpecError(name, cause, "use write=gif")

    @property
    def _marks_window(self) -> bool:
        """Whether a picture is written in which one window is marked, or comes first."""
        has_page = self.html is not None or PAGE in self.kinds
        steps = self.is_animated or self.has_slides
        return steps or has_page or (self.has_figure and takes(self.kind, "cell"))


@dataclass(frozen=True)
class Pictures:
    """The pictures of one channel of a result, drawn when they are needed.

    Args:
        result: what is shown.
        channel: the index of the channel that is shown.
        budget: the memory that drawing may take.
        order: which figure, region and style were requested.
        watch: iterates over the frames of an animation, showing progress.
        shown: the index of the channel in which the window of an animation slides.
    """

    result: PoolResult
    channel: int
    budget: Budget
    order: OutputRequest
    watch: "Watch" = iter
    shown: int = 0

    @cached_property
    def region(self) -> Region | None:
        """The region that was requested, if any.

        Raises:
            SpecError: it does not fit the result.
        """
        text = self.order.look.region
        return None if text is None else parse_region(self.result, text)

    @cached_property
    def animation_region(self) -> Region:
        """The region that an animation shows."""
        side = crop_side(self.result)
        region = self.region or default_region(self.result, self.shown, side=side)
        if self.cell is None or self.region is not None or region.whole:
            return region
        return region_around(self.result, self.cell, side)

    @cached_property
    def cell(self) -> tuple[int, int] | None:
        """The output cell that was requested, if any.

        Raises:
            SpecError: the output has no such cell, or the region does not contain it.
        """
        cell = self.order.look.cell
        if cell is None:
            return None
        check_cell(self.result, *cell)
        if self.region is not None and cell not in self.region:
            rows, columns = self.region.windows
            raise SpecError(
                "cell",
                f"the region does not contain the window of output cell {cell[0]},{cell[1]}",
                f"use ROW,COLUMN from {rows[0]},{columns[0]} to {rows[-1]},{columns[-1]},"
                " or another region",
            )
        return cell

    @cached_property
    def place(self) -> str:
        """What an animation shows, as text; empty if it is everything."""
        names = self.result.feature_map.channel_names
        channel = f"channel {names[self.shown]}" if self.shown != self.channel else ""
        return ", ".join(
            filter(None, (channel, describe_region(self.result, self.animation_region)))
        )

    def stills(self) -> tuple[bytes, bytes]:
        """The input and the output, as PNG."""
        from poolviz.views.paint.stills import stills

        look = self.order.look
        return stills(self.result, look.theme, look.scale, same_size=look.same_size)

    def animation(self, animation_format: Format) -> bytes:
        """The sliding window.

        Raises:
            SpecError: its frames would take more memory than the budget.
        """
        from poolviz.views.paint.animation import animated, animated_scenes, animation_stage

        look = self.order.look
        with use_font(look.font):
            kind, size = self.order.kind, look.unpool_size
            motion = figure_motion(kind, self.result, self.shown, look.theme, size)
            options: dict[str, Any] = {
                "pace": look.pace,
                "scale": look.scale,
                "aspect": look.aspect,
            }
            if motion is not None:
                return animated_scenes(
                    motion, look.theme, animation_format, self.budget, watch=self.watch, **options
                )
            stage = animation_stage(self.result, self.shown, self.animation_region, look.theme)
            return animated(stage, animation_format, self.budget, watch=self.watch, **options)

    def figure(self, suffix: str) -> bytes:
        """The figure as ``png``, ``svg`` or ``pdf``."""
        kind, look = self.order.kind, self.order.look

        def draw(theme: Theme) -> "Scene":
            return figure_scene(
                kind,
                self.result,
                self.channel,
                self.region,
                theme,
                cell=self.cell,
                every=look.pace.step,
                columns=look.columns,
                unpool_size=look.unpool_size,
            )

        return draw_figure(look.figure(draw), suffix, self.budget, look.font)

    def slides(self) -> list[bytes]:
        """A PDF with a page for each step, then each page as an SVG.

        Raises:
            SpecError: there are too many steps, or they would take more memory than the budget.
        """
        from poolviz.views.paint.stills import slide, slide_steps
        from poolviz.views.paint.vector import check_pages, slides_bytes
        from poolviz.views.scene.stage import fitted_stage, stage_of

        look, region = self.order.look, self.animation_region
        steps = slide_steps(len(region.windows[0]) * len(region.windows[1]), look.pace.every or 1)
        with use_font(look.font):
            stage = fitted_stage(stage_of(self.result, self.channel, region, look.theme))
            check_pages(slide(stage, steps[0]), len(steps), self.budget)

            def draw(place: int) -> "Scene":
                scene = look.figure(lambda _theme: slide(stage, steps[place]))
                return cast("Scene", scene)

            return slides_bytes(draw(place) for place in self.watch(range(len(steps))))

    def handout(self) -> bytes:
        """A worksheet: a page whose outputs are blank, and a page with the solution.

        Raises:
            SpecError: the region has too many cells for digits, or the mode is random.
        """
        from poolviz.views.figures._handout import handout_scenes
        from poolviz.views.paint.vector import pages_bytes

        look = self.order.look
        with use_font(look.font):
            return pages_bytes(handout_scenes(self.result, self.channel, self.region, look.theme))

    def page(self) -> bytes:
        """The interactive page."""
        from poolviz.views.page import PageContent, Variant, page

        look = self.order.look
        variant = Variant(self.result.mode.name(), self.result)
        content = PageContent(
            [variant], "mode", self.channel, look.theme, look.region, self.cell, look.pace
        )
        return page(content, self.budget)


def draw_figure(
    scene: "Scene | Chart", suffix: str, budget: Budget, font: str | None = None
) -> bytes:
    """A figure as ``png``, ``svg`` or ``pdf``, with text in a font family.

    Raises:
        SpecError: drawing it would take more memory than the budget.
    """
    # matplotlib takes longer to load than pooling a small map.
    from poolviz.views.paint.vector import check_figure, figure_bytes

    check_figure(scene, suffix, budget)
    with use_font(font):
        return figure_bytes(scene, suffix)


@dataclass(frozen=True)
class Done:
    """The products of a job: the pictures of its result, and the paths of its files by kind."""

    pictures: Pictures
    files: dict[str, str]


def run_job(
    feature_map: FeatureMap,
    pooling: PoolRequest,
    order: OutputRequest,
    watch: "Watch" = iter,
    progress: Callable[[int], None] | None = None,
) -> Done:
    """Pool ``feature_map`` and write the outputs that are requested.

    Args:
        feature_map: what is pooled.
        pooling: how it is pooled.
        order: what is written.
        watch: iterates over the frames of an animation, showing progress.
        progress: called with the number of values pooled since the last call.

    Raises:
        PoolvizError: the request does not fit, or an output cannot be written.
    """
    feature_map, spec = fitted(feature_map, pooling.spec, pooling.single)
    channel = feature_map.channel_index(pooling.channel)
    check_windows(spec, pooling.budget)
    plan = make_plan(spec, feature_map.input_size, pooling.seed)
    shape, dtype = output_form(feature_map, plan)
    # A large array is pooled straight into its file.
    large = prod(shape) * dtype.itemsize >= LEAST_BYTES
    mapped = order.save if large else None
    check_memory(
        feature_map,
        plan,
        pooling.budget,
        results=0 if mapped is not None else 1,
        stills=order.has_stills,
        scale=order.look.scale,
    )
    with contextlib.ExitStack() as stack:
        out = None
        if mapped is not None:
            refuse_clashes([mapped], feature_map.path)
            file_shape = shape[1:] if feature_map.planar else shape
            out = stack.enter_context(mapped_array(mapped, file_shape, dtype)).reshape(shape)
        result = run_plan(feature_map, plan, threads=pooling.threads, out=out, progress=progress)
        feature_map.refuse_changed()
        shown = channel
        if order.is_animated and pooling.channel is None and not feature_map.is_rgb:
            shown = ranked_channels(feature_map)[0]
        pictures = Pictures(result, channel, pooling.budget, order, watch, shown)
        files = _files(pictures, pooling.seed)
        if order.save is not None and mapped is None:
            files["save"] = order.save, array_bytes(result)
        written_elsewhere = [] if mapped is None else [mapped]
        paths = write_all(files, feature_map.path, written_elsewhere)
    return Done(pictures, paths if mapped is None else paths | {"save": str(mapped)})


def _files(pictures: Pictures, seed: int | None) -> dict[str, tuple[Path, bytes]]:
    """The paths and contents of all pictures that are requested, by kind."""
    # A region that does not fit is refused, whatever is written.
    order, _ = pictures.order, pictures.animation_region
    look = order.look.words
    name = output_name(pictures.result, channel=pictures.channel, look=look, seed=seed)
    files: dict[str, tuple[Path, bytes]] = {}
    for kind in order.kinds:
        for ending, data in KINDS[kind].files(pictures, order.kind):
            stem = Path(ending).stem
            key = f"{stem}-{kind}" if stem in files else stem
            files[key] = order.out / f"{name}-{ending}", data
    if order.figure is not None:
        files["figure"] = order.figure, pictures.figure(figure_suffix(order.figure))
    if order.html is not None:
        files["html"] = order.html, pictures.page()
    return files
