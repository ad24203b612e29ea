"""Layers: how they are written, and the bank of filters."""

import numpy as np
import pytest

from poolviz import FeatureMap, SpecError, available_modes, pool
from poolviz.analysis.layers import available_layers, read_layers
from poolviz.analysis.layers._layer import FILTERS
from poolviz.analysis.stack import build_levels


def values_behind(words: str, values: object, like: str = "torch") -> list[object]:
    """What the last of some layers makes of a plane."""
    levels = build_levels(FeatureMap(np.array(values)), read_layers(words, like))
    found: list[object] = levels[-1].feature_map.values.tolist()
    return found


def response(name: str, values: object) -> float:
    """A filter laid upon cells of its own size."""
    (kernel,) = FILTERS[name].values()
    return float((kernel * np.asarray(values)).sum())


def test_kinds_are_found_by_their_files() -> None:
    """Every file but the shared ones; no mode is called as one of them."""
    assert available_layers() == ["conv", "relu"]
    assert not set(available_layers()) & set(available_modes())


def test_sobel_on_a_ramp() -> None:
    """Rising by 1 to the right: (1 + 2 + 1) · 2 = 8 to the right, 0 downwards."""
    ramp = np.tile([4.0, 5, 6], (3, 1))
    assert response("sobel-x", ramp) == 8
    assert response("sobel-y", ramp) == 0
    assert response("sobel-y", ramp.T) == 8


def test_laplacian_and_sharpen_on_a_spike() -> None:
    """A spike of 2 on 1: 4 · 1 − 4 · 2 = −4; sharpened 5 · 2 − 4 · 1 = 6."""
    spike = np.ones((3, 3))
    spike[1, 1] = 2
    assert response("laplacian", spike) == -4
    assert response("sharpen", spike) == 6
    assert response("laplacian", np.ones((3, 3))) == 0


def test_gaussians_are_binomial() -> None:
    """The middle has (2/4)² and (6/16)² of all; what is flat stays."""
    assert FILTERS["gaussian"]["gaussian"][1].tolist() == [2 / 16, 4 / 16, 2 / 16]
    assert FILTERS["gaussian-5"]["gaussian-5"][2, 2] == 36 / 256
    assert response("gaussian-5", np.full((5, 5), 7)) == 7


@pytest.mark.parametrize("angle", range(0, 360, 45))
@pytest.mark.parametrize("slope", [0, 30, 90, 200])
def test_oriented_filters_measure_the_slope_in_their_direction(angle: int, slope: int) -> None:
    """A ramp that rises by 1 gives the cosine of the angle between them; 90 is up."""
    row, column = np.mgrid[0:5, 0:5]
    turn = np.radians(slope)
    ramp = column * np.cos(turn) - row * np.sin(turn)
    expected = np.cos(np.radians(slope - angle))
    assert response(f"oriented-{angle}", ramp) == pytest.approx(expected, abs=1e-12)


def test_names_for_several_filters() -> None:
    """``sobel`` is two, ``oriented`` eight, in their order."""
    assert list(FILTERS["sobel"]) == ["sobel-x", "sobel-y"]
    assert [name.split("-")[1] for name in FILTERS["oriented"]] == [
        "0", "45", "90", "135", "180", "225", "270", "315",
    ]  # fmt: skip


def test_stride_and_padding_of_a_convolution() -> None:
    """The gaussian with stride 2 and padding 1 on 16 in a corner: 16 · 4/16 and 16 · 1/16 off."""
    values = np.zeros((3, 3))
    values[0, 0] = 16
    assert values_behind("conv:gaussian/2p1", values) == [[[4, 0], [0, 0]]]
    assert values_behind("conv:gaussian/1x2p1x0", values) == [[[2], [1], [0]]]
    assert values_behind("conv:laplacianp1", [[1]]) == [[[-4]]]


def test_relu_and_pooling() -> None:
    """What is below 0 becomes 0; modes take parameters and windows."""
    assert values_behind("relu", [[-1, 2], [0, -3]]) == [[[0, 2], [0, 0]]]
    assert values_behind("max:2x1", [[1, 5], [4, 2]]) == [[[4, 5]]]
    assert values_behind("lp:p=1:1x2/1", [[1, 2, 4]]) == [[[3, 6]]]
    assert values_behind("average:to1", [[1, 2], [3, 4]]) == [[[2.5]]]
    assert values_behind("global-max", [[1, 2], [3, 4]]) == [[[4]]]
    assert values_behind("max", [[1, 2], [3, 4]]) == [[[4]]]


def test_nan_passes_the_rectifier() -> None:
    """As in torch."""
    assert np.isnan(values_behind("relu", [[np.nan]])[0]).all()


def test_pooling_follows_the_rules_that_are_asked_for() -> None:
    """The stride is the kernel's size in torch, 1 in ONNX."""
    assert values_behind("max:2", [[1, 2, 3], [4, 5, 6]]) == [[[5]]]
    assert values_behind("max:2", [[1, 2, 3], [4, 5, 6]], "onnx") == [[[5, 6]]]


def test_aliases_of_modes() -> None:
    """``avg`` is ``average``."""
    values = np.arange(16.0).reshape(4, 4)
    assert values_behind("avg:2", values) == [pool(values, "average", 2).tolist()]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("", "layers: missing; add them after the source"),
        ("relu conv:sobl", "layer 2 (conv:sobl): unknown filter 'sobl'; did you mean sobel?"),
        ("conv", "layer 1 (conv): a filter is missing; use conv:FILTER/STRIDEpPADDING"),
        ("conv:sobel/2/3", "layer 1 (conv:sobel/2/3): 'sobel/2/3' is not a filter; use conv:"),
        ("conv:sobel/0", "layer 1 (conv:sobel/0): stride: 0 is out of range"),
        ("cov:sobel", "layer 1 (cov:sobel): unknown layer 'cov'; did you mean conv?"),
        ("maxx:2", "layer 1 (maxx:2): unknown layer 'maxx'; did you mean max?"),
        ("max:9z", "layer 1 (max:9z): '9z' does not describe windows; use e.g. 3/2p1"),
        ("max:0", "layer 1 (max:0): kernel size: 0 is out of range"),
        ("lp:3:p=3", "layer 1 (lp:3:p=3): '3' must come last, after the parameters; write e.g."),
        ("max:3:2", "layer 1 (max:3:2): '3:2' describes the windows more than once; write e.g."),
        ("lp:q=3:2", "layer 1 (lp:q=3:2): lp has no parameter 'q'"),
        ("relu:1", "layer 1 (relu:1): relu takes no parameters; use relu alone"),
        (
            "global-max:2",
            "layer 1 (global-max:2): the kernel size has no effect with an output size",
        ),
    ],
)
def test_layers_that_cannot_be_meant(words: str, message: str) -> None:
    """One line says which layer, why, and what to write."""
    with pytest.raises(SpecError) as error:
        read_layers(words)
    assert str(error.value).startswith(message)


def test_unknown_rules_are_no_layers_fault() -> None:
    """The error is about ``like``."""
    with pytest.raises(SpecError, match=r"^like: unknown framework 'torhc'; did you mean torch"):
        read_layers("max:2", "torhc")
