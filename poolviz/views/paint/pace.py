"""Pace: how an animation runs. It knows no picture."""

from dataclasses import dataclass

from poolviz.checks import check_integer
from poolviz.errors import SpecError

SLOWEST_MS, FASTEST_MS = 900, 200
# Long animations go faster, so that one pass takes about this long.
PASS_MS = 60_000
HOLD_FACTOR = 3
# What GIF can say: two bytes of hundredths of a second, of which viewers take no single one.
LEAST_MS, MOST_MS = 20, 655_350
MOST_FRAMES = 300


@dataclass(frozen=True)
class Pace:
    """How an animation runs.

    Args:
        delay: milliseconds for which a frame is shown; None for slow enough to follow.
        hold: for the last frame; None for three times the delay.
        every: a frame for every so many windows.
        max_frames: more are refused.

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
                    name, f"{value} ms cannot be shown", f"give {LEAST_MS} to {MOST_MS} ms"
                )
        for name in ("every", "max_frames"):
            check_integer(name, getattr(self, name), 1)

    def shown(self, steps: int) -> list[int]:
        """Which of ``steps`` windows have a frame: every so many, and the last.

        Raises:
            SpecError: they are more than ``max_frames``.
        """
        chosen = [*range(0, steps - 1, self.every), steps - 1]
        if len(chosen) > self.max_frames:
            least = -(-(steps - 1) // (self.max_frames - 1)) if self.max_frames > 1 else steps
            raise SpecError(
                "max_frames",
                f"{len(chosen)} frames are more than {self.max_frames}",
                f"raise it, choose a smaller --region, or --every {least}",
            )
        return chosen

    def durations(self, frames: int) -> list[int]:
        """Milliseconds for each of ``frames``: whole hundredths of a second."""
        natural = max(FASTEST_MS, min(SLOWEST_MS, PASS_MS // frames))
        each = (self.delay or natural) // 10 * 10
        last = min(MOST_MS, each * HOLD_FACTOR) if self.hold is None else self.hold // 10 * 10
        return [each] * (frames - 1) + [last]
