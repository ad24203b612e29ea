"""Times of calls that take turns: ratios hold on a machine whose speed varies."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Call = Callable[[], object]
# A quick call is repeated for about so long in each turn.
TURN_SECONDS = 0.006
MOST_REPEATS = 50
# The threads of some libraries go on spinning for a while and would slow the next one.
REST_SECONDS = 0.02


def paired(calls: Sequence[Call], rounds: int) -> NDArray[np.float64]:
    """Seconds of each call in each round: (rounds, calls)."""
    repeats = [_repeats(call) for call in calls]
    turns = [
        [_seconds(call, often) for call, often in zip(calls, repeats, strict=True)]
        for _ in range(rounds)
    ]
    return np.array(turns)


def ratios(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The first call's time over each other's: the medians of the rounds' ratios."""
    return np.median(seconds[:, :1] / seconds[:, 1:], axis=0)


def _repeats(call: Call) -> int:
    call()
    return max(1, min(MOST_REPEATS, int(TURN_SECONDS / _once(call, 1))))


def _seconds(call: Call, repeats: int) -> float:
    time.sleep(REST_SECONDS)
    call()
    return _once(call, repeats)


def _once(call: Call, repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        call()
    return (time.perf_counter() - start) / repeats
