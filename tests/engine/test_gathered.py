"""The gathered path: draws and blocks, however the work is cut."""

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from poolviz import PoolSpec, SpecError, gradient, pool
from poolviz.engine import gathered
from poolviz.geometry import resolve

RNG = np.random.default_rng(17)


def drawn(values: NDArray[Any], **options: Any) -> NDArray[Any]:
    """The indices of the cells that are drawn."""
    _, indices = pool(values, "stochastic", 2, return_indices=True, **options)
    return np.asarray(indices)


@pytest.mark.parametrize("cells", [1, 64, 1000, 1 << 17])
def test_draws_do_not_depend_on_how_the_work_is_cut(
    cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut into planes, rows or parts of rows, each window draws the same number."""
    values = RNG.random((2, 6, 100))
    expected = drawn(values)
    monkeypatch.setattr(gathered, "CELLS_AT_ONCE", cells)
    np.testing.assert_array_equal(drawn(values), expected)


def test_parts_of_a_wide_row_draw_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows that are alike, in blocks of a row each, do not repeat the first block's draws."""
    monkeypatch.setattr(gathered, "CELLS_AT_ONCE", 64)
    places = drawn(np.ones((2, 512)))
    offsets = (places - 2 * np.arange(256)).reshape(-1, 8)
    assert len(np.unique(offsets, axis=0)) > 16


@pytest.mark.parametrize("mode", ["stochastic", "median"])
def test_planes_that_stand_apart_in_memory_go_on_drawing(mode: str) -> None:
    """Leading axes that cannot be taken as one draw what a copy of them draws."""
    wide = RNG.random((3, 2, 4, 8))
    apart = wide.transpose(1, 0, 2, 3)
    assert not apart.flags.c_contiguous
    np.testing.assert_array_equal(pool(apart, mode, 2), pool(apart.copy(), mode, 2))


def test_no_two_planes_draw_alike() -> None:
    """Equal planes, in memory side by side or apart, have draws of their own."""
    side_by_side = np.ones((4, 3, 8, 8))
    for values in (side_by_side, np.ones((3, 4, 8, 8)).transpose(1, 0, 2, 3)):
        draws = drawn(values).reshape(12, -1)
        assert len(np.unique(draws, axis=0)) == 12


def test_gradient_flows_to_the_cells_that_were_drawn() -> None:
    """Of each plane, with its own draws."""
    values = np.ones((5, 8, 8))
    indices = drawn(values).reshape(5, -1)
    flowing = gradient(values, np.ones((5, 4, 4)), "stochastic", 2).reshape(5, -1)
    for plane, places in zip(flowing, indices, strict=True):
        assert np.flatnonzero(plane).tolist() == sorted(places.tolist())


def test_seeds_differ_and_repeat() -> None:
    """The same seed draws the same cells, another one others."""
    values = np.ones((8, 8))
    np.testing.assert_array_equal(drawn(values, seed=3), drawn(values, seed=3))
    assert (drawn(values, seed=3) != drawn(values, seed=4)).any()


def test_windows_draw_the_generator_s_numbers_in_their_order() -> None:
    """Window n of all draws the n-th number of PCG64: of four equal cells the one at ⌊4u⌋."""
    numbers = np.random.Generator(np.random.PCG64(5)).random(2 * 3 * 4).reshape(2, 3, 4)
    offsets = np.array([0, 1, 8, 9])[(4 * numbers).astype(int)]
    corners = 16 * np.arange(3)[:, None] + 2 * np.arange(4)
    np.testing.assert_array_equal(drawn(np.ones((2, 6, 8)), seed=5), corners + offsets)


def test_the_largest_seed_is_one_of_64_bits() -> None:
    """2⁶⁴ − 1 is taken, by pool and by the gradient, and 2⁶⁴ is not."""
    values, upstream = np.ones((8, 8)), np.ones((4, 4))
    assert gradient(values, upstream, "stochastic", 2, seed=2**64 - 1).sum() == 16
    assert (drawn(values, seed=2**64 - 1) != drawn(values, seed=0)).any()
    with pytest.raises(SpecError, match="use at most 18446744073709551615"):
        gradient(values, upstream, "stochastic", 2, seed=2**64)


@pytest.mark.parametrize("shape", [(1000, 4, 4), (1, 900, 900), (3, 2, 5000), (2, 31, 31)])
@pytest.mark.parametrize("limit", [50, 1000, 40000])
def test_blocks_gather_no_more_than_the_limit(
    shape: tuple[int, int, int], limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planes and windows are cut until their cells are few; together they are all windows."""
    monkeypatch.setattr(gathered, "CELLS_AT_ONCE", limit)
    planes, *size = shape
    geometry = resolve(PoolSpec("median", 2), size)
    windows = 0
    for group, block in gathered.blocks(planes, geometry):
        counts = [part.stop - part.start for part in (group, *block)]
        assert math.prod(counts) * 4 <= limit
        windows += math.prod(counts)
    assert windows == planes * math.prod(geometry.output_size)


@pytest.mark.parametrize("cells", [1, 100, 1 << 17])
def test_blocks_do_not_change_values(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ragged windows, and modes that are not folds, are the same in blocks of any size."""
    values = RNG.random((2, 3, 7, 11))
    requests: list[tuple[Any, ...]] = [("max", None, {"output_size": (3, 4)}), ("median", 3, {})]
    expected = [pool(values, mode, size, **more) for mode, size, more in requests]
    flows = [
        gradient(values, one, mode, size, **more)
        for one, (mode, size, more) in zip(expected, requests, strict=True)
    ]
    monkeypatch.setattr(gathered, "CELLS_AT_ONCE", cells)
    for one, flow, (mode, size, more) in zip(expected, flows, requests, strict=True):
        np.testing.assert_array_equal(pool(values, mode, size, **more), one)
        np.testing.assert_allclose(gradient(values, one, mode, size, **more), flow, rtol=1e-12)
