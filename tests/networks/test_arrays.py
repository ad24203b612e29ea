"""Arrays as inputs of networks."""

from typing import Any

import numpy as np
import pytest
from onnx_models import counting, slot

from poolviz import SpecError
from poolviz.networks.feeding import NetworkInput, Preparation, feed_array
from poolviz.networks.model import Slot


def fed(given: Slot, array: Any, **asked: Any) -> NetworkInput:
    """What an input gets of ``a.npy``."""
    return feed_array(given, array, "a.npy", Preparation(**asked))


def test_arrays_are_taken_as_they_are() -> None:
    """Not even brought to 0–1."""
    found = fed(slot(None, 3, 4, 5), counting(2, 3, 4, 5))
    np.testing.assert_array_equal(found.values, counting(2, 3, 4, 5))
    assert found.words == "unchanged, 2×3×4×5"
    assert found.document == {"source": "a.npy", "shape": [2, 3, 4, 5]}


@pytest.mark.parametrize(
    ("wanted", "shape", "expected"),
    [
        ((None, 3, 4, 5), (3, 4, 5), (1, 3, 4, 5)),
        ((1, 1, None, None), (4, 5), (1, 1, 4, 5)),
        ((None, None, None), (7,), (1, 1, 7)),
        ((), (), ()),
        ((5,), (5,), (5,)),
        ((None, 5), (2, 5), (2, 5)),
    ],
)
def test_axes_of_length_one_are_put_before(
    wanted: tuple[int | None, ...], shape: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    """As many as the input has more."""
    assert fed(slot(*wanted), counting(*shape)).values.shape == expected


@pytest.mark.parametrize(
    ("wanted", "shape", "words"),
    [
        (
            (1, 3, 4, 5),
            (2, 3, 4, 5),
            "takes an array of shape 1×3×4×5, but a.npy holds an array of shape 2×3×4×5",
        ),
        (
            (None, 3, None, None),
            (1, 4, 4, 5),
            r"takes an array of shape \?×3×\?×\?, but a.npy holds an array of shape 1×4×4×5",
        ),
        ((1, 3), (1, 1, 3), "takes an array of shape 1×3, but a.npy holds an array of shape 1×1×3"),
        ((2, 3), (3,), "takes an array of shape 2×3, but a.npy holds an array of shape \\(3,\\)"),
        ((), (1,), "takes one number, but a.npy holds an array of shape \\(1,\\);"),
        ((3,), (), "takes an array of shape \\(3,\\), but a.npy holds one number"),
    ],
)
def test_other_shapes_are_refused(
    wanted: tuple[int | None, ...], shape: tuple[int, ...], words: str
) -> None:
    """With the shape of the array as it was given."""
    with pytest.raises(SpecError, match=f"input 'x': {words}"):
        fed(slot(*wanted), counting(*shape))


@pytest.mark.parametrize(
    ("shape", "axis"),
    [((2, 3, 4, 5), 1), ((2, 6, 5, 3), 3), ((2, 3, 7), 1), ((2, 3, 4, 5, 6), 1), ((3, 3, 7), 1)],
)
def test_numbers_are_changed_where_asked(shape: tuple[int, ...], axis: int) -> None:
    """(x · scale − mean) / std, each channel with its own, wherever the channels stand."""
    values = counting(*shape)
    found = fed(slot(*shape), values, scale=2.0, mean=(1.0, 2.0, 3.0), std=(4.0, 5.0, 6.0))
    for channel in range(3):
        one = found.values.take(channel, axis)
        expected = (values.take(channel, axis) * 2 - (1 + channel)) / (4 + channel)
        np.testing.assert_allclose(one, expected, rtol=1e-6)
    assert found.values.shape == shape
    assert found.words.startswith("scale 2, mean 1, 2, 3, std 4, 5, 6, ")
    assert found.document["mean"] == [1, 2, 3]


def test_a_mean_alone_does_not_scale() -> None:
    """The largest value of an array is not known."""
    found = fed(slot(1, 1, 1, 2), np.array([[[[10.0, 250.0]]]]), mean=(10.0,))
    assert found.values.ravel().tolist() == [0, 240]
    assert found.document["scale"] == 1


def test_means_of_another_number_are_refused() -> None:
    """One number, or one for each channel; the batch is none."""
    with pytest.raises(SpecError, match="mean: has 2 numbers for 3 channels; use one number"):
        fed(slot(2, 3, 4), counting(2, 3, 4), mean=(1.0, 2.0))


def test_without_channels_there_is_nothing_to_change() -> None:
    """An array of two axes, beside a picture that is normalised, stays as it is."""
    found = fed(slot(None, 10), counting(1, 10), mean=(1.0,))
    np.testing.assert_array_equal(found.values, counting(1, 10))
    assert "scale" not in found.document


def test_what_is_shown() -> None:
    """The first of the batch, channels first; rows lie along a map; nothing of two axes."""
    values = counting(2, 6, 5, 3)
    first, last = (
        fed(slot(2, 6, 5, 3), values).maps,
        fed(slot(2, 3, 4, 5), counting(2, 3, 4, 5)).maps,
    )
    assert first is not None
    np.testing.assert_array_equal(first.values, np.moveaxis(values[0], -1, 0))
    assert last is not None
    np.testing.assert_array_equal(last.values, counting(2, 3, 4, 5)[0])
    assert fed(slot(None, 10), counting(1, 10)).maps is None
    rows = fed(slot(2, 2, 9), counting(2, 2, 9)).maps
    assert rows is not None
    np.testing.assert_array_equal(rows.values, counting(1, 2, 1, 9)[0])


def test_what_nothing_is_said_of_takes_any_shape() -> None:
    """An input without a shape takes an array as it is."""
    free = Slot("x", None, "float32")
    for shape in [(3, 4), (1, 2, 3, 4), (2,)]:
        assert feed_array(free, counting(*shape), "a.npy", Preparation()).values.shape == shape


def test_an_empty_batch_shows_nothing() -> None:
    """There is no first of it."""
    assert fed(slot(None, 3, 4, 4), np.zeros((0, 3, 4, 4))).maps is None


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        ("float64", np.array([1.5, 2.5]), [1.5, 2.5]),
        ("float16", np.array([1.5, 1e9]), [1.5, np.inf]),
        ("uint8", np.array([0.4, 254.6]), [0, 255]),
        ("int64", np.array([-3.0, 7.0]), [-3, 7]),
        ("bool", np.array([0, 2]), [False, True]),
        ("float32", np.array([True, False]), [1, 0]),
    ],
)
def test_types(dtype: str, values: Any, expected: list[float]) -> None:
    """Values are brought to the input's type; to whole numbers they are rounded."""
    found = fed(slot(2, dtype=dtype), values)
    assert found.values.dtype == dtype
    assert found.values.tolist() == expected


@pytest.mark.parametrize(
    ("dtype", "value", "words"),
    [
        ("uint8", 256, ", and 256 is outside their range; use values from 0 to 255, or add"),
        ("uint8", -1, ", and −1 is outside their range"),
        ("int8", 127.6, ", and 128 is outside their range; use values from −128 to 127, or add"),
        ("int64", np.nan, ", which cannot be NaN; use values without NaN"),
        ("int32", np.inf, ", and ∞ is outside their range"),
        ("float32", 1j, ", not complex numbers"),
    ],
)
def test_values_that_do_not_fit_are_refused(dtype: str, value: Any, words: str) -> None:
    """Rather than become others without a word."""
    with pytest.raises(SpecError, match=f"takes {dtype} values{words}"):
        fed(slot(2, dtype=dtype), np.array([0, value]))


def test_types_that_numpy_has_not_are_refused() -> None:
    """With a way out."""
    with pytest.raises(SpecError, match="type string, which poolviz cannot supply"):
        fed(slot(2, dtype="string"), np.zeros(2))
