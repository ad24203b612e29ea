"""Masked arrays: masked cells are left out of every window, as overhang is."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from oracles import Line
from strategies import lines, planes

from poolviz import FeatureMap, PoolSpec, SpecError, available_modes, gradient, pool, run, unpool
from poolviz.geometry import CellKind

MASKED = [[1, 9], [2, 3]]
# What a mode makes of the cells 1, 2 and 3 alone, by its formula.
LEFT = {
    "max": 3,
    "min": 1,
    "sum": 6,
    "average": 2,
    "median": 2,
    "lp:absolute=true:rescale=false": 14**0.5,
    "lp:p=inf": 3,
    "gem:p=2": (14 / 3) ** 0.5,
    "mixed": 2.5,
    "ordinal:top=2": 2.5,
    "softpool": (np.e + 2 * np.e**2 + 3 * np.e**3) / (np.e + np.e**2 + np.e**3),
    "lse": np.log((np.e + np.e**2 + np.e**3) / 3),
    "stochastic:expected=true": 14 / 6,
    "gated": 2 + 1 / (1 + np.exp(-0.25 * 6)),
}


def masked(values: Any, *places: tuple[int, ...]) -> np.ma.MaskedArray[Any, Any]:
    """Values of which the cells at ``places`` are masked."""
    array = np.ma.MaskedArray(np.array(values, float))
    for place in places:
        array[place] = np.ma.masked
    return array


@pytest.mark.parametrize(("mode", "value"), LEFT.items())
def test_masked_cells_are_left_out(mode: str, value: float) -> None:
    """Of [[1, masked], [2, 3]] a mode sees 1, 2 and 3, although what is masked is larger."""
    pooled = pool(masked(MASKED, (0, 1)), mode, 2)
    assert isinstance(pooled, np.ma.MaskedArray)
    assert not np.ma.is_masked(pooled)
    assert pooled.data == pytest.approx(np.array([[value]]), rel=1e-12)


@pytest.mark.parametrize("hidden", [0.0, 7.0, -1e300, np.inf, np.nan])
@pytest.mark.parametrize("mode", available_modes())
def test_what_is_masked_does_not_matter(mode: str, hidden: float) -> None:
    """Whatever number stands under the mask, values, indices and gradient are the same."""
    plane = np.random.default_rng(5).random((2, 7, 7))
    values = masked(plane, (0, 0, 0), (0, 1, 1), (1, 3, 2), (1, 6, 6))
    changed = values.copy()
    changed.data[values.mask] = hidden
    windows: dict[str, Any] = {} if mode == "fractional-max" else {"kernel_size": 3, "stride": 2}
    first, second = (pool(each, mode, **windows) for each in (values, changed))
    assert not np.isnan(first.data[~first.mask]).any()
    np.testing.assert_array_equal(first.mask, second.mask)
    np.testing.assert_array_equal(first[~first.mask], second[~first.mask])
    upstream = np.arange(1.0, first.size + 1).reshape(first.shape)
    flows = [gradient(each, upstream, mode, **windows) for each in (values, changed)]
    np.testing.assert_array_equal(*flows)
    assert type(flows[0]) is np.ndarray
    assert (flows[0][values.mask] == 0).all()
    assert flows[0].any()


@given(data=st.data())
def test_divisors_against_plain_loops(data: st.DataObject) -> None:
    """The divisor counts padding, if it is to, but neither overhang nor masked cells."""
    rows = data.draw(lines(most=6))
    columns = data.draw(lines(most=6).filter(lambda line: line.ceil_mode == rows.ceil_mode))
    plane = data.draw(planes(rows.size, columns.size, special=False))
    mask = np.array(
        data.draw(st.lists(st.booleans(), min_size=plane.size, max_size=plane.size))
    ).reshape(plane.shape)
    counted, override = data.draw(st.booleans()), data.draw(st.none() | st.integers(1, 5))
    pooled = pool(
        np.ma.MaskedArray(plane, mask),
        "average",
        (rows.kernel_size, columns.kernel_size),
        stride=(rows.stride, columns.stride),
        padding=((rows.before, rows.after), (columns.before, columns.after)),
        dilation=(rows.dilation, columns.dilation),
        ceil_mode=rows.ceil_mode,
        count_include_pad=counted,
        divisor_override=override,
    )
    for at, row_window in enumerate(rows.windows()):
        for to, column_window in enumerate(columns.windows()):
            left, gone, padding = _sorted_out(
                plane, mask, (rows, row_window, columns, column_window)
            )
            divisor = override or len(left) + padding * counted
            assert np.ma.getmaskarray(pooled)[at, to] == (not left and gone > 0)
            if left:
                assert pooled.data[at, to] == pytest.approx(sum(left) / divisor, rel=1e-12)
            elif not gone:
                assert pooled.data[at, to] == 0


def _sorted_out(
    plane: NDArray[Any], mask: NDArray[Any], window: tuple[Line, list[int], Line, list[int]]
) -> tuple[list[float], int, int]:
    """Of a window: the cells that are left, how many are masked, how many are padding."""
    rows, row_window, columns, column_window = window
    left, gone, padding = [], 0, 0
    for row in row_window:
        for column in column_window:
            if rows.is_input(row) and columns.is_input(column):
                gone += bool(mask[row, column])
                left += [] if mask[row, column] else [float(plane[row, column])]
            else:
                padding += rows.is_padded(row) and columns.is_padded(column)
    return left, gone, padding


@pytest.mark.parametrize("mode", available_modes())
def test_a_window_without_cells_left_is_masked(mode: str) -> None:
    """Where all cells of a window are masked, the result is, and nothing flows back."""
    values = np.ma.MaskedArray(np.ones((2, 6, 6)), np.zeros((2, 6, 6), bool))
    values[0] = np.ma.masked
    pooled = pool(values, mode, 2)
    assert np.ma.getmaskarray(pooled)[0].all()
    assert not np.ma.getmaskarray(pooled)[1].any()
    flowing = gradient(values, np.ones(pooled.shape), mode, 2)
    assert not flowing[0].any()
    assert flowing[1].any()


def test_a_window_in_padding_alone_is_not_masked() -> None:
    """A window that has no input cell at all has none that is masked: its value is as ever."""
    values = masked([[5.0]], (0, 0))
    pooled = pool(values, "sum", 2, dilation=2, padding=1)
    assert (pooled.data.tolist(), np.ma.getmaskarray(pooled).tolist()) == ([[0]], [[False]])


def test_padding_that_has_a_value_is_a_cell_that_is_left() -> None:
    """Where a rule pads with 0, the max of masked cells and padding is 0; elsewhere it is 5."""
    values = masked([[-1, -2, -7], [-3, -4, 5]], (0, 2), (1, 2))
    assert pool(values, "max", 2, like="skimage").tolist() == [[-1, 0]]
    values = masked([[-1, -2, -7], [-3, -4, -6]], (0, 0), (0, 1), (1, 0), (1, 1))
    assert pool(values, "max", 2, like="skimage").tolist() == [[None, 0]]


def test_a_mask_of_nothing() -> None:
    """Without a masked cell the result is a masked array of the same numbers."""
    values = np.random.default_rng(3).random((2, 6, 6))
    for given_mask in (np.ma.nomask, np.zeros(values.shape, bool)):
        pooled = pool(np.ma.MaskedArray(values, given_mask), "max", 2)
        assert isinstance(pooled, np.ma.MaskedArray)
        assert not np.ma.is_masked(pooled)
        np.testing.assert_array_equal(pooled.data, pool(values, "max", 2))


def test_types_are_those_of_other_arrays() -> None:
    """Integers keep their type under max and average to float64; float16 adds up in float32."""
    values = np.ma.masked_equal(np.array([[200, 100], [90, 255]], np.uint8), 255)
    assert pool(values, "max", 2).dtype == np.uint8
    assert (pool(values, "sum", 2).dtype, pool(values, "sum", 2).tolist()) == (np.int64, [[390]])
    assert pool(values, "average", 2).tolist() == [[130]]
    halves = np.ma.masked_equal(np.full((64, 64), 1, np.float16), 0)
    halves[0, 0] = np.ma.masked
    assert pool(halves, "sum", 64).tolist() == [[4096]]  # 4,095, to the nearest float16


def test_indices_of_masked_arrays() -> None:
    """A masked cell never wins; a window without cells left has the index −1."""
    values = masked([[1, 9, 8, 8], [2, 3, 8, 8]], (0, 1), *np.ndindex(2, 2), (0, 2), (0, 3))
    values = masked([[1, 9, 8, 8], [2, 3, 8, 8]], (0, 1), (0, 2), (0, 3), (1, 2), (1, 3))
    pooled, indices = pool(values, "max", 2, return_indices=True)
    assert pooled.tolist() == [[3, None]]
    assert type(indices) is np.ndarray
    assert indices.tolist() == [[5, -1]]
    restored = unpool(pooled, indices, (2, 4))
    assert type(restored) is np.ndarray
    assert restored.tolist() == [[0, 0, 0, 0], [0, 3, 0, 0]]


def test_leading_axes_have_masks_of_their_own() -> None:
    """Each plane is pooled with its own mask, in whatever layout."""
    values = np.ma.MaskedArray(np.arange(48.0).reshape(2, 3, 2, 4), np.zeros((2, 3, 2, 4)))
    values[1, 0, 1, 1] = values[0, 2, :, 2:] = np.ma.masked
    for layout in (values, values.transpose(1, 0, 2, 3), np.asfortranarray(values.data)):
        if not isinstance(layout, np.ma.MaskedArray):
            layout = np.ma.MaskedArray(layout, values.mask)  # noqa: PLW2901 - the same values
        pooled = pool(layout, "max", 2)
        pooled = pooled.transpose(1, 0, 2, 3) if layout.shape[0] == 3 else pooled
        assert pooled[1, 0].tolist() == [[28, 31]]
        assert pooled[0, 2].tolist() == [[21, None]]
        assert pooled[0, 0].tolist() == [[5, 7]]


def test_out_receives_what_is_under_the_mask() -> None:
    """``out`` is an ordinary array; the result is a masked one around it."""
    values, out = masked(MASKED, (0, 1)), np.zeros((1, 1))
    pooled = pool(values, "max", 2, out=out)
    assert out.tolist() == [[3]]
    assert np.shares_memory(pooled, out)
    with pytest.raises(
        SpecError, match="out: must be an ndarray, not MaskedArray; give an array of shape 1×1"
    ):
        pool(values, "max", 2, out=np.ma.MaskedArray(out))


def test_upstream_that_is_masked_is_zero() -> None:
    """A pooled value whose gradient is masked sends nothing back."""
    upstream = masked([[9, 2]], (0, 0))
    assert gradient(np.ones((1, 4)), upstream, "average", (1, 2)).tolist() == [[0, 0, 1, 1]]


def test_a_result_leaves_masked_cells_out() -> None:
    """run() and its steps: cells, kinds, words, winner, what is kept and what flows back."""
    values = masked([[1, 9, 8, 8], [2, 3, 8, 8]], (0, 1), (0, 2), (0, 3), (1, 2), (1, 3))
    result = run(values, PoolSpec("max", 2))
    assert result.output.tolist() == [[[3, None]]]
    step = result.step(0, 0)
    assert step.arithmetic == "max(1, 2, 3) = 3 (1 masked cell left out)"
    assert step.winner == (1, 1)
    assert step.kinds.tolist() == [[CellKind.INPUT, CellKind.OVERHANG], [CellKind.INPUT] * 2]
    empty = result.step(0, 1)
    assert empty.arithmetic == "no input cell = masked (4 masked cells left out)"
    assert np.ma.is_masked(empty.value)
    assert empty.winner is None
    assert result.kept.tolist() == [[[True, False]]]
    assert result.winners.tolist() == [[[5, -1]]]
    assert result.gradient.tolist() == [[[0, 0, 0, 0], [0, 1, 0, 0]]]
    assert result.unpooled().tolist() == [[0, 0, 0, 0], [0, 3, 0, 0]]


def test_masked_and_overhanging_cells_are_counted_apart() -> None:
    """The line of arithmetic names masked cells, padding and overhang by themselves."""
    values = masked([[1, 2], [3, 4]], (1, 1))
    result = run(values, PoolSpec("average", 3, stride=2, padding=1, ceil_mode=True))
    assert result.step(0, 0).arithmetic == (
        "(1 + 2 + 3) / 8 = 0.75 (1 masked cell left out, 5 padding cells counted as 0)"
    )
    assert result.step(1, 1).arithmetic == (
        "no input cell = masked (1 masked cell left out, 3 padding cells counted as 0,"
        " 5 overhang cells left out)"
    )


def test_activity_is_of_the_cells_that_are_not_masked() -> None:
    """The mean of |x| leaves masked cells out; a channel of nothing else has 0."""
    values = masked([[[1, -3]], [[5, 5]]], (0, 0, 0), (1, 0, 0), (1, 0, 1))
    assert FeatureMap(values).activity.tolist() == [3, 0]


def test_masked_cells_leave_the_divisor_of_older_onnx_too() -> None:
    """Windows of 16 taps in the padding, three masked: (1 + 2 + 3 + 7 + 8 + 9) / 13."""
    values = np.ma.array(np.arange(1.0, 10).reshape(3, 3))
    values[1] = np.ma.masked
    pooled = pool(
        values, "average", 4, stride=2, padding=1, count_include_pad=True, like="onnx@opset18"
    )
    np.testing.assert_allclose(pooled, [[30 / 13]])
