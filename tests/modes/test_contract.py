"""What every mode keeps to, whichever there are."""

from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from itertools import product

import numpy as np
import pytest
from contract import differentiable_modes, every_mode, folding_modes
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from strategies import lines, planes

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, pool, run
from poolviz.geometry import CellKind, Geometry, resolve
from poolviz.modes import FoldMode, Mode, build_mode, mode_class
from poolviz.patches import Counts, Patches

DTYPES = ("float64", "float32", "float16", "int64", "int8", "uint8", "uint64")
TOLERANCE = {"float16": 1e-3, "float32": 1e-5}


Request = tuple[PoolSpec, tuple[int, int]]


@st.composite
def specs(draw: st.DrawFn, mode: str) -> Request:
    """A request of a mode, and the size of an input that it fits."""
    forms = [draw(sliding(mode)), draw(adaptive(mode))]
    forms = forms[::-1] if draw(st.integers(0, 3)) == 0 else forms
    # A mode that reads more than the kernel may need a larger input.
    forms += [(replace(spec, dilation=1), (h + 8, w + 8)) for spec, (h, w) in forms]
    return next(form for form in forms if has_windows(*form))


def has_windows(spec: PoolSpec, size: tuple[int, int]) -> bool:
    """Whether the mode has a meaning in this form, on an input of this size."""
    try:
        resolve(spec, size, build_mode(spec))
    except SpecError:
        return False
    return True


@st.composite
def adaptive(draw: st.DrawFn, mode: str) -> Request:
    """A request for an output size."""
    sizes = st.tuples(st.integers(1, 7), st.integers(1, 7))
    return PoolSpec(mode, output_size=draw(sizes)), draw(sizes)


@st.composite
def sliding(draw: st.DrawFn, mode: str) -> Request:
    """A request for a kernel."""
    rows = draw(lines(most=6))
    columns = draw(lines(most=6).filter(lambda line: line.ceil_mode == rows.ceil_mode))
    divisor = {}
    if mode_class(mode.partition(":")[0]).divides:
        divisor = {
            "count_include_pad": draw(st.booleans()),
            "divisor_override": draw(st.none() | st.integers(1, 9)),
        }
    spec = PoolSpec(
        mode,
        (rows.kernel_size, columns.kernel_size),
        stride=(rows.stride, columns.stride),
        padding=((rows.before, rows.after), (columns.before, columns.after)),
        dilation=(rows.dilation, columns.dilation),
        ceil_mode=rows.ceil_mode,
        **divisor,
    )
    return spec, (rows.size, columns.size)


def as_type(plane: NDArray[np.float64], dtype: str) -> NDArray[np.generic]:
    """The plane in another type; in integers there is nothing but small whole numbers."""
    if np.issubdtype(dtype, np.integer):
        whole = np.where(np.isfinite(plane), plane * 4, 0)
        return np.abs(whole).astype(dtype) if dtype[0] == "u" else whole.astype(dtype)
    return plane.astype(dtype)


def defined(
    values: NDArray[np.generic], geometry: Geometry, mode: Mode, at: tuple[int, int]
) -> np.generic:
    """The mode's definition on one window, whose cells are picked one by one."""
    kinds, cells = [], []
    for row, column in product(*geometry.window(at)):
        kind = max(geometry.axes[0].kind(row), geometry.axes[1].kind(column))
        kinds.append(kind)
        inside = kind == CellKind.INPUT
        cells.append(values[row, column] if inside else mode.identity(values.dtype))
    inside = np.array([kind == CellKind.INPUT for kind in kinds])
    padded = sum(kind != CellKind.OVERHANG for kind in kinds)
    spec = geometry.spec
    divisor = spec.divisor_override or (padded if spec.count_include_pad else inside.sum())
    numbers = (np.array([number]) for number in (len(kinds), padded, inside.sum(), divisor))
    with np.errstate(all="ignore"):
        patches = Patches(np.array([cells], values.dtype), inside[None], Counts(*numbers))
        return mode.reduce(patches)[0]


@pytest.mark.parametrize("mode", folding_modes())
@given(data=st.data())
def test_fast_path_computes_the_definition(mode: str, data: st.DataObject) -> None:
    """What the engine folds is what the definition says of each window, and nothing warns."""
    spec, size = data.draw(specs(mode))
    dtype = data.draw(st.sampled_from(DTYPES))
    values = as_type(data.draw(planes(*size)), dtype)
    result = run(FeatureMap(values), spec)
    geometry = resolve(spec, size, build_mode(spec))
    expected = np.array(
        [
            [defined(values, geometry, build_mode(spec), (row, column))
             for column in range(geometry.output_size[1])]
            for row in range(geometry.output_size[0])
        ]
    )  # fmt: skip
    assert result.output.dtype == expected.dtype
    tolerance = 0 if result.mode.picks else TOLERANCE.get(dtype, 1e-12)
    np.testing.assert_allclose(result.output[0], expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("mode", every_mode())
@settings(max_examples=40)
@given(data=st.data())
def test_weights_are_shares(mode: str, data: st.DataObject) -> None:
    """Weights lie in the input only; without an own divisor they sum to 1, or are all 0."""
    spec, size = data.draw(specs(mode))
    values = data.draw(planes(*size, special=False))
    for step in run(FeatureMap(values), spec).steps():
        assert step.weights.shape == step.cells.shape == step.kinds.shape
        assert np.isfinite(step.weights).all()
        assert not step.weights[step.kinds != CellKind.INPUT].any()
        if not mode_class(mode).divides:
            assert step.weights.sum() == pytest.approx(1) or not step.weights.any()


@pytest.mark.parametrize("mode", every_mode())
@given(data=st.data())
def test_one_window_over_equal_cells_shares_equally_or_has_one_winner(
    mode: str, data: st.DataObject
) -> None:
    """Cells that cannot be told apart have one winner among them, or equal shares."""
    height, width = data.draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    values = np.full((height, width), data.draw(st.integers(1, 9).map(float)))
    if not has_windows(PoolSpec(f"global-{mode}"), (height, width)):
        assert not has_windows(PoolSpec(mode, output_size=1), (9, 9))
        return
    result = run(FeatureMap(values), PoolSpec(f"global-{mode}"))
    weights = result.step(0, 0).weights
    assert weights.sum() == pytest.approx(1)
    if result.mode.picks:
        assert np.count_nonzero(weights) == 1
    elif isinstance(result.mode, FoldMode):
        assert np.allclose(weights, 1 / values.size)


@pytest.mark.parametrize("mode", every_mode())
def test_picked_values_are_cells(mode: str) -> None:
    """A mode that picks gives back the cell at its index; others have no indices."""
    values = np.random.default_rng(0).normal(size=(2, 7, 8))
    if not build_mode(PoolSpec(mode)).picks:
        with pytest.raises(ValueError, match="return_indices"):
            pool(values, mode, 2, return_indices=True)
        return
    pooled, indices = pool(values, mode, output_size=3, return_indices=True)
    flat = values.reshape(2, -1)
    taken = np.take_along_axis(flat, indices.reshape(2, -1), axis=1)
    assert (taken.reshape(pooled.shape) == pooled).all()


@pytest.mark.parametrize("mode", every_mode())
def test_every_mode_says_what_it_is(mode: str) -> None:
    """Summary, formula and citation are lines of text; the docstring has the formula."""
    kind = mode_class(mode)
    for line in (kind.summary, kind.formula, kind.citation):
        assert line.strip() == line != ""
        assert "\n" not in line
    assert kind.name() == mode
    assert kind.__doc__
    assert kind.formula in kind.__doc__


@pytest.mark.parametrize("mode", every_mode())
def test_every_mode_is_a_frozen_dataclass_with_defaults(mode: str) -> None:
    """A mode is made without parameters, and none of them can change."""
    kind = mode_class(mode)
    assert is_dataclass(kind)
    made = kind()
    assert made == kind()
    for field in fields(kind):
        with pytest.raises(FrozenInstanceError):
            setattr(made, field.name, None)


@pytest.mark.parametrize("mode", every_mode())
def test_names_and_aliases_are_unique(mode: str) -> None:
    """No alias of a mode is another mode's name or alias."""
    others = [mode_class(other) for other in every_mode() if other != mode]
    taken = {word for other in others for word in (other.name(), *other.aliases)}
    assert taken.isdisjoint({mode, *mode_class(mode).aliases})


@pytest.mark.parametrize("mode", every_mode())
def test_every_step_has_a_line_of_arithmetic(mode: str) -> None:
    """Each window's line gives its value and is short, even of a large window."""
    spec = PoolSpec(mode, 15, padding=7)
    spec = spec if has_windows(spec, (30, 30)) else PoolSpec(mode, output_size=2)
    result = run(FeatureMap(np.arange(900.0).reshape(30, 30)), spec)
    for step in result.steps():
        assert "=" in step.arithmetic or "≈" in step.arithmetic
        assert "\n" not in step.arithmetic
        assert len(step.arithmetic) < 200


@pytest.mark.parametrize("mode", every_mode())
def test_unknown_parameters_are_refused(mode: str) -> None:
    """No mode takes what it has no field for."""
    with pytest.raises(ValueError, match="does not take 'nonsense'"):
        pool([[1.0]], mode, 1, nonsense=1)


@pytest.mark.parametrize("mode", differentiable_modes())
@settings(max_examples=8)
@given(data=st.data())
def test_gradient_is_that_of_central_differences(mode: str, data: st.DataObject) -> None:
    """What flows back to a cell is how much the pooled values move with it."""
    spec, size = data.draw(specs(mode))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    # Distinct positive values, far enough apart that no step changes their order.
    values = rng.permutation(np.arange(1.0, size[0] * size[1] + 1)).reshape(size) / 8
    options = {"mode_options": dict(spec.mode_options)} | {
        name: getattr(spec, name) for name in OPTIONS if getattr(spec, name) is not None
    }
    request = PoolSpec(spec.mode, **options)
    plain = {name: value for name, value in options.items() if name != "mode_options"}
    plain |= dict(spec.mode_options)
    upstream = rng.normal(size=run(FeatureMap(values), request).output_size)

    def total(moved: NDArray[np.float64]) -> float:
        pooled = pool(moved, spec.mode, **plain)
        # Windows without any input cell give an infinity, or the worst finite number.
        return float((pooled * upstream)[np.abs(pooled) < 1e300].sum())

    found = gradient(values, upstream, spec.mode, **plain)
    expected = np.zeros(size)
    for cell in np.ndindex(*size):
        step = np.zeros(size)
        step[cell] = 1e-5
        expected[cell] = (total(values + step) - total(values - step)) / 2e-5
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


OPTIONS = (
    "kernel_size", "stride", "padding", "dilation", "ceil_mode", "count_include_pad",
    "divisor_override", "output_size",
)  # fmt: skip
