"""Run a job: pool one feature map, and write the outputs that are requested."""

import contextlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poolviz.checks import check_integer
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, format_bytes
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
from poolviz.output.names import output_name
from poolviz.plan import make_plan
from poolviz.plugins import unknown
from poolviz.result import PoolResult, output_form, run_plan
from poolviz.spec import DEFAULT_KERNEL_SIZE, PoolSpec
from poolviz.text import size
from poolviz.views.figures import DEFAULT_FIGURE, check_kind, figure_scene
from poolviz.views.paint.pace import Pace
from poolviz.views.scene.region import Region, default_region, describe_region, parse_region
from poolviz.views.scene.style import DEFAULT_THEME, Theme, find_theme

if TYPE_CHECKING:
    from poolviz.views.paint.animation import Watch

NOTHING = "none"
ANIMATIONS = ("gif", "webp", "apng")


@dataclass(frozen=True)
class PoolRequest:
    """How a feature map is pooled, whatever its size.

    Args:
        spec: the request.
        channel: the channel that is shown, as it was typed; None for the first.
        seed: of modes that draw at random.
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
    note = f"it has one row, so the kernel is {size(fitting.kernel_size or ())}"
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
class PictureStyle:
    """How pictures look and animations run.

    Args:
        theme_name: ``light`` or ``dark``.
        cmap: the name of a colormap; None for one that suits the values.
        region: the part that animations and figures show, as it was typed; None for a default.
        scale: the whole factor by which pictures are enlarged.
        pace: how animations run.
    """

    theme_name: str
    cmap: str | None
    region: str | None
    scale: int
    pace: Pace

    @cached_property
    def theme(self) -> Theme:
        """The colours.

        Raises:
            SpecError: there is no such theme or colormap.
        """
        return find_theme(self.theme_name, self.cmap)

    @property
    def words(self) -> list[str]:
        """The settings that differ from the defaults, for names of files."""
        options = {
            "": "" if self.theme_name == DEFAULT_THEME else self.theme_name,
            "cmap-": self.cmap,
            "region-": self.region,
            "x": self.scale if self.scale > 1 else None,
            "every": self.pace.every if self.pace.every > 1 else None,
            "delay": self.pace.delay,
            "hold": self.pace.hold,
        }
        return [f"{name}{value}" for name, value in options.items() if value]


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

    def check(self) -> None:
        """Check everything that can be checked before any work is done.

        Raises:
            SpecError: an option is invalid or has no effect.
        """
        kinds = chosen_kinds(self.write)
        check_kind(self.kind)
        _ = self.look.theme
        check_integer("scale", self.look.scale, 1)
        if self.figure is not None:
            figure_suffix(self.figure)
        elif self.kind != DEFAULT_FIGURE and not {"svg", "pdf"} & set(kinds):
            remedy = "add --figure FILE or --write svg"
            raise SpecError("--kind", "it has no effect without a figure", remedy)
        if self.save is not None:
            check_array_path(self.save)
        if self.html is not None:
            check_page_path(self.html)


@dataclass(frozen=True)
class Pictures:
    """The pictures of one channel of a result, drawn when they are needed.

    Args:
        result: what is shown.
        channel: the index of the channel that is shown.
        budget: the memory that drawing may take.
        order: which figure, region and style were requested.
        watch: iterates over the frames of an animation, showing progress.
    """

    result: PoolResult
    channel: int
    budget: Budget
    order: OutputRequest
    watch: "Watch" = iter

    @cached_property
    def region(self) -> Region | None:
        """The region that was requested, if any.

        Raises:
            SpecError: it does not fit the result.
        """
        text = self.order.look.region
        return None if text is None else parse_region(self.result, text)

    @cached_property
    def shown(self) -> Region:
        """The region that an animation shows."""
        return self.region or default_region(self.result, self.channel)

    @cached_property
    def place(self) -> str:
        """The region that an animation shows, as text; empty if it is everything."""
        return describe_region(self.result, self.shown)

    def stills(self) -> dict[str, bytes]:
        """The input and the output, as PNG."""
        from poolviz.views.paint.stills import stills

        before, after = stills(self.result, self.order.look.theme, self.order.look.scale)
        return {"before.png": before, "after.png": after}

    def animation(self, kind: str) -> dict[str, bytes]:
        """The sliding window as ``gif``, ``webp`` or ``apng``.

        Raises:
            SpecError: its frames would take more memory than the budget.
        """
        from poolviz.views.paint.animation import animated, animation_memory
        from poolviz.views.scene.stage import stage_of

        look = self.order.look
        stage = stage_of(self.result, self.channel, self.shown, look.theme)
        needed = animation_memory(stage, kind, look.pace, look.scale)
        remedy = "use a smaller --region or --enlarge, or a larger --every"
        self.budget.check_work(needed, f"frames {format_bytes(needed)}", remedy)
        return {f"window.{kind}": animated(stage, kind, look.pace, look.scale, self.watch)}

    def array(self) -> dict[str, bytes]:
        """The pooled array, as ``.npy``."""
        return {"pooled.npy": array_bytes(self.result)}

    def named_figure(self, suffix: str) -> dict[str, bytes]:
        """The figure, by the end of its file name."""
        return {f"{self.order.kind}.{suffix}": self.figure(suffix)}

    def figure(self, suffix: str) -> bytes:
        """The figure as ``png``, ``svg`` or ``pdf``."""
        from poolviz.views.paint.vector import check_figure, figure_bytes

        kind, theme = self.order.kind, self.order.look.theme
        scene = figure_scene(kind, self.result, self.channel, self.region, theme)
        scene = scene.enlarged(self.order.look.scale)
        check_figure(scene, suffix, self.budget)
        return figure_bytes(scene, suffix)

    def named_page(self) -> dict[str, bytes]:
        """The interactive page, by the end of its file name."""
        return {"page.html": self.page()}

    def page(self) -> bytes:
        """The interactive page."""
        from poolviz.views.page import PageContent, Variant, page

        look = self.order.look
        variant = Variant(self.result.mode.name(), self.result)
        content = PageContent(
            [variant], "mode", self.channel, look.theme, look.region, pace=look.pace
        )
        return page(content, self.budget)


# What each kind of --write makes: files by the ends of their names.
KINDS: dict[str, Callable[[Pictures], dict[str, bytes]]] = {
    "png": Pictures.stills,
    **{kind: partial(Pictures.animation, kind=kind) for kind in ANIMATIONS},
    "npy": Pictures.array,
    "svg": partial(Pictures.named_figure, suffix="svg"),
    "pdf": partial(Pictures.named_figure, suffix="pdf"),
    "html": Pictures.named_page,
}


def chosen_kinds(write: str) -> list[str]:
    """Parse ``--write``: kinds separated by commas, or ``none``.

    Raises:
        SpecError: a kind is unknown, or ``none`` is combined with others.
    """
    kinds = [kind.strip() for kind in write.split(",")]
    if kinds == [NOTHING]:
        return []
    if NOTHING in kinds:
        cause = f"{NOTHING} cannot be combined with other kinds"
        raise SpecError("--write", cause, f"omit {NOTHING}")
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("--write", kind, [*KINDS, NOTHING])
    return kinds


def is_animated(write: str) -> bool:
    """Whether ``--write`` names an animation."""
    return any(kind in ANIMATIONS for kind in chosen_kinds(write))


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
    stills = order.look.scale if "png" in chosen_kinds(order.write) else 0
    results = 0 if mapped is not None else 1
    check_memory(feature_map, plan, pooling.budget, results=results, stills=stills)
    with contextlib.ExitStack() as stack:
        out = None
        if mapped is not None:
            refuse_clashes([mapped], feature_map.path)
            file_shape = shape[1:] if feature_map.planar else shape
            out = stack.enter_context(mapped_array(mapped, file_shape, dtype)).reshape(shape)
        result = run_plan(feature_map, plan, threads=pooling.threads, out=out, progress=progress)
        feature_map.refuse_changed()
        pictures = Pictures(result, channel, pooling.budget, order, watch)
        files = _files(pictures, pooling.seed)
        if order.save is not None and mapped is None:
            files["save"] = order.save, array_bytes(result)
        written_elsewhere = [] if mapped is None else [mapped]
        paths = write_all(files, feature_map.path, written_elsewhere)
    return Done(pictures, paths if mapped is None else paths | {"save": str(mapped)})


def _files(pictures: Pictures, seed: int | None) -> dict[str, tuple[Path, bytes]]:
    """The paths and contents of all pictures that are requested, by kind."""
    # A region that does not fit is refused, whatever is written.
    order, _ = pictures.order, pictures.shown
    look = order.look.words
    name = output_name(pictures.result, channel=pictures.channel, look=look, seed=seed)
    files: dict[str, tuple[Path, bytes]] = {}
    for kind in chosen_kinds(order.write):
        for ending, data in KINDS[kind](pictures).items():
            stem = Path(ending).stem
            key = f"{stem}-{kind}" if stem in files else stem
            files[key] = order.out / f"{name}-{ending}", data
    if order.figure is not None:
        files["figure"] = order.figure, pictures.figure(figure_suffix(order.figure))
    if order.html is not None:
        files["html"] = order.html, pictures.page()
    return files
