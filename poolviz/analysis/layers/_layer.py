"""Layer: the base class of the layers of a stack."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import Axis, SlidingAxis
from poolviz.spec import PoolSpec
from poolviz.windows import Array

Size = tuple[int, int]
Axes = tuple[Axis, Axis]


@dataclass(frozen=True)
class Layer:
    """One layer of a stack.

    A file of a layer defines a subclass and calls it ``LAYER``. Only :meth:`apply` needs
    values, so that everything else can be checked before any work is done. A layer that
    computes each cell from one cell and takes no parameters defines :meth:`apply` alone.

    Args:
        words: the layer as it was typed.
    """

    words: str

    @classmethod
    def read(cls, words: str, like: str) -> Self:
        """Parse a layer that begins with the name of this file.

        Args:
            words: the layer as it was typed.
            like: the framework whose rules pooling follows; other layers ignore it.

        Raises:
            SpecError: the text is not such a layer.
        """
        del like
        name = cls.__module__.rpartition(".")[2]
        if ":" in words:
            raise SpecError("layer", f"{name} has no parameters", f"use {name}")
        return cls(words)

    def axes(self, size: Size, seed: int) -> Axes:
        """The windows along rows and columns of a map of ``size``.

        Raises:
            SpecError: no window fits.
        """
        del seed
        rows, columns = (SlidingAxis(length, length, 0, 0, "", 1, 1, 1) for length in size)
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int) -> Array:
        """Compute the output: (channels, rows, columns)."""
        raise NotImplementedError

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the channels made of each input channel; an empty name for a single one."""
        return ("",)

    @property
    def weights(self) -> int:
        """Weights for each input channel."""
        return 0

    def channel_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Names of the output channels, for input channels called ``names``."""
        return tuple(f"{name} {output}".strip() for name in names for output in self.outputs)

    @property
    def spec(self) -> PoolSpec | None:
        """The request of a pooling layer; None for other layers."""
        return None

    @property
    def draws(self) -> bool:
        """Whether the layer draws at random."""
        return False
