"""Max pooling."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz.modes._extreme import ExtremeMode
from poolviz.modes._mode import Call


@dataclass(frozen=True)
class Max(ExtremeMode):
    """The largest cell: y = max xᵢ.

    Padding acts as −∞. The first of several equal cells wins. Whether NaN wins over every number
    or is dropped depends on the framework.

    Args:
        nan: "propagate": NaN wins over every number; or "drop": NaN never wins, and a window
            without a number above −∞ gives the type's lowest finite value; None means the
            framework's rule.
    """

    summary: ClassVar[str] = "the largest cell of the window"
    formula: ClassVar[str] = "y = max xᵢ"
    citation: ClassVar[str] = "Riesenhuber & Poggio 1999, doi 10.1038/14819"
    aliases: ClassVar[tuple[str, ...]] = ("mp",)
    padding_value: ClassVar[float | None] = -np.inf

    folds: ClassVar[tuple[np.ufunc, np.ufunc]] = (np.maximum, np.fmax)

    def calls(self) -> dict[str, Call | str]:
        """Its operation in each framework."""
        return {
            "torch": Call("max_pool", extreme=True, adaptive=True),
            "keras": Call("MaxPooling", extreme=True, adaptive=True),
            "onnx": Call("MaxPool", extreme=True),
            "jax": Call("max_pool", extreme=True),
        }
