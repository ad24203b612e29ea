"""pool(): against the oracle, over ranks, layouts and threads; and what it refuses."""

import math
import os
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from oracles import Line, extreme, pool_plane, winners
from strategies import lines, planes, volumes

import poolviz
from poolviz import SourceError, SpecError, pool

# One row, for inputs with a single spatial axis.
ONE = Line(1)
MODES = ("max", "min", "sum", "average", "lp")


def arguments(*axes: Line) -> dict[str, Any]:
    """The axes as ``pool`` takes them; ceil mode is the first one's."""
    if axes[0].output_size is not None:
        return {"output_size": tuple(axis.output_size for axis in axes)}
    return {
        "kernel_size": tuple(axis.kernel_size for axis in axes),
        "stride": tuple(axis.stride for axis in axes),
        "padding": tuple((axis.before, axis.after) for axis in axes),
        "dilation": tuple(axis.dilation for axis in axes),
        "ceil_mode": axes[0].ceil_mode,
    }


def like(line: Line) -> st.SearchStrategy[Line]:
    """Another axis with the same ceil mode."""
    return lines(most=7).filter(lambda other: other.ceil_mode == line.ceil_mode)


def same(pooled: NDArray[Any], expected: Any, mode: str = "max") -> bool:
    """Whether values agree: exactly where cells are compared or sums of quarters are exact."""
    tolerance = 1e-12 if mode in ("average", "lp") else 0
    expected = np.array(expected)
    return pooled.shape == expected.shape and np.allclose(
        pooled, expected, rtol=tolerance, atol=0, equal_nan=True
    )


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_two_axes_against_the_oracle(mode: str, data: st.DataObject) -> None:
    """Stride, padding, dilation, ceil mode and every divisor: the values of four plain loops."""
    rows = data.draw(lines(most=7))
    columns = data.draw(like(rows))
    values = data.draw(planes(rows.size, columns.size))
    options: dict[str, Any] = {}
    if mode == "average":
        options["count_include_pad"] = data.draw(st.booleans())
        options["divisor_override"] = data.draw(st.none() | st.integers(1, 9))
    if mode == "lp":
        options["p"] = data.draw(st.sampled_from([1.0, 2.0, math.inf]))
    expected = pool_plane(values.tolist(), mode, rows, columns, **options)
    assert same(pool(values, mode, **arguments(rows, columns), **options), expected, mode)


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_adaptive_against_the_oracle(mode: str, data: st.DataObject) -> None:
    """Adaptive windows go with every mode."""
    small = st.integers(1, 8)
    rows, columns = (Line(data.draw(small), output_size=data.draw(small)) for _ in range(2))
    values = data.draw(planes(rows.size, columns.size))
    expected = pool_plane(values.tolist(), mode, rows, columns)
    assert same(pool(values, mode, **arguments(rows, columns)), expected, mode)


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_one_axis_against_the_oracle(mode: str, data: st.DataObject) -> None:
    """A kernel of one number pools the last axis; those before it are kept."""
    line = data.draw(lines())
    values = data.draw(planes(3, line.size))
    expected = [pool_plane([row], mode, ONE, line)[0] for row in values.tolist()]
    assert same(pool(values, mode, **arguments(line)), expected, mode)


@given(data=st.data())
def test_three_axes_against_enumeration(data: st.DataObject) -> None:
    """Three axes pool volumes: the maximum, its index, and the sum of the cells."""
    axes = [data.draw(lines(most=3))]
    axes += [data.draw(like(axes[0])) for _ in range(2)]
    size = tuple(axis.size for axis in axes)
    values = data.draw(volumes(size))
    shape = tuple(len(axis.windows()) for axis in axes)
    largest, total, places = np.empty(shape), np.empty(shape), np.empty(shape, np.int64)
    for at in np.ndindex(shape):
        windows = (axis.windows()[i] for axis, i in zip(axes, at, strict=True))
        inside = [
            (row, column, depth)
            for row, column, depth in product(*windows)
            if all(map(Line.is_input, axes, (row, column, depth)))
        ]
        found = [float(values[place]) for place in inside]
        largest[at], total[at] = extreme(found, largest=True), sum(found)
        nans = [place for place in inside if math.isnan(values[place])]
        firsts = [place for place in inside if values[place] == largest[at]]
        winner = nans[-1:] or firsts[:1]
        places[at] = np.ravel_multi_index(winner[0], size) if winner else -1
    pooled, indices = pool(values, "max", **arguments(*axes), return_indices=True)
    assert same(pooled, largest)
    assert (indices == places).all()
    assert same(pool(values, "sum", **arguments(*axes)), total)


@pytest.mark.parametrize("mode", ["max", "min"])
@given(data=st.data())
def test_indices_against_the_oracle(mode: str, data: st.DataObject) -> None:
    """Indices are row-major in the unpadded plane: the first tie's, or the last NaN's."""
    rows = data.draw(lines(most=7))
    columns = data.draw(like(rows))
    values = data.draw(planes(rows.size, columns.size))
    pooled, indices = pool(values, mode, **arguments(rows, columns), return_indices=True)
    assert indices.dtype == np.int64
    assert indices.tolist() == winners(values.tolist(), mode, rows, columns)
    assert same(pooled, pool_plane(values.tolist(), mode, rows, columns))


@given(data=st.data())
def test_adaptive_indices_against_the_oracle(data: st.DataObject) -> None:
    """Adaptive windows have indices too, where windows differ in length."""
    small = st.integers(1, 8)
    rows, columns = (Line(data.draw(small), output_size=data.draw(small)) for _ in range(2))
    values = data.draw(planes(rows.size, columns.size))
    _, indices = pool(values, "max", **arguments(rows, columns), return_indices=True)
    assert indices.tolist() == winners(values.tolist(), "max", rows, columns)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("leading", [(), (1,), (3,), (2, 3), (2, 1, 3)])
def test_leading_axes_are_kept(mode: str, leading: tuple[int, ...]) -> None:
    """Each plane is pooled as if alone, whatever stands before the spatial axes."""
    values = np.random.default_rng(1).integers(-9, 9, (*leading, 6, 7)) / 4
    pooled = pool(values, mode, (3, 2), stride=2, padding=1)
    assert pooled.shape == (*leading, 3, 4)
    rows, columns = Line(6, 3, 2, 1, 1), Line(7, 2, 2, 1, 1)
    for at in np.ndindex(leading):
        assert same(pooled[at], pool_plane(values[at].tolist(), mode, rows, columns), mode)


def test_leading_axes_do_not_enter_indices() -> None:
    """Indices count within a plane, not over channels."""
    values = np.arange(8.0).reshape(2, 2, 2)
    assert pool(values, "max", 2, return_indices=True)[1].tolist() == [[[3]], [[3]]]


def every_other(values: NDArray[Any]) -> NDArray[Any]:
    """The values as every other column of a wider array."""
    wide = np.zeros((*values.shape[:-1], values.shape[-1] * 2), values.dtype)
    wide[..., ::2] = values
    return wide[..., ::2]


def mapped(values: NDArray[Any], folder: Path) -> NDArray[Any]:
    """The values in a file, mapped to memory read-only."""
    np.save(folder / "values.npy", values)
    return np.load(folder / "values.npy", mmap_mode="r")


LAYOUTS: dict[str, Callable[[NDArray[Any]], NDArray[Any]]] = {
    "transposed": lambda values: np.ascontiguousarray(values.swapaxes(-1, -2)).swapaxes(-1, -2),
    "fortran": np.asfortranarray,
    "reversed": lambda values: np.ascontiguousarray(values[..., ::-1])[..., ::-1],
    "every other": every_other,
    "channels last": lambda values: np.moveaxis(values, 0, -1).copy().transpose(2, 0, 1),
    "broadcast": lambda values: np.broadcast_to(values[:1], values.shape),
    "big-endian": lambda values: values.astype(values.dtype.newbyteorder(">")),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", [*LAYOUTS, "mapped"])
def test_layout_in_memory_does_not_matter(kind: str, mode: str, tmp_path: Path) -> None:
    """Strided, big-endian and read-only mapped inputs are pooled as they read, and kept."""
    original = np.random.default_rng(2).normal(size=(3, 8, 9)).astype(np.float32)
    if kind == "broadcast":
        original[:] = original[0]
    values = mapped(original, tmp_path) if kind == "mapped" else LAYOUTS[kind](original)
    assert (values == original).all()
    pooled = pool(values, mode, 3, stride=2, padding=1)
    rows, columns = Line(8, 3, 2, 1, 1), Line(9, 3, 2, 1, 1)
    expected = [pool_plane(plane, mode, rows, columns) for plane in original.tolist()]
    assert pooled.dtype == np.dtype("float32")
    assert pooled.dtype.isnative
    assert np.allclose(pooled, expected, rtol=1e-5, atol=1e-5)
    assert (values == original).all()


def test_big_endian_values_are_what_the_oracle_says() -> None:
    """Swapped bytes are read as the numbers that they stand for."""
    assert pool(np.array([[1, 256], [2, 3]], ">i2"), "max", 2).tolist() == [[256]]
    assert pool(np.array([[1, 256], [2, 3]], ">i2"), "average", 2).tolist() == [[65.5]]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("threads", [1, 2, 4, 9])
def test_threads_do_not_change_the_result(mode: str, threads: int) -> None:
    """The values are the same to the bit, however many threads share the work."""
    values = np.random.default_rng(3).normal(size=(7, 150, 170))
    expected = pool(values, mode, 3, stride=2, padding=1, threads=1)
    assert (pool(values, mode, 3, stride=2, padding=1) == expected).all()
    assert (pool(values, mode, 3, stride=2, padding=1, threads=threads) == expected).all()
    plane = pool(values[5], mode, 3, stride=2, padding=1, threads=threads)
    assert (plane == expected[5]).all()


def test_threads_do_not_warn() -> None:
    """A sum of inf and −inf is NaN without a warning in threads too."""
    values = np.full((4, 300, 300), np.inf)
    values[:, ::2] = -np.inf
    assert np.isnan(pool(values, "average", 2, threads=2)).all()


def test_large_planes_are_right_throughout() -> None:
    """However the work is cut into blocks, no window at a seam is wrong."""
    values = np.random.default_rng(4).integers(0, 1000, (2, 700, 300))
    blocks = values.reshape(2, 350, 2, 150, 2)
    assert (pool(values, "max", 2) == blocks.max(axis=(2, 4))).all()
    assert (pool(values, "sum", 2) == blocks.sum(axis=(2, 4))).all()
    shifted = np.maximum(values[:, :-1], values[:, 1:])
    assert (pool(values, "max", (2, 1), stride=1) == shifted).all()
    _, indices = pool(values, "max", 2, return_indices=True)
    flat = values.reshape(2, -1)
    taken = np.take_along_axis(flat, indices.reshape(2, -1), 1).reshape(2, 350, 150)
    assert (taken == pool(values, "max", 2)).all()


@pytest.mark.parametrize(
    ("mode", "dtype", "pooled"),
    [("max", "float32", "float32"), ("average", "int64", "float64"), ("sum", "uint8", "int64")],
)
def test_out_receives_the_values(mode: str, dtype: str, pooled: str) -> None:
    """``out`` is written and returned."""
    values = np.arange(32).reshape(2, 4, 4).astype(dtype)
    out = np.full((2, 2, 2), 99, pooled)
    assert pool(values, mode, 2, out=out) is out
    assert (out == pool(values, mode, 2)).all()


@pytest.mark.parametrize(
    "axes",
    [(0, 1, 2, 3), (0, 1, 3, 2), (1, 0, 2, 3)],
)
def test_out_may_be_strided(axes: tuple[int, ...]) -> None:
    """An ``out`` in another layout is written as well."""
    values = np.arange(96.0).reshape(2, 3, 4, 4)
    shape = np.array([2, 3, 2, 2])[list(axes)]
    out = np.zeros(shape).transpose(np.argsort(axes))
    assert pool(values, "max", 2, out=out) is out
    assert (out == values.reshape(2, 3, 2, 2, 2, 2).max(axis=(3, 5))).all()


@pytest.mark.parametrize("planes", [(3, 2), (2, 3), (4, 4), (1, 3), (3, 1), (2, 2, 2), (3, 2, 2)])
@pytest.mark.parametrize("mode", ["max", "median"])
def test_out_may_be_a_part_of_another_array(mode: str, planes: tuple[int, ...]) -> None:
    """Planes that stand apart, by whatever strides, are each written in their place alone."""
    values = np.random.default_rng(7).normal(size=(*planes, 4, 4))
    for axis in range(len(planes)):
        for wider in range(5):
            shape = [*planes, 2, 2]
            shape[axis] += wider
            memory = np.full(shape, 99.0)
            out = memory[tuple(map(slice, planes))]
            assert pool(values, mode, 2, out=out) is out
            for place in np.ndindex(planes):
                np.testing.assert_array_equal(out[place], pool(values[place], mode, 2))
            assert (memory == 99).sum() == memory.size - out.size


@pytest.mark.parametrize("windows", [{"kernel_size": 64}, {"output_size": (1, 3)}])
def test_sums_of_float16_are_taken_wider(windows: dict[str, Any]) -> None:
    """Added up one by one, 1s in float16 stop at 2,048, and 300s overflow; in the mean, too."""
    values = np.ones((64, 64), np.float16)
    total = pool(values, "sum", **windows)
    cells = 4096 if "kernel_size" in windows else 64 * 22
    assert (total.dtype, total[0, 0]) == (np.float16, cells)
    many = np.full((64, 64), 300, np.float16)
    assert pool(many, "average", **windows)[0, 0] == 300
    assert pool(many, "lp", p=1.0, **windows)[0, 0] == np.inf
    assert pool(many[:2, :4], "lp", 2)[0, 0] == 600


def test_out_may_be_the_input() -> None:
    """A map can be pooled in place."""
    values = np.random.default_rng(8).normal(size=(3, 9, 9))
    expected = pool(values.copy(), "max", 3, stride=1, padding=1)
    pool(values, "max", 3, stride=1, padding=1, out=values)
    assert (values == expected).all()


def test_indices_are_of_the_values_before_they_are_written_over() -> None:
    """Pooled in place, a map has the indices that it had before."""
    values = np.random.default_rng(8).normal(size=(6, 6))
    windows = {"kernel_size": 3, "stride": 1, "padding": 1}
    _, expected = pool(values.copy(), "max", **windows, return_indices=True)
    _, indices = pool(values, "max", **windows, out=values, return_indices=True)
    assert (indices == expected).all()


def test_out_may_overlap_the_input() -> None:
    """An ``out`` that shares some memory with the values does not disturb them."""
    memory = np.random.default_rng(9).normal(size=(5, 300, 300))
    expected = pool(memory[:4].copy(), "max", 3, stride=1, padding=1)
    pool(memory[:4], "max", 3, stride=1, padding=1, out=memory[1:], threads=1)
    assert (memory[1:] == expected).all()


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_a_matrix_may_be_values_and_out() -> None:
    """A matrix, which always has two axes, is pooled like an array."""
    out = np.matrix(np.zeros((2, 2), int))
    values = np.matrix(np.arange(16).reshape(4, 4))
    assert pool(values, "max", 2, out=out) is out
    assert out.tolist() == [[5, 7], [13, 15]]
    assert type(pool(values, "max", 2)) is np.ndarray


OVERLAPPING = {
    "broadcast": lambda: np.lib.stride_tricks.as_strided(np.zeros(2), (2, 2), (0, 8)),
    "shifted rows": lambda: np.lib.stride_tricks.as_strided(np.zeros(3), (2, 2), (8, 8)),
    "reversed": lambda: np.lib.stride_tricks.as_strided(np.zeros(3)[2:], (2, 2), (-8, -8)),
    "half a cell": lambda: np.lib.stride_tricks.as_strided(np.zeros(6), (2, 2), (16, 4)),
}


@pytest.mark.parametrize("kind", OVERLAPPING)
def test_an_out_that_overlaps_itself_is_refused(kind: str) -> None:
    """A value that is written would be lost under the next."""
    with pytest.raises(SpecError, match="out: some of its cells share memory"):
        pool(np.ones((4, 4)), "max", 2, out=OVERLAPPING[kind]())


@pytest.mark.parametrize("kind", ["rows apart", "columns first", "turned", "one row"])
def test_an_out_may_have_gaps_and_any_order(kind: str) -> None:
    """Strides alone are not an overlap: cells may stand apart, in any order, or be a single row."""
    outs = {
        "rows apart": np.zeros((4, 2))[::2],
        "columns first": np.zeros((2, 2), order="F"),
        "turned": np.zeros((2, 4))[::-1, ::-2],
        "one row": np.lib.stride_tricks.as_strided(np.zeros(2), (1, 2), (0, 8)),
    }
    out = outs[kind]
    values = np.arange(16.0).reshape(4, 4)[: 2 * len(out)]
    assert pool(values, "max", 2, out=out) is out
    assert out.tolist() == [[5, 7], [13, 15]][: len(out)]


@pytest.mark.parametrize(
    ("out", "has"),
    [
        ([[0, 0], [0, 0]], "must be an ndarray, not list"),
        (np.zeros((2, 2), np.float32), "has shape 2×2 and type float32"),
        (np.zeros(()), "has shape () and type float64"),
        (np.zeros((2, 3)), "has shape 2×3 and type float64"),
        (np.zeros((1, 2, 2)), "has shape 1×2×2 and type float64"),
    ],
)
def test_out_must_fit(out: NDArray[Any], has: str) -> None:
    """An ``out`` of another shape or type is refused, saying which would do."""
    with pytest.raises(SpecError) as caught:
        pool(np.ones((4, 4)), "max", 2, out=out)
    assert str(caught.value) == f"out: {has}; give an array of shape 2×2 and type float64"


@pytest.mark.parametrize(
    ("mode", "options", "value"),
    [
        ("max", {}, -math.inf),
        ("min", {}, math.inf),
        ("sum", {}, 0.0),
        ("lp", {}, 0.0),
        ("average", {}, 0.0),
        ("average", {"count_include_pad": False}, 0.0),
        ("average", {"divisor_override": 3}, 0.0),
    ],
)
def test_a_window_without_input_cells(mode: str, options: dict[str, Any], value: float) -> None:
    """A legal window may read no input cell: the value of an empty fold, and the index −1."""
    one = np.array([[5.0]])
    pooled = pool(one, mode, 2, dilation=2, padding=1, **options)
    assert same(pooled, [[value]])
    if mode in ("max", "min"):
        _, indices = pool(one, mode, 2, dilation=2, padding=1, return_indices=True)
        assert indices.tolist() == [[-1]]


def test_a_window_without_input_cells_among_integers() -> None:
    """Integers have no infinity: their extreme stands for it."""
    pooled = pool(np.array([[5]], np.int8), "max", 2, dilation=2, padding=1)
    assert pooled.tolist() == [[-128]]


@pytest.mark.parametrize(
    "values",
    [[[1, 2], [3, 4]], ((1, 2), (3, 4)), np.array([[1, 2], [3, 4]]), [np.array([1, 2]), [3, 4]]],
)
def test_values_may_be_anything_array_like(values: Any) -> None:
    """Lists, tuples and arrays of numbers are pooled."""
    assert pool(values, "max", 2).tolist() == [[4]]


def test_kernel_size_is_two_unless_given() -> None:
    """Without a kernel size the windows are 2×2."""
    assert pool(np.arange(16).reshape(4, 4)).tolist() == [[5, 7], [13, 15]]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[1, 2], [3]], "values: the rows differ in length or depth; give rows of equal length"),
        (
            [["a", "b"]],
            "values: values of type <U1 cannot be pooled; give integers, floats or booleans",
        ),
        ([[1j, 2]], "values: values of type complex128 cannot be pooled;"),
        ([[None, 2]], "values: values of type object cannot be pooled;"),
        ([1, 2, 3], "values: their shape is (3,); give at least 2 axes, and no empty spatial axis"),
        (7, "values: their shape is (); give at least 2 axes, and no empty spatial axis"),
        (
            np.zeros((3, 0, 2)),
            "values: their shape is (3, 0, 2); give at least 2 axes, and no empty spatial axis",
        ),
        (np.zeros((2, 2, 0)), "values: their shape is (2, 2, 0);"),
    ],
)
def test_what_cannot_be_pooled_is_refused(values: Any, message: str) -> None:
    """Values that are not numbers, or have too few axes, are refused with a remedy."""
    with pytest.raises(SourceError) as caught:
        pool(values, "max", 2)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "average", "return_indices": True},
         "return_indices: average does not pick one cell of the window, so there are no indices;"
         " omit return_indices, or use a mode such as max"),
        ({"seed": 1}, "seed: max is not random; omit seed"),
        ({"threads": 0}, "threads: 0 is out of range"),
        ({"threads": 1.5}, "threads: 1.5 is not a whole number"),
        ({"threads": "a"}, "threads: 'a' is not a whole number"),
        ({"mode": None}, "mode: None is not a mode; give the name of a mode, e.g. max"),
        ({"mode": "stochastic", "seed": 1.5}, "seed: 1.5 is not a whole number"),
        ({"mode": "stochastic", "seed": "a"}, "seed: 'a' is not a whole number"),
        ({"mode": "stochastic", "seed": -1}, "seed: -1 is out of range"),
        ({"mode": "stochastic", "seed": 1 << 64}, "seed: 18446744073709551616 is out of range"),
        ({"like": None},
         "like: None is not a framework; give the name of a framework, e.g. torch, or a Rule"),
        ({"kernel_size": "2"}, "kernel_size: '2' is not a whole number"),
        ({"kernel_size": np.array(2.0)}, "kernel_size: must be an int, not ndarray"),
        ({"padding": "x"}, "padding: 'x' is not a valid padding; use numbers, valid, same"),
        ({"return_indices": "yes"}, "return_indices: must be a bool, not str"),
        ({"out": [[0]]}, "out: must be an ndarray, not list; give an array of shape 2×2"),
        ({"mode": "maximum"}, "mode: unknown mode 'maximum'"),
        ({"like": "numpy"}, "like: unknown framework 'numpy'"),
        (
            {"count_include_pad": False},
            "count_include_pad: max does not use a divisor; omit count_include_pad",
        ),
        ({"divisor_override": 2}, "divisor_override: max does not use a divisor; omit"),
        ({"kernel_size": 5}, "kernel_size: no window fits: ⌊(4 − 5) / 5⌋ + 1 = 0;"),
        ({"padding": 2}, "padding: 2 is more than half the kernel size, which is 2"),
        ({"ceiling": True}, "mode: max has no parameter 'ceiling'; its only parameter is nan"),
    ],
)  # fmt: skip
def test_what_has_no_meaning_is_refused(options: dict[str, Any], message: str) -> None:
    """A request without meaning is refused, saying what is wrong and what would do."""
    with pytest.raises(SpecError) as caught:
        pool(np.ones((4, 4)), **options)
    assert str(caught.value).startswith(message)


def test_default_threads_give_the_same_result() -> None:
    """A large input, which is shared among the cores by itself, is pooled alike."""
    values = np.random.default_rng(5).normal(size=(40, 170, 170)).astype(np.float32)
    assert os.cpu_count()
    assert (pool(values, "max", 3) == pool(values, "max", 3, threads=1)).all()


def test_run_and_pool_agree() -> None:
    """A result's output is what pool gives for the same request."""
    values = np.random.default_rng(6).normal(size=(3, 9, 9))
    result = poolviz.run(poolviz.FeatureMap(values), poolviz.PoolSpec("average", 3, stride=2))
    assert (result.output == pool(values, "average", 3, stride=2)).all()
