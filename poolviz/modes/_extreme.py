"""ExtremeMode: the base class of max, min and fractional max."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from poolviz import text
from poolviz.checks import typed
from poolviz.errors import SpecError
from poolviz.modes._mode import FoldMode
from poolviz.text import Numbers
from poolviz.windows import Array, Counts, Patches

NAN_POLICIES = ("propagate", "drop")


@dataclass(frozen=True)
class ExtremeMode(FoldMode):
    """The first of equal cells wins. Of several NaNs the last one wins, or none does.

    Args:
        nan: "propagate": NaN wins over every number; or "drop": NaN never wins, and a window
            without a number above −∞ (below ∞ for a minimum) gives the type's lowest (highest)
            finite value; None means the framework's rule.
    """

    nan: str | None = field(default=None, metadata={"trait": "nan"})

    # The fold that propagates NaN, and the one that drops it.
    folds: ClassVar[tuple[np.ufunc, np.ufunc]]

    def __post_init__(self) -> None:
        if self.nan not in (None, *NAN_POLICIES):
            raise SpecError(
                "mode",
                f"nan={typed(self.nan)} is not valid",
                f"use {' or '.join(f'nan={policy}' for policy in NAN_POLICIES)}",
            )

    @property
    def picks(self) -> bool:
        """Always: one cell is the value."""
        return True

    @property
    def fold(self) -> np.ufunc:
        """The maximum or minimum, or its form that drops NaN."""
        return self.folds[self._drops]

    @property
    def _drops(self) -> bool:
        return self.nan == "drop"

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """``dtype`` itself: comparisons are exact in every type."""
        return dtype

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """``dtype`` itself."""
        return dtype

    def finish(self, folded: Array, counts: Counts) -> Array:
        """Where NaN is dropped, infinities become the type's lowest or highest finite value."""
        del counts
        if not (self._drops and np.issubdtype(folded.dtype, np.floating)):
            return folded
        limits = np.finfo(folded.dtype)
        worst = limits.min if self.identity(folded.dtype) < 0 else limits.max
        return np.asarray(self.fold(folded, worst, out=folded))

    def reduce(self, patches: Patches) -> Array:
        """The extreme cell; NaN if there is one and it propagates."""
        folded = np.asarray(self.fold.reduce(patches.cells, axis=-1))
        return np.asarray(self.finish(folded, patches.counts))

    def weights(self, patches: Patches) -> Array:
        """1 for the winning cell, 0 for the others."""
        value = self.reduce(patches)[..., None]
        ties = patches.inside & (patches.cells == value)
        first = ties & (ties.cumsum(axis=-1) == 1)
        if self._drops:
            return np.asarray(first, float)
        missing = patches.inside & np.not_equal(patches.cells, patches.cells)
        last = missing & (missing[..., ::-1].cumsum(axis=-1)[..., ::-1] == 1)
        return np.asarray(np.where(missing.any(axis=-1, keepdims=True), last, first), float)

    def slopes(self, patches: Patches) -> Array:
        """1 for the winning cell, 0 for the others."""
        return self.weights(patches)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``max(1, 3, 4, 2)``, or of many cells ``largest of 1,024 cells``."""
        cells = patch.read
        name = "max" if self._largest else "min"
        return text.in_full(
            len(cells),
            lambda: f"{name}({numbers.joined(cells)})",
            f"{'largest' if self._largest else 'smallest'} of {len(cells):,} cells",
        )

    def sentence(self, patch: Patches, numbers: Numbers, value: Any) -> str:
        """The line; of many cells where the winner lies, and why no cell wins if none does."""
        line = super().sentence(patch, numbers, value)
        written_out = "(" in line
        if written_out and not self._drops:
            return line
        weights = self.weights(patch)
        if not weights.any():
            limit = ("lowest", "above −∞") if self._largest else ("highest", "below ∞")
            return f"{line}, the {limit[0]} finite number, as no cell is {limit[1]}"
        if written_out:
            return line
        place = patch.place(int(weights.argmax()))
        line = f"{self.expression(patch, numbers)}: {numbers.text(value)}, {place}"
        cells = patch.read
        missing = int(np.not_equal(cells, cells).sum())
        if np.not_equal(value, value):
            return f"{line}, the last of {missing:,} NaN" if missing > 1 else line
        equal = int((cells == value).sum())
        ties = "all equal" if equal == len(cells) else f"the first of {equal:,} equal"
        return f"{line}, {ties}" if equal > 1 else line

    @property
    def _largest(self) -> bool:
        return self.folds[0] is np.maximum
