"""PoolSpec: form is checked and normalised once."""

import inspect
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

import poolviz
from poolviz import PoolSpec, SpecError, pool
from poolviz.frameworks import find_rule
from poolviz.geometry import resolve
from poolviz.modes import build_mode


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (3, (3, 3)),
        ((3,), (3,)),
        ([2, 3], (2, 3)),
        ((1, 2, 3), (1, 2, 3)),
        (np.int64(4), (4, 4)),
        (np.array([2, 5]), (2, 5)),
        (range(1, 3), (1, 2)),
    ],
)
def test_kernel_size_becomes_one_int_per_axis(given: Any, expected: tuple[int, ...]) -> None:
    """A kernel size may be an int or a sequence; an int means two axes."""
    kernel_size = PoolSpec("max", given).kernel_size
    assert kernel_size == expected
    assert all(type(length) is int for length in kernel_size)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (0, (0, 0)),
        (1, (1, 1)),
        ((0, 1), (0, 1)),
        (((0, 1), (1, 0)), ((0, 1), (1, 0))),
        ([1, (0, 1)], (1, (0, 1))),
        ("valid", "valid"),
        ("same", "same"),
        ("same-lower", "same_lower"),
        ("same_lower", "same_lower"),
    ],
)
def test_padding_becomes_an_int_or_a_pair_per_axis_or_a_word(given: Any, expected: Any) -> None:
    """Padding may be an int, an int or pair per axis, or a word."""
    assert PoolSpec("max", 3, padding=given).padding == expected


@pytest.mark.parametrize("name", ["stride", "dilation"])
@pytest.mark.parametrize(
    ("kernel_size", "given", "expected"),
    [(2, 3, (3, 3)), (2, (1, 2), (1, 2)), ((2,), 3, (3,)), ((2, 2, 2), 1, (1, 1, 1))],
)
def test_stride_and_dilation_follow_the_rank(
    name: str, kernel_size: Any, given: Any, expected: tuple[int, ...]
) -> None:
    """A lone stride or dilation is meant for each axis of the kernel."""
    spec = PoolSpec("max", kernel_size, **{name: given})
    assert getattr(spec, name) == expected


def test_what_is_not_given_stays_open() -> None:
    """None is left to the rule: a spec fills in no default but the kernel's."""
    spec = PoolSpec()
    open_fields = (
        spec.stride,
        spec.padding,
        spec.ceil_mode,
        spec.count_include_pad,
        spec.divisor_override,
        spec.output_size,
    )
    assert open_fields == (None,) * 6
    assert (spec.mode, spec.kernel_size, spec.dilation, spec.like) == (
        "max",
        None,
        (1, 1),
        "torch",
    )


@pytest.mark.parametrize(
    ("mode", "name", "options"),
    [
        ("lp:p=3", "lp", (("p", "3"),)),
        (" lp:p=3:absolute=true ", "lp", (("absolute", "true"), ("p", "3"))),
        ("max", "max", ()),
    ],
)
def test_parameters_follow_the_mode_after_colons(
    mode: str, name: str, options: tuple[tuple[str, str], ...]
) -> None:
    """A mode's parameters may stand in its name; they are sorted by name."""
    spec = PoolSpec(mode)
    assert (spec.mode, spec.mode_options) == (name, options)


def test_parameters_given_apart_win() -> None:
    """An option given as a value overrides the one in the mode's text."""
    assert PoolSpec("lp:p=3", mode_options={"p": 4}).mode_options == (("p", 4),)


@pytest.mark.parametrize("output_size", [None, 1, (1, 1)])
def test_global_modes_have_output_size_one(output_size: Any) -> None:
    """``global-MODE`` is MODE over the entire plane; its output size may be given too."""
    spec = PoolSpec("global-lp:p=3", output_size=output_size)
    assert (spec.mode, spec.output_size, spec.mode_options) == ("lp", (1, 1), (("p", "3"),))
    assert spec.adaptive
    assert spec.kernel_size is None


@pytest.mark.parametrize(
    ("arguments", "rank"),
    [
        ({}, 2),
        ({"kernel_size": (2,)}, 1),
        ({"kernel_size": (2, 2, 2)}, 3),
        ({"output_size": 3}, 2),
        ({"output_size": (3,)}, 1),
    ],
)
def test_rank_is_the_number_of_spatial_axes(arguments: dict[str, Any], rank: int) -> None:
    """The kernel size, or the output size, says how many axes are spatial."""
    assert PoolSpec(**arguments).rank == rank


def test_specs_of_the_same_request_are_equal_and_hashable() -> None:
    """Normalised specs compare by what they ask for, not by how it was typed."""
    assert PoolSpec("max", 3, padding=1) == PoolSpec("max", [3, 3], padding=(1, 1))
    assert len({PoolSpec("max", 3), PoolSpec("max", (3, 3))}) == 1
    assert PoolSpec("max", 3) != PoolSpec("max", 3, stride=3)


@pytest.mark.parametrize(
    ("arguments", "subject", "cause"),
    [
        ({"kernel_size": 0}, "kernel_size", "0 is out of range"),
        ({"kernel_size": -1}, "kernel_size", "-1 is out of range"),
        ({"kernel_size": 2**31}, "kernel_size", "2147483648 is out of range"),
        ({"kernel_size": 2.0}, "kernel_size", "must be an int, not float"),
        ({"kernel_size": "3"}, "kernel_size", "'3' is not a whole number"),
        ({"kernel_size": True}, "kernel_size", "must be an int, not bool"),
        ({"kernel_size": (2, None)}, "kernel_size", "None is not a whole number"),
        ({"kernel_size": ()}, "kernel_size", "() is empty"),
        ({"kernel_size": (1, 1, 1, 1)}, "kernel_size", "(1, 1, 1, 1) has 4 numbers"),
        ({"kernel_size": {"height": 2}}, "kernel_size", "{'height': 2} is not a whole number"),
        ({"stride": 0}, "stride", "0 is out of range"),
        ({"stride": (1, 2, 3)}, "stride", "(1, 2, 3) has 3 numbers"),
        ({"dilation": 0}, "dilation", "0 is out of range"),
        ({"dilation": (1,)}, "dilation", "(1,) has 1 number"),
        ({"dilation": None}, "dilation", "None is not a whole number"),
        ({"padding": -1}, "padding", "-1 is out of range"),
        ({"padding": "full"}, "padding", "'full' is not a valid padding"),
        ({"padding": (1,)}, "padding", "(1,) has 1 entry for 2 axes"),
        ({"padding": ((1, 1, 1), 0)}, "padding", "(1, 1, 1) is not a (before, after) pair"),
        ({"padding": 0.5}, "padding", "0.5 is not a whole number"),
        ({"output_size": 0}, "output_size", "0 is out of range"),
        ({"divisor_override": 0}, "divisor_override", "0 cannot be a divisor"),
        ({"divisor_override": 1.5}, "divisor_override", "1.5 is not a whole number"),
        ({"mode": "lp:p"}, "mode", "parameter 'p' has no value"),
        ({"mode": "lp:=3"}, "mode", "'=3' does not name a parameter"),
        ({"mode": "lp:"}, "mode", "'' does not name a parameter"),
        (
            {"mode": "global-max", "output_size": 2},
            "output_size",
            "the output of global-max always has size 1",
        ),
    ],
)
def test_wrong_forms_are_refused(arguments: dict[str, Any], subject: str, cause: str) -> None:
    """A value of the wrong form is refused, naming the parameter, the cause and a remedy."""
    with pytest.raises(SpecError) as caught:
        PoolSpec(**arguments)
    assert caught.value.subject == subject
    assert caught.value.cause == cause
    assert caught.value.remedy
    assert str(caught.value) == f"{subject}: {cause}; {caught.value.remedy}"


@pytest.mark.parametrize(
    "arguments",
    [
        {"kernel_size": 2},
        {"stride": 1},
        {"padding": 0},
        {"padding": "same"},
        {"dilation": 2},
        {"ceil_mode": False},
    ],
)
@pytest.mark.parametrize("adaptive", [{"output_size": 2}, {"mode": "global-max"}])
def test_adaptive_windows_take_no_kernel(
    arguments: dict[str, Any], adaptive: dict[str, Any]
) -> None:
    """With an output size or a global mode no other option may choose the windows."""
    spec = PoolSpec(**adaptive, **arguments)
    for refuses in (lambda: build_mode(spec), lambda: resolve(spec, (4, 4))):
        with pytest.raises(SpecError, match="omit") as caught:
            refuses()
        assert caught.value.subject == next(iter(arguments))


@pytest.mark.parametrize(
    ("kernel_size", "output_size", "expected"),
    [
        (3, 4, ((3, 3), (4, 4))),
        (3, (4,), ((3,), (4,))),
        ((3,), 4, ((3,), (4,))),
        (3, (4, 5, 6), ((3, 3, 3), (4, 5, 6))),
        ((1, 2, 3), np.int64(4), ((1, 2, 3), (4, 4, 4))),
    ],
)
def test_kernel_and_output_size_have_one_rank(
    kernel_size: Any, output_size: Any, expected: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    """The one with a number for each axis says how many axes the other has."""
    spec = PoolSpec("fractional-max", kernel_size, output_size=output_size)
    assert (spec.kernel_size, spec.output_size) == expected
    assert spec.rank == len(expected[0])


def test_kernel_and_output_size_of_different_ranks_are_refused() -> None:
    """Two numbers and three cannot both be right."""
    with pytest.raises(SpecError, match="has 2 numbers"):
        PoolSpec("fractional-max", (3, 3), output_size=(4, 5, 6))


def test_a_refused_spec_is_a_value_error() -> None:
    """Code that expects ValueError of a wrong argument catches SpecError."""
    with pytest.raises(ValueError, match="kernel_size"):
        PoolSpec("max", 0)


def test_divisors_may_be_negative() -> None:
    """As in PyTorch: (0 + 1 + 2 + 3) / −2; only 0 is refused."""
    spec = PoolSpec("average", divisor_override=-2)
    assert pool([[0, 1], [2, 3]], "average", 2, divisor_override=-2).tolist() == [[-3]]
    assert spec.divisor_override == -2


@pytest.mark.parametrize(
    ("written", "mode", "is_global"),
    [
        ("global_avg", "average", True), ("global-avg", "average", True), ("gap", "average", True),
        ("GAP", "average", True), ("gmp", "max", True), ("GlobalAveragePooling2D", "average", True),
        ("Max", "max", False), ("MaxPool2d", "max", False), ("AvgPool", "average", False),
        ("max_pooling", "max", False), ("FractionalMaxPool3d", "fractional-max", False),
        ("SoftPool", "softpool", False), ("LPPool2d:p=3", "lp", False),
        ("log_sum_exp", "lse", False), ("log-sum-exp", "lse", False),
    ],
)  # fmt: skip
def test_names_of_modes_as_they_are_written_elsewhere(
    written: str, mode: str, *, is_global: bool
) -> None:
    """Capitals, signs, and what frameworks add do not matter; gap and gmp are global."""
    spec = PoolSpec(written)
    assert build_mode(spec).name() == mode
    assert (spec.output_size == (1, 1)) is is_global


def test_every_field_has_an_exact_type() -> None:
    """A type checker can tell what a field holds."""
    assert [field.name for field in fields(PoolSpec) if field.type is Any] == []


@pytest.mark.parametrize(
    "name", ["PoolSpec", "answers", "gradient", "load", "pool", "run", "unpool"]
)
def test_the_public_functions_have_exact_types(name: str) -> None:
    """Every parameter and result has a type, and none of them is Any."""
    signature = inspect.signature(getattr(poolviz, name))
    types = {parameter.name: parameter.annotation for parameter in signature.parameters.values()}
    types["return"] = signature.return_annotation
    assert [
        name for name, kind in types.items() if kind in (Any, "Any", inspect.Signature.empty)
    ] == []


def test_the_kernel_of_a_completed_request_has_no_gaps() -> None:
    """Sizes, strides and pairs of padding for each axis; an open request has no such kernel."""
    spec = PoolSpec("max", 3, padding=1)
    with pytest.raises(TypeError, match="not a completed request"):
        _ = spec.sliding
    kernel = find_rule("torch").complete(spec).sliding
    assert kernel == ((3, 3), (3, 3), ((1, 1), (1, 1)), (1, 1))
    assert kernel.pairs == ((1, 1), (1, 1))
    assert kernel._replace(padding="same").pairs == ()
