"""Display: how a result shows itself in a notebook."""

from importlib import import_module
from typing import Any


class Displayed:
    """Shows itself as an interactive page, and as a PNG where that is not taken."""

    def _repr_html_(self) -> str:
        return str(_drawn("html", self))

    def _repr_png_(self) -> bytes:
        return bytes(_drawn("png", self))


def _drawn(kind: str, shown: Displayed) -> Any:
    # By its name: results know no view, and load none before they are shown.
    return getattr(import_module("poolviz.views.notebook"), kind)(shown)
