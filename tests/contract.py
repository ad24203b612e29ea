"""The contract of all modes: each check takes the name of a mode."""

import math
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from oracles import DEFINITIONS, Line, Window, reading_windows

from poolviz import FeatureMap, PoolSpec, SpecError, gradient, modes, pool, run, text
from poolviz.engine.gathered import uniform
from poolviz.geometry import CellKind, resolve
from poolviz.modes import build_mode, mode_class
from poolviz.modes._mode import FoldMode
from poolviz.windows import all_windows, gather

# Settings that change what a mode computes; modes without an entry run with their defaults.
VARIANTS: dict[str, tuple[str, ...]] = {
    "fractional-max": ("fractional-max", "fractional-max:overlapping=true:random=true"),
    "gated": ("gated", "gated:gate=-0.5"),
    "lse": ("lse", "lse:r=5"),
    "max": ("max", "max:nan=drop"),
    "maxblur": ("maxblur", "maxblur:taps=4", "maxblur:taps=1/2"),
    "min": ("min", "min:nan=drop"),
    "ordinal": ("ordinal", "ordinal:weights=3/0/1"),
    "stochastic": ("stochastic", "stochastic:expected=true"),
    "lp": ("lp", "lp:p=1", "lp:p=inf", "lp:p=3:absolute=true", "lp:rescale=false"),
}
DTYPES = ("float64", "float32", "float16", "int64", "int8", "uint8", "uint64")
TOLERANCE = {"float16": 2e-3, "float32": 1e-5}
Request = tuple[PoolSpec, tuple[int, int]]
Values = NDArray[np.generic]


def every_mode() -> list[str]:
    """The names of all modes."""
    return modes.available_modes()


def variants(mode: str) -> tuple[str, ...]:
    """A mode as ``pool`` accepts it, with each setting that is worth a run."""
    return VARIANTS.get(mode, (mode,))


def folding_modes() -> list[str]:
    """The modes with a fast path, with their variants."""
    folding = [name for name in every_mode() if issubclass(mode_class(name), FoldMode)]
    return [variant for name in folding for variant in variants(name)]


# Random requests.


def random_line(rng: np.random.Generator, *, ceil_mode: bool) -> Line:
    """A sliding axis that PyTorch's rules accept, with at least one window."""
    kernel_size = int(rng.integers(1, 5))
    before, after = (int(rng.integers(0, kernel_size // 2 + 1)) for _ in range(2))
    size, stride, dilation = (int(rng.integers(1, most)) for most in (8, 5, 3))
    line = Line(size, kernel_size, stride, before, after, dilation, ceil_mode)
    reach = dilation * (kernel_size - 1) + 1
    return (
        line
        if line.windows()
        else Line(size + reach, kernel_size, stride, before, after, dilation, ceil_mode)
    )


def random_lines(rng: np.random.Generator) -> tuple[Line, Line]:
    """Rows and columns: a kernel, or now and then an output size."""
    if rng.integers(4) == 0:
        sizes = rng.integers(1, 8, (2, 2)).tolist()
        rows, columns = (Line(size, output_size=count) for size, count in sizes)
        return rows, columns
    ceil_mode = bool(rng.integers(2))
    return random_line(rng, ceil_mode=ceil_mode), random_line(rng, ceil_mode=ceil_mode)


def windows_of(rows: Line, columns: Line) -> dict[str, Any]:
    """The two lines as arguments of ``pool``."""
    if rows.output_size is not None:
        return {"output_size": (rows.output_size, columns.output_size)}
    pair = rows, columns
    return {
        "kernel_size": tuple(line.kernel_size for line in pair),
        "stride": tuple(line.stride for line in pair),
        "padding": tuple((line.before, line.after) for line in pair),
        "dilation": tuple(line.dilation for line in pair),
        "ceil_mode": rows.ceil_mode,
    }


def random_values(
    rng: np.random.Generator, size: tuple[int, ...], dtype: str, *, special: bool
) -> Values:
    """Quarters with many ties; in floats NaN and infinities too, if ``special``."""
    values = rng.integers(-12, 13, size) / 4
    if dtype.startswith("u"):
        return np.abs(values * 4).astype(dtype)
    if not dtype.startswith("float"):
        return (values * 4).astype(dtype)
    if special and rng.integers(3) == 0:
        values[rng.random(size) < 0.2] = rng.choice([math.nan, math.inf, -math.inf])
    return values.astype(dtype)


def requests(mode: str, seed: int, count: int) -> Iterator[Request]:
    """Random requests of a mode, each with the size of an input that it fits."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        rows, columns = random_lines(rng)
        divisor = {}
        if mode_class(mode.partition(":")[0]).divides:
            divisor = {
                "count_include_pad": bool(rng.integers(2)),
                "divisor_override": None if rng.integers(2) else int(rng.integers(1, 10)),
            }
        size = rows.size, columns.size
        larger = rows.size + 4, columns.size + 4
        kernel_size, stride = rng.integers(1, 5, (2, 2)).tolist()
        # Modes that choose their own windows accept fewer settings, or need larger inputs.
        forms = [
            (PoolSpec(mode, **windows_of(rows, columns), **divisor), size),
            (PoolSpec(mode, kernel_size, stride=stride), larger),
            (PoolSpec(mode, output_size=tuple(stride)), larger),
        ]
        yield next(form for form in forms if has_windows(*form))


def has_windows(spec: PoolSpec, size: tuple[int, int]) -> bool:
    """Whether the request has a meaning on an input of this size."""
    try:
        resolve(spec, size, build_mode(spec))
    except SpecError:
        return False
    return True


def check_definition(
    mode: str,
    *,
    definition: Callable[..., float] | None = None,
    special: bool = True,
    **options: Any,
) -> None:
    """A mode of any windows, on random requests, is its definition by the oracle."""
    rng = np.random.default_rng(17)
    definition = definition or DEFINITIONS[mode]
    for _ in range(40):
        rows, columns = random_lines(rng)
        dtype = str(rng.choice(DTYPES))
        values = random_values(rng, (rows.size, columns.size), dtype, special=special)
        request = windows_of(rows, columns)
        include = {"count_include_pad": bool(rng.integers(2))} if mode_class(mode).divides else {}
        seed = (
            {"seed": int(rng.integers(99))}
            if build_mode(PoolSpec(mode, mode_options=options)).draws
            else {}
        )
        pooled = pool(values, mode, **request, **include, **seed, **options)
        uniform = np.random.Generator(np.random.PCG64(seed.get("seed", 0))).random(pooled.size)
        numbers = np.iinfo(dtype) if dtype[0] in "iu" else np.finfo(dtype)
        finite = dtype[0] in "iu" or options.get("nan") == "drop"
        limits = (float(numbers.min), float(numbers.max)) if finite else (-math.inf, math.inf)
        expected = [
            definition(Window(w.cells, w.taps, w.padded, w.divisor, *limits, number), **options)
            for w, number in zip(
                reading_windows(values.tolist(), rows, columns, **include), uniform, strict=True
            )
        ]
        picks = build_mode(PoolSpec(mode, mode_options=options)).picks
        assert pooled.dtype == expected_type(mode, dtype, picks=picks)
        tolerance = 0 if picks else TOLERANCE.get(dtype, 1e-12)
        np.testing.assert_allclose(
            pooled.ravel().astype(float),
            expected,
            tolerance,
            tolerance,
            err_msg=f"{request}\n{values}",
        )


def expected_type(mode: str, dtype: str, *, picks: bool) -> np.dtype[Any]:
    """The values' own where one is picked; else float64 for integers, but int64 for their sums."""
    if picks or dtype.startswith("float"):
        return np.dtype(dtype)
    if mode == "sum":
        return np.dtype("uint64" if dtype == "uint64" else "int64")
    return np.dtype("float64")


# The contract.


def check_weights_are_shares(mode: str) -> None:
    """Only input cells have weights; except in averages they sum to 1, or are all 0."""
    for number, (spec, size) in enumerate(requests(mode, 3, 12)):
        values = random_values(np.random.default_rng(number), size, "float64", special=False)
        for step in run(FeatureMap(values), spec).steps():
            assert step.weights.shape == step.cells.shape == step.kinds.shape
            assert np.isfinite(step.weights).all()
            assert not step.weights[step.kinds != CellKind.INPUT].any()
            if not mode_class(spec.mode).divides:
                assert step.weights.sum() == pytest.approx(1) or not step.weights.any()


def check_a_window_without_any_cell_has_no_weights(mode: str) -> None:
    """Two taps two apart around a single cell read padding alone."""
    spec = PoolSpec(mode, 2, padding=1, dilation=2)
    if has_windows(spec, (1, 1)):
        result = run(FeatureMap(np.array([[5.0]])), spec)
        assert result.step(0, 0).weights.tolist() == [[0, 0], [0, 0]]
        assert not result.gradient.any()


def check_many_windows_at_once_are_what_each_is(mode: str) -> None:
    """Weights, slopes and values of a block of windows are those of its windows one by one."""
    for number, (spec, size) in enumerate(requests(mode, 6, 4)):
        values = random_values(np.random.default_rng(number), size, "float64", special=False)
        result = run(FeatureMap(values), spec)
        kind, geometry = result.mode, result.geometry
        block = all_windows(geometry)
        draws = uniform(result.plan, (slice(0, 1), *block), 0)[0] if kind.draws else None
        many = gather(values, geometry, block, kind.identity(values.dtype), draws)
        with np.errstate(all="ignore"):
            together = kind.weights(many), kind.slopes(many)
            assert not together[1][np.broadcast_to(~many.inside, many.cells.shape)].any()
            assert np.array_equal(kind.reduce(many).shape, result.output_size)
            np.testing.assert_allclose(kind.reduce(many), result.output[0], 1e-12, 1e-12)
            for index in np.ndindex(*result.output_size):
                one = result.patch(*index, 0)
                inside = np.broadcast_to(many.inside, many.cells.shape)[index]
                alone = kind.weights(one), kind.slopes(one)
                for block_values, own_values in zip(together, alone, strict=True):
                    np.testing.assert_allclose(
                        block_values[index][inside], own_values[one.inside], 1e-12, 1e-12
                    )


def check_equal_cells_share_equally_or_have_one_winner(mode: str) -> None:
    """Cells that cannot be told apart have one winner among them, or equal shares."""
    for height, width in ((1, 1), (1, 4), (3, 2), (4, 4)):
        values = np.full((height, width), 3.0)
        spec = PoolSpec(f"global-{mode}")
        if not has_windows(spec, (height, width)):
            assert not has_windows(PoolSpec(mode, output_size=1), (9, 9))
            return
        result = run(FeatureMap(values), spec)
        weights = result.step(0, 0).weights
        assert weights.sum() == pytest.approx(1)
        if result.mode.picks:
            assert np.count_nonzero(weights) == 1
        elif isinstance(result.mode, FoldMode):
            assert np.allclose(weights, 1 / values.size) or np.count_nonzero(weights) == 1


def check_picked_values_are_cells(mode: str) -> None:
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


def check_a_mode_says_what_it_is(mode: str) -> None:
    """Summary, formula and citation are lines of text; the docstring has the formula."""
    kind = mode_class(mode.partition(":")[0])
    for line in (kind.summary, kind.formula, kind.citation):
        assert line.strip() == line != ""
        assert "\n" not in line
    assert kind.name() == mode.partition(":")[0]
    assert kind.__doc__
    assert kind.formula in kind.__doc__


def check_a_mode_is_a_frozen_dataclass_with_defaults(mode: str) -> None:
    """A mode can be built without parameters, and none of them can change."""
    kind = mode_class(mode.partition(":")[0])
    assert is_dataclass(kind)
    mode_object = kind()
    assert mode_object == kind()
    for field in fields(kind):
        with pytest.raises(FrozenInstanceError):
            setattr(mode_object, field.name, None)


def check_names_and_aliases_are_unique(mode: str) -> None:
    """No alias of a mode is another mode's name or alias."""
    kind = mode_class(mode.partition(":")[0])
    others = [mode_class(other) for other in every_mode() if other != kind.name()]
    taken = {word for other in others for word in (other.name(), *other.aliases)}
    assert taken.isdisjoint({kind.name(), *kind.aliases})


def check_every_step_has_a_line_of_arithmetic(mode: str) -> None:
    """Each window's line gives its value and is short, even of a large window."""
    forms = PoolSpec(mode, 15, padding=7), PoolSpec(mode, output_size=2), PoolSpec(mode, 15)
    spec = next(form for form in forms if has_windows(form, (30, 30)))
    result = run(FeatureMap(np.arange(900.0).reshape(30, 30)), spec)
    for step in result.steps():
        assert text.number(step.value) in step.arithmetic
        assert text.Numbers(3).text(step.value) in step.written(text.Numbers(3))
        assert "\n" not in step.arithmetic
        assert len(step.arithmetic) < 200


def check_unknown_parameters_are_refused(mode: str) -> None:
    """No mode accepts a parameter for which it has no field."""
    with pytest.raises(ValueError, match=r" (without|has no parameter) 'nonsense'"):
        pool([[1.0]], mode, 1, nonsense=1)


def check_gradient_is_that_of_central_differences(mode: str) -> None:
    """The gradient of a cell is how much the pooled values change with it."""
    rng = np.random.default_rng(5)
    for spec, size in requests(mode, 4, 3):
        # Distinct positive values, far enough apart that no step changes their order.
        values = rng.permutation(np.arange(1.0, size[0] * size[1] + 1)).reshape(size) / 8
        options = {name: getattr(spec, name) for name in OPTIONS} | dict(spec.mode_options)
        upstream = rng.normal(size=run(FeatureMap(values), spec).output_size)
        flowing = gradient(values, upstream, spec.mode, **options)
        steps = 1e-5 * np.eye(values.size).reshape(-1, *size)
        moved = np.concatenate([values + steps, values - steps])
        # Planes draw different cells, so that each is pooled as a first one.
        batches = moved[:, None] if build_mode(spec).draws else [moved]
        pooled = np.concatenate([pool(batch, spec.mode, **options) for batch in batches])
        pooled = pooled.reshape(len(moved), *upstream.shape)
        # Windows without any input cell give no number.
        totals = np.where(np.abs(pooled) < 1e300, pooled * upstream, 0).sum(axis=(1, 2))
        more, less = totals.reshape(2, *size)
        np.testing.assert_allclose(flowing, (more - less) / 2e-5, rtol=1e-5, atol=1e-6)


OPTIONS = (
    "kernel_size", "stride", "padding", "dilation", "ceil_mode", "count_include_pad",
    "divisor_override", "output_size",
)  # fmt: skip
CONTRACT: tuple[Callable[[str], None], ...] = (
    check_weights_are_shares,
    check_a_window_without_any_cell_has_no_weights,
    check_many_windows_at_once_are_what_each_is,
    check_equal_cells_share_equally_or_have_one_winner,
    check_picked_values_are_cells,
    check_a_mode_says_what_it_is,
    check_a_mode_is_a_frozen_dataclass_with_defaults,
    check_names_and_aliases_are_unique,
    check_every_step_has_a_line_of_arithmetic,
    check_unknown_parameters_are_refused,
    check_gradient_is_that_of_central_differences,
)
