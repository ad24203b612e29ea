"""Figures: one file for each kind, found by its name.

Each has ``scene(result, channel, region, theme)``; ``region`` is what was asked for, or None.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from poolviz.plugins import module_names, unknown

if TYPE_CHECKING:
    from poolviz.result import PoolResult
    from poolviz.views.scene.elements import Scene
    from poolviz.views.scene.region import Region
    from poolviz.views.scene.style import Theme

DEFAULT_FIGURE = "before-after"


def available_figures() -> list[str]:
    """The kinds' names.

    Example:
        >>> "before-after" in available_figures()
        True
    """
    return [name.replace("_", "-") for name in module_names(sys.modules[__name__])]


def figure_scene(
    kind: str, result: "PoolResult", channel: int, region: "Region | None", theme: "Theme"
) -> "Scene":
    """The figure of a kind.

    Raises:
        SpecError: there is no such kind, or it has no meaning for the mode.
    """
    check_kind(kind)
    module = import_module(f"{__name__}.{kind.replace('-', '_')}")
    scene: Scene = module.scene(result, channel, region, theme)
    return scene


def check_kind(kind: str) -> None:
    """Raise SpecError for a kind that there is not."""
    if kind not in available_figures():
        raise unknown("kind", kind, available_figures())
