"""Comparison of modes, by brute force."""

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, available_modes
from poolviz.analysis import Question
from poolviz.analysis.compare import ModeOutput, compare, parse_modes

VALUES = np.random.default_rng(3).integers(-4, 5, (2, 7, 9)).astype(float)


def output_of(values: np.ndarray, spec: PoolSpec) -> ModeOutput:
    """The output of one mode, compared with its input."""
    (output,) = compare(Question(FeatureMap(values), spec), [spec.mode]).outputs
    return output


@pytest.mark.parametrize("mode", available_modes())
def test_changed_values_by_brute_force(mode: str) -> None:
    """An output is changed if it equals no cell of its window, window by window."""
    values = VALUES.copy()
    values[0, 2, 2] = np.nan
    output = output_of(values, PoolSpec(mode, 2))
    result = output.result
    changed = []
    for channel in range(2):
        for step in result.steps(channel):
            cells = [
                values[channel, row, column]
                for row in step.rows
                for column in step.columns
                if 0 <= row < 7 and 0 <= column < 9
            ]
            changed.append(
                not any(np.array_equal(cell, step.value, equal_nan=True) for cell in cells)
            )
    assert output.changed == pytest.approx(np.mean(changed))


@pytest.mark.parametrize("options", [{"padding": 1}, {"dilation": 2, "stride": 1},
                                     {"kernel_size": 3, "stride": 2, "ceil_mode": True},
                                     {"output_size": 4, "kernel_size": None}])  # fmt: skip
def test_kept_values_with_all_kinds_of_windows(options: dict[str, int]) -> None:
    """Padding, gaps, overhang and ragged windows: a maximum is always one of its cells."""
    spec = PoolSpec("max", **{"kernel_size": 2, **options})
    output = output_of(VALUES, spec)
    assert output.changed == 0


def test_nothing_is_kept_of_nothing() -> None:
    """A map of zeros has no mean and no contrast to keep."""
    output = output_of(np.zeros((4, 4)), PoolSpec("max"))
    assert (output.mean_kept, output.contrast_kept) == (None, None)


def test_numbers_that_are_not_finite_are_left_out() -> None:
    """NaN and infinities do not enter mean and contrast."""
    values = np.array([[1.0, 3.0, np.nan, 5.0], [np.inf, 1.0, -np.inf, 5.0]])
    output = output_of(values, PoolSpec("max"))
    assert output.before.mean == 3
    assert np.isnan(output.after.mean)


def test_lists_of_modes() -> None:
    """Blanks are left out; ``all`` is all."""
    assert parse_modes(" max , lp:p=3 ") == ["max", "lp:p=3"]
    assert {"max", "average", "median"} < set(parse_modes("all"))
