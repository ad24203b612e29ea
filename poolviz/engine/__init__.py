"""The engine: pooled values, winners and gradients from values and a plan."""

from poolviz.engine.gradients import backward, gradient
from poolviz.engine.pooling import compute, pool
from poolviz.engine.unpooling import unpool

__all__ = ["backward", "compute", "gradient", "pool", "unpool"]
