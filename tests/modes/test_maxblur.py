"""Max-blur pooling, as its authors published it."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from oracles import max_blur

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run
from poolviz.cli.funnel import run_app
from poolviz.geometry import resolve
from poolviz.modes import build_mode
from poolviz.windows import ReceptiveField, gather, one_window

SIXTEEN = np.arange(1.0, 17.0).reshape(4, 4)


@pytest.mark.parametrize(
    ("values", "options", "expected"),
    [
        # Maxima 6 7 8, 10 11 12, 14 15 16; those at the ends are reflected: (2·6 + 2·7) / 4 …
        (SIXTEEN, {}, [[8.5, 9.5], [12.5, 13.5]]),
        # taps 4 read one maximum before and two after: rows (7 + 3·6 + 3·7 + 8) / 8 = 6.75 …
        (SIXTEEN, {"taps": 4}, [[9.75, 10.25], [11.75, 12.25]]),
        # without blur every second maximum
        (SIXTEEN, {"taps": 1}, [[6, 8], [14, 16]]),
        # two taps read a maximum and the next: (6 + 7) / 2, and at the end (8 + 7) / 2
        (SIXTEEN, {"taps": (1, 2)}, [[6.5, 7.5], [14.5, 15.5]]),
        # negative cells: maxima −1 −1 −4 are (2·(−1) + 2·(−1)) / 4 and (2·(−4) + 2·(−1)) / 4
        ([[-9.0, -1.0, -5.0, -4.0]], {"kernel_size": (1, 2), "taps": (1, 3)}, [[-1.0, -2.5]]),
    ],
)
def test_hand_worked(values: Any, options: dict[str, Any], expected: Any) -> None:
    """Maxima at stride 1, the binomial blur over their reflection, every second one kept."""
    options = {"kernel_size": 2, "stride": 2} | options
    np.testing.assert_allclose(pool(values, "maxblur", **options), expected, rtol=1e-15)


@pytest.mark.parametrize("seed", range(30))
def test_random_requests(seed: int) -> None:
    """Kernels, strides and taps of any size, per axis, are the blurred maxima of the oracle."""
    rng = np.random.default_rng(seed)
    kernel_size, stride, taps = ([int(n) for n in rng.integers(1, most, 2)] for most in (4, 4, 7))
    size = [k + t // 2 + int(rng.integers(0, 6)) for k, t in zip(kernel_size, taps, strict=True)]
    values = rng.integers(-12, 13, size) / 4
    if seed % 3 == 0:
        values[tuple(rng.integers(0, size))] = rng.choice([math.nan, math.inf, -math.inf])
    expected = max_blur(values.tolist(), kernel_size, stride, taps)
    pooled = pool(values, "maxblur", kernel_size, stride=stride, taps=taps)
    np.testing.assert_allclose(pooled, expected, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "windows"),
    [(8, 2, 2, 4), (7, 3, 2, 3), (9, 2, 3, 3), (4, 4, 1, 1), (224, 2, 2, 112)],
)
def test_sizes(size: int, kernel_size: int, stride: int, windows: int) -> None:
    """⌈(L − k + 1) / s⌉ windows, whatever the taps, even ones too."""
    for taps in (1, 2, 3, 4):
        if taps // 2 < size - kernel_size + 1:
            spec = PoolSpec("maxblur", kernel_size, stride=stride, mode_options={"taps": taps})
            result = run(FeatureMap(np.zeros((size, size))), spec)
            assert result.output_size == (windows, windows)
            assert result.formula == f"⌈({size} − {kernel_size} + 1) / {stride}⌉ = {windows}"


def test_a_step_reads_the_cells_that_its_maxima_read() -> None:
    """At an edge a window has fewer cells, and reflected maxima weigh twice."""
    result = run(FeatureMap(SIXTEEN), PoolSpec("maxblur", 2, stride=2))
    first, last = result.step(0, 0), result.step(1, 1)
    assert (first.rows, first.columns) == (range(3), range(3))
    assert (last.rows, last.columns) == (range(1, 4), range(1, 4))
    # Maxima 6 and 7, 10 and 11 stand at (1, 1) … (2, 2), each with ½ along both axes.
    assert first.weights.tolist() == [[0, 0, 0], [0, 0.25, 0.25], [0, 0.25, 0.25]]
    assert last.weights.tolist() == [[0, 0, 0], [0, 0.25, 0.25], [0, 0.25, 0.25]]
    assert (first.weights * first.cells).sum() == result.output[0, 0, 0] == 8.5


def test_an_even_blur_reads_back_at_the_end() -> None:
    """Four taps at the last maximum read it, one before, and two after it that are reflected."""
    values = np.array([[1.0, 2.0, 3.0, 4.0]])
    spec = PoolSpec("maxblur", 1, stride=(1, 3), mode_options={"taps": (1, 4)})
    result = run(FeatureMap(values), spec)
    # (2 + 3·1 + 3·2 + 3) / 8, and (3 + 3·4 + 3·3 + 2) / 8
    assert result.output.tolist() == [[[1.75, 3.25]]]
    step = result.step(0, 1)
    assert step.columns == range(1, 4)
    assert step.weights.tolist() == [[1 / 8, 4 / 8, 3 / 8]]


def test_the_gradient_is_the_blur_transposed_then_the_argmax() -> None:
    """Each output sends its weights back to the cells that are maxima."""
    flowing = gradient(SIXTEEN, np.ones((2, 2)), "maxblur", 2, stride=2)
    # Rows and columns 1, 2, 3 hold the maxima, with ½, ½ + ½ and ½ of two windows.
    along = np.array([0, 0.5, 1, 0.5])
    assert flowing.tolist() == np.multiply.outer(along, along).tolist()


def test_nan_wins_over_every_number() -> None:
    """A maximum with NaN in it is NaN, and so is what it is blurred into."""
    pooled = pool([[math.nan, 1.0, 2.0, 3.0, 4.0]], "maxblur", 1, stride=(1, 2), taps=(1, 3))
    assert math.isnan(pooled[0, 0])
    assert pooled[0, 1:].tolist() == [2.0, 3.5]


@pytest.mark.parametrize(
    ("options", "subject", "words"),
    [
        ({"padding": 1}, "padding", "its blur reflects the maxima at the edges"),
        ({"padding": ((0, 1), (0, 0))}, "padding", "reflects"),
        ({"padding": "same"}, "padding", "reflects"),
        ({"ceil_mode": True}, "ceil_mode", "does not support ceil mode"),
        ({"dilation": 2}, "dilation", "does not support dilation"),
        ({"output_size": 2, "kernel_size": None}, "output_size", "windows of equal size"),
        ({"taps": 0}, "mode", "maxblur:taps=0 is out of range"),
        ({"taps": (3, 34)}, "mode", "maxblur:taps=3/34 is out of range"),
        ({"taps": (1, 2, 3)}, "mode", "taps has 3 numbers for 2 axes"),
        (
            {"taps": 2.5},
            "mode",
            "taps=2.5 is not valid; set taps to a whole number, e.g. 3, or several",
        ),
        (
            {"taps": "1/x"},
            "mode",
            "taps=1/x is not valid; set taps to a whole number, e.g. 3, or several",
        ),
        ({"kernel_size": 5}, "kernel_size", "the largest kernel size that fits here is 4"),
        # Three maxima: two can be reflected.
        ({"taps": 6}, "mode", "reads 3 maxima beyond the edge, but only 2 can be reflected there"),
    ],
)
def test_what_it_does_not_take_is_refused(
    options: dict[str, Any], subject: str, words: str
) -> None:
    """The refusal gives the reason."""
    with pytest.raises(SpecError, match=words) as caught:
        pool(SIXTEEN, "maxblur", **({"kernel_size": 2, "stride": 2} | options))
    assert caught.value.subject == subject


@pytest.mark.parametrize("padding", [0, (0, 0), ((0, 0), (0, 0)), "valid"])
def test_no_padding_may_be_spelled_out(padding: Any) -> None:
    """A setting that changes nothing is accepted."""
    pooled = pool(SIXTEEN, "maxblur", 2, stride=2, padding=padding, ceil_mode=False, dilation=1)
    assert pooled.tolist() == [[8.5, 9.5], [12.5, 13.5]]


@pytest.mark.parametrize(
    ("like", "stride"),
    [("torch", (2, 2)), ("skimage", (2, 2)), ("onnx", (1, 1)), ("darknet", (1, 1))],
)
def test_the_rule_says_no_more_than_the_stride(like: str, stride: tuple[int, int]) -> None:
    """No framework's padding comes in."""
    spec = run(FeatureMap(SIXTEEN), PoolSpec("maxblur", 2, like=like)).spec
    assert (spec.stride, spec.padding, spec.ceil_mode) == (stride, ((0, 0), (0, 0)), False)


def test_taps_of_each_axis_are_typed_with_a_stroke(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``taps=1/3`` blurs columns alone: maxima 1 3 and 2 4 stay in their rows."""
    tuples = run(FeatureMap(SIXTEEN), PoolSpec("maxblur", 2, mode_options={"taps": (1, 3)}))
    assert tuples.summary == "maxblur:taps=1/3 2×2, stride 2"
    mode = build_mode(PoolSpec("maxblur:taps=1/3"))
    assert mode == build_mode(PoolSpec("maxblur", mode_options={"taps": (1, 3)}))
    arguments = ["run", "--data", "1 3; 2 4", "--mode", "maxblur:taps=1/3", "--size", "1"]
    monkeypatch.setattr("sys.argv", ["poolviz", *arguments, "--write", "none"])
    assert run_app() == 0
    assert "taps=1/3" in capsys.readouterr().out
    assert pool([[1.0, 3.0], [2.0, 4.0]], mode="maxblur:taps=1/3", kernel_size=1).tolist() == [
        [2, 2],
        [3, 3],
    ]


def test_the_receptive_field_is_kernel_and_blur() -> None:
    """Windows of 2 + 3 − 1 cells, a stride apart."""
    result = run(FeatureMap(np.zeros((12, 12))), PoolSpec("maxblur", 2, stride=3))
    field = ReceptiveField.of((12, 12)).through(result.geometry.axes)
    assert (field.size, field.jump) == ((4, 4), (3.0, 3.0))


def test_cells_that_take_no_part_are_no_maxima() -> None:
    """Where cells are left out, maxima are of the others; one of no cell leaves its weight."""
    values = np.array([[-9.0, -1.0, -2.0, -4.0]])
    for kernel_size, taken, shares in (
        # Of the maxima −9, −1, −2, with weights ¼, ½, ¼, the middle one is missing.
        (1, [True, False, True, True], [0.5, 0, 0.5]),
        # Of the maxima of pairs, −1 (twice) and −2, the first two are now −9 and −2.
        (2, [True, False, True, True], [0.25, 0, 0.75, 0]),
        (1, [False, False, False, True], [0, 0, 0]),
    ):
        spec = PoolSpec("maxblur", (1, kernel_size), mode_options={"taps": (1, 3)})
        mode = build_mode(replace(spec, stride=(1, 1)))
        geometry = resolve(replace(spec, stride=(1, 1)), (1, 4), mode)
        patches = gather(values, geometry, one_window((0, 1)), 0.0)
        inside = np.array(taken)[: patches.cells.shape[-1]]
        patches = replace(patches, inside=inside, cells=np.where(inside, patches.cells, 0.0))
        assert mode.weights(patches).ravel().tolist() == shares
        expected = np.dot(shares, values[0, : len(shares)]) if any(shares) else math.nan
        np.testing.assert_array_equal(mode.reduce(patches).ravel(), [expected])


def test_types() -> None:
    """Types are kept, and integers give float64."""
    assert pool(SIXTEEN.astype("float32"), "maxblur", 2).dtype == np.float32
    assert pool(SIXTEEN.astype("int8"), "maxblur", 2).dtype == np.float64
