"""Lines of code: what is written gives the same windows, and what is refused would not."""

from dataclasses import replace

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, run
from poolviz.errors import SpecError
from poolviz.frameworks import available_calls
from poolviz.frameworks._code import choose, lines_of_code, numeric_specs, unchanged_input
from poolviz.modes import available_modes
from poolviz.plan import make_plan

SIZE = (7, 6)


@pytest.mark.parametrize("mode", available_modes())
def test_every_mode_has_a_line_or_a_reason(mode: str) -> None:
    """For each framework there is a line over x, or a refusal that names a remedy."""
    for line in lines_of_code(make_plan(PoolSpec(mode, 2), SIZE)).values():
        assert bool(line.code) != bool(line.refusal)
        assert "x" in line.code if line.code else str(line.refusal).count(";") >= 1


def test_frameworks_with_code_are_found_by_their_files() -> None:
    """Sorted by name, without those that have rules only."""
    assert {"jax", "keras", "onnx", "torch"} <= set(available_calls())
    assert not {"caffe", "darknet", "skimage"} & set(available_calls())
    assert available_calls() == sorted(available_calls())
    assert list(lines_of_code(make_plan(PoolSpec(), SIZE))) == available_calls()


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("padding", [0, 1, ((0, 1), (1, 0))])
def test_numbers_of_a_request_give_its_output(
    ceil_mode: bool, padding: int | tuple[tuple[int, int], ...]
) -> None:
    """Each way of saying a request in numbers has the same maxima, ceil mode as padding too."""
    spec = PoolSpec("max", 3, stride=2, padding=padding, ceil_mode=ceil_mode)
    values = FeatureMap(np.random.default_rng(0).normal(size=SIZE))
    expected = run(values, spec).output
    ways = list(numeric_specs(make_plan(spec, SIZE)))
    assert len(ways) == 2
    for way in ways:
        way = replace(way, like="torch" if way.ceil_mode else "jax")  # noqa: PLW2901 - as it can
        np.testing.assert_array_equal(run(values, way).output, expected)


def test_what_would_give_other_windows_is_refused() -> None:
    """A candidate with another stride, another place or another divisor is not taken."""
    spec = PoolSpec("average", 3, stride=2, padding=1)
    plan = make_plan(spec, SIZE)
    for other, words in (
        (
            replace(plan.spec, stride=(1, 1)),
            r"the equivalent PyTorch call would give 7 \(.* = 7\), but this request gives 4",
        ),
        (replace(plan.spec, padding=((0, 0), (0, 0))), "would give 3 "),
        (replace(plan.spec, count_include_pad=False), "divides by a different number"),
    ):
        with pytest.raises(SpecError, match=words):
            choose(plan, "torch", [unchanged_input(other)])
    same = unchanged_input(plan.spec)
    assert choose(plan, "torch", [same]) is same


def test_first_candidate_that_fits_is_taken() -> None:
    """The order of candidates is that of preference."""
    plan = make_plan(PoolSpec("max", 2), SIZE)
    wrong = unchanged_input(replace(plan.spec, stride=(1, 1)))
    right = unchanged_input(plan.spec)
    assert choose(plan, "torch", [wrong, right]) is right


def test_the_reason_is_that_of_the_first_candidate() -> None:
    """It is the one closest to what was asked for."""
    spec = PoolSpec("average", 3, stride=2, padding=1)
    plan = make_plan(spec, SIZE)
    candidates = [
        unchanged_input(replace(plan.spec, count_include_pad=False)),
        unchanged_input(replace(plan.spec, stride=(1, 1))),
    ]
    with pytest.raises(SpecError, match="divides by a different number"):
        choose(plan, "torch", candidates)
    with pytest.raises(SpecError, match="would give 7 "):
        choose(plan, "torch", candidates[::-1])
    with pytest.raises(SpecError, match="cannot place these windows"):
        choose(plan, "torch", [])


def test_an_output_size_of_a_padded_input_is_named_as_such() -> None:
    """Padding first can add a window that ceil mode drops."""
    spec = PoolSpec("average", 3, padding=((0, 1), (0, 1)), ceil_mode=True)
    refusal = lines_of_code(make_plan(spec, SIZE))["torch"].refusal
    assert refusal is not None
    assert refusal.cause.startswith(
        "with the input padded first, the equivalent PyTorch call would give 3 ("
    )


def test_keras_names_the_padding_that_reaches_beyond_the_input() -> None:
    """The word valid cannot match a window in padding, so that "same" is what is refused."""
    plan = make_plan(PoolSpec("max", 3, stride=2, padding=1, ceil_mode=True), (6, 6))
    refusal = lines_of_code(plan)["keras"].refusal
    assert refusal is not None
    assert "Keras call would give 3 (⌈6 / 2⌉ = 3), but this request gives 4" in refusal.cause
