"""Fractional max pooling."""

import math
from typing import Any

import numpy as np
import pytest
from oracles import DEFINITIONS, Window

from poolviz import FeatureMap, PoolSpec, SpecError, pool, run
from poolviz.cli.funnel import run_app
from poolviz.output.names import output_name

NINE = np.array([[5.0, 1.0, -2.0, 7.0, 7.0, 3.0, -8.0, -9.0, -7.0]])


def regions(result: Any, axis: int = 1) -> list[range]:
    """The regions along one axis."""
    along = result.geometry.axes[axis]
    return [along.window(index) for index in range(along.output_size)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        # α = 9/6 = 1.5, u = 0: a = ⌈1.5·i⌉ = 0 2 3 5 6 8 9
        ({"ratio": 1.5, "u": 0}, [5, -2, 7, 3, -8, -7]),
        # overlapping regions reach one cell further
        ({"ratio": 1.5, "u": 0, "overlapping": True}, [5, 7, 7, 3, -7, -7]),
        # u = 0.5: a = ⌈1.5·(i + ½)⌉ − ⌈0.75⌉ = 0 2 3 5 6 8 9
        ({"ratio": 1.5, "u": 0.5}, [5, -2, 7, 3, -8, -7]),
        # u = 0.25: a = ⌈1.5·(i + ¼)⌉ − ⌈0.375⌉ = 0 1 3 4 6 7 9
        ({"ratio": 1.5, "u": 0.25}, [5, 1, 7, 7, -8, -7]),
        # a whole ratio is a plain pooling
        ({"ratio": 3, "u": 0.7}, [5, 7, -7]),
        ({"ratio": 1, "u": 0.2}, NINE[0].tolist()),
    ],
)
def test_hand_worked(options: dict[str, Any], expected: list[float]) -> None:
    """Regions from ⌈α(i + u)⌉ − ⌈αu⌉ on, as the author has them."""
    ratio = options.pop("ratio")
    pooled = pool(NINE, "fractional-max", ratio=(1, ratio), **options)
    assert pooled.tolist() == [expected]


@pytest.mark.parametrize("overlapping", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_random_regions(seed: int, overlapping: bool) -> None:
    """Each output is the largest of its region, whose edges are the author's formula."""
    rng = np.random.default_rng(seed)
    size, u = int(rng.integers(2, 20)), float(rng.integers(0, 8)) / 8
    count = int(rng.integers(1, size + 1))
    values = rng.integers(-9, 9, (1, size)).astype(float)
    if seed % 4 == 0:
        values[0, rng.integers(size)] = math.nan
    alpha = size / count
    edges = [math.ceil(alpha * (i + u) - 1e-9) - math.ceil(alpha * u - 1e-9) for i in range(count)]
    ends = [min(size, edge + overlapping) for edge in [*edges[1:], size]]
    expected = [
        DEFINITIONS["fractional-max"](Window(values[0, start:end].tolist()))
        for start, end in zip(edges, ends, strict=True)
    ]
    pooled = pool(values, "fractional-max", output_size=(1, count), u=u, overlapping=overlapping)
    np.testing.assert_array_equal(pooled, [expected])


def test_regions_in_random_order_are_of_two_neighbouring_lengths() -> None:
    """They cover the map once, in steps of 1 and 2 for a ratio between 1 and 2; seeds differ."""
    found = set()
    for seed in range(8):
        spec = PoolSpec("fractional-max:random=true:ratio=1.5", mode_options={})
        along = regions(run(FeatureMap(np.zeros((30, 30))), spec, seed=seed))
        assert [cell for region in along for cell in region] == list(range(30))
        assert {len(region) for region in along} == {1, 2}
        found.add(tuple(map(len, along)))
    assert len(found) == 8


@pytest.mark.parametrize(
    ("size", "ratio", "count"), [(9, 1.5, 6), (10, 1.5, 6), (7, 2**0.5, 4), (30, 30 / 7, 7)]
)
def test_a_ratio_gives_as_many_regions_as_fit(size: int, ratio: float, count: int) -> None:
    """⌊L / ratio⌋, in spite of rounding."""
    assert pool(np.zeros((size, size)), "fractional-max", ratio=ratio).shape == (count, count)


def test_a_ratio_for_each_axis() -> None:
    """``ratio=1.5/3`` gives 9 / 1.5 rows and 9 / 3 columns, as a tuple or typed."""
    values = np.zeros((9, 9))
    assert pool(values, "fractional-max", ratio=(1.5, 3)).shape == (6, 3)
    result = run(FeatureMap(values), PoolSpec("fractional-max:ratio=1.5/3"))
    assert result.output_size == (6, 3)
    assert result.formula == "rows: ⌊9 / 1.5⌋ = 6; columns: ⌊9 / 3⌋ = 3"


def test_kernel_and_output_size_together() -> None:
    """α = (9 − 3)/(4 − 1) = 2: regions of three cells from 0, 2 and 4 on, the last from 6."""
    pooled = pool(NINE, "fractional-max", (1, 3), output_size=(1, 4), u=0)
    assert pooled.tolist() == [[5, 7, 7, -7]]
    # α = 6/2 = 3, ⌊uα⌋ = 1: starts ⌊1.5⌋ − 1 = 0, ⌊4.5⌋ − 1 = 3, and the last at 6
    assert pool(NINE, "fractional-max", (1, 3), output_size=(1, 3), u=0.5).tolist() == [[5, 7, -7]]
    # α = 8/4 = 2 … of one cell: 0 2 4 6 8
    assert pool(NINE, "fractional-max", 1, output_size=(1, 5), u=0).tolist() == [[5, -2, 7, -8, -7]]
    # a lone region ends with the map
    assert pool(NINE, "fractional-max", (1, 2), output_size=(1, 1), u=0).tolist() == [[-7]]


def test_the_command_takes_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The output has the requested size, and the summary gives the kernel too."""
    line = "run sample:teaching --mode fractional-max --size 3 --output-size 4x3 --write none"
    monkeypatch.setattr("sys.argv", ["poolviz", *line.split()])
    assert run_app() == 0
    assert "output 4×3, fractional-max 3×3, output 4×3" in capsys.readouterr().out


def test_names_differ_by_the_kernel() -> None:
    """Two runs that differ in the kernel alone do not write over each other's files."""
    results = [
        run(FeatureMap(np.zeros((9, 9))), PoolSpec("fractional-max", kernel_size, output_size=1))
        for kernel_size in (None, 2, 3)
    ]
    names = [output_name(result, channel=0).removeprefix("array-") for result in results]
    assert len(set(names)) == 3
    assert results[0].summary == "global fractional-max"
    assert results[1].summary == "fractional-max 2×2, output 1×1"


def test_other_modes_refuse_both() -> None:
    """Where a mode has no windows of a kernel for an output size, one of them is too much."""
    for mode in ("max", "average", "lp", "median"):
        with pytest.raises(SpecError, match="omit kernel_size"):
            pool(NINE, mode, 2, output_size=2)


@pytest.mark.parametrize(
    ("options", "subject", "words"),
    [
        ({"ratio": 0.5}, "mode", "ratio=0.5 is out of range"),
        ({"ratio": (2, math.inf)}, "mode", "ratio=2.0/inf is out of range"),
        ({"ratio": (1, 2, 3)}, "mode", "ratio has 3 numbers for 2 axes"),
        (
            {"ratio": 20},
            "mode",
            "a ratio of 20 leaves no region on an axis of 1 cell; use an output size of 1",
        ),
        (
            {"output_size": (1, 10)},
            "output_size",
            "10 regions do not fit into 9 cells; use an output size from 1 to 9$",
        ),
        ({"u": 1}, "mode", "u=1 is out of range"),
        ({"stride": 1}, "stride", "derives its regions from the output size or the ratio"),
        ({"padding": 0}, "padding", "derives its regions from the output size or the ratio"),
        ({"dilation": 2}, "dilation", "derives its regions from the output size or the ratio"),
        (
            {"ceil_mode": False},
            "ceil_mode",
            "derives its regions from the output size or the ratio",
        ),
        (
            {"kernel_size": (1, 6), "output_size": (1, 5)},
            "kernel_size",
            "use a kernel size of at most 5",
        ),
        ({"kernel_size": (3,), "output_size": (1, 5)}, "kernel_size", "has 1"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, Any], subject: str, words: str) -> None:
    """The refusal gives the reason."""
    with pytest.raises(SpecError, match=words) as caught:
        pool(NINE, "fractional-max", **options)
    assert caught.value.subject == subject


def test_ties_and_indices() -> None:
    """The first of equal cells wins."""
    pooled, indices = pool(NINE, "fractional-max", output_size=(1, 3), u=0, return_indices=True)
    assert (pooled.tolist(), indices.tolist()) == ([[5, 7, -7]], [[0, 3, 8]])


def test_u_moves_regions_of_a_kernel() -> None:
    """Seven cells, three regions of two: α = 2.5; at u = 0.7 they begin at 1 − 1, 4 − 1 and 5."""
    spec = PoolSpec("fractional-max:u=0.7", 2, output_size=(1, 3))
    result = run(np.arange(14.0).reshape(2, 7), spec)
    assert regions(result) == [range(2), range(3, 5), range(5, 7)]
