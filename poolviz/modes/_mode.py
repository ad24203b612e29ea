"""Mode: what every pooling mode says of itself; FoldMode: prepare, fold, finish."""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import numpy as np

from poolviz import text
from poolviz.patches import Array, Counts, Patches
from poolviz.rules import Rule


@dataclass(frozen=True)
class Mode:
    """A reduction of a window's cells to one value; its fields are its parameters.

    A field whose metadata name a ``trait`` and whose value is None takes that
    trait of the rule under which the mode runs.
    """

    summary: ClassVar[str]
    formula: ClassVar[str]
    citation: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    # What a padding cell acts as.
    padding_value: ClassVar[float] = 0.0
    # Whether the value is one of the window's cells, so that a single one wins.
    picks: ClassVar[bool] = False
    # Whether the rules of the divisor (padding counted or not) concern it.
    divides: ClassVar[bool] = False
    # Whether it draws at random, and so takes a seed.
    draws: ClassVar[bool] = False

    @classmethod
    def name(cls) -> str:
        """The name of its file."""
        return cls.__module__.rpartition(".")[2].replace("_", "-")

    def under(self, rule: Rule) -> Self:
        """This mode with what is left open filled in from the rule's traits."""
        traits = {
            field.name: getattr(rule, field.metadata["trait"])
            for field in fields(self)
            if "trait" in field.metadata and getattr(self, field.name) is None
        }
        return replace(self, **traits)

    def identity(self, dtype: np.dtype[Any]) -> Any:
        """``padding_value`` in ``dtype``: integers have no infinity, so their extreme."""
        if np.issubdtype(dtype, np.integer) and np.isinf(self.padding_value):
            limits = np.iinfo(dtype)
            return dtype.type(limits.min if self.padding_value < 0 else limits.max)
        if dtype.kind == "b":
            return dtype.type(self.padding_value > 0)
        return dtype.type(self.padding_value)

    def reduce(self, patches: Patches) -> Array:
        """The definition: one value for each window, written plainly.

        Args:
            patches: cells (..., n).

        Returns:
            (...).
        """
        raise NotImplementedError

    def weights(self, patches: Patches) -> Array:
        """Each cell's share in its window's value: (..., n), 0 outside the input."""
        raise NotImplementedError

    def expression(self, cells: Array, counts: Counts) -> str:
        """The formula with the window's input cells in it.

        Args:
            cells: (n,) the window's cells that lie in the input.
            counts: of this one window.
        """
        raise NotImplementedError

    def padding_note(self, counts: Counts) -> str:
        """What the window's padding cells do, in words."""
        del counts
        return f"as {text.number(self.padding_value)}"


@dataclass(frozen=True)
class FoldMode(Mode):
    """A mode of the form finish(fold(prepare(cell) for each cell), counts)."""

    @property
    def fold(self) -> np.ufunc:
        """The associative operation."""
        raise NotImplementedError

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type to fold ``dtype`` in: float32 for float16, float64 for integers."""
        return wider(dtype)

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type of the pooled values of ``dtype``: float64 for integers."""
        return floating(dtype)

    def prepare(self, values: Array) -> Array:
        """What of each cell is folded; ``values`` are in the accumulator's type."""
        return values

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The pooled values; may work in place."""
        del counts
        return folded


def wider(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type for sums and powers: float32 for float16, float64 for integers, else itself."""
    if dtype == np.float16:
        return np.dtype(np.float32)
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)


def floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of results that are no integers: the input's own, float64 for integers."""
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)


def share(parts: Array, whole: Array) -> Array:
    """``parts / whole[..., None]``, 0 where the whole is 0 or not finite."""
    whole = np.asarray(whole, float)[..., None]
    usable = np.isfinite(whole) & (whole != 0)
    return np.divide(parts, whole, out=np.zeros(np.broadcast(parts, whole).shape), where=usable)
