"""Names of outputs: different settings never have the same name."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, SpecError, run
from poolviz.feature_map import RGB
from poolviz.output.naming import output_name

PHOTO = FeatureMap(np.arange(3 * 12 * 12).reshape(3, 12, 12), "photo", channel_names=RGB)


def name(
    mode: str = "max",
    size: Any = None,
    channel: int = 0,
    look: tuple[str, ...] = (),
    **options: Any,
) -> str:
    """The name of the outputs of a request on PHOTO."""
    result = run(PHOTO, PoolSpec(mode, size, **options))
    return output_name(result, channel=channel, look=look, seed=None)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, "photo-max-2x2"),
        ({"size": 3, "stride": 2, "padding": 1, "ceil_mode": True}, "photo-max-3x3-s2-p1-ceil"),
        ({"size": (2, 3)}, "photo-max-2x3"),
        ({"size": 3, "stride": (1, 2)}, "photo-max-3x3-s1x2"),
        ({"size": 3, "dilation": 2}, "photo-max-3x3-d2"),
        ({"padding": ((0, 1), (0, 1))}, "photo-max-2x2-p0.1"),
        ({"padding": "same_lower"}, "photo-max-2x2-psame-lower"),
        ({"mode": "avg"}, "photo-average-2x2"),
        ({"mode": "average", "padding": 1, "count_include_pad": False},
         "photo-average-2x2-p1-exclude-pad"),
        ({"mode": "average", "divisor_override": 3}, "photo-average-2x2-div3"),
        ({"mode": "global-max"}, "photo-max-global"),
        ({"output_size": (3, 2)}, "photo-max-adaptive-3x2"),
        ({"mode": "lp:p=3"}, "photo-lp-p3-2x2"),
        ({"channel": 1}, "photo-max-2x2-channel-G"),
        ({"look": ("dark", "x2")}, "photo-max-2x2-dark-x2"),
    ],
)  # fmt: skip
def test_name_has_what_is_not_default(options: dict[str, Any], expected: str) -> None:
    """The name is the stem, the mode, the windows, and whatever was chosen besides."""
    assert name(**options) == expected


@pytest.mark.parametrize(
    "options",
    [
        {"stride": 2},
        {"padding": 0},
        {"dilation": 1},
        {"ceil_mode": False},
        {"size": 2},
        {"size": (2, 2), "stride": (2, 2)},
    ],
)
def test_spelled_out_defaults_change_nothing(options: dict[str, Any]) -> None:
    """A default that was spelled out leaves the name as it is."""
    assert name(**options) == name()


def settings() -> list[dict[str, Any]]:
    """Many requests of different meaning."""
    sliding = [
        {"size": size, "stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": c}
        for size, stride, padding, dilation, c in product(
            [2, 3, (2, 3), (3, 2)],
            [1, 2, (1, 2), (2, 1), 12],
            [0, 1, (0, 1), (1, 0), ((0, 1), (1, 0)), ((1, 0), (0, 1)), "same", "same_lower"],
            [1, 2, (1, 2)],
            [False, True],
        )
    ]
    adaptive = [{"output_size": size} for size in (1, 2, 3, 12, (1, 2), (2, 1), (1, 12))]
    return sliding + adaptive


def test_different_settings_have_different_names() -> None:
    """No two requests that differ in a setting share a name."""
    names: dict[str, tuple[str, dict[str, Any]]] = {}
    for mode, options in product(["max", "average", "lp:p=3", "lp:p=2"], settings()):
        try:
            found = name(mode, **options)
        except SpecError:
            continue
        assert found not in names, (names[found], mode, options)
        names[found] = mode, options
    assert len(names) > 1000


def test_parameters_of_modes_are_kept_apart() -> None:
    """A parameter's name and value cannot run into a size."""
    assert len({name("lp:p=3"), name("lp:p=32"), name("lp:p=3", 3), name("lp:p=3.2")}) == 4


def test_values_that_mean_the_same_may_share_a_name() -> None:
    """A mode's alias gives the name of the mode."""
    assert name("mean") == name("avg") == name("average")


def test_what_was_chosen_in_the_source_is_in_the_name() -> None:
    """Frame, index and key are part of the name."""
    chosen = FeatureMap(np.zeros((1, 4, 4)), "x", configuration=("frame-2",))
    result = run(chosen, PoolSpec())
    assert output_name(result, channel=0, seed=None) == "x-max-2x2-frame-2"
    assert output_name(result, channel=0, seed=7) == "x-max-2x2-frame-2-seed-7"


@pytest.mark.parametrize("part", ["key-a/b", "key-../../x", "key-/etc/x", "key-a\\b"])
def test_names_are_no_paths(part: str) -> None:
    """A key that looks like a path stays within the folder."""
    chosen = FeatureMap(np.zeros((1, 4, 4)), "x", configuration=(part,))
    found = output_name(run(chosen, PoolSpec()), channel=0, seed=None)
    assert not set("/\\") & set(found)
