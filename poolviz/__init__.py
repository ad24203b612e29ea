"""poolviz: see what pooling computes.

The terms, in the order in which data flows:

* a **source** (a file, a sample, a matrix) is loaded into a **feature map**: values of
  shape (C, H, W);
* a **spec** is the request: mode, kernel size, stride, padding, the framework's name;
* a **plan** is the request completed for one input size: the spec with all defaults, the mode
  with its parameters, and the **geometry** (the positions of all **windows**, as integers);
* the **engine** computes one value for each window;
* the **result** gives any window as a **step**: its cells, which of them are padding, each
  cell's share, and the arithmetic;
* **views** draw steps, in the terminal and as pictures.

Example:
    >>> import numpy, poolviz
    >>> poolviz.pool(numpy.array([[1, 3], [2, 4]]), "average", 2)
    array([[2.5]])
"""

# Imports wait for the first use: the command must handle signals before anything slow.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from poolviz.engine import gradient, pool, unpool
    from poolviz.errors import OutputError, PoolvizError, SourceError, SpecError
    from poolviz.feature_map import FeatureMap
    from poolviz.frameworks import Rule, available_rules
    from poolviz.frameworks._answers import Answer, answers
    from poolviz.geometry import Geometry
    from poolviz.modes import available_modes
    from poolviz.networks.capture import capture
    from poolviz.networks.observe import PoolingLayer
    from poolviz.result import PoolResult, Step, run
    from poolviz.sources import load
    from poolviz.spec import PoolSpec

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "FeatureMap",
    "Geometry",
    "OutputError",
    "PoolResult",
    "PoolSpec",
    "PoolingLayer",
    "PoolvizError",
    "Rule",
    "SourceError",
    "SpecError",
    "Step",
    "answers",
    "available_modes",
    "available_rules",
    "capture",
    "gradient",
    "load",
    "pool",
    "run",
    "unpool",
]

# The module of each public name, imported on first use: `poolviz --help` needs no NumPy.
_MODULES = {
    "Answer": "frameworks._answers",
    "FeatureMap": "feature_map",
    "Geometry": "geometry",
    "OutputError": "errors",
    "PoolResult": "result",
    "PoolSpec": "spec",
    "PoolingLayer": "networks.observe",
    "PoolvizError": "errors",
    "Rule": "frameworks",
    "SourceError": "errors",
    "SpecError": "errors",
    "Step": "result",
    "answers": "frameworks._answers",
    "available_modes": "modes",
    "available_rules": "frameworks",
    "capture": "networks.capture",
    "gradient": "engine",
    "load": "sources",
    "pool": "engine",
    "run": "result",
    "unpool": "engine",
}


def __getattr__(name: str) -> "Any":
    if name not in _MODULES:
        raise AttributeError(f"module 'poolviz' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"poolviz.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
