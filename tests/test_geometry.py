"""Geometry: output sizes and windows, against enumeration."""

import re
import tracemalloc
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles import Line
from strategies import lines

from poolviz import PoolSpec, SpecError
from poolviz.geometry import Axis, CellKind, Geometry, resolve


def resolved(*axes: Line) -> Geometry:
    """The geometry that poolviz makes of some axes of equal ceil mode."""
    return resolve(
        PoolSpec(
            "max",
            tuple(axis.kernel_size for axis in axes),
            stride=tuple(axis.stride for axis in axes),
            padding=tuple((axis.before, axis.after) for axis in axes),
            dilation=tuple(axis.dilation for axis in axes),
            ceil_mode=axes[0].ceil_mode,
        ),
        tuple(axis.size for axis in axes),
    )


def windows(axis: Axis) -> list[list[int]]:
    """The coordinates that each window of an axis reads."""
    return [list(axis.window(at)) for at in range(axis.output_size)]


def one_axis(size: int, kernel_size: int, **options: Any) -> Axis:
    """The only axis of a one-dimensional request."""
    return resolve(PoolSpec("max", (kernel_size,), **options), (size,)).axes[0]


@given(lines(most=14))
def test_windows_are_those_that_enumeration_finds(line: Line) -> None:
    """Output size and windows agree with placing the kernel step by step."""
    (axis,) = resolved(line).axes
    assert axis.output_size == len(line.windows())
    assert windows(axis) == line.windows()


@given(lines(), lines(), lines())
def test_axes_are_independent(first: Line, second: Line, third: Line) -> None:
    """Each axis of a three-dimensional request is as if alone."""
    axes = [replace(line, ceil_mode=False) for line in (first, second, third)]
    axes = [replace(line, size=line.size + 20) for line in axes]
    geometry = resolved(*axes)
    assert geometry.input_size == tuple(line.size for line in axes)
    assert geometry.output_size == tuple(len(line.windows()) for line in axes)
    assert [windows(axis) for axis in geometry.axes] == [line.windows() for line in axes]
    last = tuple(size - 1 for size in geometry.output_size)
    assert [list(cells) for cells in geometry.window(last)] == [line.windows()[-1] for line in axes]


@given(lines(most=14))
def test_windows_start_in_range_and_only_the_last_overhangs(line: Line) -> None:
    """Every window starts before the input's end; at most the last passes the padded edge."""
    (axis,) = resolved(line).axes
    for at, window in enumerate(windows(axis)):
        assert -line.before <= window[0] < line.size
        overhangs = window[-1] >= line.size + line.after
        assert not overhangs or (line.ceil_mode and at == axis.output_size - 1)


@given(lines(most=14))
def test_kinds_tell_input_padding_and_overhang_apart(line: Line) -> None:
    """A coordinate is input within the size, else padding within the padding, else overhang."""
    (axis,) = resolved(line).axes
    for coordinate in range(-line.before - 3, line.size + line.after + 3):
        inside = coordinate in range(line.size)
        padded = coordinate in range(-line.before, line.size + line.after)
        expected = CellKind.INPUT if inside else CellKind.PADDING if padded else CellKind.OVERHANG
        assert axis.kind(coordinate) is expected


@given(lines(most=14))
def test_extent_and_unread_cover_the_axis(line: Line) -> None:
    """The extent holds all padding and every window; unread is what no window reads."""
    (axis,) = resolved(line).axes
    read = {cell for window in line.windows() for cell in window}
    everything = read | set(range(-line.before, line.size + line.after))
    assert axis.extent == range(min(everything), max(everything) + 1)
    assert axis.unread_among(range(line.size)) == set(range(line.size)) - read
    assert axis.unread_among(range(-9, 5)) == set(range(min(5, line.size))) - read
    assert axis.unread_count == len(set(range(line.size)) - read)


@pytest.mark.parametrize(
    ("kernel_size", "stride", "dilation", "unread"),
    [
        (2, 2, 1, 0),
        (2, 3, 1, 33_333_334),
        (1, 1000, 1, 99_900_000),
        (3, 1, 5, 0),
        (2, 4, 2, 50_000_000),
        (100_000_000, 1, 1, 0),
    ],
)
def test_unread_cells_of_a_huge_axis_are_counted_at_once(
    kernel_size: int, stride: int, dilation: int, unread: int
) -> None:
    """Of 100,000,000 cells those that no window reads are counted without a list of them."""
    spec = PoolSpec("max", kernel_size, stride=stride, dilation=dilation)
    axis, _ = resolve(spec, (100_000_000, 100_000_000)).axes
    tracemalloc.start()
    try:
        assert axis.unread_count == unread
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


@given(st.integers(1, 20), st.integers(1, 24))
def test_adaptive_windows_cut_the_axis(size: int, output_size: int) -> None:
    """Window i of o reads from ⌊iL/o⌋ to ⌈(i+1)L/o⌉; together they read every cell."""
    spec = PoolSpec("max", output_size=(output_size, output_size))
    axis, _ = resolve(spec, (size, size)).axes
    assert windows(axis) == Line(size, output_size=output_size).windows()
    assert axis.unread_count == 0
    assert axis.extent == range(size)


def test_seven_cells_to_three_windows() -> None:
    """Adaptive 7 to 3 reads 0:3, 2:5 and 4:7."""
    axis, _ = resolve(PoolSpec("max", output_size=3), (7, 7)).axes
    assert windows(axis) == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]


@pytest.mark.parametrize(
    "rank",
    [1, 2,
     3],
)  # fmt: skip
def test_adaptive_windows_have_any_rank(rank: int) -> None:
    """An output size has one number for each axis, of which there may be three."""
    geometry = resolve(PoolSpec("max", output_size=(2,) * rank), (5,) * rank)
    assert geometry.output_size == (2,) * rank


@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "before_after", "first_windows"),
    [
        (5, 4, 2, (1, 2), [[-1, 0, 1, 2], [1, 2, 3, 4], [3, 4, 5, 6]]),
        (6, 3, 2, (0, 1), [[0, 1, 2], [2, 3, 4], [4, 5, 6]]),
        (7, 3, 4, (0, 0), [[0, 1, 2], [4, 5, 6]]),
        (6, 4, 5, (1, 2), [[-1, 0, 1, 2], [4, 5, 6, 7]]),
        (5, 2, 3, (0, 0), [[0, 1], [3, 4]]),
    ],
)
def test_same_padding_puts_the_extra_cell_at_the_end(
    size: int,
    kernel_size: int,
    stride: int,
    before_after: tuple[int, int],
    first_windows: list[list[int]],
) -> None:
    """SAME has ceil(L/s) windows; of an odd total the extra cell comes last, or first."""
    axis = one_axis(size, kernel_size, stride=stride, padding="same")
    assert (axis.before, axis.after) == before_after
    assert windows(axis) == first_windows
    lower = one_axis(size, kernel_size, stride=stride, padding="same_lower")
    assert (lower.after, lower.before) == before_after


@given(st.integers(1, 20), st.integers(1, 6), st.integers(1, 6), st.integers(1, 3))
def test_same_padding_gives_ceil_of_size_over_stride(
    size: int, kernel_size: int, stride: int, dilation: int
) -> None:
    """Whatever the kernel, SAME gives ceil(L/s) windows, with and without ceil mode."""
    for word in ("same", "same_lower"):
        for ceil_mode in (False, True):
            axis = one_axis(
                size,
                kernel_size,
                stride=stride,
                padding=word,
                dilation=dilation,
                ceil_mode=ceil_mode,
            )
            assert axis.output_size == -(-size // stride)


def test_valid_is_no_padding() -> None:
    """The word valid means no padding at all."""
    axis = one_axis(7, 3, stride=2, padding="valid")
    assert (axis.before, axis.after, axis.output_size) == (0, 0, 3)


@pytest.mark.parametrize(
    ("options", "pooled"),
    [
        ({}, 2),
        ({"ceil_mode": True}, 3),
        ({"padding": "same"}, 3),
        ({"padding": 1}, 3),
        ({"padding": 1, "ceil_mode": True}, 4),
    ],
)
def test_one_picture_six_cells(options: dict[str, Any], pooled: int) -> None:
    """Six cells under a kernel of 3 with stride 2: two, three or four windows."""
    assert one_axis(6, 3, stride=2, **options).output_size == pooled


@pytest.mark.parametrize(
    ("size", "options", "formula"),
    [
        (7, {}, "⌊(7 − 3) / 2⌋ + 1 = 3"),
        (6, {"padding": 1, "ceil_mode": True}, "⌈(6 + 2·1 − 3) / 2⌉ + 1 = 4"),
        (9, {"dilation": 2}, "⌊(9 − (2·(3 − 1) + 1)) / 2⌋ + 1 = 3"),
        (6, {"padding": ((0, 1),)}, "⌊(6 + 1 − 3) / 2⌋ + 1 = 3"),
    ],
)
def test_formula_has_the_numbers_in_it(size: int, options: dict[str, Any], formula: str) -> None:
    """The substituted formula is what a person would write."""
    assert one_axis(size, 3, stride=2, **options).formula == formula


def test_formula_tells_of_the_dropped_window() -> None:
    """Where ceil mode's last window would start beyond the input, the formula says so."""
    assert one_axis(5, 2, stride=4, padding=1, ceil_mode=True).formula == (
        "⌈(5 + 2·1 − 2) / 4⌉ + 1 = 3, minus 1 window that would start beyond the input = 2"
    )


@given(lines())
def test_formula_ends_with_the_output_size(line: Line) -> None:
    """The right-hand side of the formula is the number of windows."""
    (axis,) = resolved(line).axes
    assert axis.formula.endswith(f"= {len(line.windows())}")


@pytest.mark.parametrize(
    ("input_size", "formula"),
    [
        ((4, 4), "⌊(4 − 2) / 2⌋ + 1 = 2"),
        (
            (4, 6),
            "rows: ⌊(4 − 2) / 2⌋ + 1 = 2; columns: ⌊(6 − 2) / 2⌋ + 1 = 3",
        ),
    ],
)
def test_formula_stands_once_where_axes_agree(input_size: tuple[int, int], formula: str) -> None:
    """Equal formulas are written once, different ones with the name of their axis."""
    assert resolve(PoolSpec("max", 2), input_size).formula == formula


@pytest.mark.parametrize(("kernel", "input_size"), [((1, 2), (1, 16)), ((2, 1), (16, 1))])
def test_formula_of_a_single_row_or_column_is_that_of_its_length(
    kernel: tuple[int, int], input_size: tuple[int, int]
) -> None:
    """The other axis has one cell before and after."""
    formula = resolve(PoolSpec("max", kernel), input_size).formula
    assert formula == "⌊(16 − 2) / 2⌋ + 1 = 8"
    padded = resolve(PoolSpec("max", (2, 2), stride=1, padding=(1, 0)), (1, 16)).formula
    assert padded.startswith("rows: ⌊(1 + 2·1 − 2) / 1⌋ + 1 = 2; columns: ")


@pytest.mark.parametrize(
    ("spec", "input_size", "formula"),
    [
        (PoolSpec("max", output_size=4), (6, 6),
         "4×4 asked for; output i reads rows ⌊i·6/4⌋ to ⌈(i + 1)·6/4⌉ − 1, columns likewise"),
        (PoolSpec("max", output_size=(2, 3)), (5, 7),
         "2×3 asked for; rows: output i reads ⌊i·5/2⌋ to ⌈(i + 1)·5/2⌉ − 1;"
         " columns: output i reads ⌊i·7/3⌋ to ⌈(i + 1)·7/3⌉ − 1"),
        (PoolSpec("max", output_size=(1, 3)), (2, 7),
         "1×3 asked for; rows: output 0 reads 0 to 1;"
         " columns: output i reads ⌊i·7/3⌋ to ⌈(i + 1)·7/3⌉ − 1"),
        (PoolSpec("max", output_size=(1, 3)), (1, 7),
         "1×3 asked for; rows: output 0 reads 0;"
         " columns: output i reads ⌊i·7/3⌋ to ⌈(i + 1)·7/3⌉ − 1"),
        (PoolSpec("max", output_size=(3,)), (7,),
         "3 asked for; output i reads columns ⌊i·7/3⌋ to ⌈(i + 1)·7/3⌉ − 1"),
        (PoolSpec("global-max"), (6, 6), "one window over all 36 cells"),
        (PoolSpec("global-max"), (40, 60), "one window over all 2,400 cells"),
        (PoolSpec("max", output_size=1), (4, 9), "one window over all 36 cells"),
        (PoolSpec("global-max"), (1, 1), "one window over the only cell"),
    ],
)  # fmt: skip
def test_adaptive_formulas_say_what_a_window_reads(
    spec: PoolSpec, input_size: tuple[int, ...], formula: str
) -> None:
    """Adaptive windows have a rule instead of a size formula; a global one reads all cells."""
    assert resolve(spec, input_size).formula == formula


def named_and_legal(options: dict[str, Any], size: int, kernel_size: int) -> Sequence[int]:
    """The kernel size that a refusal names, and the largest that is accepted."""
    with pytest.raises(SpecError, match="no window fits") as caught:
        one_axis(size, kernel_size, **options)
    named = int((re.findall(r"\d+", caught.value.remedy) or ["0"])[0])
    legal = [0]
    for smaller in range(1, kernel_size):
        try:
            one_axis(size, smaller, **options)
        except SpecError:
            continue
        legal.append(smaller)
    return named, max(legal)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2), st.integers(1, 3))
def test_a_kernel_that_is_too_large_names_the_largest_that_fits(
    size: int, excess: int, padding: int, stride: int
) -> None:
    """The refusal gives the formula and the largest legal kernel size."""
    kernel_size = size + 2 * padding + excess
    options = {"padding": padding, "stride": stride}
    named, legal = named_and_legal(options, size, kernel_size)
    assert named == legal == size + 2 * padding


@pytest.mark.parametrize(
    ("size", "kernel_size", "options"),
    [
        (9, 6, {"dilation": 2}),
        (4, 4, {"dilation": 3, "padding": 1, "stride": 1}),
        (3, 5, {"stride": 2, "ceil_mode": True}),
        (1, 7, {"padding": ((0, 3),)}),
        (1, 4, {"padding": 2, "dilation": 4}),
    ],
)
def test_the_largest_kernel_named_is_legal_under_every_option(
    size: int, kernel_size: int, options: dict[str, Any]
) -> None:
    """Dilation, ceil mode and uneven padding are reckoned with in the refusal."""
    named, legal = named_and_legal(options, size, kernel_size)
    assert named == legal


@pytest.mark.parametrize(("padding", "dilation"), [(3, 1), (5, 1), (3, 2)])
def test_the_remedy_for_more_padding_than_the_kernel_may_have_works(
    padding: int, dilation: int
) -> None:
    """Less padding alone leaves less room; with a smaller kernel size too, a window fits."""
    with pytest.raises(SpecError, match=r"use a smaller kernel size and less padding$"):
        one_axis(1, 2 * padding + 1, padding=((0, padding),), dilation=dilation)
    with pytest.raises(SpecError, match="no window fits"):
        one_axis(1, 2 * padding + 1, padding=((0, padding - 1),), dilation=dilation)
    assert one_axis(1, 2, padding=((0, 1),)).output_size == 1


def test_a_refusal_does_not_take_longer_for_a_longer_stride() -> None:
    """The largest kernel that fits is named at once, whatever the stride."""
    with pytest.raises(SpecError, match=r"that fits here is 3$"):
        one_axis(3, 5, stride=2**31 - 1)


def test_a_refused_kernel_shows_the_formula() -> None:
    """The refusal shows why nothing fits."""
    with pytest.raises(SpecError) as caught:
        one_axis(3, 5, stride=1)
    assert str(caught.value) == (
        "kernel_size: no window fits: ⌊(3 − 5) / 1⌋ + 1 = −1;"
        " the largest kernel size that fits here is 3"
    )


def test_geometry_fills_in_the_defaults() -> None:
    """The spec of a geometry has nothing left open."""
    spec = resolve(PoolSpec("average", 3), (7, 7)).spec
    assert (spec.stride, spec.padding, spec.ceil_mode, spec.count_include_pad) == (
        (3, 3),
        ((0, 0), (0, 0)),
        False,
        True,
    )


@pytest.mark.parametrize("input_size", [(4,), (4, 4, 4)])
def test_an_input_of_another_rank_is_refused(input_size: tuple[int, ...]) -> None:
    """A spec for two axes does not fit an input with one or three."""
    with pytest.raises(SpecError):
        resolve(PoolSpec("max", 2), input_size)
