"""PoolSpec: a pooling request, checked and normalised when it is made.

A spec knows neither the input nor the framework: None means "the framework's default",
and :mod:`poolviz.geometry` decides whether the request fits an input.
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, SupportsIndex

from poolviz.checks import LARGEST, check_integer, check_lengths, entries_of, shown
from poolviz.errors import SpecError
from poolviz.text import counted, series

if TYPE_CHECKING:
    from poolviz.frameworks._rule import Rule

Pair = tuple[int, int]
# What a caller may write; a spec holds tuples of ints instead.
Lengths = SupportsIndex | Iterable[SupportsIndex]
Padding = str | SupportsIndex | Iterable[SupportsIndex | Iterable[SupportsIndex]]
ModeOptions = Mapping[str, object] | Iterable[tuple[str, object]]

GLOBAL = "global-"
PADDING_WORDS = ("valid", "same", "same_lower")
DEFAULT_MODE, DEFAULT_LIKE = "max", "torch"
DEFAULT_KERNEL_SIZE = 2
# Names of global modes: with the prefix, or in the short form of gap, where ap is the mode.
_GLOBAL = re.compile(r"global[-_]?(?P<long>[^-_].*)|g(?P<short>[a-z]p)", re.IGNORECASE)


class SlidingKernel(NamedTuple):
    """The kernel of a completed request, with one number for each axis.

    Args:
        kernel_size: cells.
        stride: cells from one window to the next.
        padding: a word, or (before, after) for each axis.
        dilation: cells from one tap to the next.
    """

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str | tuple[Pair, ...]
    dilation: tuple[int, ...]

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """(before, after) for each axis; empty where a word pads."""
        return () if isinstance(self.padding, str) else self.padding


@dataclass(frozen=True, init=False)
class PoolSpec:
    """A pooling request for arrays with any number of leading axes, which may be empty.

    Integers, bfloat16 and masked arrays are pooled as :func:`poolviz.pool` describes.

    Args:
        mode: a mode's name or alias, with its parameters after colons if any
            (``"lp:p=3"``); ``"global-max"`` is ``"max"`` with output size 1.
        kernel_size: cells per axis; an int means two axes.
        stride: cells from one window to the next.
        padding: an int, one int per axis, a (before, after) pair per axis, or
            "valid", "same" (an extra cell at the end), "same_lower" (at the start).
        dilation: cells from one tap of the kernel to the next.
        ceil_mode: whether a last, incomplete window is kept.
        count_include_pad: whether padding counts in the divisor of an average.
        divisor_override: the divisor of every average.
        output_size: the number of windows per axis, which are then adaptive and have no
            kernel, except in modes that take both; an int means two axes.
        like: the framework whose rules apply: its name, or your own :class:`poolviz.Rule`.
        mode_options: the mode's own parameters.

    Raises:
        SpecError: a value has the wrong form or is out of range.

    Example:
        >>> PoolSpec("max", 3, stride=2).stride
        (2, 2)
        >>> PoolSpec("global-lp:p=3").output_size
        (1, 1)
    """

    mode: str
    kernel_size: tuple[int, ...] | None
    stride: tuple[int, ...] | None
    padding: str | tuple[int | Pair, ...] | None
    dilation: tuple[int, ...]
    ceil_mode: bool | None
    count_include_pad: bool | None
    divisor_override: int | None
    output_size: tuple[int, ...] | None
    like: "str | Rule"
    mode_options: tuple[tuple[str, Hashable], ...]

    def __init__(
        self,
        mode: str = DEFAULT_MODE,
        kernel_size: Lengths | None = None,
        stride: Lengths | None = None,
        padding: Padding | None = None,
        dilation: Lengths = 1,
        ceil_mode: bool | None = None,
        count_include_pad: bool | None = None,
        divisor_override: int | None = None,
        output_size: Lengths | None = None,
        like: "str | Rule" = DEFAULT_LIKE,
        mode_options: ModeOptions = (),
    ) -> None:
        name, options = _parse_mode(mode, mode_options)
        name, is_global = split_global(name)
        if is_global and output_size is None:
            output_size = 1
        elif is_global and set(check_lengths("output_size", output_size, 1)) != {1}:
            cause = f"the output of {GLOBAL}{name} always has size 1"
            raise SpecError("output_size", cause, "omit output_size")
        output, kernel = _check_sizes(output_size, kernel_size)
        rank = len(output or kernel or (DEFAULT_KERNEL_SIZE,) * 2)
        fields = {
            "mode": name,
            "kernel_size": kernel,
            "stride": None if stride is None else check_lengths("stride", stride, 1, rank),
            "padding": None if padding is None else _parse_padding(padding, rank),
            "dilation": check_lengths("dilation", dilation, 1, rank),
            "ceil_mode": _check_flag("ceil_mode", ceil_mode),
            "count_include_pad": _check_flag("count_include_pad", count_include_pad),
            "divisor_override": _check_divisor(divisor_override),
            "output_size": output,
            "like": like,
            "mode_options": tuple(sorted(options.items())),
        }
        # Frameworks come after requests, so that a rule is known by its method only.
        if not isinstance(like, str) and not hasattr(like, "complete"):
            remedy = "give the name of a framework, e.g. torch, or a Rule"
            raise SpecError("like", f"{shown(like)} is not a framework", remedy)
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    @classmethod
    def from_layer(cls, like: str, layer: object, **settings: object) -> "PoolSpec":
        """The request that a framework's pooling layer makes, read from its attributes.

        Args:
            like: the name of the framework, such as ``"torch"``.
            layer: its layer, module or node. The framework itself is not imported.
            settings: further settings that the framework needs, such as ``opset`` of
                :meth:`from_onnx`.

        Raises:
            SpecError: there is no such framework, poolviz does not read its layers, or it has
                no such pooling layer.

        Example:
            >>> class AvgPool2d:
            ...     kernel_size, stride = 3, 2
            >>> PoolSpec.from_layer("torch", AvgPool2d()).mode
            'average'
        """
        return _read(like, layer, settings)

    @classmethod
    def from_torch(cls, module: object) -> "PoolSpec":
        """The request that a pooling module of PyTorch makes, read from its attributes.

        Args:
            module: for example ``torch.nn.MaxPool2d(3)``. PyTorch itself is not imported.

        Raises:
            SpecError: poolviz has no such pooling module.

        Example:
            >>> class MaxPool2d:
            ...     kernel_size, stride, padding, dilation, ceil_mode = 3, 2, 1, 1, True
            >>> PoolSpec.from_torch(MaxPool2d()).padding
            (1, 1)
        """
        return _read("torch", module, {})

    @classmethod
    def from_keras(cls, layer: object) -> "PoolSpec":
        """The request that a pooling layer of Keras makes, read from its attributes.

        Args:
            layer: for example ``keras.layers.MaxPooling2D(2)``. Keras itself is not imported.

        Raises:
            SpecError: poolviz has no such pooling layer.

        Example:
            >>> class GlobalAveragePooling2D:
            ...     pass
            >>> PoolSpec.from_keras(GlobalAveragePooling2D()).output_size
            (1, 1)
        """
        return _read("keras", layer, {})

    @classmethod
    def from_onnx(cls, node: object, rank: int = 2, opset: int | None = None) -> "PoolSpec":
        """The request that a pooling node of an ONNX graph makes, read from its attributes.

        Args:
            node: for example ``model.graph.node[0]``. ONNX itself is not imported. A
                ReduceMean or ReduceMax is taken to reduce the spatial axes.
            rank: the number of spatial axes, for nodes that do not give it.
            opset: the version of the operators, from the model's ``opset_import``; None
                means the newest.

        Warns:
            UserWarning: the node numbers its indices column by column (``storage_order=1``);
                those of poolviz are row-major within each plane.

        Raises:
            SpecError: poolviz has no such pooling node.

        Example:
            >>> class Node:
            ...     op_type, attribute = "GlobalMaxPool", ()
            >>> PoolSpec.from_onnx(Node()).mode
            'max'
        """
        return _read("onnx", node, {"rank": rank, "opset": opset})

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.output_size or self.kernel_size or (DEFAULT_KERNEL_SIZE,) * 2)

    @property
    def adaptive(self) -> bool:
        """Whether an output size is requested rather than a kernel."""
        return self.output_size is not None

    @property
    def sliding(self) -> SlidingKernel:
        """The kernel that slides; only a completed request has one.

        Raises:
            TypeError: a value is left to the framework's default, or the windows are adaptive.
        """
        padding = self.padding
        if isinstance(padding, tuple):
            padding = tuple(pair for pair in padding if isinstance(pair, tuple))
        if self.kernel_size is None or self.stride is None or padding is None:
            raise TypeError(f"not a completed request with a sliding kernel: {self}")
        return SlidingKernel(self.kernel_size, self.stride, padding, self.dilation)

    @property
    def window_options(self) -> list[str]:
        """The window parameters that are given, other than the output size."""
        names = ("kernel_size", "stride", "padding", "ceil_mode")
        given = [name for name in names if getattr(self, name) is not None]
        return given + ["dilation"] * (set(self.dilation) != {1})


def _read(like: str, layer: object, settings: Mapping[str, object]) -> PoolSpec:
    """A framework's layer as a request."""
    # Imported here: frameworks come after requests, and themselves make them.
    from poolviz.frameworks import find_reader  # noqa: PLC0415

    spec: PoolSpec = find_reader(like)(layer, **settings)
    return spec


def split_global(name: str) -> tuple[str, bool]:
    """A mode's name without the mark of a global mode, and whether it had that mark.

    Example:
        >>> split_global("global-max"), split_global("GlobalMax"), split_global("gap")
        (('max', True), ('Max', True), ('ap', True))
    """
    match = _GLOBAL.fullmatch(name)
    return (match["long"] or match["short"], True) if match else (name, False)


def _parse_mode(mode: object, mode_options: ModeOptions) -> tuple[str, dict[str, Hashable]]:
    """A mode's name and its parameters, from the name itself and from ``mode_options``."""
    if not isinstance(mode, str):
        remedy = "give the name of a mode, e.g. max"
        raise SpecError("mode", f"{shown(mode)} is not a mode", remedy)
    name, *parts = mode.strip().split(":")
    pairs = []
    for part in parts:
        option, equals, value = part.partition("=")
        if not (option and equals and value):
            cause = f"{shown(part)} does not name a parameter"
            if option:
                cause = f"parameter {shown(option)} has no value"
            raise SpecError("mode", cause, "use MODE:PARAMETER=VALUE, e.g. lp:p=3")
        pairs.append((option, value))
    options = {
        option: _hashable(value) for option, value in [*pairs, *_named(mode_options).items()]
    }
    if len(dict(pairs)) < len(pairs):
        raise SpecError("mode", f"{shown(mode)} gives a parameter twice", "omit one of them")
    return name, options


def _named(options: ModeOptions) -> dict[str, object]:
    """A mode's parameters by name."""
    try:
        named = dict(options)
    except (TypeError, ValueError):
        named = None
    if named is None or not all(isinstance(name, str) for name in named):
        cause = f"{shown(options)} is not a dict with parameter names as keys"
        remedy = "give a dict of parameter names and values, e.g. {'p': 3}"
        raise SpecError("mode_options", cause, remedy)
    return named


def _hashable(value: object) -> Hashable:
    """A sequence as a tuple, what has no hash as text, any other value unchanged."""
    entries = entries_of(value)
    value = value if entries is None else entries
    try:
        hash(value)
    except TypeError:
        # The mode refuses it, since only the mode knows what the parameter takes.
        return shown(value)
    return value


def _check_sizes(
    output_size: Lengths | None, kernel_size: Lengths | None
) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """Both sizes with one number per axis; the one that has several decides how many axes."""
    sizes = {"output_size": output_size, "kernel_size": kernel_size}
    given = {name: value for name, value in sizes.items() if value is not None}
    checked: dict[str, tuple[int, ...]] = {}
    rank = None
    for name in sorted(given, key=lambda name: entries_of(given[name]) is None):
        checked[name] = check_lengths(name, given[name], 1, rank)
        rank = len(checked[name])
    return checked.get("output_size"), checked.get("kernel_size")


def _parse_padding(value: object, rank: int) -> str | tuple[int | Pair, ...]:
    """A word, or for each axis a (before, after) pair or an int, which a rule splits."""
    if isinstance(value, str):
        word = value.replace("-", "_")
        if word not in PADDING_WORDS:
            remedy = f"use numbers, {series(PADDING_WORDS)}"
            raise SpecError("padding", f"{shown(value)} is not a valid padding", remedy)
        return word
    entries = entries_of(value)
    if entries is None:
        return (check_integer("padding", value, 0),) * rank
    if len(entries) != rank:
        entered = counted(len(entries), "entry", "entries")
        cause = f"{shown(entries)} has {entered} for {counted(rank, 'axis', 'axes')}"
        example = ((0, 1),) * rank
        remedy = f"use one number, or one entry for each axis, e.g. {(1,) * rank} or {example}"
        raise SpecError("padding", cause, remedy)
    pads: list[int | Pair] = []
    for entry in entries:
        pair = entries_of(entry)
        if pair is None:
            pads.append(check_integer("padding", entry, 0))
        elif len(pair) == 2:  # noqa: PLR2004 - before and after
            before, after = (check_integer("padding", length, 0) for length in pair)
            pads.append((before, after))
        else:
            cause = f"{shown(pair)} is not a (before, after) pair"
            raise SpecError("padding", cause, "use two numbers, e.g. (0, 1)")
    return tuple(pads)


def _check_flag(name: str, value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise SpecError(name, f"{shown(value)} is not true or false", "give True or False")
    return value


def _check_divisor(value: object) -> int | None:
    """An integer, which may be negative but not 0, as in PyTorch."""
    if value is None:
        return None
    expected = "a whole number other than 0"
    divisor = check_integer("divisor_override", value, -LARGEST, expected=expected)
    if not divisor:
        raise SpecError("divisor_override", "0 cannot be a divisor", f"use {expected}")
    return divisor
