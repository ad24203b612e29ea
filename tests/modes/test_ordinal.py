"""Ordinal pooling."""

import math
from typing import Any

import numpy as np
import pytest
from contract import check_definition

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        # of 4, 3, 2, 1 the mean of the two largest
        ("ordinal", 3.5),
        ("ordinal:top=1", 4.0),
        ("ordinal:top=3", 3.0),
        ("ordinal:top=9", 2.5),
        # (3·4 + 0·3 + 1·2) / 4
        ("ordinal:weights=3/0/1", 3.5),
        # (4·4 + 3·3 + 2·2 + 1·1) / 10
        ("ordinal:weights=4/3/2/1", 3.0),
        # weights beyond the window's cells are left out
        ("ordinal:weights=1/1/1/1/96", 2.5),
    ],
)
def test_hand_worked(mode: str, expected: float) -> None:
    """Σ w·x in descending order over Σ w, worked out by hand."""
    assert pool([[1, 3], [2, 4]], mode, 2).tolist() == [[expected]]


def test_padding_has_no_rank() -> None:
    """Of -1, -3 and a padding cell the two largest are -1 and -3."""
    pooled = pool([[-1.0, -3.0]], "ordinal", (1, 3), padding=((0, 0), (1, 0)))
    assert pooled.tolist() == [[-2.0]]


@pytest.mark.parametrize("mode", ["ordinal", "ordinal:top=1"])
def test_padding_does_not_tie_with_minus_infinity(mode: str) -> None:
    """All cells are −∞, so the value is −∞ everywhere; each window sends back what it is sent."""
    values = np.full((2, 2), -math.inf)
    assert (pool(values, mode, 2, stride=1, padding=1) == -math.inf).all()
    sent = gradient(values, np.ones((3, 3)), mode, 2, stride=1, padding=1)
    assert sent.sum() == 9


def test_masked_cells_do_not_tie_with_minus_infinity() -> None:
    """Of a masked cell and −∞ the largest is −∞, which is also the only one."""
    values = np.ma.array([[5.0, -math.inf]], mask=[[True, False]])
    assert pool(values, "ordinal:top=1", (1, 2)).tolist() == [[-math.inf]]


def test_nan_ranks_before_infinity() -> None:
    """Of ∞ and NaN the first rank is NaN's, wherever it stands."""
    for values in ([[math.inf, math.nan]], [[math.nan, math.inf]]):
        assert math.isnan(pool(values, "ordinal:weights=1/0", (1, 2))[0, 0])


def test_nan_ranks_first() -> None:
    """NaN among the weighted ranks gives NaN; a rank without weight does not."""
    assert math.isnan(pool([[1.0, math.nan]], "ordinal:top=1", (1, 2))[0, 0])
    assert pool([[2.0, -math.inf]], "ordinal:weights=1/0", (1, 2))[0, 0] == 2.0


@pytest.mark.parametrize(
    ("mode", "cells", "shares"),
    [
        ("ordinal", (1.0, 3.0, 2.0), [0, 0.5, 0.5]),
        ("ordinal:weights=3/0/1", (1.0, 3.0, 2.0), [0.25, 0.75, 0]),
        ("ordinal:top=1", (5.0, 5.0, 2.0), [1, 0, 0]),
    ],
)
def test_weights_and_slopes(mode: str, cells: Any, shares: list[float]) -> None:
    """Each cell has the weight of its rank, of equal cells the first the higher."""
    values = np.array([cells])
    step = run(FeatureMap(values), PoolSpec(mode, (1, 3))).step(0, 0)
    assert step.weights.tolist() == [shares]
    assert gradient(values, [[1.0]], mode, (1, 3)).tolist() == [shares]


@pytest.mark.parametrize(
    ("mode", "remedy"),
    [
        ("ordinal:top=0", "use a whole number from 1 to 2147483647"),
        (f"ordinal:top={2**31}", "use a whole number from 1 to 2147483647"),
        ("ordinal:weights=0/1", "with the first one above 0"),
        ("ordinal:weights=1/-1", "use weights of at least 0"),
        ("ordinal:weights=1/inf", "use weights of at least 0"),
    ],
)
def test_parameters_out_of_range_are_refused(mode: str, remedy: str) -> None:
    """Weights are numbers of at least 0, the first above it; at least one cell is taken."""
    with pytest.raises(SpecError, match=remedy):
        pool([[1.0, 2.0]], mode, (1, 2))


@pytest.mark.parametrize("options", [{}, {"top": 3}, {"weights": (3.0, 0.0, 1.0)}])
def test_random_windows(options: dict[str, Any]) -> None:
    """On random requests every window is its sorted cells weighted by rank."""
    check_definition("ordinal", special=False, **options)
