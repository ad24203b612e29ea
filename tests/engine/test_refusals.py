"""Arguments of wrong types, at random: whatever is given, poolviz's own errors are all there is."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from poolviz import (
    FeatureMap,
    PoolSpec,
    PoolvizError,
    answers,
    available_modes,
    gradient,
    pool,
    run,
    unpool,
)

pytestmark = pytest.mark.filterwarnings("ignore")
VALUES = np.arange(16.0).reshape(4, 4)
REQUESTS = 400


class Silent:
    """It gives neither an array nor a text of one line."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise OSError("nothing\nto read")

    def __repr__(self) -> str:
        return "two\nlines"


def anything() -> list[Any]:
    """Values of every type that one might give by mistake."""
    numbers = [
        *(-1, 0, 1, 2, 3, 10**30, True, 1.5, float("nan"), float("inf"), 2j),
        *(np.int64(2), np.float64(2), np.array(2), np.array([2, 2]), np.matrix([[1, 2], [3, 4]])),
    ]
    texts = ["", "2", "a", b"2", "max", "valid", "torch", "max:", "max:nan=drop:nan=drop",
             "lp:p=x", "\x1b[31m", "global-max", "a\nb" * 99]  # fmt: skip
    several: list[Any] = [[], [1], (1, 2), ((1, 2), (3, 4)), [[1], [1, 2]], {}, {1: 2}, {"a": [1]},
                          set(), {1, 2}, range(2), iter([1, 2])]  # fmt: skip
    arrays = [np.zeros((0, 2)), np.zeros((2, 2, 2, 2)), np.array([[None, 2]]), np.ma.masked,
              np.array(["2020"], "M8[D]"), np.datetime64("2020"), np.zeros(2, "i4,f4")]  # fmt: skip
    others = [
        None,
        object(),
        Silent(),
        int,
        anything,
        Exception("x"),
        slice(1),
        ...,
        NotImplemented,
    ]
    return [*numbers, *texts, *several, *arrays, *others]


OPTIONS = [name for name in PoolSpec.__dataclass_fields__ if name not in ("mode", "mode_options")]


def options(draw: random.Random, names: list[str]) -> dict[str, Any]:
    """Up to two options of any type."""
    return {
        name: draw.choice(anything())
        for name in draw.sample(names, min(len(names), draw.randint(0, 2)))
    }


def either(draw: random.Random, good: Any) -> Any:
    """What is right, or anything."""
    return draw.choice([good, good, draw.choice(anything())])


def _pool(draw: random.Random) -> None:
    names = [*OPTIONS, "seed", "threads", "out", "return_indices", "nan", "p", "gate", "ratio"]
    mode = either(draw, draw.choice(available_modes()))
    pool(either(draw, VALUES), mode, **options(draw, names))


def _gradient(draw: random.Random) -> None:
    mode = either(draw, draw.choice(available_modes()))
    upstream = either(draw, np.ones((2, 2)))
    gradient(either(draw, VALUES), upstream, mode, **options(draw, [*OPTIONS, "seed", "a"]))


def _unpool(draw: random.Random) -> None:
    given = [np.ones((2, 2)), np.array([[0, 1], [2, 3]]), (4, 4)]
    unpool(*(either(draw, value) for value in given))


def _spec(draw: random.Random) -> None:
    PoolSpec(either(draw, "max"), **options(draw, [*OPTIONS, "mode_options"]))


def _run(draw: random.Random) -> None:
    spec = PoolSpec(either(draw, "max"), **options(draw, OPTIONS))
    run(either(draw, VALUES), either(draw, spec), **options(draw, ["seed", "threads", "out"]))


def _answers(draw: random.Random) -> None:
    spec = PoolSpec(either(draw, "max"), **options(draw, OPTIONS))
    answers(either(draw, spec), either(draw, (4, 4)), **options(draw, ["seed"]))


def _feature_map(draw: random.Random) -> None:
    FeatureMap(draw.choice(anything()))


ENTRIES: list[Callable[[random.Random], None]] = [
    _pool, _gradient, _unpool, _spec, _run, _answers, _feature_map,
]  # fmt: skip


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.__name__.strip("_"))
def test_only_errors_of_poolviz_are_raised(entry: Callable[[random.Random], None]) -> None:
    """Each is one line of bounded length that names what it is about, and is a PoolvizError."""
    draw = random.Random(2)  # noqa: S311 - nothing secret
    refusals = []
    for _ in range(REQUESTS):
        try:
            entry(draw)
        except PoolvizError as error:
            refusals.append(error)
    assert len(refusals) > REQUESTS // 10
    assert all(error.subject for error in refusals)
    assert not [
        error for error in refusals if not str(error).isprintable() or len(str(error)) > 500
    ]


def test_unknown_keywords_are_told_apart() -> None:
    """An unknown keyword is a parameter that the mode lacks; answers() has no such thing."""
    with pytest.raises(PoolvizError, match="max has no parameter 'sead'"):
        pool(VALUES, "max", sead=1)
    with pytest.raises(TypeError):
        answers(PoolSpec(), (4, 4), sead=1)  # type: ignore[call-arg]
