"""Mode and FoldMode: the base classes of all modes, and what modes share."""

import math
from collections.abc import Callable, Iterable
from dataclasses import Field, dataclass, fields, replace
from typing import Any, ClassVar, Self, get_args, get_origin

import numpy as np

from poolviz import text
from poolviz.checks import shown, typed
from poolviz.errors import PluginError, SpecError
from poolviz.frameworks import Rule
from poolviz.geometry import Geometry, Planner
from poolviz.plugins import incomplete
from poolviz.text import Numbers
from poolviz.windows import Array, Counts, Patches

# Powers of e beyond this are written relative to the largest one: e^10 is 22,026.
LARGEST_EXPONENT = 10


@dataclass(frozen=True)
class Call:
    """An operation of a framework that computes a mode.

    Args:
        name: its name without the number of axes.
        arguments: positional arguments between input and kernel size, as code.
        keywords: further arguments at the end, as code.
        negated: whether input and output are negated, for a minimum by a maximum.
        extreme: whether padding beforehand has to be −∞ to take no part; such operations
            accept a dilation.
        divides: whether it accepts arguments for the divisor such as count_include_pad.
        pads: whether it accepts padding.
        adaptive: whether it has an adaptive form.
        has_global: whether it has a form for a window over the entire input.
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

    A field with a ``trait`` in its metadata and the value None takes that trait from the
    framework's rule.
    """

    summary: ClassVar[str]
    formula: ClassVar[str]
    citation: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    # The value of a padding cell; None if padding takes no part.
    padding_value: ClassVar[float | None] = 0.0
    # Whether it has a divisor, to which count_include_pad and divisor_override apply.
    divides: ClassVar[bool] = False

    @property
    def picks(self) -> bool:
        """Whether the value is one of the window's cells, so that one cell wins."""
        return False

    @property
    def draws(self) -> bool:
        """Whether it draws at random, and so has a seed."""
        return False

    @classmethod
    def name(cls) -> str:
        """The name of its file, with hyphens."""
        return cls.__module__.rpartition(".")[2].replace("_", "-")

    @classmethod
    def title(cls) -> str:
        """The operation as the heading of a picture: ``Max pooling``."""
        return f"{cls.name().replace('-', ' ').capitalize()} pooling"

    @classmethod
    def undefined(cls, method: str) -> PluginError:
        """The error for a method that the mode's file has to define, but does not."""
        return incomplete(cls.__module__, f"{method}() in the class {cls.__name__}")

    def under(self, rule: Rule) -> Self:
        """This mode with parameters that are None taken from the rule's traits."""
        traits = {
            field.name: getattr(rule, field.metadata["trait"])
            for field in fields(self)
            if "trait" in field.metadata and getattr(self, field.name) is None
        }
        return replace(self, **traits)

    def identity(self, dtype: np.dtype[Any]) -> Any:
        """The value of cells outside the input: ``padding_value``, or an integer type's extreme."""
        value = self.padding_value or 0.0
        if np.issubdtype(dtype, np.integer) and np.isinf(value):
            limits = np.iinfo(dtype)
            return dtype.type(limits.min if value < 0 else limits.max)
        return dtype.type(value > 0 if dtype.kind == "b" else value)

    def result_type(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type of the pooled values for values of ``dtype``."""
        return floating(dtype)

    def check_values(self, values: Array, geometry: Geometry) -> None:
        """Raise SpecError for values that the mode cannot pool over these windows."""

    def remarks(self, values: Array) -> tuple[str, ...]:
        """Notes for the reader on ``values`` under this mode."""
        del values
        return ()

    def reduce(self, patches: Patches) -> Array:
        """The definition: the value of each window, (...) for patches of cells (..., n)."""
        del patches
        raise self.undefined("reduce")

    def weights(self, patches: Patches) -> Array:
        """Each cell's share in its window's value: (..., n), 0 outside the input."""
        del patches
        raise self.undefined("weights")

    def chances(self, patches: Patches) -> Array | None:
        """The probability of each cell, (..., n), in a mode that draws one; None in others."""
        del patches
        return None

    def slopes(self, patches: Patches) -> Array:
        """The derivative ∂y/∂xᵢ for each cell: (..., n), 0 outside the input.

        Raises:
            SpecError: the mode does not define it.
        """
        del patches
        raise SpecError(
            "mode", f"{self.name()} has no gradient", "use another mode, or define slopes() in it"
        )

    def expression(self, patch: Patches, numbers: Numbers) -> str:
        """The formula with the numbers of one window substituted.

        Args:
            patch: one window with at least one cell that takes part; its arrays have the
                shape (n,), and its counts are single numbers.
            numbers: how values are written.
        """
        del patch, numbers
        raise self.undefined("expression")

    def sentence(self, patch: Patches, numbers: Numbers, value: Any) -> str:
        """The line of one window: the expression and its value, with a reason where it needs one.

        Args:
            patch: as for :meth:`expression`.
            numbers: how values are written.
            value: the pooled value, from the engine.
        """
        return f"{self.expression(patch, numbers)} {numbers.equals(value)}"

    def calls(self) -> dict[str, Call | str]:
        """Its operation in each framework by name, or the reason why there is none."""
        return {}

    def same_under(self, rule: Rule, counts: Counts, other_counts: Counts) -> bool:
        """Whether the same cells have the same value under another rule.

        Args:
            rule: the other rule.
            counts: the windows' counts of cells.
            other_counts: the counts under the other rule, where overhang may be padding.
        """
        del rule, counts, other_counts
        return True

    def padding_note(self, counts: Counts) -> str:
        """What the padding cells of one window do: ``counted as 0``, ``left out``."""
        del counts
        value = self.padding_value
        return text.padding(value) if value is None else f"counted {text.padding(value)}"


@dataclass(frozen=True)
class FoldMode(Mode):
    """A mode of the form finish(fold of prepare(cell) over all cells, counts).

    The engine folds it in O(log k) passes over the map; ``reduce`` is its definition.
    """

    @property
    def fold(self) -> np.ufunc:
        """The associative operation, such as ``numpy.add``."""
        raise self.undefined("fold")

    def accumulator(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type in which values of ``dtype`` are folded."""
        return wider(dtype)

    def fold_identity(self, dtype: np.dtype[Any]) -> Any:
        """The value that changes nothing when it is folded."""
        return dtype.type(0) if self.fold is np.add else self.identity(dtype)

    def prepare(self, values: Array, out: Array) -> None:
        """Write the value of each cell that is folded into ``out``, of the accumulator's type."""
        np.copyto(out, values, casting="unsafe")

    def in_range(self, folded: Array, cells: Array, *, underflowed: bool) -> bool:
        """Whether all prepared cells are in the range of the accumulator's type.

        If not, the engine uses ``reduce`` instead of the fold.

        Args:
            folded: the folded values of some windows.
            cells: the input cells that these windows read.
            underflowed: whether the processor reported a result too small for its type.
        """
        del folded, cells, underflowed
        return True

    def finish(self, folded: Array, counts: Counts) -> Array:
        """The pooled values for the folded ones, which may be overwritten."""
        del counts
        return folded


def wider(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type for sums and powers: float32 for float16, float64 for integers, else ``dtype``."""
    if dtype == np.float16:
        return np.dtype(np.float32)
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)


def floating(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type of results that are not integers: float64 for integers, else ``dtype``."""
    return dtype if np.issubdtype(dtype, np.floating) else np.dtype(np.float64)


def share(parts: Array, total: Array) -> Array:
    """``parts / total[..., None]``, 0 where the total is 0 or not finite."""
    total = np.asarray(total, float)[..., None]
    usable = np.isfinite(total) & (total != 0)
    return np.divide(parts, total, out=np.zeros(np.broadcast(parts, total).shape), where=usable)


def real(cells: Array) -> Array:
    """``cells`` in the type for sums and powers."""
    return cells.astype(wider(cells.dtype), copy=False)


def inside_or(patches: Patches, fill: float) -> Array:
    """The cells in the type for sums and powers, ``fill`` where they take no part."""
    return np.where(patches.inside, real(patches.cells), fill)


def weighted(cells: Array, weights: Array) -> Array:
    """Σ wᵢ·xᵢ for each window, (..., 1); a weight of 0 makes the term 0 even for an infinity."""
    terms = np.multiply(cells, weights, out=np.zeros(weights.shape), where=weights != 0)
    return np.asarray(terms.sum(axis=-1, keepdims=True))


def exponentials(patches: Patches, r: float) -> Array:
    """e^(r·(xᵢ − max)), which cannot overflow, for each cell; 0 where it takes no part."""
    x = inside_or(patches, -np.inf)
    largest = x.max(axis=-1, keepdims=True, initial=-np.inf)
    # For an infinite maximum, ∞ − ∞ would be NaN; its own exponential is 1.
    exponents = np.where(x == largest, 0.0, r * (x - largest))
    return np.where(patches.inside, np.exp(exponents), 0)


def exponent_base(cells: Array, r: float = 1.0) -> float:
    """What is subtracted from the exponents where they are written: the maximum, or 0.

    It is 0 unless e^(r·maximum) is so large or small that it would not be read.
    """
    largest = float(cells.max())
    return largest if LARGEST_EXPONENT < abs(r * largest) < np.inf else 0.0


def parse_options(kind: type[Mode], options: dict[str, Any]) -> dict[str, Any]:
    """The values of the mode's fields for ``options``, which may be text.

    Raises:
        SpecError: the mode has no such parameter, or a value is not one of its type.
    """
    names = {field.metadata.get("option", field.name): field.name for field in fields(kind)}
    types = {field.name: field.type for field in fields(kind)}
    for name in options:
        if name not in names:
            cause = f"{kind.name()} has no parameter {shown(name)}"
            remedy = f"use one of its parameters: {', '.join(names)}"
            if not names:
                cause = f"{kind.name()} takes no parameters"
                remedy = f"use {kind.name()} without {shown(name)}"
            elif len(names) == 1:
                remedy = f"its only parameter is {next(iter(names))}"
            raise SpecError("mode", cause, remedy)
    return {
        names[name]: _parse_option(name, value, types[names[name]])
        for name, value in options.items()
    }


def option_defaults(kind: type[Mode]) -> dict[str, str]:
    """The mode's parameters by the names that one types, each with its default as text."""
    return {field.metadata.get("option", field.name): _default(field) for field in fields(kind)}


def _default(field: "Field[Any]") -> str:
    if "trait" in field.metadata:
        return "(the framework's)"
    if isinstance(field.default, tuple):
        return "/".join(map(str, field.default)) or "(none)"
    return "(none)" if field.default is None else str(field.default).lower()


def _parse_option(name: str, value: Any, kind: Any) -> Any:
    """``value``, typed or given from Python, as the field type ``kind``, such as float | None."""
    kinds = tuple(part for part in get_args(kind) if part is not ...) or (kind,)
    item = next(part for part in kinds if part is not type(None))
    try:
        if get_origin(kind) is tuple:
            parts = value.split("/") if isinstance(value, str) else value
            parts = parts if isinstance(parts, Iterable) else [parts]
            return tuple(_PARSERS[item](str(part)) for part in parts)
        if not isinstance(value, str) and isinstance(value, kinds + (int,) * (float in kinds)):
            return value
        return _PARSERS[item](str(value))
    except (KeyError, TypeError, ValueError) as error:
        example = _EXAMPLES[item][1 if get_origin(kind) is tuple else 0]
        cause = f"{name}={typed(value)} is not valid"
        raise SpecError("mode", cause, f"set {name} to {example}") from error


def _parse_float(text: str) -> float:
    value = float(text)
    if math.isnan(value) or "_" in text:
        raise ValueError(text)
    return value


_BOOLEANS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_PARSERS: dict[Any, Callable[[str], Any]] = {
    float: _parse_float,
    int: int,
    bool: lambda text: _BOOLEANS[text.lower()],
    str: str,
}
# What to give for one value of a type, and for several.
_EXAMPLES = {
    float: ("a number", "a number, e.g. 2, or several separated by slashes, e.g. 1.5/2"),
    int: ("a whole number", "a whole number, e.g. 3, or several separated by slashes, e.g. 1/5"),
    bool: ("true or false", "true or false, e.g. true/false"),
    str: ("a word", "words, e.g. a/b"),
}
