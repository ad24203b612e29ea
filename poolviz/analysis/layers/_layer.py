"""Layer: what takes one map to the next, whatever it computes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from poolviz.feature_map import FeatureMap
from poolviz.geometry import Axis
from poolviz.spec import PoolSpec
from poolviz.windows import Array

Size = tuple[int, int]
Axes = tuple[Axis, Axis]


@dataclass(frozen=True)
class Layer:
    """One of several layers in a row.

    A layer file holds one of these and calls it ``LAYER``. What is asked of it before
    :meth:`apply` needs no values, so that work can be refused before it is begun.

    Args:
        words: as it was asked for.
    """

    words: str

    @classmethod
    def read(cls, words: str, like: str) -> Self:
        """The layer that ``words`` ask for, its name being the file's.

        Raises:
            SpecError: they ask for none.
        """
        raise NotImplementedError

    def axes(self, size: Size, seed: int) -> Axes:
        """The windows that it reads of a map of ``size``.

        Raises:
            SpecError: none fits.
        """
        raise NotImplementedError

    def apply(self, feature_map: FeatureMap, seed: int) -> Array:
        """(C, rows, columns): its values, for as many channels as it makes."""
        raise NotImplementedError

    @property
    def outputs(self) -> tuple[str, ...]:
        """What it makes of each channel, one name for each; no name where it is only one."""
        return ("",)

    @property
    def weights(self) -> int:
        """Numbers that it would have learned, for each channel of its input."""
        return 0

    def channel_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Those behind it, for an input whose channels are called ``names``."""
        return tuple(f"{name} {own}".strip() for name in names for own in self.outputs)

    @property
    def spec(self) -> PoolSpec | None:
        """The pooling that it is, if it is one."""
        return None

    @property
    def draws(self) -> bool:
        """Whether it draws at random."""
        return False
