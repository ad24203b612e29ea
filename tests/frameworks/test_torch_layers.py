"""PyTorch's modules as requests: stand-ins with their names and attributes."""

from typing import Any

import pytest

from poolviz import PoolSpec, SpecError
from poolviz.frameworks import torch as reader


def module(name: str, **attributes: Any) -> Any:
    """A module of a kind."""
    return type(name, (), attributes)()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            module("MaxPool2d", kernel_size=3, stride=2, padding=1, dilation=2, ceil_mode=True),
            PoolSpec("max", (3, 3), 2, 1, 2, ceil_mode=True),
        ),
        (
            module(
                "AvgPool2d", kernel_size=(3, 2), stride=(2, 1), padding=(1, 0), ceil_mode=False,
                count_include_pad=False, divisor_override=5,
            ),
            PoolSpec("average", (3, 2), (2, 1), (1, 0), 1, False, False, 5),
        ),
        (
            module("AvgPool1d", kernel_size=(4,), stride=(3,), padding=(2,), ceil_mode=True,
                   count_include_pad=True),
            PoolSpec("average", (4,), (3,), (2,), 1, True, True),
        ),
        (
            module("MaxPool1d", kernel_size=3, stride=3, padding=0, dilation=1, ceil_mode=False),
            PoolSpec("max", (3,), (3,), (0,), (1,), False),
        ),
        (
            module("MaxPool3d", kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False),
            PoolSpec("max", (2, 2, 2), (2, 2, 2), (0, 0, 0), (1, 1, 1), False),
        ),
        (
            module("LPPool2d", norm_type=3.0, kernel_size=2, stride=None, ceil_mode=False),
            PoolSpec("lp", (2, 2), ceil_mode=False, mode_options={"p": 3.0}),
        ),
        (module("AdaptiveAvgPool2d", output_size=(3, 2)), PoolSpec("average", output_size=(3, 2))),
        (module("AdaptiveAvgPool2d", output_size=1), PoolSpec("global-average")),
        (module("AdaptiveMaxPool1d", output_size=4), PoolSpec("max", output_size=(4,))),
        (module("AdaptiveMaxPool3d", output_size=2), PoolSpec("max", output_size=(2, 2, 2))),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_modules_as_requests(given: Any, expected: PoolSpec) -> None:
    """Every setting of a module arrives under PyTorch's rules."""
    assert PoolSpec.from_torch(given) == expected
    assert expected.like == "torch"
    assert reader.is_pooling(given)


def test_a_missing_stride_stays_open() -> None:
    """A module whose stride is None asks for the rule's own: the kernel size."""
    given = module("LPPool2d", norm_type=2, kernel_size=2, stride=None, ceil_mode=False)
    assert reader.read(given).stride is None


def test_an_output_size_of_none_is_the_inputs() -> None:
    """AdaptiveAvgPool2d((None, 4)) keeps the rows of its input."""
    given = module("AdaptiveAvgPool2d", output_size=(None, 4))
    assert reader.read(given, (9, 11)) == PoolSpec("average", output_size=(9, 4))


@pytest.mark.parametrize("size", [None, (None, 4), [3, None]])
def test_an_output_size_of_none_is_unknown_without_an_input(size: Any) -> None:
    """From the module alone the input's size cannot be told."""
    with pytest.raises(SpecError, match="capture, which runs it"):
        PoolSpec.from_torch(module("AdaptiveAvgPool2d", output_size=size))


def test_modules_derived_from_pooling_are_pooling() -> None:
    """A class of one's own that derives from a module is read as that module."""
    base = type("MaxPool2d", (), {"kernel_size": 2, "stride": 1, "padding": 0})
    derived = type("Quiet", (base,), {})()
    assert reader.kind(derived) == reader.Kind("max", windows="", rank=2)
    assert PoolSpec.from_torch(derived) == PoolSpec("max", (2, 2), 1, 0)


@pytest.mark.parametrize(
    "name",
    ["Conv2d", "FractionalAvgPool2d", "MaxUnpool2d", "MaxPool4d", "MaxPool", "MyMaxPool2d",
     "MaxPool2dish", "GlobalMaxPool2d"],
)  # fmt: skip
def test_others_are_refused(name: str) -> None:
    """The refusal names a module that is not pooling, or not one that poolviz knows."""
    given = module(name, kernel_size=2, output_size=2)
    assert not reader.is_pooling(given)
    with pytest.raises(
        SpecError, match="is not a PyTorch pooling layer that poolviz can read"
    ) as caught:
        PoolSpec.from_torch(given)
    assert caught.value.subject == name


FRACTIONAL = {"kernel_size": (3, 2), "output_size": None, "output_ratio": None}


def test_fractional_max_of_a_kernel_and_an_output_size() -> None:
    """PyTorch's own example: regions of 3×3, 13×12 of them."""
    given = module("FractionalMaxPool2d", **FRACTIONAL | {"output_size": (13, 12)})
    expected = PoolSpec("fractional-max", (3, 2), output_size=(13, 12))
    assert PoolSpec.from_torch(given) == expected
    assert reader.kind(given) == reader.Kind("fractional-max", "Fractional", 2)
    volume = module("FractionalMaxPool3d", **FRACTIONAL | {"kernel_size": 2, "output_size": 4})
    expected = PoolSpec("fractional-max", (2, 2, 2), output_size=(4, 4, 4))
    assert PoolSpec.from_torch(volume) == expected


def test_fractional_max_by_a_ratio() -> None:
    """int(0.3·10) is 3, int(0.58·50) is 28 as PyTorch rounds; without an input it is unknown."""
    given = module("FractionalMaxPool2d", **FRACTIONAL | {"output_ratio": (0.3, 0.58)})
    assert reader.read(given, (10, 50)).output_size == (int(10 * 0.3), int(50 * 0.58))
    single = module("FractionalMaxPool2d", **FRACTIONAL | {"output_ratio": 0.5})
    assert reader.read(single, (9, 8)).output_size == (4, 4)
    with pytest.raises(SpecError, match="output_ratio: the module does not know the input size"):
        PoolSpec.from_torch(given)
