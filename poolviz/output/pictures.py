"""The pictures and arrays that can be asked for, each made when it is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from poolviz.discovery import unknown
from poolviz.errors import SpecError
from poolviz.memory import Budget, spelled
from poolviz.output.files import array_bytes
from poolviz.region import Region, asked_region, default_region, described
from poolviz.result import PoolResult
from poolviz.views.figures import DEFAULT_FIGURE
from poolviz.views.style import Theme

if TYPE_CHECKING:
    from poolviz.views.animation import Watch
    from poolviz.views.pace import Pace

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
        from poolviz.views.stills import stills

        before, after = stills(self.result, self.theme, self.scale)
        return {"before.png": before, "after.png": after}

    def animation(self, kind: str) -> dict[str, bytes]:
        """The sliding window as ``gif``, ``webp`` or ``apng``."""
        from poolviz.views.animation import animated, animation_memory
        from poolviz.views.stage import stage_of

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
        from poolviz.views.vector import check_figure, figure_bytes

        scene = figure_scene(self.figure_kind, self.result, self.channel, self.region, self.theme)
        scene = scene.enlarged(self.scale)
        check_figure(scene, suffix, self.budget)
        return figure_bytes(scene, suffix)

    def pages(self) -> dict[str, bytes]:
        """The interactive page, as one of several pictures."""
        return {"page.html": self.page()}

    def page(self) -> bytes:
        """The interactive page."""
        from poolviz.views.page import Offer, Variant, page

        variant = Variant(self.result.mode.name(), self.result)
        offer = Offer([variant], "mode", self.channel, self.theme, self.asked, pace=self.pace)
        return page(offer, self.budget)

    @cached_property
    def region(self) -> Region | None:
        """The region that was asked for."""
        return None if self.asked is None else asked_region(self.result, self.asked)

    @cached_property
    def shown(self) -> Region:
        """What an animation shows."""
        return self.region or default_region(self.result, self.channel)

    @cached_property
    def place(self) -> str:
        """Which part the animation shows; empty if all."""
        return described(self.result, self.shown)


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
