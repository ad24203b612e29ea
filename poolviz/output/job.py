"""A job: one feature map pooled as asked, and what is asked for of it written."""

import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget, spelled
from poolviz.output.estimate import check_memory
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
from poolviz.result import PoolResult, output_form, pooled_as_planned
from poolviz.spec import DEFAULT_KERNEL_SIZE, PoolSpec, whole
from poolviz.text import size
from poolviz.views.figures import DEFAULT_FIGURE, check_kind
from poolviz.views.paint.pace import Pace
from poolviz.views.scene.region import Region, default_region, describe_region, parse_region
from poolviz.views.scene.style import DEFAULT_THEME, Theme, find_theme
from poolviz.windows import Array

if TYPE_CHECKING:
    import numpy as np

    from poolviz.views.paint.animation import Watch


NOTHING = "none"
ANIMATIONS = ("gif", "webp", "apng")


@dataclass(frozen=True)
class Pictures:
    """The pictures of one channel of a result, made when asked for.

    Args:
        result: what is shown.
        channel: of which channel.
        theme: the colours.
        pace: how animations run.
        budget: the memory that their frames may take.
        asked: the region that was asked for, as text; None for one that suits.
        scale: by which whole factor pictures are enlarged.
        figure_kind: what a figure shows.
        watch: goes through the frames of an animation, showing progress.
    """

    result: PoolResult
    channel: int
    theme: Theme
    pace: "Pace"
    budget: Budget
    asked: str | None = None
    scale: int = 1
    figure_kind: str = DEFAULT_FIGURE
    watch: "Watch" = iter

    def png(self) -> dict[str, bytes]:
        """The stills."""
        from poolviz.views.paint.stills import stills

        before, after = stills(self.result, self.theme, self.scale)
        return {"before.png": before, "after.png": after}

    def animation(self, kind: str) -> dict[str, bytes]:
        """The sliding window as ``gif``, ``webp`` or ``apng``."""
        from poolviz.views.paint.animation import animated, animation_memory
        from poolviz.views.scene.stage import stage_of

        stage = stage_of(self.result, self.channel, self.shown, self.theme)
        wanted = animation_memory(stage, kind, self.pace, self.scale)
        remedy = "give a smaller --region or --enlarge, a larger --every"
        self.budget.check_work(wanted, f"frames {spelled(wanted)}", remedy)
        return {f"window.{kind}": animated(stage, kind, self.pace, self.scale, self.watch)}

    def array(self) -> dict[str, bytes]:
        """The pooled array."""
        return {"pooled.npy": array_bytes(self.result)}

    def figures(self, suffix: str) -> dict[str, bytes]:
        """The figure, as one of several pictures."""
        return {f"{self.figure_kind}.{suffix}": self.figure(suffix)}

    def figure(self, suffix: str) -> bytes:
        """The figure as ``png``, ``svg`` or ``pdf``."""
        from poolviz.views.figures import figure_scene
        from poolviz.views.paint.vector import check_figure, figure_bytes

        scene = figure_scene(self.figure_kind, self.result, self.channel, self.region, self.theme)
        scene = scene.enlarged(self.scale)
        check_figure(scene, suffix, self.budget)
        return figure_bytes(scene, suffix)

    def pages(self) -> dict[str, bytes]:
        """The interactive page, as one of several pictures."""
        return {"page.html": self.page()}

    def page(self) -> bytes:
        """The interactive page."""
        from poolviz.views.page import PageContent, Variant, page

        variant = Variant(self.result.mode.name(), self.result)
        content = PageContent(
            [variant], "mode", self.channel, self.theme, self.asked, pace=self.pace
        )
        return page(content, self.budget)

    @cached_property
    def region(self) -> Region | None:
        """The region that was asked for."""
        return None if self.asked is None else parse_region(self.result, self.asked)

    @cached_property
    def shown(self) -> Region:
        """What an animation shows."""
        return self.region or default_region(self.result, self.channel)

    @cached_property
    def place(self) -> str:
        """Which part the animation shows; empty if all."""
        return describe_region(self.result, self.shown)


KINDS: dict[str, Callable[[Pictures], dict[str, bytes]]] = {
    "png": Pictures.png,
    **{kind: partial(Pictures.animation, kind=kind) for kind in ANIMATIONS},
    "npy": Pictures.array,
    "svg": partial(Pictures.figures, suffix="svg"),
    "pdf": partial(Pictures.figures, suffix="pdf"),
    "html": Pictures.pages,
}


def is_animated(words: str) -> bool:
    """Whether ``--write`` names an animation."""
    return any(kind in ANIMATIONS for kind in chosen_kinds(words))


def chosen_kinds(words: str) -> list[str]:
    """The kinds that ``--write`` names.

    Raises:
        SpecError: one is unknown.
    """
    kinds = [word.strip() for word in words.split(",")]
    if kinds == [NOTHING]:
        return []
    if NOTHING in kinds:
        raise SpecError("--write", f"{NOTHING} goes with nothing else", f"leave out {NOTHING}")
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("--write", kind, [*KINDS, NOTHING])
    return kinds


@dataclass(frozen=True)
class PoolRequest:
    """How any feature map is to be pooled, and within what memory.

    ``single`` are the fields of ``spec`` that were given as one number for all axes.
    """

    spec: PoolSpec
    channel: str | None
    seed: int | None
    threads: int | None
    budget: Budget
    single: tuple[str, ...] = ()


@dataclass(frozen=True)
class PictureStyle:
    """How pictures look and run; ``region`` as it was typed."""

    theme_name: str
    cmap: str | None
    region: str | None
    scale: int
    pace: Pace

    @cached_property
    def theme(self) -> Theme:
        """The colours."""
        return find_theme(self.theme_name, self.cmap)

    @property
    def words(self) -> list[str]:
        """What differs from the defaults, for names of files."""
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
    """What is to be written of a result, where, and how it looks."""

    out: Path
    write: str
    kind: str
    look: PictureStyle
    figure: Path | None = None
    save: Path | None = None
    html: Path | None = None

    def check(self) -> None:
        """Raise SpecError for what cannot be meant, before any work is done."""
        kinds = chosen_kinds(self.write)
        check_kind(self.kind)
        _ = self.look.theme
        whole("scale", self.look.scale, 1)
        if self.figure is not None:
            figure_suffix(self.figure)
        elif self.kind != DEFAULT_FIGURE and not {"svg", "pdf"} & set(kinds):
            raise SpecError("--kind", "it is said of a figure", "give --figure FILE too")
        if self.save is not None:
            check_array_path(self.save)
        if self.html is not None:
            check_page_path(self.html)


@dataclass(frozen=True)
class Done:
    """What came of a job: the pictures of its result, and the files written, by kind."""

    pictures: Pictures
    files: dict[str, str]


def spec_for(input_size: Sequence[int], spec: PoolSpec, single: Collection[str] = ()) -> PoolSpec:
    """``spec``, with a kernel of one number, or the default, lying along a map of one row.

    Args:
        input_size: of the map.
        spec: the request.
        single: its fields that were given as one number: these go along the row only.
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


def fitted(
    feature_map: FeatureMap, spec: PoolSpec, single: Collection[str]
) -> tuple[FeatureMap, PoolSpec]:
    """The map and :func:`spec_for` it, with a note in the map where that is not what was given."""
    fitting = spec_for(feature_map.input_size, spec, single)
    if spec.kernel_size in (None, fitting.kernel_size):
        return feature_map, fitting
    note = f"it has one row, so the kernel is {size(fitting.kernel_size)}"
    return replace(feature_map, notes=(*feature_map.notes, note)), fitting


def run_job(
    feature_map: FeatureMap,
    pooling: PoolRequest,
    order: OutputRequest,
    watch: "Watch" = iter,
    progress: Callable[[int], None] | None = None,
) -> Done:
    """Pool ``feature_map`` and write what is ordered.

    Args:
        feature_map: what is pooled.
        pooling: how.
        order: what is written.
        watch: goes through the frames of an animation, showing progress.
        progress: called with the number of values pooled since the last call.

    Raises:
        PoolvizError: the request does not fit, or an output cannot be written.
    """
    feature_map, spec = fitted(feature_map, pooling.spec, pooling.single)
    channel = feature_map.channel_index(pooling.channel)
    plan = make_plan(spec, feature_map.input_size, pooling.seed)
    form = output_form(feature_map, plan)
    mapped = order.save is not None and prod(form[0]) * form[1].itemsize >= LEAST_BYTES
    drawn = order.look.scale if "png" in chosen_kinds(order.write) else 0
    check_memory(feature_map, spec, pooling.budget, stills=drawn, mapped=mapped)
    if mapped and order.save is not None:
        refuse_clashes([order.save], feature_map.path)
    with _room(order.save if mapped else None, *form, planar=feature_map.planar) as out:
        result = pooled_as_planned(
            feature_map, plan, threads=pooling.threads, out=out, progress=progress
        )
        feature_map.refuse_changed()
        pictures = _pictures(result, channel, pooling.budget, order, watch)
        files = _write(pictures, pooling.seed, order, saved=mapped)
    return Done(pictures, files | ({"save": str(order.save)} if mapped else {}))


@contextlib.contextmanager
def _room(
    path: Path | None, shape: tuple[int, ...], dtype: "np.dtype[Any]", *, planar: bool
) -> Iterator[Array | None]:
    """What the output is written into: the file at ``path``; None for memory."""
    if path is None:
        yield None
        return
    with mapped_array(path, shape[1:] if planar else shape, dtype) as array:
        yield array.reshape(shape)


def _pictures(
    result: PoolResult, channel: int, budget: Budget, order: OutputRequest, watch: "Watch"
) -> Pictures:
    look = order.look
    return Pictures(
        result,
        channel,
        look.theme,
        look.pace,
        budget,
        look.region,
        look.scale,
        order.kind,
        watch,
    )


def _write(
    pictures: Pictures, seed: int | None, order: OutputRequest, *, saved: bool
) -> dict[str, str]:
    # A region that does not fit is refused, whatever is written.
    result, _ = pictures.result, pictures.shown
    name = output_name(result, channel=pictures.channel, look=order.look.words, seed=seed)
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
    if order.save is not None and not saved:
        files["save"] = order.save, array_bytes(result)
    beside = [order.save] if order.save is not None and saved else []
    return write_all(files, result.feature_map.path, beside)
