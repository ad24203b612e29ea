"""Call: how a framework names a mode's operation."""

import math
from collections.abc import Callable, Iterable
from dataclasses import Field, dataclass, fields, replace
from typing import Any, ClassVar, Self, get_args, get_origin

import numpy as np

from poolviz import text
from poolviz.checks import shown, typed
from poolviz.errors import SpecError
from poolviz.frameworks import Rule
from poolviz.geometry import Geometry, Planner
from poolviz.windows import Array, Counts, Patches


@dataclass(frozen=True)
class Call:
    """An operation of a framework, and what of it a mode needs.

    Args:
        name: without the number of axes.
        arguments: positional ones between input and kernel size, as code.
        keywords: further ones at the end, as code.
        negated: both input and output are negated: the smallest is the largest of the negated.
        extreme: padding beforehand has to be −∞ to take no part; dilation may be given.
        divides: it takes count_include_pad and the like.
        pads: it takes padding.
        adaptive: it has an adaptive form.
        has_global: it has a form for a window over all.
    """

    name: str
    arguments: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    negated: bool = False
    extreme: bool = False
    divides: bool = False
    pads: bool = True
    adaptive: bool = False
    has_global: bool = True


@dataclass(frozen=True)
class Mode(Planner):
    """A reduction of a window's cells to one value; its fields are its parameters.

    A field whose metadata name a ``trait`` and whose value is None takes that
    trait of the rule under which the mode runs.
    """

    summary: ClassVar[str]
    formula: ClassVar[str]
    citation: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    # What a padding cell acts as; None where it is left out altogether.
    padding_value: ClassVar[float | None] = 0.0
    # Whether the rules of the divisor (padding counted or not) concern it.
    divides: ClassVar[bool] = False

    @property
    def picks(self) -> bool:
        """Whether the value is one of the window's cells, so that a single one wins."""
        return False

    @property
    def draws(self) -> bool:
        """Whether it draws at random, and so takes a seed."""
        return False

    @classmethod
    def name(cls) -> str:
        """The name of its file."""
        return cls.__module__.rpartition(".")[2].replace("_", "-")

    def under(self, rule: Rule) -> Self:
        """This mode with what is left open filled in from the rule's traits."""
        traits = {
            field.name: getattr(rule, field.metadata["trait"])
            for field in fields(self)
            if "trait" in field.metadata and getattr(self, field.name) is None
        }
        return replace(self, **traits)

    def identity(self, dtype: np.dtype[Any]) -> Any:
        """What stands in cells outside the input: ``padding_value``, for integers their extreme."""
        value = self.padding_value or 0.0
        if np.issubdtype(dtype, np.integer) and np.isinf(value):
            limits = np.iinfo(dtype)
            return dtype.type(limits.min if value < 0 else limits.max)
        return dtype.type(value > 0 if dtype.kind == "b" else value)

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type of the pooled values of ``dtype``: float64 for integers."""
        return floating(dtype)

    def check_values(self, values: Array, geometry: Geometry) -> None:
        """Raise SpecError for values that the mode cannot pool over these windows."""

    def remarks(self, values: Array) -> tuple[str, ...]:
        """What a reader should know of ``values`` under this mode."""
        del values
        return ()

    def reduce(self, patches: Patches) -> Array:
        """The definition: one value for each window, written plainly.

        Args:
            patches: cells (..., n).

        Returns:
            (...).
        """
        raise NotImplementedError

    def weights(self, patches: Patches) -> Array:
        """Each cell's share in its window's value: (..., n), 0 outside the input."""
        raise NotImplementedError

    def chances(self, patches: Patches) -> Array | None:
        """Of a mode that draws a cell, how likely each is: (..., n); None of others."""
        del patches
        return None

    def slopes(self, patches: Patches) -> Array:
        """∂y/∂xᵢ for each cell: (..., n), 0 outside the input.

        Raises:
            SpecError: the mode has no gradient.
        """
        del patches
        raise SpecError(
            "mode", f"{self.name()} has no gradient", "use another mode, or define slopes() in it"
        )

    def expression(self, cells: Array, counts: Counts) -> str:
        """The formula with the window's input cells in it.

        Args:
            cells: (n,) the window's cells that lie in the input.
            counts: of this one window.
        """
        raise NotImplementedError

    def calls(self) -> dict[str, Call | str]:
        """Its operation in each framework that has one, or why that has none."""
        return {}

    def same_under(self, rule: Rule, mine: Counts, theirs: Counts) -> bool:
        """Whether the same numbers have the same value under another rule.

        Args:
            rule: the other one.
            mine: how many cells the windows have.
            theirs: how many they have there, where overhang may have become padding.
        """
        del rule, mine, theirs
        return True

    def padding_note(self, counts: Counts) -> str:
        """What the window's padding cells do, in words."""
        del counts
        return "left out" if self.padding_value is None else f"as {text.number(self.padding_value)}"


@dataclass(frozen=True)
class FoldMode(Mode):
    """A mode of the form finish(fold(prepare(cell) for each cell), counts)."""

    @property
    def fold(self) -> np.ufunc:
        """The associative operation."""
        raise NotImplementedError

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type to fold ``dtype`` in: float32 for float16, float64 for integers."""
        return wider(dtype)

    def fold_identity(self, dtype: np.dtype[Any]) -> Any:
        """What changes nothing when folded."""
        return dtype.type(0) if self.fold is np.add else self.identity(dtype)

    def prepare(self, values: Array, out: Array) -> None:
        """Write what of each cell is folded into ``out``, which has the accumulator's type."""
        np.copyto(out, values, casting="unsafe")

    def in_range(self, folded: Array, cells: Array, *, underflowed: bool) -> bool:
        """Whether no cell left the range of the accumulator's type when it was prepared.

        Where one did, the windows are reduced one by one instead.

        Args:
            folded: what some windows were folded to.
            cells: the input cells that they read.
            underflowed: whether the processor reported a result too small for its type.
        """
        del folded, cells, underflowed
        return True

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The pooled values; may work in place."""
        del counts
        return folded


def wider(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type for sums and powers: float32 for float16, float64 for integers, else itself."""
    if dtype == np.float16:
        return np.dtype(np.float32)
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)


def floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of results that are no integers: the input's own, float64 for integers."""
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)


def share(parts: Array, whole: Array) -> Array:
    """``parts / whole[..., None]``, 0 where the whole is 0 or not finite."""
    whole = np.asarray(whole, float)[..., None]
    usable = np.isfinite(whole) & (whole != 0)
    return np.divide(parts, whole, out=np.zeros(np.broadcast(parts, whole).shape), where=usable)


def real(cells: Array) -> Array:
    """``cells`` in the type for sums and powers."""
    return cells.astype(wider(cells.dtype), copy=False)


def inside_or(patches: Patches, fill: float) -> Array:
    """The cells in the type for sums, ``fill`` where they take no part."""
    return np.where(patches.inside, real(patches.cells), fill)


def weighted(cells: Array, weights: Array) -> Array:
    """Σ wᵢ·xᵢ, where a weight of 0 silences even an infinity: (..., 1) by windows."""
    terms = np.multiply(cells, weights, out=np.zeros(weights.shape), where=weights != 0)
    return np.asarray(terms.sum(axis=-1, keepdims=True))


def exponentials(patches: Patches, r: float) -> Array:
    """e^(r·(xᵢ − max)), 0 where cells take no part: at most 1, so that nothing overflows."""
    x = inside_or(patches, -np.inf)
    largest = x.max(axis=-1, keepdims=True, initial=-np.inf)
    # Where the largest is infinite, ∞ − ∞ would be NaN: its own exponential is 1.
    exponents = np.where(x == largest, 0.0, r * (x - largest))
    return np.where(patches.inside, np.exp(exponents), 0)


_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def parse_options(kind: type[Mode], options: dict[str, Any]) -> dict[str, Any]:
    """``options`` by the names and types of the mode's fields.

    Raises:
        SpecError: the mode has no such parameter, or the text is no such value.
    """
    names = {field.metadata.get("option", field.name): field.name for field in fields(kind)}
    types = {field.name: field.type for field in fields(kind)}
    for name in options:
        if name not in names:
            has = f"its parameters: {', '.join(names)}" if names else "it has no parameters"
            raise SpecError("mode", f"{kind.name()} does not take {shown(name)}", has)
    return {names[name]: _parse(name, value, types[names[name]]) for name, value in options.items()}


def option_defaults(kind: type[Mode]) -> dict[str, str]:
    """The mode's parameters as they are typed, each with its default."""
    return {field.metadata.get("option", field.name): _typed(field) for field in fields(kind)}


def _typed(field: "Field[Any]") -> str:
    if "trait" in field.metadata:
        return "(as the rule says)"
    if isinstance(field.default, tuple):
        return "/".join(map(str, field.default)) or "(none)"
    return "(none)" if field.default is None else str(field.default).lower()


def _parse(name: str, value: Any, kind: Any) -> Any:
    kinds = tuple(part for part in get_args(kind) if part is not ...) or (kind,)
    wanted = next(part for part in kinds if part is not type(None))
    try:
        if get_origin(kind) is tuple:
            parts = value.split("/") if isinstance(value, str) else value
            parts = parts if isinstance(parts, Iterable) else [parts]
            return tuple(_PARSERS[wanted](str(part)) for part in parts)
        if not isinstance(value, str) and isinstance(value, kinds + (int,) * (float in kinds)):
            return value
        return _PARSERS[wanted](str(value))
    except (KeyError, TypeError, ValueError) as error:
        example = _SEVERAL[wanted] if get_origin(kind) is tuple else _ONE[wanted]
        cause = f"{name}={typed(value)} is not a value of {name}"
        raise SpecError("mode", cause, f"give {example}") from error


_ONE = {float: "a number", int: "a whole number", bool: "true or false", str: "a word"}
_SEVERAL = {float: "numbers, e.g. 2 or 0.5/2", int: "whole numbers, e.g. 3 or 1/5"}


def _float(text: str) -> float:
    value = float(text)
    if math.isnan(value) or "_" in text:
        raise ValueError(text)
    return value


_PARSERS: dict[Any, Callable[[str], Any]] = {
    float: _float,
    int: int,
    bool: lambda text: _BOOLEANS[text.lower()],
    str: str,
}
