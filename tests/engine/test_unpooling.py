"""unpool(): values back where they came from."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import Line, winners
from strategies import lines, planes

from poolviz import SourceError, SpecError, pool, unpool


def test_hand_worked() -> None:
    """Each value stands at its index, zero elsewhere."""
    values = np.array([[1, 3, 2, 4], [5, 6, 1, 2], [0, 1, 3, 1], [2, 4, 5, 2]])
    pooled, indices = pool(values, "max", 2, return_indices=True)
    assert indices.tolist() == [[5, 3], [13, 14]]
    assert unpool(pooled, indices, (4, 4)).tolist() == [
        [0, 0, 0, 4],
        [0, 6, 0, 0],
        [0, 0, 0, 0],
        [0, 4, 5, 0],
    ]


@given(data=st.data())
def test_it_puts_winners_where_they_were(data: st.DataObject) -> None:
    """After max, the winners keep their places and all else is zero."""
    rows = data.draw(lines(most=7, plain=True, symmetric=True))
    columns = data.draw(lines(most=7, plain=True, symmetric=True))
    columns = Line(columns.size + 5, columns.kernel_size, columns.stride, ceil_mode=rows.ceil_mode)
    values = data.draw(planes(rows.size, columns.size, special=False))
    pooled, indices = pool(
        values,
        "max",
        (rows.kernel_size, columns.kernel_size),
        stride=(rows.stride, columns.stride),
        padding=(rows.before, 0),
        ceil_mode=rows.ceil_mode,
        return_indices=True,
    )
    restored = unpool(pooled, indices, values.shape)
    won = {place for line in winners(values.tolist(), "max", rows, columns) for place in line}
    for place, (restored_cell, cell) in enumerate(zip(restored.flat, values.flat, strict=True)):
        assert restored_cell == (cell if place in won else 0)


def test_the_last_of_equal_indices_stays() -> None:
    """Where windows share a winner, the later value is written over the earlier."""
    assert unpool([[1, 2], [3, 4]], [[0, 0], [3, 3]], 2).tolist() == [[2, 0], [0, 4]]


@pytest.mark.parametrize(
    ("shape", "size"),
    [((3,), (7,)), ((2, 3), (7,)), ((2, 2, 2), (2, 3, 2)), ((4, 3, 2, 2), (3, 3))],
)
def test_any_rank_and_leading_axes(shape: tuple[int, ...], size: tuple[int, ...]) -> None:
    """The output size says how many axes are spatial; each leading one has its own plane."""
    rank = len(size)
    planes_shape = shape[: len(shape) - rank]
    rng = np.random.default_rng(7)
    values = rng.integers(1, 9, shape)
    count = int(np.prod(shape[len(shape) - rank :]))
    places = np.stack(
        [rng.permutation(int(np.prod(size)))[:count] for _ in np.ndindex(planes_shape)]
    )
    indices = places.reshape(shape)
    restored = unpool(values, indices, size)
    assert restored.shape == (*planes_shape, *size)
    assert restored.dtype == values.dtype
    for plane in np.ndindex(planes_shape):
        flat = restored[plane].reshape(-1)
        assert (flat[indices[plane].reshape(-1)] == values[plane].reshape(-1)).all()
        assert np.count_nonzero(flat) == count


@pytest.mark.parametrize("dtype", ["uint8", "int64", "uint64", "float16", "float32"])
def test_type_is_kept(dtype: str) -> None:
    """The output has the values' type."""
    restored = unpool(np.ones((1, 1), dtype), np.zeros((1, 1), np.int32), 2)
    assert restored.dtype == np.dtype(dtype)


def test_inputs_are_not_changed() -> None:
    """Values and indices are only read."""
    values, indices = np.array([[1.0, 2.0]]), np.array([[1, 0]])
    unpool(values, indices, (1, 2))
    assert values.tolist() == [[1.0, 2.0]]
    assert indices.tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("values", "indices", "size", "message"),
    [
        (
            [[1]],
            [[4]],
            2,
            "at least one index is not a position in the output; use whole numbers from 0 to 3",
        ),
        (
            [[1]],
            [[-1]],
            2,
            "at least one index is not a position in the output; use whole numbers from 0 to 3",
        ),
        ([[1]], [[0.0]], 2, "at least one index is not a position in the output"),
        ([[1]], [[True]], 2, "at least one index is not a position in the output"),
        ([[1, 2]], [[0]], 2, "their shape is (1, 1), but that of the values is (1, 2)"),
        ([[1]], [[]], 2, "their shape is (1, 0), but that of the values is (1, 1)"),
    ],
)
def test_indices_that_do_not_fit_are_refused(
    values: Any, indices: Any, size: Any, message: str
) -> None:
    """Indices outside the output, of another shape or no integers are refused."""
    with pytest.raises(SourceError) as caught:
        unpool(values, indices, size)
    assert str(caught.value).startswith(f"indices: {message}")


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ((2, 3, 2, 2), (2, 3, 4, 5)),
        ((2, 3, 2, 2), [2, 3, 4, 5]),
        ((2, 3, 2, 2, 2), (2, 3, 4, 4, 4)),
    ],
)
def test_the_whole_shape_may_be_given(shape: tuple[int, ...], size: Any) -> None:
    """(N, C, H, W) and (N, C, D, H, W) say what their spatial axes say, as in PyTorch."""
    spatial = tuple(size)[2:]
    count = int(np.prod(shape[2:]))
    values = np.arange(1, np.prod(shape) + 1).reshape(shape)
    indices = np.broadcast_to(np.arange(count).reshape(shape[2:]) * 2, shape)
    whole = unpool(values, indices, size)
    assert whole.shape == tuple(size)
    assert (whole == unpool(values, indices, spatial)).all()
    assert (whole.reshape(6, -1)[:, : 2 * count : 2] == values.reshape(6, -1)).all()


@pytest.mark.parametrize(
    ("shape", "size"),
    [((2, 3, 2, 2), (3, 2, 4, 4)), ((3, 2, 2), (1, 3, 4, 4)), ((2, 2), (1, 1, 2, 2))],
)
def test_a_whole_shape_of_other_leading_axes_is_refused(
    shape: tuple[int, ...], size: tuple[int, ...]
) -> None:
    """An entire shape must have the leading axes of the values."""
    with pytest.raises(SpecError, match=r"give only the spatial axes, or the same") as caught:
        unpool(np.ones(shape), np.zeros(shape, int), size)
    assert caught.value.cause.startswith(f"its leading axes are {size[:2]}, but those of the")


def test_three_numbers_are_a_volume() -> None:
    """They are never a batch, channels and a row: indices count over all three."""
    assert unpool([[[7]]], [[[5]]], (1, 2, 3)).tolist() == [[[0, 0, 0], [0, 0, 7]]]


@pytest.mark.parametrize("size", [0, -1, 1.5, "2", (1, 1, 0, 1), (1,) * 6, ()])
def test_an_output_size_that_is_no_size_is_refused(size: Any) -> None:
    """An output size is one to three positive whole numbers."""
    with pytest.raises(SpecError) as caught:
        unpool([[1]], [[0]], size)
    assert caught.value.subject == "output_size"


@pytest.mark.parametrize("index", ["a", 1j, None])
def test_indices_that_are_not_numbers_are_refused(index: Any) -> None:
    """With where indices come from, rather than the types that can be pooled."""
    words = r"indices: values of type .* cannot be used as indices; give what pool\(.*\) returned"
    with pytest.raises(SourceError, match=words):
        unpool([[1]], [[index]], 2)


def test_ragged_values_are_refused() -> None:
    """Rows of unequal length are refused as in pool()."""
    with pytest.raises(SourceError):
        unpool([[1, 2], [3]], [[0, 1], [2]], 2)
