"""The engine: numbers from values, geometry and mode."""

from poolviz.engine.pooling import compute, pool
from poolviz.engine.unpooling import unpool

__all__ = ["compute", "pool", "unpool"]
