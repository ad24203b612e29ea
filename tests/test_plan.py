"""Plan: a request resolved once for one input size."""

import pytest

from poolviz import PoolSpec, SpecError
from poolviz.plan import make_plan


def test_nothing_is_left_open() -> None:
    """Defaults are those of the framework; windows and words follow from them."""
    plan = make_plan(PoolSpec("avg", 3, stride=2, padding=1), (7, 9))
    assert plan.spec.count_include_pad is True
    assert plan.spec.padding == ((1, 1), (1, 1))
    assert (plan.input_size, plan.output_size) == ((7, 9), (4, 5))
    assert plan.mode.name() == "average"
    assert str(plan.rule) == "torch"
    assert plan.summary == "average 3×3, stride 2, padding 1"


def test_one_window_over_all_is_called_global() -> None:
    """As a global mode, or with output size 1."""
    for spec in (PoolSpec("global-max"), PoolSpec("max", output_size=1)):
        assert make_plan(spec, (5, 4)).summary == "global max"


def test_seed_is_for_modes_that_draw() -> None:
    """It is 0 by default, and refused if the mode does not draw at random."""
    assert make_plan(PoolSpec("stochastic"), (4, 4)).seed == 0
    assert make_plan(PoolSpec("stochastic"), (4, 4), 7).seed == 7
    with pytest.raises(SpecError, match="max is not random"):
        make_plan(PoolSpec("max"), (4, 4), 7)


def test_what_is_not_a_request_is_refused() -> None:
    """A mode's name alone is not a request."""
    with pytest.raises(SpecError, match="must be a PoolSpec, not str"):
        make_plan("max", (4, 4))  # type: ignore[arg-type]


def test_request_that_does_not_fit_is_refused() -> None:
    """Before anything is pooled."""
    with pytest.raises(SpecError, match="no window fits"):
        make_plan(PoolSpec("max", 5), (4, 4))
