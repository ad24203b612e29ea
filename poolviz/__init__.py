"""poolviz: see what pooling computes.

The words, in the order in which data flows:

* a **source** (a file, a sample, a matrix) is loaded into a **feature map**:
  values of shape (C, H, W);
* a **spec** is what is asked for: mode, kernel size, stride, padding, whose rules;
* the **geometry** resolves a spec and an input size into **windows**, integers only;
* the **engine** pools: one value for each window;
* the **result** names any single window as a **step**: its cells, which of them
  are padding, each cell's share, the arithmetic;
* **views** draw steps, in the terminal and as pictures.

Example:
    >>> import numpy, poolviz
    >>> poolviz.pool(numpy.array([[1, 3], [2, 4]]), "average", 2)
    array([[2.5]])
"""

# Nothing is imported here but on use: the command has to hear signals first.
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

# Names are loaded on first use: `poolviz --help` needs neither NumPy nor Pillow.
_HOMES = {
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
    if name not in _HOMES:
        raise AttributeError(f"module 'poolviz' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"poolviz.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
