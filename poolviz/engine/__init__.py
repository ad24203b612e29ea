"""The engine: pooled values, winners and gradients from values and a plan."""

from poolviz.engine.gradients import backward, gradient, unpool
from poolviz.engine.pooling import compute, pool

__all__ = ["backward", "compute", "gradient", "pool", "unpool"]
