"""Arrays: anything that holds numbers, as an array of a type that NumPy can calculate with."""

from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from poolviz.checks import type_name
from poolviz.errors import PoolvizError, SourceError
from poolviz.text import first_line

# NumPy's kinds of types: booleans, unsigned and signed integers, floats.
NUMERIC = "buif"
# Attributes that tell a tensor of PyTorch, which itself is not imported.
TENSOR = ("detach", "cpu", "numpy")
# PyTorch's floats that NumPy lacks; float32 holds each of them exactly.
NARROW_FLOATS = ("torch.bfloat16", "torch.float8")


def as_array(
    values: Any,
    subject: str = "values",
    use: str = "pooled",
    remedy: str = "give integers, floats or booleans",
) -> NDArray[Any]:
    """``values`` as an array of integers, floats or booleans.

    Tensors of PyTorch are detached and copied to the CPU. bfloat16 and 8-bit floats, of
    PyTorch, JAX or ml_dtypes, become float32, which holds each of them exactly; integers of
    fewer than 8 bits become int8 or uint8. A masked array stays masked; any other subclass of
    an array, such as a matrix, becomes an ordinary array. Nothing else is copied.

    Args:
        values: an array, a tensor, or nested lists.
        subject: the subject of errors.
        use: what happens to the values, for the error about values that are not numbers.
        remedy: what to do about that error.

    Raises:
        SourceError: the values do not form an array, or are not numbers.

    Example:
        >>> as_array([[1, 3], [2, 4]])
        array([[1, 3],
               [2, 4]])
    """
    try:
        array = _read(values)
    except ValueError as error:
        cause = "the rows differ in length or depth"
        raise SourceError(subject, cause, "give rows of equal length") from error
    except (MemoryError, PoolvizError):
        # The second: a mapped file that another program writes to says so at any moment.
        raise
    except Exception as error:  # any that an object raises when it is converted
        reason = first_line(str(error))
        raise SourceError(
            subject,
            f"an object of type {type_name(values)} cannot be read as an array"
            + (f" ({reason})" if reason else ""),
            "give an ordinary, dense array of numbers",
        ) from error
    # Known by its module's name, since ml_dtypes need not be installed.
    if array.dtype.type.__module__ == "ml_dtypes":
        name = array.dtype.name
        if name.startswith("int"):
            array = array.astype(np.int8)
        elif name.startswith("uint"):
            array = array.astype(np.uint8)
        elif "float" in name:
            array = array.astype(np.float32)
    if array.dtype.kind not in NUMERIC:
        raise SourceError(
            subject,
            f"values of type {array.dtype} cannot be {use}",
            remedy,
        )
    return array


def is_masked_array(values: Any) -> TypeGuard["np.ma.MaskedArray[Any, Any]"]:
    """Whether ``values`` are a masked array.

    The answer for an ordinary array does not load NumPy's module for masked ones, which takes
    as long as a fifth of NumPy itself.
    """
    if not isinstance(values, np.ndarray) or type(values) is np.ndarray:
        return False
    return isinstance(values, np.ma.MaskedArray)


def has_masked(values: Any) -> bool:
    """Whether a value is masked."""
    return is_masked_array(values) and bool(np.ma.is_masked(values))


def unmasked(values: NDArray[Any]) -> NDArray[Any]:
    """The values of an array, those under its mask included."""
    return np.ma.getdata(values) if is_masked_array(values) else values


def _read(values: Any) -> NDArray[Any]:
    if all(hasattr(values, name) for name in TENSOR):
        tensor = values.detach().cpu()
        values = tensor.float() if str(tensor.dtype).startswith(NARROW_FLOATS) else tensor
        return np.asarray(values.numpy())
    array = np.asanyarray(values)
    if is_masked_array(array):
        return array.view(np.ma.MaskedArray)
    return array if isinstance(array, np.memmap) else np.asarray(array)
