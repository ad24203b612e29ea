"""The line of arithmetic that a person would write for one window."""

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, run

# Modes with a test of their own lines are left out.
LINES = {
    "max": "max(1, 4) = 4",
    "min": "min(1, 4) = 1",
    "sum": "1 + 4 = 5",
    "median": "median(1, 4) = 2.5",
    "mixed": "0.5·max(1, 4) + 0.5·2.5 = 3.25",
    "mixed:a=0.25": "0.25·max(1, 4) + 0.75·2.5 = 2.875",
    "gated:gate=0": "a = σ(0·(1 + 4)) = 0.5: 0.5·max(1, 4) + 0.5·2.5 = 3.25",
    "gated:gate=4/-1": "a = σ(4·1 + (−1)·4) = 0.5: 0.5·max(1, 4) + 0.5·2.5 = 3.25",
    "ordinal": "0.5·4 + 0.5·1 = 2.5",
    "ordinal:weights=3/1": "0.75·4 + 0.25·1 = 3.25",
    "ordinal:top=1": "1·4 = 4",
    "softpool": "Σ x·e^x / Σ e^x of 1, 4 ≈ 3.858",
    "lse": "ln((e^(1) + e^(4)) / 2) ≈ 3.355",
    "lse:r=2": "ln((e^(2·1) + e^(2·4)) / 2) / 2 ≈ 3.655",
    "gem": "((1^3 + 4^3) / 2)^(1/3) ≈ 3.191",
    "gem:p=1:eps=2": "((2^1 + 4^1) / 2)^(1/1) = 3",
    "stochastic:expected=true": "(1² + 4²) / (1 + 4) ≈ 3.4",
    "maxblur:taps=1": "binomial blur of the maxima among (1, 4) = 4",
}


@pytest.mark.parametrize("mode", LINES)
def test_the_line_of_a_window(mode: str) -> None:
    """The formula with the cells 1 and 4 in it, and its value."""
    result = run(FeatureMap(np.array([[1.0, 4.0]])), PoolSpec(mode, (1, 2)))
    assert result.step(0, 0).arithmetic == LINES[mode]


def test_the_line_of_a_draw() -> None:
    """What the draw was from, with negative cells as 0."""
    result = run(FeatureMap(np.array([[-1.0, 4.0]])), PoolSpec("stochastic", (1, 2)))
    assert result.step(0, 0).arithmetic == "weighted draw from (0, 4) = 4"


@pytest.mark.parametrize(
    ("mode", "note"),
    [
        ("max", "as −∞"),
        ("min", "as ∞"),
        ("sum", "as 0"),
        ("stochastic", "as 0"),
        *((mode, "left out") for mode in ("median", "mixed", "gated", "ordinal", "softpool",
                                          "lse", "gem")),
    ],
)  # fmt: skip
def test_the_line_says_what_padding_does(mode: str, note: str) -> None:
    """Padding counts as a number, or is left out."""
    result = run(FeatureMap(np.array([[3.0]])), PoolSpec(mode, (1, 2), padding=((0, 0), (1, 0))))
    assert result.step(0, 0).arithmetic.endswith(f"= 3, 1 padding cell {note}")
