"""Kinds of figures: each is one file, and its name is the file's name.

A file has ``scene(result, channel, region, theme)``, which returns a Scene. ``region`` is the
region that ``--region`` names, or None. A figure that marks one window has a further parameter,
``cell``: the (row, column) that ``--cell`` names, or None. A figure of steps has one called
``every``: it shows one of so many. A figure of many panels has one called ``columns``: how many
of them stand side by side, or None. One that returns values to a map of any size, and its
animation, have one called ``unpool_size``: (rows, columns), or None for the size of the input.

A file with ``motion(result, channel, theme)``, which returns a Motion, has an animation of its
own. For input, output and a third map, see ``MapFigure`` in ``_maps.py``; for rows of maps, see
``Sheet`` in ``views/scene/sheet.py``.
"""

import sys
from inspect import signature
from typing import TYPE_CHECKING

from poolviz.plugins import load_plugin, module_names, unknown

if TYPE_CHECKING:
    from poolviz.result import PoolResult
    from poolviz.views.paint.script import Motion
    from poolviz.views.scene.elements import Scene
    from poolviz.views.scene.region import Region
    from poolviz.views.scene.style import Theme

DEFAULT_FIGURE = "before-after"


def available_figures() -> list[str]:
    """Names of the kinds of figures.

    Example:
        >>> "before-after" in available_figures()
        True
    """
    return [name.replace("_", "-") for name in module_names(sys.modules[__name__])]


def figure_scene(
    kind: str,
    result: "PoolResult",
    channel: int,
    region: "Region | None",
    theme: "Theme",
    *,
    cell: tuple[int, int] | None = None,
    every: int = 1,
    columns: int | None = None,
    unpool_size: tuple[int, int] | None = None,
) -> "Scene":
    """Draw a figure of one kind.

    ``cell`` chooses the window in figures that mark one; figures of steps show one of ``every``;
    figures of many panels have so many ``columns``; values return to a map of ``unpool_size``.

    Raises:
        SpecError: the kind is unknown, or does not apply to the mode.
        PluginError: the file of the kind cannot be imported, or does not define ``scene``.
    """
    check_kind(kind)
    draw = load_plugin(sys.modules[__name__], kind, "scene").scene
    given = {"cell": cell, "every": every, "columns": columns, "unpool_size": unpool_size}
    taken = {name: given[name] for name in signature(draw).parameters if name in given}
    scene: Scene = draw(result, channel, region, theme, **taken)
    return scene


def figure_motion(
    kind: str,
    result: "PoolResult",
    channel: int,
    theme: "Theme",
    unpool_size: tuple[int, int] | None = None,
) -> "Motion | None":
    """The animation of one kind of figure; None if a window slides as in any other.

    Values return to a map of ``unpool_size`` in those that have the parameter.

    Raises:
        SpecError: the kind is unknown, or does not apply to the mode.
        PluginError: the file of the kind cannot be imported, or does not define ``scene``.
    """
    check_kind(kind)
    module = load_plugin(sys.modules[__name__], kind, "scene")
    if not hasattr(module, "motion"):
        return None
    takes_size = "unpool_size" in signature(module.motion).parameters
    sized = {"unpool_size": unpool_size} if takes_size else {}
    motion: Motion = module.motion(result, channel, theme, **sized)
    return motion


def moves(kind: str) -> bool:
    """Whether a kind of figure has an animation of its own; see :func:`figure_motion`."""
    check_kind(kind)
    return hasattr(load_plugin(sys.modules[__name__], kind, "scene"), "motion")


def takes(kind: str, parameter: str) -> bool:
    """Whether figures of a kind have a parameter: those with ``cell`` mark one window.

    Raises:
        SpecError: the kind is unknown.
        PluginError: the file of the kind cannot be imported, or does not define ``scene``.
    """
    check_kind(kind)
    draw = load_plugin(sys.modules[__name__], kind, "scene").scene
    return parameter in signature(draw).parameters


def check_kind(kind: str) -> None:
    """Raise SpecError for an unknown kind of figure."""
    if kind not in available_figures():
        raise unknown("kind", kind, available_figures(), "figure")
