"""PyTorch's rules: defaults, refusals and traits."""

from typing import Any

import pytest

from poolviz import PoolSpec, SpecError, answers, available_rules, pool
from poolviz.frameworks import find_rule
from poolviz.geometry import resolve


def test_it_is_found_and_is_the_default() -> None:
    """The rule is listed, and specs take it unless told."""
    assert "torch" in available_rules()
    assert PoolSpec().like == "torch"
    assert find_rule("torch").name == "torch"
    assert find_rule("torch").evidence


def test_an_unknown_rule_is_refused_with_the_choices() -> None:
    """A misspelt rule gives the nearest name."""
    with pytest.raises(SpecError, match="did you mean torch") as caught:
        pool([[1, 2], [3, 4]], "max", 2, like="torhc")
    assert caught.value.subject == "like"


def test_defaults() -> None:
    """Stride is the kernel size; no padding; floor; padding is counted."""
    spec = find_rule("torch").complete(PoolSpec("average", (2, 3)))
    assert spec.stride == (2, 3)
    assert spec.padding == ((0, 0), (0, 0))
    assert spec.ceil_mode is False
    assert spec.count_include_pad is True


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stride", (1, 1)),
        ("padding", ((1, 0), (0, 1))),
        ("padding", "same"),
        ("ceil_mode", True),
        ("count_include_pad", False),
    ],
)
def test_what_is_given_stays(field: str, value: Any) -> None:
    """The rule fills in only what is open."""
    spec = find_rule("torch").complete(PoolSpec("average", 2, **{field: value}))
    assert getattr(spec, field) == value


@pytest.mark.parametrize(
    ("kernel_size", "padding", "allowed"),
    [(1, 0, True), (1, 1, False), (2, 1, True), (3, 1, True), (3, 2, False), (4, 2, True)],
)
def test_padding_is_at_most_half_the_kernel(kernel_size: int, padding: int, allowed: bool) -> None:
    """Padding beyond half of the undilated kernel is refused, naming the largest."""
    spec = PoolSpec("max", kernel_size, padding=padding, dilation=2)
    if allowed:
        assert resolve(spec, (9, 9)).axes[0].before == padding
        return
    with pytest.raises(SpecError, match=f"use at most {kernel_size // 2}") as caught:
        resolve(spec, (9, 9))
    assert caught.value.subject == "padding"


def test_either_side_of_a_pair_may_be_too_much() -> None:
    """The larger side of an uneven padding counts."""
    with pytest.raises(SpecError, match="2 is more than half the kernel"):
        resolve(PoolSpec("max", 3, padding=((0, 2), (0, 0))), (9, 9))


def test_the_last_window_starts_inside_the_input() -> None:
    """With ceil mode a last window that starts in the padding at the end is dropped."""
    axis, _ = resolve(PoolSpec("max", 2, stride=4, padding=1, ceil_mode=True), (5, 5)).axes
    assert axis.output_size == 2


def test_lp_raises_the_values_themselves_and_scales_overhang() -> None:
    """Lp takes x rather than |x|, and scales a window that overhangs to a whole one."""
    rule = find_rule("torch")
    assert rule.lp_absolute is False
    assert rule.lp_rescales_overhang is True


def test_max_pooling_takes_dilation_itself() -> None:
    """It is no emulation, as that of an average is."""
    for mode, emulated in (("max", False), ("average", True)):
        assert answers(PoolSpec(mode, 2, dilation=2), (6, 6))["torch"].emulated == emulated
