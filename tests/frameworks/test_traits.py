"""Each trait that a rule sets changes what some request gives: worked out by hand."""

from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import pytest

from poolviz import PoolSpec, pool
from poolviz.frameworks import AxisRequest, Rule, find_rule
from poolviz.geometry import resolve

DEFAULTS = {field.name: field.default for field in fields(Rule)}
# These say how a framework is known or how its arrays are laid out, not how it pools.
NOT_TRAITS = ("name", "evidence", "nan_caveat", "version", "channels_last", "title")
nan = float("nan")


@dataclass(frozen=True)
class Case:
    """One row of values, pooled.

    Args:
        mode: how.
        values: what.
        expected: what the rule makes of it.
        otherwise: what it would be with the trait left as most rules have it; None where
            the rule would then refuse.
        options: the rest of the request, a kernel of 2 unless given.
    """

    mode: str
    values: list[float]
    expected: list[float]
    otherwise: list[float] | None
    options: dict[str, Any] = field(default_factory=dict)

    def given_by(self, rule: Rule) -> list[float]:
        """What a rule makes of the values."""
        options = {"kernel_size": (2,)} | self.options
        return list(pool(self.values, self.mode, like=rule, **options).tolist())


# The default stride is 1 rather than the kernel's 2; Darknet's own padding is a total of k − 1 = 1.
STEP = Case("max", [1, 2, 3, 4], [2, 3, 4], [2, 4])
# The divisor does not count the padding: 6/1, (8 + 4)/2 rather than 6/2 and 12/2.
COUNT = Case("average", [6, 8, 4], [6, 6], [3, 6], {"padding": 1, "stride": 2})
# NaN loses to 1.
DROP = Case("max", [nan, 1, 2, nan], [1, 2], [nan, nan], {"stride": 2, "padding": 0})
CASES = {
    # (6 − 1 cells, k 2, s 2): ceil keeps the 5.
    ("caffe", "ceil_mode"): Case(
        "max", [1, 2, 3, 4, 5], [2, 4, 5], [2, 4], {"stride": 2}
    ),
    # Two cells, k 1, s 3, p 0: ⌈(2 − 1)/3⌉ + 1 = 2 windows, the second from cell 3 on,
    # beyond the input, where Caffe without padding keeps it: it has no cell, and the lowest number.
    ("caffe", "clip_last_window"): Case(
        "max", [1.0, 2.0], [1, np.finfo(float).min], [1], {"kernel_size": (1,), "stride": 3}
    ),
    ("caffe", "nan"): DROP,
    ("caffe", "stride_is_kernel_size"): STEP,
    ("darknet", "nan"): DROP,
    ("darknet", "stride_is_kernel_size"): replace(STEP, options={"padding": 0}),
    # "valid" may also be left out: no padding. Keras refuses numbers, such as none at all.
    ("jax", "default_padding"): Case("max", [1, 2, 3], [2, 3], None),
    # The first window is padding alone, which does not count: 0/0.
    ("jax", "empty_average"): Case(
        "average", [2.0], [nan, 2], [0, 2],
        {"kernel_size": (1,), "padding": ((1, 0),), "count_include_pad": False},
    ),
    ("jax", "stride_is_kernel_size"): STEP,
    ("keras", "default_padding"): Case("max", [1, 2, 3], [2], None),
    # Three cells, k 2, s 2, same: one cell is added behind.
    ("keras", "count_include_pad"): Case(
        "average", [6, 8, 4], [7, 4], [7, 2], {"padding": "same"}
    ),
    ("keras", "nan"): replace(DROP, options={"stride": 2}),
    ("onnx", "count_include_pad"): COUNT,
    ("onnx", "stride_is_kernel_size"): STEP,
    # trunc((3 − 4)/4) + 1 = 1 window, floor gives none.
    ("onnx", "truncates"): Case(
        "max", [1, 3, 2], [3], None, {"kernel_size": (4,), "stride": 4}
    ),
    ("skimage", "default_padding"): Case("max", [1, 2, 3], [2, 3], None),
    # The zero that fills the last block takes part: max(−3, 0).
    ("skimage", "pads_with"): Case("max", [-1, -2, -3], [-1, 0], [-1, -3]),
    # |−3| + |1| of Lp with p = 1, or −3 + 1.
    ("torch", "lp_absolute"): Case("lp:p=1", [-3, 1], [-2], [4]),
    # The last window has one of two cells: 3 is doubled.
    ("torch", "lp_rescales_overhang"): Case(
        "lp:p=1", [1, 2, 3], [3, 6], [3, 3], {"ceil_mode": True}
    ),
}  # fmt: skip


def test_every_trait_that_a_rule_sets_has_a_case() -> None:
    """Each trait that one of these rules sets needs a request that shows it."""
    assert sorted(CASES) == sorted(
        (like, name)
        for like in {like for like, _ in CASES}
        for name, default in DEFAULTS.items()
        if name not in NOT_TRAITS and getattr(find_rule(like), name) != default
    )


@pytest.mark.parametrize(("like", "trait"), sorted(CASES))
def test_a_trait_changes_what_a_request_gives(like: str, trait: str) -> None:
    """With the trait the values are the framework's; without it they would be others, or none."""
    rule, case = find_rule(like), CASES[like, trait]
    np.testing.assert_array_equal(case.given_by(rule), case.expected)
    without = replace(rule, **{trait: DEFAULTS[trait]})
    if case.otherwise is not None:
        np.testing.assert_array_equal(case.given_by(without), case.otherwise)
        return
    if trait == "default_padding":
        spec = PoolSpec(case.mode, (2,), like=without)
        try:
            padding = without.complete(spec).padding
        except ValueError:
            return
        assert padding != rule.complete(replace(spec, like=rule)).padding
        return
    with pytest.raises(ValueError, match="no window fits"):
        case.given_by(without)


@pytest.mark.parametrize(
    ("like", "words"),
    [
        ("torch", {"ceil_mode": False, "count_include_pad": True, "nan": "propagate"}),
        ("caffe", {"count_include_pad": True, "lp_absolute": True, "truncates": False}),
        ("darknet", {"ceil_mode": False, "clip_last_window": "always"}),
        ("jax", {"count_include_pad": True, "nan": "propagate", "pads_with": None}),
        ("keras", {"stride_is_kernel_size": True, "pads_with": None}),
        ("onnx", {"nan": "propagate", "lp_absolute": True, "lp_rescales_overhang": False}),
        ("skimage", {"count_include_pad": True, "nan": "propagate", "ceil_mode": False}),
    ],
)
def test_traits_that_a_rule_leaves_as_they_are(like: str, words: dict[str, Any]) -> None:
    """What a framework shares with most is not set by mistake."""
    assert {name: getattr(find_rule(like), name) for name in words} == words


@pytest.mark.parametrize(
    ("size", "padding", "stride", "windows"),
    [
        # Without padding the last window is kept, wherever it starts: ⌈(5 − 2)/4⌉ + 1 = 2.
        (5, 0, 4, 2),
        (6, 0, 4, 2),
        # ⌈(4 − 2)/4⌉ + 1 = 2: it starts at cell 4 of 4, beyond the input.
        (4, 0, 4, 2),
        # With padding 1 it starts at padded cell 4, within 4 + 1; at 8 for 7 cells, 7 + 1 is not.
        (4, 1, 4, 2),
        (7, 1, 4, 2),
        (8, 1, 4, 3),
    ],
)
def test_caffe_clips_the_last_window_of_padded_axes_only(
    size: int, padding: int, stride: int, windows: int
) -> None:
    """Kernel 2; PyTorch drops a last window that starts beyond the input always."""
    spec = PoolSpec("max", (2,), stride=(stride,), padding=(padding,), like="caffe")
    axis = resolve(spec, (size,)).axes[0]
    assert axis.output_size == windows


@pytest.mark.parametrize("like", ["torch", "keras", "jax"])
@pytest.mark.parametrize("word", ["same", "same_lower"])
@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "before", "after"),
    [
        # One window of 1 for two cells at stride 3: it would need 1 − 2 cells, that is none.
        (2, 1, 3, 0, 0),
        # ⌈7/5⌉ = 2 windows of 2: 5 + 2 − 7 = 0
        (7, 2, 5, 0, 0),
        # ⌈9/5⌉ = 2 windows of 2 end at cell 7 of 9: 5 + 2 − 9 = −2 is none
        (9, 2, 5, 0, 0),
        # ⌈5/2⌉ = 3 windows of 4: 4 + 4 − 5 = 3, of which the larger part is last
        (5, 4, 2, 1, 2),
    ],
)
def test_same_padding_is_never_negative(
    size: int, kernel_size: int, stride: int, before: int, after: int, word: str, like: str
) -> None:
    """Windows that end before the input does are not padded, and no cell is cut off."""
    request = AxisRequest(size, kernel_size, stride, 1, padding=word)
    sides = (before, after) if word == "same" else (after, before)
    assert find_rule(like).padding(request) == sides


def test_an_axis_has_no_padding_unless_given() -> None:
    """A window of two leaves room for three steps in five cells; dilation takes, padding adds."""
    bare = AxisRequest(5, 2, 1, 1)
    assert (bare.reach, bare.room, bare.ceil_mode) == (2, 3, False)
    assert AxisRequest(5, 2, 1, 3, 1, 2).room == 4


def test_same_padding_counts_a_dilated_reach() -> None:
    """Two taps three apart reach over four cells: of 4 cells, 3 more are needed."""
    assert find_rule("jax").padding(AxisRequest(4, 2, 1, 3, padding="same")) == (1, 2)


@pytest.mark.parametrize(
    ("clip", "unpadded", "padded"), [("always", 1, 1), ("padded", 2, 1), ("never", 2, 2)]
)
def test_a_window_beyond_the_input_is_clipped(clip: Any, unpadded: int, padded: int) -> None:
    """One that ceil mode adds on two cells, kernel 1, stride 3; and with one cell of padding."""
    rule = Rule("test", "", clip_last_window=clip)
    # ⌈(2 − 1) / 3⌉ + 1 = 2: the second starts at cell 3. With padding 1 on both sides and
    # kernel 2, ⌈(4 − 2) / 3⌉ + 1 = 2: the second starts at padded cell 3, which is 2 + 1.
    for kernel_size, padding, expected in ((1, 0, unpadded), (2, 1, padded)):
        spec = PoolSpec("max", (kernel_size,), (3,), padding, ceil_mode=True, like=rule)
        assert resolve(spec, (2,)).output_size == (expected,)
