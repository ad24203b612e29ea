"""PoolResult and Step: everything that explains one window."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import Line, winners
from strategies import lines, planes

from poolviz import FeatureMap, PoolResult, PoolSpec, SpecError, run
from poolviz.geometry import CellKind
from poolviz.text import Numbers

COURSE = [[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]]
INPUT, PADDING, OVERHANG = CellKind


def result(values: Any, mode: str = "max", *arguments: Any, **options: Any) -> PoolResult:
    """The result of pooling some values."""
    return run(FeatureMap(np.array(values)), PoolSpec(mode, *arguments, **options))


def test_a_step_has_its_cells_and_their_places() -> None:
    """A step names its window, the values under it, and the value that came of them."""
    step = result(COURSE, "max", 2).step(0, 1)
    assert step.index == (0, 1)
    assert step.channel == 0
    assert (step.rows, step.columns) == (range(2), range(2, 4))
    assert step.cells.tolist() == [[2, 4], [1, 2]]
    assert step.kinds.tolist() == [[INPUT, INPUT], [INPUT, INPUT]]
    assert step.weights.tolist() == [[0, 1], [0, 0]]
    assert step.value == 4
    assert step.winner == (0, 3)
    assert step.ties == frozenset()
    assert step.picks
    assert step.arithmetic == "max(2, 4, 1, 2) = 4"


def test_a_dilated_window_has_gaps() -> None:
    """With dilation the coordinates are apart, and the cells are those at them."""
    step = result(np.arange(25).reshape(5, 5), "max", 3, dilation=2).step(0, 0)
    assert (list(step.rows), list(step.columns)) == ([0, 2, 4], [0, 2, 4])
    assert step.cells.tolist() == [[0, 2, 4], [10, 12, 14], [20, 22, 24]]
    assert step.winner == (4, 4)


def test_kinds_tell_padding_from_overhang() -> None:
    """A corner window has padding; one that overhangs has overhang, which wins over padding."""
    pooled = result(np.arange(4).reshape(2, 2), "average", 3, stride=2, padding=1, ceil_mode=True)
    assert pooled.step(0, 0).kinds.tolist() == [
        [PADDING, PADDING, PADDING],
        [PADDING, INPUT, INPUT],
        [PADDING, INPUT, INPUT],
    ]
    assert pooled.step(1, 1).kinds.tolist() == [
        [INPUT, PADDING, OVERHANG],
        [PADDING, PADDING, OVERHANG],
        [OVERHANG, OVERHANG, OVERHANG],
    ]
    assert pooled.step(0, 1).kinds.tolist() == [
        [PADDING, PADDING, OVERHANG],
        [INPUT, PADDING, OVERHANG],
        [INPUT, PADDING, OVERHANG],
    ]


def test_padding_and_overhang_are_told_apart_in_words() -> None:
    """The arithmetic counts the padding cells and the overhang cells."""
    pooled = result(np.arange(4).reshape(2, 2), "average", 3, stride=2, padding=1, ceil_mode=True)
    assert pooled.step(1, 1).arithmetic == (
        "3 / 4 = 0.75 (3 padding cells counted as 0, 5 overhang cells left out)"
    )
    assert (
        pooled.step(0, 0).arithmetic
        == "(0 + 1 + 2 + 3) / 9 ≈ 0.6667 (5 padding cells counted as 0)"
    )


def test_one_cell_is_singular() -> None:
    """One padding cell, one overhang cell."""
    padded = result([[1, 2, 3]], "max", (1, 2), padding=((0, 0), (1, 0))).step(0, 0)
    assert padded.arithmetic == "max(1) = 1 (1 padding cell counted as −∞)"
    overhanging = result([[1, 2, 3]], "max", (1, 2), ceil_mode=True).step(0, 1)
    assert overhanging.arithmetic == "max(3) = 3 (1 overhang cell left out)"


def test_cells_outside_hold_the_identity() -> None:
    """Padding is shown as what it acts as: the smallest value for max, 0 for average."""
    options = {"kernel_size": 2, "padding": 1}
    assert result([[5.0]], "max", **options).step(0, 0).cells.tolist() == [
        [-math.inf, -math.inf],
        [-math.inf, 5],
    ]
    assert result([[5.0]], "average", **options).step(0, 0).cells.tolist() == [[0, 0], [0, 5]]
    assert result(np.array([[5]], np.uint8), "min", **options).step(0, 0).cells.tolist() == [
        [255, 255],
        [255, 5],
    ]


def test_ties_are_the_equal_cells_that_lose() -> None:
    """The first of equal cells wins, and the others are ties, in coordinates of the input."""
    step = result([[0, 0, 0], [7, 1, 7], [7, 7, 1]], "max", (2, 3), stride=1).step(1, 0)
    assert step.winner == (1, 0)
    assert step.ties == {(1, 2), (2, 0), (2, 1)}


def test_padding_is_never_a_tie() -> None:
    """A −inf in the input does not tie with the padding around it."""
    step = result([[-math.inf]], "max", 2, padding=1).step(0, 0)
    assert step.winner == (0, 0)
    assert step.ties == frozenset()


def test_nan_wins_without_ties() -> None:
    """The last NaN wins; NaN equals nothing, so nothing ties with it."""
    step = result([[math.nan, 1.0, math.nan]], "max", (1, 3)).step(0, 0)
    assert step.winner == (0, 2)
    assert step.ties == frozenset()
    assert step.arithmetic == "max(NaN, 1, NaN) = NaN"


@pytest.mark.parametrize("mode", ["average", "sum", "lp"])
def test_where_no_cell_is_the_value_none_wins(mode: str) -> None:
    """Modes that combine cells have no winner and no ties."""
    step = result([[1, 1], [1, 1]], mode, 2).step(0, 0)
    assert step.winner is None
    assert step.ties == frozenset()
    assert not step.picks


def test_a_window_without_input_has_no_winner() -> None:
    """A window that reads no input cell says so."""
    step = result([[5.0]], "max", 2, dilation=2, padding=1).step(0, 0)
    assert step.winner is None
    assert step.ties == frozenset()
    assert set(step.kinds.flat) == {PADDING}
    assert step.value == -math.inf
    assert step.arithmetic.endswith("= −∞ (4 padding cells counted as −∞)")


@given(data=st.data())
def test_every_step_has_the_winner_that_the_oracle_has(data: st.DataObject) -> None:
    """Steps run row by row, each with the output's value, the right cells and winner."""
    rows = data.draw(lines(most=6))
    columns = data.draw(lines(most=6).filter(lambda line: line.ceil_mode == rows.ceil_mode))
    values = data.draw(planes(rows.size, columns.size))
    pooled = result(
        values,
        "max",
        (rows.kernel_size, columns.kernel_size),
        stride=(rows.stride, columns.stride),
        padding=((rows.before, rows.after), (columns.before, columns.after)),
        dilation=(rows.dilation, columns.dilation),
        ceil_mode=rows.ceil_mode,
    )
    expected = winners(values.tolist(), "max", rows, columns)
    steps = list(pooled.steps())
    assert [step.index for step in steps] == list(np.ndindex(pooled.output_size))
    for step in steps:
        row, column = step.index
        assert list(step.rows) == rows.windows()[row]
        assert list(step.columns) == columns.windows()[column]
        place = expected[row][column]
        assert step.winner == (None if place < 0 else divmod(place, columns.size))
        for (i, j), kind in np.ndenumerate(step.kinds):
            at = (step.rows[i], step.columns[j])
            assert (kind == INPUT) == (rows.is_input(at[0]) and columns.is_input(at[1]))
            if kind == INPUT:
                np.testing.assert_equal(step.cells[i, j], values[at])


def test_steps_of_a_channel() -> None:
    """Each channel has its own winners."""
    values = np.array([[[1, 2], [3, 4]], [[8, 7], [6, 5]]])
    pooled = result(values, "max", 2)
    assert pooled.output.tolist() == [[[4]], [[8]]]
    (step,) = pooled.steps(channel=1)
    assert (step.channel, step.value, step.winner) == (1, 8, (0, 0))


def test_adaptive_steps_differ_in_length() -> None:
    """Adaptive windows have just their own cells."""
    pooled = result([[1, 2, 3, 4, 5, 6, 7, 8]], "max", output_size=(1, 3))
    assert [list(step.columns) for step in pooled.steps()] == [[0, 1, 2], [2, 3, 4, 5], [5, 6, 7]]
    assert [step.cells.tolist() for step in pooled.steps()] == [
        [[1, 2, 3]],
        [[3, 4, 5, 6]],
        [[6, 7, 8]],
    ]
    assert [step.winner for step in pooled.steps()] == [(0, 2), (0, 5), (0, 7)]


@pytest.mark.parametrize(
    ("mode", "arguments", "summary"),
    [
        ("max", {"kernel_size": 2}, "max 2×2, stride 2"),
        ("max", {"kernel_size": (2, 3)}, "max 2×3, stride 2×3"),
        ("avg", {"kernel_size": 3, "stride": 2, "padding": 1}, "average 3×3, stride 2, padding 1"),
        ("max", {"kernel_size": 3, "padding": (0, 1), "stride": 1},
         "max 3×3, stride 1, padding 0×1"),
        ("max", {"kernel_size": 3, "padding": ((0, 1), (1, 1)), "stride": 1},
         "max 3×3, stride 1, padding (0, 1) × (1, 1)"),
        ("max", {"kernel_size": 2, "padding": "same"}, "max 2×2, stride 2, padding same"),
        ("max", {"kernel_size": 2, "padding": "same_lower"},
         "max 2×2, stride 2, padding same-lower"),
        ("max", {"kernel_size": 2, "dilation": (1, 2)}, "max 2×2, stride 2, dilation 1×2"),
        ("max", {"kernel_size": 2, "ceil_mode": True}, "max 2×2, stride 2, ceil mode"),
        ("lp:p=3", {"kernel_size": 2}, "lp:p=3 2×2, stride 2"),
        ("max", {"output_size": (2, 3)}, "max adaptive to 2×3"),
        ("global-max", {}, "global max"),
    ],
)  # fmt: skip
def test_summary(mode: str, arguments: dict[str, Any], summary: str) -> None:
    """The request in words, without what is not set."""
    assert result(np.ones((6, 6)), mode, **arguments).summary == summary


def test_shapes() -> None:
    """A 2-D source has a 2-D output shape, others have channels."""
    plane = result(np.ones((4, 6)), "max", 2)
    assert (plane.output_size, plane.output_shape, plane.output.shape) == (
        (2, 3),
        (2, 3),
        (1, 2, 3),
    )
    volume = result(np.ones((5, 4, 6)), "max", 2)
    assert (volume.output_size, volume.output_shape) == ((2, 3), (5, 2, 3))


def test_the_completed_spec_and_formula_are_at_hand() -> None:
    """A result has the request with all defaults filled in."""
    pooled = result(np.ones((7, 7)), "average", 3)
    assert pooled.spec.stride == (3, 3)
    assert pooled.spec.padding == ((0, 0), (0, 0))
    assert pooled.formula == "⌊(7 − 3) / 3⌋ + 1 = 2"


def test_big_endian_values_have_steps() -> None:
    """Swapped bytes are shown as the numbers that they stand for."""
    pooled = result(np.array([[1, 256], [2, 3]], ">i2"), "max", 2, padding=1)
    assert pooled.step(0, 1).cells.tolist()[1] == [256, -32768]
    assert pooled.step(0, 1).arithmetic == "max(256) = 256 (3 padding cells counted as −∞)"
    mean = result(np.array([[1, 2.5], [2, 3]], ">f8"), "average", 2)
    assert mean.step(0, 0).arithmetic == "(1 + 2.5 + 2 + 3) / 4 = 2.125"


def test_many_cells_are_summed_up() -> None:
    """Of a large window the arithmetic says what decides, not every cell."""
    step = result(np.arange(16).reshape(4, 4), "max", 4).step(0, 0)
    assert step.arithmetic == "largest of 16 cells: 15, at row 3, column 3"


def test_arithmetic_with_a_number_of_decimals() -> None:
    """The cells and the value have the decimals asked for; the rest of the line is the same."""
    step = result([[0.4, -0.626], [3.0, 0.0004]], "average", 2, padding=1).step(1, 1)
    assert step.arithmetic == "0.0004 / 4 = 0.0001 (3 padding cells counted as 0)"
    assert step.written(Numbers(2)) == "0.00 / 4 ≈ 0.00 (3 padding cells counted as 0)"
    whole = result([[0.4, -0.626], [3.0, 0.05]], "average", 2).step(0, 0)
    assert whole.written(Numbers(2)) == "(0.40 + (−0.63) + 3.00 + 0.05) / 4 ≈ 0.71"
    assert whole.written(Numbers()) == whole.arithmetic


@pytest.mark.parametrize(
    ("spec", "options", "subject"),
    [
        (PoolSpec("max", 9), {}, "kernel_size"),
        (PoolSpec("max", 2), {"seed": 3}, "seed"),
        (PoolSpec("max", 2), {"threads": 0}, "threads"),
        (PoolSpec("nothing", 2), {}, "mode"),
    ],
)
def test_run_refuses_what_pool_refuses(
    spec: PoolSpec, options: dict[str, Any], subject: str
) -> None:
    """A request without meaning is refused by name."""
    with pytest.raises(SpecError) as caught:
        run(FeatureMap(np.ones((4, 4))), spec, **options)
    assert caught.value.subject == subject


def test_axes_need_not_agree() -> None:
    """Rows and columns have windows of their own."""
    rows, columns = Line(5, 2, 2), Line(7, 3, 1)
    pooled = result(np.arange(35).reshape(5, 7), "max", (2, 3), stride=(2, 1))
    assert pooled.output_size == (len(rows.windows()), len(columns.windows()))
    assert pooled.step(1, 4).winner == (3, 6)


def test_arrays_are_taken_as_feature_maps() -> None:
    """(H, W) is one channel, as a FeatureMap of it is."""
    assert run([[1, 3], [2, 4]], PoolSpec("max")).output_shape == (1, 1)
    assert run(np.ones((3, 4, 4)), PoolSpec("max")).output_shape == (3, 2, 2)


def test_few_values_left_are_not_called_all_dropped() -> None:
    """A percentage has enough digits to show that some values remain."""
    from poolviz.views.terminal.lines import remaining

    assert remaining(run(np.ones((256, 320)), PoolSpec("max", 64))).endswith("99.98 % fewer")
    assert remaining(run(np.ones((4, 4)), PoolSpec("max"))).endswith("75 % fewer")


@pytest.mark.parametrize("seed", [None, 7])
def test_a_step_shows_the_cell_that_was_drawn(seed: int | None) -> None:
    """Of every channel, with the numbers that the engine drew for it."""
    values = np.random.default_rng(3).random((4, 6, 6))
    drawn = run(values, PoolSpec("stochastic", 2), seed=seed)
    for channel in range(4):
        for step in drawn.steps(channel):
            assert step.winner is not None
            assert values[channel][step.winner] == step.value
            assert divmod(int(drawn.winners[channel][step.index]), 6) == step.winner


def test_an_out_that_is_the_feature_map_is_refused() -> None:
    """The steps would show what has been written over."""
    values = np.ones((1, 4, 4))
    with pytest.raises(SpecError, match="out: shares memory with the feature map"):
        run(values, PoolSpec("max", 1), out=values)
    with pytest.raises(SpecError, match="spec: must be a PoolSpec, not str"):
        run(values, "max")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "legal"),
    [((7, 7), True), ((6, 7), True), ((7, 6), True), ((8, 7), False), ((7, 8), False),
     ((4, 7), False), ((7, 4), False)],
)  # fmt: skip
def test_unpooled_sizes_are_those_of_max_unpool2d(size: tuple[int, int], legal: bool) -> None:
    """Of 3×3 outputs of 2×2 windows, those less than a stride from (3 − 1) · 2 + 2 = 6."""
    values = np.arange(49).reshape(7, 7)
    result = run(values, PoolSpec("max", 2))
    if not legal:
        with pytest.raises(SpecError, match="use 5 to 7 rows and 5 to 7 columns") as caught:
            result.unpooled(size=size)
        assert caught.value.subject == "unpool_size"
        return
    back = result.unpooled(size=size)
    expected = np.zeros(size, int)
    for place in (8, 10, 12, 22, 24, 26, 36, 38, 40):
        # The winner of each window is its last cell; positions are counted row by row.
        expected.flat[place] = place
    assert back.tolist() == expected.tolist()


def test_unpooled_size_needs_a_cell_for_each_winner() -> None:
    """5×5 is legal, but has no cell of index 40."""
    result = run(np.arange(49).reshape(7, 7), PoolSpec("max", 2))
    with pytest.raises(SpecError, match="no cell of index 40"):
        result.unpooled(size=(5, 5))
    assert run(np.arange(49)[::-1].reshape(7, 7), PoolSpec("max", 2)).unpooled(size=(5, 7)).sum()


def test_padding_and_stride_change_the_legal_sizes() -> None:
    """(4 − 1) · 3 + 3 − 2 = 10 rows, and 2 · 2 + 2 = 6 columns for 3 columns of outputs."""
    spec = PoolSpec("max", (3, 2), stride=(3, 2), padding=(1, 0))
    result = run(np.arange(70).reshape(10, 7), spec)
    assert result.output_size == (4, 3)
    with pytest.raises(SpecError, match="use 8 to 12 rows and 5 to 7 columns"):
        result.unpooled(size=(13, 7))
    assert result.unpooled(size=(12, 7)).shape == (12, 7)


def test_adaptive_windows_have_no_choice_of_sizes() -> None:
    """They have no stride."""
    result = run(np.arange(49).reshape(7, 7), PoolSpec("max", output_size=3))
    with pytest.raises(SpecError, match="only windows with a size and a stride"):
        result.unpooled(size=(7, 7))
