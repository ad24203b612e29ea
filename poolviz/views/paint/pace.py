"""Pace: how fast an animation runs and which steps it shows."""

from dataclasses import dataclass

from poolviz.checks import check_integer
from poolviz.errors import SpecError

SLOWEST_MS, FASTEST_MS = 900, 200
# Long animations run faster, so that one pass takes about this long.
PASS_MS = 60_000
HOLD_FACTOR = 3
# GIF stores two bytes of hundredths of a second; viewers ignore a delay of one hundredth.
LEAST_MS, MOST_MS = 20, 655_350
MOST_FRAMES = 300


@dataclass(frozen=True)
class Pace:
    """How fast an animation runs and which steps it shows.

    Args:
        delay: milliseconds for each frame; None chooses a delay that is easy to follow.
        hold: milliseconds for the last frame; None for three times the delay.
        every: 3 shows a frame for every third window.
        max_frames: the largest number of frames that is allowed.

    Raises:
        SpecError: a number is out of range.
    """

    delay: int | None = None
    hold: int | None = None
    every: int = 1
    max_frames: int = MOST_FRAMES

    def __post_init__(self) -> None:
        for name in ("delay", "hold"):
            value = getattr(self, name)
            if value is not None and not LEAST_MS <= value <= MOST_MS:
                raise SpecError(
                    name, f"{value} ms is out of range", f"use {LEAST_MS} to {MOST_MS} ms"
                )
        for name in ("every", "max_frames"):
            check_integer(name, getattr(self, name), 1)

    def indices(self, steps: int) -> list[int]:
        """Indices of the steps that have a frame; the last step always has one.

        Raises:
            SpecError: there are more than ``max_frames``.
        """
        indices = [*range(0, steps - 1, self.every), steps - 1]
        if len(indices) > self.max_frames:
            least = -(-(steps - 1) // (self.max_frames - 1)) if self.max_frames > 1 else steps
            raise SpecError(
                "max_frames",
                f"the animation has {len(indices)} frames; at most {self.max_frames} are allowed",
                f"raise max_frames, choose a smaller region, or use every={least}",
            )
        return indices

    def durations(self, frames: int) -> list[int]:
        """Milliseconds for each of ``frames`` frames, as whole hundredths of a second."""
        natural = max(FASTEST_MS, min(SLOWEST_MS, PASS_MS // frames))
        delay = (self.delay or natural) // 10 * 10
        last = min(MOST_MS, delay * HOLD_FACTOR) if self.hold is None else self.hold // 10 * 10
        return [delay] * (frames - 1) + [last]
