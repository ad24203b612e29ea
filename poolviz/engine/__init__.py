"""The engine: numbers from values, geometry and mode."""

from poolviz.engine.pool import compute, pool
from poolviz.engine.unpool import unpool

__all__ = ["compute", "pool", "unpool"]
