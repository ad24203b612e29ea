"""Keras's layers as requests: stand-ins with their names and attributes."""

from typing import Any

import pytest

from poolviz import PoolSpec, SpecError
from poolviz.frameworks import keras as reader


def layer(name: str, **attributes: Any) -> Any:
    """A layer of a kind."""
    return type(name, (), attributes)()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            layer("MaxPooling2D", pool_size=(3, 2), strides=(2, 1), padding="same"),
            PoolSpec("max", (3, 2), (2, 1), "same", like="keras"),
        ),
        (
            layer("AveragePooling2D", pool_size=3, strides=2, padding="valid"),
            PoolSpec("average", (3, 3), (2, 2), "valid", like="keras"),
        ),
        (
            layer("MaxPooling1D", pool_size=2, strides=None, padding="valid"),
            PoolSpec("max", (2,), None, "valid", like="keras"),
        ),
        (
            layer("AveragePooling3D", pool_size=2, strides=1, padding="valid"),
            PoolSpec("average", (2, 2, 2), (1, 1, 1), "valid", like="keras"),
        ),
        (layer("GlobalMaxPooling2D"), PoolSpec("max", output_size=(1, 1), like="keras")),
        (layer("GlobalAveragePooling1D"), PoolSpec("average", output_size=(1,), like="keras")),
        (
            layer("AdaptiveAveragePooling2D", output_size=(3, 2)),
            PoolSpec("average", output_size=(3, 2), like="keras"),
        ),
        (
            layer("AdaptiveMaxPooling3D", output_size=2),
            PoolSpec("max", output_size=(2, 2, 2), like="keras"),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_layers_as_requests(given: Any, expected: PoolSpec) -> None:
    """Every setting of a layer arrives under Keras's rules."""
    assert PoolSpec.from_keras(given) == expected
    assert reader.is_pooling(given)


def test_layers_derived_from_pooling_are_pooling() -> None:
    """A class of one's own that derives from a layer is read as that layer."""
    derived = type("Mine", (type("GlobalMaxPooling2D", (), {}),), {})()
    assert PoolSpec.from_keras(derived).output_size == (1, 1)


@pytest.mark.parametrize("name", ["Conv2D", "MaxPool2d", "MaxPooling4D", "UpSampling2D", "Mine"])
def test_others_are_refused(name: str) -> None:
    """The refusal names a layer that is not pooling, or not one that poolviz knows."""
    given = layer(name, pool_size=2, strides=2, padding="valid")
    assert not reader.is_pooling(given)
    with pytest.raises(
        SpecError, match="is not a Keras pooling layer that poolviz can read"
    ) as caught:
        PoolSpec.from_keras(given)
    assert caught.value.subject == name
