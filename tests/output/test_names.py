"""Names of outputs: different settings never have the same name."""

import contextlib
from dataclasses import fields, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poolviz import FeatureMap, PoolSpec, SpecError, run
from poolviz.feature_map import RGB
from poolviz.frameworks import available_rules
from poolviz.modes import available_modes, mode_class
from poolviz.output.names import distinct, output_name, safe
from poolviz.output.typesetting import PictureStyle
from poolviz.views.paint.formats import Pace

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


def requests() -> list[dict[str, Any]]:
    """Many requests of different meaning."""
    sliding = [
        {"size": size, "stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": c}
        for size, stride, padding, dilation, c in product(
            [2, (2, 3), (3, 2)],
            [1, 2, (1, 2), (2, 1)],
            [0, 1, (0, 1), (1, 0), ((0, 1), (1, 0)), ((1, 0), (0, 1)), "same", "same_lower"],
            [1, 2, (1, 2)],
            [False, True],
        )
    ]
    adaptive = [{"output_size": size} for size in (1, 2, 3, 12, (1, 2), (2, 1), (1, 12))]
    return sliding + adaptive


@pytest.mark.slow
def test_different_settings_have_different_names() -> None:
    """No two requests that differ in a setting share a name."""
    names: dict[str, tuple[str, dict[str, Any]]] = {}
    every = requests()
    # The windows are told the same way whichever the mode: of the others a part says as much.
    others = product(["average", "lp:p=3", "lp:p=2"], every[::9])
    for mode, options in [*product(["max"], every), *others]:
        try:
            found = name(mode, **options)
        except SpecError:
            continue
        assert found not in names, (names[found], mode, options)
        names[found] = mode, options
    assert len(names) > 400


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


def stem(source: str, **options: Any) -> str:
    """The name of the outputs of max pooling of a source of that stem."""
    chosen = FeatureMap(np.zeros((1, 4, 4)), source, **options)
    return output_name(run(chosen, PoolSpec()), channel=0)


SIZES = st.integers(1, 4) | st.tuples(st.integers(1, 4), st.integers(1, 4))
MAYBE = st.none() | st.booleans()
PADDINGS = (
    st.none()
    | st.integers(0, 2)
    | st.tuples(*[st.tuples(st.integers(0, 2), st.integers(0, 2))] * 2)
    | st.sampled_from(["valid", "same", "same_lower"])
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "kernel_size": SIZES,
        "stride": SIZES,
        "padding": PADDINGS,
        "dilation": SIZES,
        "ceil_mode": MAYBE,
        "count_include_pad": MAYBE,
        "divisor_override": st.integers(1, 4),
        "output_size": SIZES,
        "like": st.sampled_from(available_rules()),
    },
)
MODES = st.sampled_from([name for name in available_modes() if name != "gated"])


@given(MODES, MODES, OPTIONS, OPTIONS)
@settings(max_examples=60)
def test_settings_of_any_kind_never_share_a_name(
    mode: str, other: str, options: dict[str, Any], others: dict[str, Any]
) -> None:
    """Two requests that are answered differently, in any one setting or in several, differ."""
    try:
        first, second = (
            run(PHOTO, PoolSpec(kind, **chosen)).spec
            for kind, chosen in ((mode, options), (other, options | others))
        )
    except SpecError:
        return
    names = {output_name(run(PHOTO, spec), channel=0) for spec in (first, second)}
    assert len(names) == len({first, second}), (first, second)


def test_every_option_of_every_mode_is_in_the_name() -> None:
    """Two values of one option of a mode give two names."""
    values = ("0.25", "0.5", "2", "3", "true", "false", "0.5/0.25/0.25/0", "0.25/0.5/0.25/0")
    different = 0
    for mode in available_modes():
        for field in fields(mode_class(mode)):
            option = field.metadata.get("option", field.name)
            names = []
            for value in values:
                with contextlib.suppress(SpecError):
                    names.append(name(f"{mode}:{option}={value}"))
            assert len(set(names)) == len(names)
            different += len(names) > 1
    assert different > 5


LOOK = PictureStyle()
LOOKS = {
    "theme_name": ["dark"],
    "cmap": ["viridis", "gray"],
    "region": ["2x2+0+0", "2x2+0+1"],
    "scale": [1, 2, 3],
    "cell": [(1, 11), (11, 1)],
    "title": ["", "Mine", "Yours"],
    "caption": ["Mine", "Yours"],
    "bare": [True],
    "width": ["84mm", "840mm"],
    "font": ["Times", "Arial"],
    "transparent": [True],
    "vmin": [0.0, 1.0],
    "vmax": [0.0, 1.0],
    "accent": ["teal", "#112233"],
    "decimals": [0, 1],
    "columns": [1, 2],
    "same_size": [True],
    "aspect": [(16, 9), (1, 69)],
    "unpool_size": [(7, 6), (7, 7), (76, 7)],
}
# Which frames there may be at most shows in no output: more are refused.
PACES = {"delay": [20, 30], "hold": [20, 30], "every": [1, 2], "loop": [1, 2]}


def test_every_setting_of_a_look_is_in_the_name() -> None:
    """Two values of one setting of pictures, or of their pace, give two names."""
    looks = [LOOK]
    looks += [
        replace(LOOK, **{setting: value}) for setting, many in LOOKS.items() for value in many
    ]
    looks += [
        replace(LOOK, pace=replace(LOOK.pace, **{setting: value}))
        for setting, many in PACES.items()
        for value in many
    ]
    names = {name(look=tuple(look.words)) for look in looks}
    assert len(names) == len(looks)
    assert {field.name for field in fields(PictureStyle)} == {*LOOKS, "pace"}
    assert {field.name for field in fields(Pace)} == {*PACES, "max_frames"}


@pytest.mark.parametrize("sign", ["\u202e", "\u2028", "\ufeff", "\x1b", "\x7f", "\u200b", "\xa0"])
def test_what_cannot_be_seen_is_not_in_a_name(sign: str) -> None:
    """Marks of direction, breaks and other signs that no one sees; and names stay apart."""
    found = stem(f"a{sign}b")
    assert found.isprintable()
    assert sign not in found
    assert len({found, stem("a_b"), stem(f"a{sign}{sign}b"), stem(f"a\x00{sign}b")}) == 4
    assert sign not in safe(f"{sign}.png")


def test_names_that_are_not_text_stay_as_they_are() -> None:
    """Bytes that are not UTF-8 were taken by the system in the source's name."""
    assert stem("caf\udce9") == "caf\udce9-max-2x2"


def test_usual_names_stay_as_they_are() -> None:
    """Letters of any script, spaces, dots and the slashes of a network's nodes."""
    for usual in ("photo", "日本語", "a b.c", "été", "IMG_1 (2)"):
        assert distinct(usual) == usual
    assert distinct("/features/pool") == "_features_pool"


@given(st.lists(st.text(st.sampled_from("ab_:?-\u202e"), max_size=4), min_size=2, max_size=2))
def test_sources_and_choices_never_share_a_name(texts: list[str]) -> None:
    """However a file or an array in it is called."""
    names = {stem(text) for text in texts}
    keys = {stem("x", configuration=(f"key-{text}",)) for text in texts}
    assert len(names) == len(keys) == len(set(texts))


def test_choice_that_reads_like_a_setting() -> None:
    """An array called ``a-frame-2`` is not the frame 2 of ``a``."""
    assert stem("x", configuration=("key-a-frame-2",)) != stem(
        "x", configuration=("key-a", "frame-2")
    )
    assert stem("x", configuration=("key-a.b_1",)) == "x-max-2x2-key-a.b_1"


@pytest.mark.parametrize("sign", ["n", "ä", "語", "\U0001f600", "\udce9"])
@pytest.mark.parametrize("length", [150, 219, 240, 255])
def test_long_names_are_cut_and_stay_different(sign: str, length: int) -> None:
    """With every ending a name fits into 255 bytes, and no two become the same."""
    count = length // len(sign.encode("utf-8", "surrogateescape"))
    names = [sign * count, sign * (count - 1) + "x", sign * (count - 1) + "y"]
    found = [stem(each) for each in names]
    assert len(set(found)) == len(names)
    assert all(len(f"{each}-before-after.svg".encode("utf-8", "replace")) <= 255 for each in found)
    assert all(each.startswith(sign * 10) and each.endswith("-max-2x2") for each in found)
    settings_ = {stem(names[0], configuration=(f"index-{index}",)) for index in range(3)}
    assert len(settings_) == 3


def test_long_settings_are_cut_and_stay_different() -> None:
    """Ranks with hundreds of weights, or a key of thousands of letters."""
    weights = "/".join(["0.125"] * 200)
    long = [name(f"ordinal:weights={weights}"), name(f"ordinal:weights={weights}/0.5")]
    long += [stem("x", configuration=(f"key-{letter * 4000}",)) for letter in "ab"]
    assert len(set(long)) == len(long)
    assert max(map(len, long)) <= 220
