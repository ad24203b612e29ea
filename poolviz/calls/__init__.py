"""Calls: a resolved request as a line of each framework, one file for each, found by its name.

Each file has ``LAYOUT``, the order of the input's axes, ``IMPORT``, and
``write(geometry, mode)``, which raises SpecError where the framework cannot say it.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from poolviz.discovery import module_names

if TYPE_CHECKING:
    from poolviz.calls._lines import Line, line_of_code, lines_of_code

__all__ = ["Line", "available_calls", "line_of_code", "lines_of_code"]


def available_calls() -> list[str]:
    """The frameworks that calls can be written for.

    Example:
        >>> available_calls()
        ['jax', 'keras', 'onnx', 'torch']
    """
    return module_names(sys.modules[__name__])


def __getattr__(name: str) -> object:
    """What needs NumPy; the names of the frameworks do not."""
    if name in ("Line", "line_of_code", "lines_of_code"):
        value: object = getattr(import_module(f"{__name__}._lines"), name)
        return value
    raise AttributeError(name)
