"""Average pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import Call, FoldMode, floating, real, wider
from poolviz.text import Numbers
from poolviz.windows import Array, Counts, Patches


@dataclass(frozen=True)
class Average(FoldMode):
    """The mean of the cells: y = Σ xᵢ / divisor.

    The divisor is the number of cells in the window, excluding overhang. Whether padding cells
    count depends on the framework (in PyTorch they do); a divisor set with --divisor replaces it.
    Padding acts as 0. Averages of integers are float64; float16 is summed in float32.
    """

    summary: ClassVar[str] = "the mean of the window's cells"
    formula: ClassVar[str] = "y = Σ xᵢ / divisor"
    citation: ClassVar[str] = "LeCun et al. 1990, Handwritten digit recognition (NIPS 2)"
    aliases: ClassVar[tuple[str, ...]] = ("avg", "mean", "ap")
    divides: ClassVar[bool] = True

    @property
    def fold(self) -> np.ufunc:
        """Addition."""
        return np.add

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The sums divided by the divisor."""
        divisor = counts.divisor.astype(folded.dtype)
        return np.asarray(np.divide(folded, divisor, out=folded))

    def reduce(self, patches: Patches) -> Array:
        """Σ xᵢ / divisor; 0 for a window without any cell that counts."""
        dtype = patches.cells.dtype
        mean = patches.cells.sum(axis=-1, dtype=wider(dtype)) / patches.counts.divisor
        return np.asarray(mean, floating(dtype))

    def weights(self, patches: Patches) -> Array:
        """1/divisor for each cell in the input."""
        divisor = patches.counts.divisor[..., None]
        return np.where(patches.inside, 1.0 / divisor, 0.0)

    def slopes(self, patches: Patches) -> Array:
        """The weights."""
        return np.broadcast_to(self.weights(patches), patches.cells.shape)

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """``(1 + 3 + 2 + 4) / 4``; of many cells their sum and the divisor."""
        cells, divisor = patch.read, text.grouped(patch.counts.divisor)
        if len(cells) == 1:
            return f"{numbers.text(cells[0])} / {divisor}"
        total = real(cells).sum()
        summary = f"sum of {len(cells):,} cells / {divisor}"
        return text.in_full(
            len(cells),
            lambda: f"({numbers.sum(cells)}) / {divisor}",
            f"{summary} {text.worked('{} / {}', total, patch.counts.divisor)}".strip(),
        )

    def calls(self) -> dict[str, Call | str]:
        """Its operation in each framework."""
        return {
            "torch": Call("avg_pool", divides=True, adaptive=True),
            "keras": Call("AveragePooling", divides=True, adaptive=True),
            "onnx": Call("AveragePool", divides=True),
            "jax": Call("avg_pool", divides=True),
        }

    def padding_note(self, counts: Counts) -> str:
        """Whether padding counts in the divisor."""
        divisor = counts.divisor.flat[0]
        if divisor == counts.padded.flat[0]:
            return "counted as 0"
        return "not counted" if divisor == counts.inside.flat[0] else "added as 0"
