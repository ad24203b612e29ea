"""What a run writes: all of it is made before any of it is written."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from poolviz import atomic
from poolviz.discovery import unknown
from poolviz.errors import SpecError
from poolviz.region import default_region, described
from poolviz.result import PoolResult
from poolviz.text import escaped
from poolviz.views.style import Theme

NOTHING = "none"
FIGURE_KINDS = ("png", "svg", "pdf")


@dataclass(frozen=True)
class Pictures:
    """The pictures of one channel of a result, made when asked for."""

    result: PoolResult
    channel: int
    theme: Theme

    def png(self) -> dict[str, bytes]:
        """The stills."""
        from poolviz.views.stills import stills

        before, after = stills(self.result, self.theme)
        return {"before.png": before, "after.png": after}

    def gif(self) -> dict[str, bytes]:
        """The sliding window."""
        from poolviz.views import animation

        region = default_region(self.result, self.channel)
        stage = animation.stage_of(self.result, self.channel, region, self.theme)
        return {"window.gif": animation.gif(stage)}

    def figure(self, kind: str) -> bytes:
        """The annotated before/after figure as ``png``, ``svg`` or ``pdf``."""
        from poolviz.views.figure import before_after
        from poolviz.views.vector import figure_bytes

        return figure_bytes(before_after(self.result, self.channel, self.theme), kind)

    @cached_property
    def place(self) -> str:
        """Which part the animation shows; empty if all."""
        return described(self.result, default_region(self.result, self.channel))


KINDS: dict[str, Callable[[Pictures], dict[str, bytes]]] = {
    "png": Pictures.png,
    "gif": Pictures.gif,
}


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


def figure_kind(path: Path) -> str:
    """The kind of figure that a file's suffix means.

    Raises:
        SpecError: it means none.
    """
    kind = path.suffix.lower().removeprefix(".")
    if kind not in FIGURE_KINDS:
        raise SpecError(
            "--figure",
            f"{escaped(path.name)!r} is no {', '.join(FIGURE_KINDS)}",
            "change its suffix",
        )
    return kind


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
