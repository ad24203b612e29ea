"""as_array(): tensors, narrow floats, masked arrays and what is not an array; by stand-ins."""

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, SourceError, gradient, pool, run, unpool
from poolviz.arrays import as_array


class Tensor:
    """What as_array asks of a tensor of PyTorch."""

    def __init__(
        self, values: Any, dtype: str = "torch.float32", steps: tuple[str, ...] = ()
    ) -> None:
        self.values, self.dtype, self.steps = np.asarray(values), dtype, steps

    def __array__(self, *_: Any, **__: Any) -> Any:
        """As PyTorch answers for a tensor that takes part in a graph, or is on a device."""
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self) -> "Tensor":
        """Without its gradient."""
        return Tensor(self.values, self.dtype, (*self.steps, "detached"))

    def cpu(self) -> "Tensor":
        """In memory."""
        if self.dtype == "meta":
            raise NotImplementedError("Cannot copy out of meta tensor; no data!\nat line 3")
        return Tensor(self.values, self.dtype, (*self.steps, "here"))

    def float(self) -> "Tensor":
        """As float32."""
        return Tensor(self.values.astype(np.float32), "torch.float32", self.steps)

    def numpy(self) -> Any:
        """The array, of the types that NumPy has."""
        assert self.steps == ("detached", "here")
        if self.dtype != "torch.float32":
            raise TypeError(f"Got unsupported ScalarType {self.dtype}")
        return self.values


HALVES = [[1.5, 3.0], [2.0, -4.0]]
NARROW = ["bfloat16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3b11fnuz", "float8_e3m4"]


@pytest.mark.parametrize("dtype", ["torch.float32", "torch.bfloat16", "torch.float8_e5m2"])
def test_a_tensor_is_taken_from_graph_and_device(dtype: str) -> None:
    """A tensor that needs gradients, or of a type that NumPy lacks, is pooled as float32."""
    values = np.array(HALVES, np.float32)
    pooled = pool(Tensor(values, dtype), "average", 2)
    assert pooled.dtype == np.float32
    assert pooled.tolist() == [[0.625]]


@pytest.mark.parametrize("dtype", ["meta", "torch.quint8"])
def test_a_tensor_that_cannot_be_read_is_refused(dtype: str) -> None:
    """A tensor without data, or quantised, is refused in one line that tells PyTorch's reason."""
    with pytest.raises(
        SourceError, match="values: an object of type Tensor cannot be read as an array"
    ) as caught:
        pool(Tensor(HALVES, dtype), "max", 2)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("give an ordinary, dense array of numbers")


@pytest.mark.parametrize("name", NARROW)
def test_narrow_floats_are_widened_exactly(name: str) -> None:
    """Every number of 8 or 16 bits is the same number in float32, and the result is float32."""
    dtype = np.dtype(getattr(ml_dtypes, name))
    bits = np.arange(1 << 8 * dtype.itemsize).astype(f"u{dtype.itemsize}")
    values = bits.view(dtype)
    wide = as_array(values)
    assert wide.dtype == np.float32
    assert [float(value) for value in values[::37]] == pytest.approx(wide[::37], rel=0, nan_ok=True)
    assert pool(values[None], "max", 1).dtype == np.float32


@pytest.mark.parametrize(("name", "given", "wide"), [("int4", [-8, 7], "int8"),
                                                     ("uint2", [0, 3], "uint8")])  # fmt: skip
def test_small_integers_are_widened(name: str, given: list[int], wide: str) -> None:
    """Integers of fewer than 8 bits become those of 8."""
    array = as_array(np.array(given, getattr(ml_dtypes, name)))
    assert (array.dtype, array.tolist()) == (np.dtype(wide), given)


def test_bfloat16_goes_everywhere() -> None:
    """pool, gradient, unpool, run and FeatureMap take bfloat16; averages add up in float32."""
    # 256 + 1 is not a bfloat16: it would be rounded to 256.
    values = np.array([[256, 1], [1, 1]], ml_dtypes.bfloat16)
    assert pool(values, "average", 2).tolist() == [[64.75]]
    pooled, indices = pool(values, "max", 2, return_indices=True)
    assert (pooled.tolist(), indices.tolist()) == ([[256]], [[0]])
    assert unpool(pooled.astype(ml_dtypes.bfloat16), indices, 2).tolist() == [[256, 0], [0, 0]]
    flowing = gradient(values, np.ones((1, 1), ml_dtypes.bfloat16), "average", 2)
    assert (flowing.dtype, flowing.tolist()) == (np.float32, [[0.25, 0.25], [0.25, 0.25]])
    assert FeatureMap(values).values.dtype == np.float32
    assert run(values, PoolSpec("average")).step(0, 0).arithmetic.endswith("/ 4 = 64.75")


def test_complex_numbers_of_few_bits_are_refused() -> None:
    """A type of ml_dtypes that is not of real numbers is named and refused."""
    if not hasattr(ml_dtypes, "complex32"):
        pytest.skip("this ml_dtypes has no complex numbers")
    with pytest.raises(SourceError, match="values of type complex32 cannot be pooled"):
        as_array(np.zeros((2, 2), ml_dtypes.complex32))


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_subclasses_become_ordinary_arrays() -> None:
    """A matrix always has two axes, so that it becomes an array, without a copy."""
    matrix = np.matrix([[1, 2], [3, 4]])
    array = as_array(matrix)
    assert type(array) is np.ndarray
    assert np.shares_memory(array, matrix)


def test_arrays_are_not_copied() -> None:
    """Arrays that NumPy can calculate with stay unchanged, byte order and mask included."""
    plain, swapped = np.zeros((2, 2)), np.zeros((2, 2), ">f4")
    assert as_array(plain) is plain
    assert as_array(swapped) is swapped
    masked = np.ma.masked_equal([[1, 2]], 2)
    assert np.ma.getmaskarray(as_array(masked)).tolist() == [[False, True]]


class Broken:
    """It has an array only by name."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        """No array."""
        raise OSError("the device \x1b[31m is gone\nat line 2")


@pytest.mark.parametrize("values", [Broken(), [Broken(), Broken()]])
def test_what_an_object_says_is_told_in_one_line(values: Any) -> None:
    """Any error that an object raises when it is converted becomes a SourceError, escaped."""
    with pytest.raises(SourceError, match=r"the device \\x1b\[31m is gone\)") as caught:
        as_array(values)
    assert "\n" not in str(caught.value)


def test_memory_that_runs_out_is_not_the_source_s_fault() -> None:
    """A MemoryError stays one."""

    class Huge:
        def __array__(self, *_: Any, **__: Any) -> Any:
            raise MemoryError

    with pytest.raises(MemoryError):
        as_array(Huge())
