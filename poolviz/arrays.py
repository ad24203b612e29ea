"""Arrays: whatever holds numbers, as an array of a type that NumPy calculates with."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from poolviz.errors import SourceError
from poolviz.text import first_line

NUMERIC = "buif"
# A tensor of PyTorch has these; PyTorch itself is not imported.
TENSOR = ("detach", "cpu", "numpy")
# PyTorch's floats that NumPy lacks; float32 holds each of them exactly.
NARROW_FLOATS = ("torch.bfloat16", "torch.float8")


def as_array(values: Any, subject: str = "values") -> NDArray[Any]:
    """``values`` as an array of integers, floats or booleans.

    Tensors of PyTorch are taken from their device and from the graph of gradients.
    bfloat16 and floats of 8 bits, of PyTorch, JAX or ml_dtypes, become float32, which
    holds each of them exactly, and integers of fewer than 8 bits become int8 or uint8.
    A masked array stays one; any other subclass of an array, such as a matrix, becomes
    an ordinary array. Nothing else is copied.

    Args:
        values: an array, a tensor, or nested lists.
        subject: what errors call it.

    Raises:
        SourceError: it is not an array, or not of numbers.

    Example:
        >>> as_array([[1, 3], [2, 4]])
        array([[1, 3],
               [2, 4]])
    """
    try:
        array = _read(values)
    except ValueError as error:
        raise SourceError(subject, "they form no array", "give rows of equal length") from error
    except MemoryError:
        raise
    except Exception as error:  # whatever an object says that is asked for its numbers
        raise SourceError(
            subject,
            f"a {type(values).__name__} cannot be read as an array ({first_line(str(error))})",
            "give an ordinary, dense array of numbers",
        ) from error
    # By its name, since ml_dtypes need not be installed; NumPy calls one of its types a float.
    if array.dtype.type.__module__ == "ml_dtypes":
        array = _widened(array)
    if array.dtype.kind not in NUMERIC:
        raise SourceError(
            subject,
            f"the type {array.dtype} cannot be pooled",
            "give integers, floats or booleans",
        )
    return array


def _read(values: Any) -> NDArray[Any]:
    if all(hasattr(values, name) for name in TENSOR):
        tensor = values.detach().cpu()
        values = tensor.float() if str(tensor.dtype).startswith(NARROW_FLOATS) else tensor
        return np.asarray(values.numpy())
    array = np.asanyarray(values)
    if isinstance(array, np.ma.MaskedArray):
        return array.view(np.ma.MaskedArray)
    return array if isinstance(array, np.memmap) else np.asarray(array)


def _widened(array: NDArray[Any]) -> NDArray[Any]:
    """An array of a type of ml_dtypes in the type of NumPy's that holds all its numbers."""
    for kind, wider in (("int", np.int8), ("uint", np.uint8)):
        if array.dtype.name.startswith(kind):
            return array.astype(wider)
    floats = "float" in array.dtype.name
    return array.astype(np.float32) if floats else array
