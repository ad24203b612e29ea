"""Analyses: each takes a question about a feature map and returns an answer.

An answer is an object that holds all that its view needs. The view of an answer of
``analysis/NAME.py`` is ``views/answers/NAME.py``.
"""

from dataclasses import dataclass

from poolviz.feature_map import FeatureMap
from poolviz.spec import PoolSpec


@dataclass(frozen=True, eq=False)
class Question:
    """A feature map and the pooling that an analysis is about.

    Args:
        feature_map: the input.
        spec: the pooling.
        channel: the channel that views show.
        seed: for random modes.
    """

    feature_map: FeatureMap
    spec: PoolSpec
    channel: int = 0
    seed: int | None = None
