"""Player: which step is shown, as time passes and keys are pressed. Nothing prints here."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Player:
    """The position of an animation.

    Args:
        total: the number of steps.
        step: the index of the current step, from 0.
        playing: whether time moves it on.

    Example:
        >>> Player(3).after(None).after("pause").after(None)
        Player(total=3, step=1, playing=False)
    """

    total: int
    step: int = 0
    playing: bool = True

    @property
    def ended(self) -> bool:
        """Whether the current step is the last."""
        return self.step == self.total - 1

    def after(self, key: str | None) -> Self:
        """The position after a key, or after the time of a step has passed (None).

        "pause" stops and resumes, from the start after the last step; "next" and "previous"
        move one step and stop.
        """
        match key:
            case None if self.playing:
                return replace(self, step=min(self.step + 1, self.total - 1))
            case "pause" if self.ended:
                return replace(self, step=0, playing=True)
            case "pause":
                return replace(self, playing=not self.playing)
            case "next":
                return replace(self, step=min(self.step + 1, self.total - 1), playing=False)
            case "previous":
                return replace(self, step=max(self.step - 1, 0), playing=False)
        return self

    @property
    def status(self) -> str:
        """The current step, and what the keys do."""
        space = "again" if self.ended else "pause" if self.playing else "play"
        return f"step {self.step + 1} of {self.total}: space {space}, ←/→ step, q quit"
