"""Player: which step is shown, as time and keys have it. Nothing prints here."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Player:
    """Where an animation stands.

    Args:
        total: how many steps there are.
        at: the step that is shown, from 0.
        playing: whether time moves it on.

    Example:
        >>> Player(3).after(None).after("pause").after(None)
        Player(total=3, at=1, playing=False)
    """

    total: int
    at: int = 0
    playing: bool = True

    @property
    def ended(self) -> bool:
        """Whether the last step is shown."""
        return self.at == self.total - 1

    def after(self, key: str | None) -> Self:
        """What follows a key, or the passing of a step's time (None).

        "pause" stops and goes on, from the start if it had ended; "next" and "previous"
        step and stop.
        """
        match key:
            case None if self.playing:
                return replace(self, at=min(self.at + 1, self.total - 1))
            case "pause" if self.ended:
                return replace(self, at=0, playing=True)
            case "pause":
                return replace(self, playing=not self.playing)
            case "next":
                return replace(self, at=min(self.at + 1, self.total - 1), playing=False)
            case "previous":
                return replace(self, at=max(self.at - 1, 0), playing=False)
        return self

    @property
    def words(self) -> str:
        """Where it stands, and which keys there are."""
        space = "again" if self.ended else "pause" if self.playing else "play"
        return f"step {self.at + 1} of {self.total}: space {space}, ←/→ step, q quit"
