"""Animations and stills before anything is drawn: formats, pace, limits and memory."""

import math
import re
from dataclasses import dataclass
from importlib import import_module
from math import prod
from typing import Any

from poolviz.checks import check_integer, shown
from poolviz.errors import OutputError, SpecError
from poolviz.memory import format_bytes

# All frames of a format that is not streamed are in memory at the end, at a byte a pixel.
MOST_PIXELS = 150_000_000
# Width and height of videos: what projectors show, and players and slides decode everywhere.
VIDEO_FRAMES = ((1280, 720), (1920, 1080))
# A picture that is this many times as large as a frame is made smaller rather than surrounded by
# empty space in a larger one.
MOST_REDUCED = 1.25


@dataclass(frozen=True)
class Format:
    """A format of animations.

    Args:
        name: its suffix, and its kind in ``--write``.
        encoder: the name of its function in :mod:`poolviz.views.paint.encoding`, which loads
            Pillow.
        longest_side: the longest side that it can store, in pixels.
        encoding_bytes: for each pixel of one frame, measured with Pillow 13 and PyAV 18.
        frame_bytes: for each pixel of every frame, measured likewise; 0 if frames are streamed.
        package: the package that encodes it, if it is one of an extra.
        extra: the extra that installs it.
        frames: the widths and heights that it may have; none if it is as large as its picture.
    """

    name: str
    encoder: str
    longest_side: int
    encoding_bytes: float
    frame_bytes: float
    package: str = ""
    extra: str = ""
    frames: tuple[tuple[int, int], ...] = ()

    def load_package(self) -> Any:
        """The package that encodes it, if it needs one of an extra.

        Raises:
            OutputError: it is not installed.
        """
        try:
            return import_module(self.package) if self.package else None
        except ImportError as error:
            cause = f"writing this format requires the {self.package} package"
            remedy = f"run: pip install 'poolviz[{self.extra}]'"
            raise OutputError(self.name, cause, remedy) from error

    def scale(self, width: int, height: int) -> int:
        """The whole factor by which a picture is enlarged to fill one of the ``frames`` best.

        Example:
            >>> FORMATS["mp4"].scale(820, 600), FORMATS["mp4"].scale(560, 400)
            (1, 2)
        """
        fitting = [
            (across // width, down // height, width / across, height / down)
            for across, down in self.frames
            if width <= across and height <= down
        ]
        factors = [(min(wide, high), max(shares)) for wide, high, *shares in fitting]
        # The smaller of two factors, and of two frames, if both fill their frames alike.
        return max(factors, key=lambda each: each[0] * each[1], default=(1, 0.0))[0]

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The size at which a picture is painted, with a margin that gives it the frame's shape.

        A picture larger than its frame keeps its size; the encoder makes it smaller.

        Example:
            >>> FORMATS["mp4"].size(820, 600), FORMATS["gif"].size(820, 600)
            ((1280, 720), (820, 600))
            >>> FORMATS["mp4"].size(2000, 1800)
            (3200, 1800)
        """
        if not self.frames:
            return width, height
        across, down = self.frame(width, height)
        if width <= across and height <= down:
            return across, down
        return max(width, -(-height * across // down)), max(height, -(-width * down // across))

    def frame(self, width: int, height: int) -> tuple[int, int]:
        """The smallest of ``frames`` that holds a picture, perhaps made a little smaller.

        Example:
            >>> FORMATS["mp4"].frame(1105, 812), FORMATS["mp4"].frame(1300, 1000)
            ((1280, 720), (1920, 1080))
        """
        return next(
            (
                (across, down)
                for across, down in self.frames
                if max(width / across, height / down) <= MOST_REDUCED
            ),
            self.frames[-1],
        )

    def room(self, width: int, height: int) -> int | None:
        """How many frames of a size there may be in memory; None if they are streamed."""
        return MOST_PIXELS // (width * height) if self.frame_bytes else None

    def memory_needed(self, width: int, height: int, count: int) -> int:
        """The most bytes of memory that encoding ``count`` frames takes.

        Raises:
            SpecError: the format cannot store the frames, or they take too much memory.
        """
        if max(width, height) > self.longest_side:
            raise SpecError(
                "picture",
                f"{width}×{height} pixels is too large for {self.name.upper()}, which can have at"
                f" most {self.longest_side:,} pixels on each side",
                "use a smaller scale or a smaller region",
            )
        pixels = width * height * count
        if self.frame_bytes and pixels > MOST_PIXELS:
            raise SpecError(
                "max_frames",
                f"{count} frames of {width}×{height} pixels take {format_bytes(pixels)} as"
                f" {self.name}, but at most {format_bytes(MOST_PIXELS)} is allowed",
                "raise every, use a smaller region or a smaller scale, or write a gif",
            )
        return int(width * height * self.encoding_bytes + pixels * self.frame_bytes)


FORMATS = {
    each.name: each
    for each in (
        Format("gif", "gif_bytes", 65535, 8, 0),
        Format("webp", "webp_bytes", 16383, 40, 1.5),
        Format("apng", "apng_bytes", 2**31 - 1, 20, 2),
        Format("mp4", "mp4_bytes", 16383, 80, 0, "av", "video", VIDEO_FRAMES),
        Format("webm", "webm_bytes", 16383, 110, 0, "av", "video", VIDEO_FRAMES),
    )
}


# Smaller maps are enlarged by a whole factor, to about this side.
LEAST_SIDE = 512
# A map of up to MOST_DRAWN cells is drawn in full; a larger one is sampled to this side.
MOST_DRAWN, REDUCED_SIDE = 120_000_000, 1536


def still_step(shape: tuple[int, ...]) -> int:
    """The sampling step of a map of shape (C, H, W): 3 draws every third row and column.

    It is 1 unless the map has more cells than anyone could look at or keep in memory.

    Example:
        >>> still_step((3, 4000, 6000)), still_step((1, 32768, 32768))
        (1, 22)
    """
    return 1 if prod(shape) <= MOST_DRAWN else _reducing_step(shape)


def still_steps(before: tuple[int, ...], after: tuple[int, ...]) -> tuple[int, int]:
    """The sampling steps of input and output; the output of a sampled input is sampled too.

    Example:
        >>> still_steps((1, 32768, 32768), (1, 8192, 8192)), still_steps((1, 8, 8), (1, 4, 4))
        ((22, 6), (1, 1))
    """
    step = still_step(before)
    return step, still_step(after) if step == 1 else _reducing_step(after)


def _reducing_step(shape: tuple[int, ...]) -> int:
    return math.ceil(math.sqrt(prod(shape)) / REDUCED_SIDE)


def describe_step(step: int) -> str:
    """How much of a map its still shows."""
    return "full size" if step == 1 else f"one of every {step} rows and columns"


def still_pixels(shape: tuple[int, ...], scale: int | None, *, rgb: bool = False) -> int:
    """The number of pixels in the still of a map of shape (C, H, W), with ``scale`` per cell."""
    step = still_step(shape)
    channels, height, width = (1 if rgb else shape[0]), *(-(-cells // step) for cells in shape[1:])
    across = math.ceil(math.sqrt(channels))
    rows, columns = math.ceil(channels / across) * height, across * width
    return rows * columns * (scale or max(1, LEAST_SIDE // max(rows, columns))) ** 2


# On a page, windows pass one by one: more of them faster, so that one pass takes about a minute.
SLOWEST_MS, FASTEST_MS, PASS_MS = 900, 200, 60_000
# How long the last frame of an animation is held by default, in milliseconds.
HOLD_MS = 3000
# GIF stores two bytes of hundredths of a second; viewers ignore a delay of one hundredth.
LEAST_MS, MOST_MS = 20, 655_350
MOST_FRAMES = 300
# WebP has two bytes for the number of times that it plays.
MOST_LOOPS = 65_535
# A picture this many times as wide as high, or as high as wide, is a line.
MOST_ASPECT = 20
_ASPECT = re.compile(r"(\d{1,5}):(\d{1,5})", re.ASCII)


def parse_aspect(text: str) -> tuple[int, int]:
    """The width and height of ``W:H``.

    Raises:
        SpecError: it is not a ratio, or one of a line.

    Example:
        >>> parse_aspect("16:9")
        (16, 9)
    """
    match = _ASPECT.fullmatch(text)
    if match is None or min(sides := (int(match[1]), int(match[2]))) < 1:
        raise SpecError("aspect", f"{shown(text)} is not a ratio", "use WIDTH:HEIGHT, e.g. 16:9")
    if max(sides) > MOST_ASPECT * min(sides):
        raise SpecError(
            "aspect",
            f"{text} is out of range",
            f"use a ratio from 1:{MOST_ASPECT} to {MOST_ASPECT}:1",
        )
    return sides


def padded_size(width: int, height: int, aspect: tuple[int, int] | None) -> tuple[int, int]:
    """The smallest width and height of an aspect ratio that a picture fits into.

    Example:
        >>> padded_size(900, 600, (16, 9)), padded_size(1600, 100, (4, 3))
        ((1067, 600), (1600, 1200))
    """
    if aspect is None:
        return width, height
    across, down = aspect
    return max(width, -(-height * across // down)), max(height, -(-width * down // across))


@dataclass(frozen=True)
class Pace:
    """How fast an animation runs, which windows it shows, and how often it plays.

    Args:
        delay: milliseconds for each window that is shown slowly; None chooses what is easy to
            follow and takes at most half a minute.
        hold: milliseconds for the last frame; None for three seconds, or the delay if it is
            longer.
        every: 3 shows every third window; None shows all of them, many of them in whole rows.
        max_frames: the largest number of frames that is allowed.
        loop: how many times it plays; 0 for ever.

    Raises:
        SpecError: a number is out of range.
    """

    delay: int | None = None
    hold: int | None = None
    every: int | None = None
    max_frames: int = MOST_FRAMES
    loop: int = 0

    def __post_init__(self) -> None:
        for name in ("delay", "hold"):
            value = getattr(self, name)
            if value is not None and not LEAST_MS <= value <= MOST_MS:
                raise SpecError(
                    name, f"{value} ms is out of range", f"use {LEAST_MS} to {MOST_MS} ms"
                )
        if self.every is not None:
            check_integer("every", self.every, 1)
        check_integer("max_frames", self.max_frames, 1)
        check_integer("loop", self.loop, 0, MOST_LOOPS)

    @property
    def step(self) -> int:
        """The distance between the windows that are shown."""
        return self.every or 1

    def indices(self, steps: int) -> list[int]:
        """Indices of the steps that are shown, if they are shown one by one, with the last.

        Raises:
            SpecError: there are more than ``max_frames``.
        """
        indices = self.chosen(steps)
        if len(indices) > self.max_frames:
            raise self.too_long(steps, len(indices))
        return indices

    def chosen(self, steps: int) -> list[int]:
        """Every so many of the steps, and the last."""
        return [*range(0, steps - 1, self.step), steps - 1]

    def too_long(self, steps: int, frames: int, others: int = 0) -> SpecError:
        """The error for too many frames, of which some are not of a single step."""
        room = self.max_frames - others
        remedy = "raise max_frames, or choose a smaller region"
        if room > 1:
            least = -(-(steps - 1) // (room - 1))
            remedy = f"raise max_frames, choose a smaller region, or use every={least}"
        return SpecError(
            "max_frames",
            f"the animation has {frames} frames, but max_frames allows only {self.max_frames}",
            remedy,
        )

    def each(self, windows: int) -> int:
        """Milliseconds for each of some windows on a page, where they pass one by one."""
        natural = max(FASTEST_MS, min(SLOWEST_MS, PASS_MS // (windows + 1)))
        return (self.delay or natural) // 10 * 10

    @property
    def last(self) -> int:
        """Milliseconds for the last frame, as whole hundredths of a second."""
        return (self.hold or max(HOLD_MS, self.delay or 0)) // 10 * 10
