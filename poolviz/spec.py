"""PoolSpec: what is asked for, checked for form and normalised once.

A spec knows no input and no framework: None means "the rule's default", and
whether the request fits an input is geometry's to say.
"""

import re
from dataclasses import dataclass, field
from importlib import import_module
from types import NoneType
from typing import Any

from poolviz.checks import LARGEST, entries_of, lengths, shown, whole
from poolviz.errors import SpecError

__all__ = ["PoolSpec", "lengths", "whole"]

Pair = tuple[int, int]
GLOBAL = "global-"
PADDING_WORDS = ("valid", "same", "same_lower")
DEFAULT_MODE, DEFAULT_LIKE = "max", "torch"
DEFAULT_KERNEL_SIZE = 2
# Modes over all cells: by their prefix, or by a shape such as gap, of which ap is the mode's.
_GLOBAL = re.compile(r"global[-_]?(?P<long>.+)|g(?P<short>[a-z]p)", re.IGNORECASE)


@dataclass(frozen=True)
class PoolSpec:
    """What is asked for, whatever is pooled: arrays of any leading axes, which may be empty.

    Integers, bfloat16 and masked arrays are pooled as :func:`poolviz.pool` says.

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
        output_size: asks for adaptive windows instead of a kernel, or, of a mode that takes
            both, for so many windows of that kernel; an int means two axes.
        like: whose rules: a name, or a :class:`poolviz.Rule` of one's own.
        mode_options: the mode's own parameters.

    Raises:
        SpecError: a value has the wrong form or is out of range.

    Example:
        >>> PoolSpec("max", 3, stride=2).stride
        (2, 2)
        >>> PoolSpec("global-lp:p=3").output_size
        (1, 1)
    """

    mode: str = DEFAULT_MODE
    kernel_size: Any = None
    stride: Any = None
    padding: Any = None
    dilation: Any = 1
    ceil_mode: bool | None = None
    count_include_pad: bool | None = None
    divisor_override: int | None = None
    output_size: Any = None
    like: Any = DEFAULT_LIKE
    mode_options: Any = field(default=())

    def __post_init__(self) -> None:
        self._split_mode()
        self._normalise_sizes()
        self._normalise_axes()
        for name in ("ceil_mode", "count_include_pad"):
            value = getattr(self, name)
            if not isinstance(value, (bool, NoneType)):
                raise SpecError(name, f"{shown(value)} is not true or false", "give a bool")
        # A rule of one's own completes requests.
        if not isinstance(self.like, str) and not hasattr(self.like, "complete"):
            raise SpecError(
                "like", f"{shown(self.like)} is not a framework", "give its name, or a Rule"
            )
        if self.divisor_override is not None:
            self._set(divisor_override=_divisor(self.divisor_override))

    @classmethod
    def from_torch(cls, module: Any) -> "PoolSpec":
        """What a pooling module of PyTorch asks for, by its attributes.

        Args:
            module: such as ``torch.nn.MaxPool2d(3)``; PyTorch itself is not imported.

        Raises:
            SpecError: it is no pooling module that poolviz has.

        Example:
            >>> class MaxPool2d:
            ...     kernel_size, stride, padding, dilation, ceil_mode = 3, 2, 1, 1, True
            >>> PoolSpec.from_torch(MaxPool2d()).padding
            (1, 1)
        """
        return _read("torch", module)

    @classmethod
    def from_keras(cls, layer: Any) -> "PoolSpec":
        """What a pooling layer of Keras asks for, by its attributes.

        Args:
            layer: such as ``keras.layers.MaxPooling2D(2)``; Keras itself is not imported.

        Raises:
            SpecError: it is no pooling layer that poolviz has.

        Example:
            >>> class GlobalAveragePooling2D:
            ...     pass
            >>> PoolSpec.from_keras(GlobalAveragePooling2D()).output_size
            (1, 1)
        """
        return _read("keras", layer)

    @classmethod
    def from_onnx(cls, node: Any, rank: int = 2, opset: int | None = None) -> "PoolSpec":
        """What a pooling node of an ONNX graph asks for, by its attributes.

        Args:
            node: such as ``model.graph.node[0]``; ONNX itself is not imported. A
                ReduceMean or ReduceMax is read as one over the spatial axes.
            rank: how many spatial axes there are, where the node does not tell.
            opset: the version of the operators, as the model's ``opset_import`` tells; the
                newest unless given.

        Warns:
            UserWarning: the node numbers its indices column by column (``storage_order=1``);
                poolviz's are row-major within each plane.

        Raises:
            SpecError: it is no pooling node that poolviz has.

        Example:
            >>> class Node:
            ...     op_type, attribute = "GlobalMaxPool", ()
            >>> PoolSpec.from_onnx(Node()).mode
            'max'
        """
        return _read("onnx", node, rank, opset)

    @property
    def rank(self) -> int:
        """How many spatial axes."""
        return len(self.output_size or self.kernel_size or (DEFAULT_KERNEL_SIZE,) * 2)

    @property
    def adaptive(self) -> bool:
        """Whether an output size is asked for rather than a kernel."""
        return self.output_size is not None

    @property
    def windows_given(self) -> list[str]:
        """The parameters that choose windows, beside an output size, and are not left open."""
        names = ("kernel_size", "stride", "padding", "ceil_mode")
        given = [name for name in names if getattr(self, name) is not None]
        return given + ["dilation"] * (set(self.dilation) != {1})

    def _set(self, **fields: Any) -> None:
        for name, value in fields.items():
            object.__setattr__(self, name, value)

    def _split_mode(self) -> None:
        if not isinstance(self.mode, str):
            raise SpecError("mode", f"{shown(self.mode)} is not a mode", "give its name")
        name, *pairs = self.mode.strip().split(":")
        given = [*map(_option, pairs), *_named(self.mode_options).items()]
        options = {name: _hashable(name, value) for name, value in given}
        if len(dict(map(_option, pairs))) < len(pairs):
            raise SpecError("mode", f"{shown(self.mode)} gives a parameter twice", "leave out one")
        name, is_global = split_global(name)
        if is_global:
            asked = self.output_size
            if asked is not None and set(lengths("output_size", asked, 1)) != {1}:
                raise SpecError(
                    "output_size", f"{GLOBAL}{name} has the output size 1", "leave it out"
                )
            self._set(output_size=self.output_size or 1)
        self._set(mode=name, mode_options=tuple(sorted(options.items())))

    def _normalise_sizes(self) -> None:
        given = {name: getattr(self, name) for name in ("output_size", "kernel_size")}
        given = {name: value for name, value in given.items() if value is not None}
        rank = None
        # The one with a number for each axis says how many axes there are.
        for name in sorted(given, key=lambda name: entries_of(given[name]) is None):
            self._set(**{name: lengths(name, given[name], 1, rank)})
            rank = len(getattr(self, name))

    def _normalise_axes(self) -> None:
        rank = self.rank
        if self.stride is not None:
            self._set(stride=lengths("stride", self.stride, 1, rank))
        self._set(dilation=lengths("dilation", self.dilation, 1, rank))
        if self.padding is not None:
            self._set(padding=_padding(self.padding, rank))


def _divisor(value: Any) -> int:
    """A whole number, which may be negative but not 0, as in PyTorch."""
    divisor = whole("divisor_override", value, -LARGEST)
    if not divisor:
        raise SpecError("divisor_override", "0 is out of range", "give another number")
    return divisor


def _read(framework: str, layer: Any, *others: Any) -> PoolSpec:
    """A framework's layer as a request."""
    # By its name: a request knows no framework, and loads none before it is asked to.
    spec: PoolSpec = import_module(f"poolviz.frameworks.{framework}").read(layer, *others)
    return spec


def split_global(name: str) -> tuple[str, bool]:
    """A mode's name without what makes it global, and whether anything did.

    Example:
        >>> split_global("global-max"), split_global("GlobalMax"), split_global("gap")
        (('max', True), ('Max', True), ('ap', True))
    """
    match = _GLOBAL.fullmatch(name)
    return (match["long"] or match["short"], True) if match else (name, False)


def _named(options: Any) -> dict[str, Any]:
    """A mode's parameters by their names."""
    try:
        named = dict(options)
    except (TypeError, ValueError):
        named = {None: options}
    if not all(isinstance(name, str) for name in named):
        raise SpecError(
            "mode_options", f"{shown(options)} does not name parameters", "give a dict of them"
        )
    return named


def _hashable(name: str, value: Any) -> Any:
    """A sequence as a tuple, anything else as it is."""
    entries = entries_of(value)
    value = value if entries is None else entries
    try:
        hash(value)
    except TypeError as error:
        cause = f"{shown(value)} is not a value for {name}"
        raise SpecError("mode", cause, "give a number, a text or a sequence of numbers") from error
    return value


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise SpecError("mode", f"{shown(text)} is no parameter", "write parameters as in lp:p=3")
    return name, value


def _padding(value: Any, rank: int) -> str | tuple[int | Pair, ...]:
    """A word, or for each axis a (before, after) pair or an int, which a rule splits."""
    if isinstance(value, str):
        word = value.replace("-", "_")
        if word not in PADDING_WORDS:
            known = ", ".join(PADDING_WORDS)
            cause = f"{shown(value)} is unknown"
            raise SpecError("padding", cause, f"give numbers or one of {known}")
        return word
    entries = entries_of(value)
    if entries is None:
        return (whole("padding", value, 0),) * rank
    if len(entries) != rank:
        cause = f"{shown(entries)} has {len(entries)} entries"
        raise SpecError("padding", cause, f"give one or {rank}")
    return tuple(map(_sides, entries))


def _sides(entry: Any) -> int | Pair:
    if entries_of(entry) is None:
        return whole("padding", entry, 0)
    before, after = lengths("padding", entry, 0, 2)
    return before, after
