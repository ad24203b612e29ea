"""Layout: where channels and spatial axes stand."""

import pytest

from poolviz.networks.layout import layout_of, spatial


@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        ((1, 3, 64, 64), "NCHW"), ((None, 1, 28, 28), "NCHW"), ((1, 4, 8, 8), "NCHW"),
        ((1, 64, 64, 3), "NHWC"), ((None, None, None, 3), "NHWC"), ((1, 28, 28, 1), "NHWC"),
        ((1, 3, 3, 3), "NCHW"), ((1, 3, 8, 1), "NCHW"), ((1, 32, 8, 8), "NCHW"),
        ((None, None, None, None), "NCHW"), ((1, 64, 64, 2), "NCHW"), ((1, 64, 64, 4), "NHWC"),
    ],
)  # fmt: skip
def test_channels_last_only_where_nothing_else_can_be(
    shape: tuple[int | None, ...], layout: str
) -> None:
    """NHWC where the last axis can be a picture's channels, and the second cannot."""
    assert layout_of(shape) == layout


@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((1, 3, 5, 7), (5, 7)), ((1, 5, 7, 3), (5, 7)), ((2, 8, 9), (9,)),
        ((1, 2, 3, 4, 5), (3, 4, 5)), ((1, 10), ()), ((), ()),
        # Of other than four axes the channels are the second.
        ((1, 9, 3), (3,)), ((1, 5, 6, 7, 3), (6, 7, 3)),
    ],
)  # fmt: skip
def test_spatial_axes(shape: tuple[int, ...], axes: tuple[int, ...]) -> None:
    """What is neither the batch nor the channels."""
    assert spatial(shape) == axes
