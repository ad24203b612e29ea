"""What a run writes: all of it is made before any of it is written."""

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from poolviz import atomic
from poolviz.discovery import unknown
from poolviz.errors import SpecError
from poolviz.memory import Budget, spelled
from poolviz.region import Region, asked_region, default_region, described
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.style import Theme

if TYPE_CHECKING:
    from poolviz.views.pace import Pace

NOTHING = "none"
FIGURE_SUFFIXES = ("png", "svg", "pdf")
# Fewer frames are drawn before one could read of them.
MANY_FRAMES = 100


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
    """

    result: PoolResult
    channel: int
    theme: Theme
    pace: "Pace"
    budget: Budget
    asked: str | None = None
    scale: int = 1

    def png(self) -> dict[str, bytes]:
        """The stills."""
        from poolviz.views.stills import stills

        before, after = stills(self.result, self.theme, self.scale)
        return {"before.png": before, "after.png": after}

    def animation(self, kind: str) -> dict[str, bytes]:
        """The sliding window as ``gif``, ``webp`` or ``apng``."""
        from poolviz.views.animation import animated, animation_memory, stage_of

        stage = stage_of(self.result, self.channel, self.shown, self.theme)
        wanted = animation_memory(stage, kind, self.pace, self.scale)
        remedy = "give a smaller --region or --scale, a larger --every"
        self.budget.check_work(wanted, f"frames {spelled(wanted)}", remedy)
        return {f"window.{kind}": animated(stage, kind, self.pace, self.scale, watched)}

    def figure(self, kind: str, suffix: str) -> bytes:
        """The figure of a kind as ``png``, ``svg`` or ``pdf``."""
        from poolviz.views.figures import figure_scene
        from poolviz.views.vector import figure_bytes

        scene = figure_scene(kind, self.result, self.channel, self.region, self.theme)
        return figure_bytes(scene.enlarged(self.scale), suffix)

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
    "gif": partial(Pictures.animation, kind="gif"),
    "webp": partial(Pictures.animation, kind="webp"),
    "apng": partial(Pictures.animation, kind="apng"),
}


def is_animated(words: str) -> bool:
    """Whether ``--write`` names an animation."""
    return any(kind != "png" for kind in chosen_kinds(words))


def watched(indices: Iterable[int]) -> Iterable[int]:
    """``indices`` with a progress bar on stderr, where that is a terminal and they are many."""
    todo = list(indices)
    if len(todo) < MANY_FRAMES or not sys.stderr.isatty():
        return todo
    from rich.console import Console
    from rich.progress import track

    return track(todo, "frames", console=Console(stderr=True), transient=True)


def chosen_kinds(words: str) -> list[str]:
    """The kinds that ``--write`` names.

    Raises:
        SpecError: one is unknown.
    """
    kinds = [word.strip() for word in words.split(",")]
    if kinds == [NOTHING]:
        return []
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("--write", kind, [*KINDS, NOTHING])
    return kinds


def figure_suffix(path: Path) -> str:
    """The format that a figure's suffix means.

    Raises:
        SpecError: it means none.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in FIGURE_SUFFIXES:
        raise SpecError(
            "--figure",
            f"{escaped(path.name)!r} is no {', '.join(FIGURE_SUFFIXES)}",
            "change its suffix",
        )
    return suffix


def check_array_path(path: Path) -> None:
    """Raise SpecError for a path that is no ``.npy``."""
    if path.suffix.lower() != ".npy":
        raise SpecError("--save", f"{escaped(path.name)!r} is no .npy", "change its suffix")


def array_bytes(result: PoolResult) -> bytes:
    """The pooled array as an ``.npy``: (H, W) for 2-D sources, else (C, H, W)."""
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, result.output.reshape(result.output_shape), allow_pickle=False)
    return buffer.getvalue()


def write_all(files: dict[str, tuple[Path, bytes]], source: Path | None) -> dict[str, str]:
    """Write each file whole; their paths by kind.

    Raises:
        SpecError: one would replace the source, or two are the same file.
        OutputError: one cannot be written; then none is, as far as can be told before.
    """
    _refuse_clashes([path for path, _ in files.values()], source)
    for path, _ in files.values():
        atomic.check(path)
    for path, data in files.values():
        atomic.write(path, data)
    return {kind: str(path) for kind, (path, _) in files.items()}


def _refuse_clashes(paths: list[Path], source: Path | None) -> None:
    # realpath follows links as writing will, and takes even a loop of them.
    taken = {} if source is None else {os.path.realpath(source): "the source itself"}
    for path in paths:
        target = os.path.realpath(path)
        if target in taken:
            raise SpecError(escaped(str(path)), f"it is {taken[target]}", "choose another name")
        taken[target] = "another output too"
