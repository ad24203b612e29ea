"""ONNX: the pooling operators, their global forms, and reductions over the spatial axes."""

import warnings
from typing import Any

from poolviz.discovery import unknown
from poolviz.errors import SpecError
from poolviz.modes import canonical_name, mode_class
from poolviz.readers._reader import mode_called, no_pooling
from poolviz.rules import AT, versions
from poolviz.spec import PoolSpec

FRAMEWORK = "onnx"
GLOBAL, REDUCE = "Global", "Reduce"
# The operators that are pooling where they reduce the spatial axes.
REDUCTIONS = ("ReduceMean", "ReduceMax")
# How attributes are stored: the field, by the number of its type.
_FIELDS = {1: "f", 2: "i", 3: "s", 6: "floats", 7: "ints", 8: "strings"}
_SINGLE = frozenset([1, 2, 3])
NOT_SET = "NOTSET"
_WORDS = {"SAME_UPPER": "same", "SAME_LOWER": "same_lower", "VALID": "valid"}


def is_pooling(node: Any) -> bool:
    """Whether it is pooling, or a reduction that is where it is over the spatial axes."""
    return node.op_type in REDUCTIONS or _pooling(node) is not None


def read(node: Any, rank: int = 2, opset: int | None = None) -> PoolSpec:
    """As :func:`request`, with a warning where the node's indices are not poolviz's."""
    spec = request(node, rank, opset)
    if attributes(node).get("storage_order"):
        words = "storage_order=1 is ignored: poolviz numbers cells row by row, not by columns"
        warnings.warn(words, stacklevel=4)
    return spec


def request(node: Any, rank: int = 2, opset: int | None = None) -> PoolSpec:
    """What ``node`` asks for.

    Args:
        node: a node of a graph.
        rank: how many spatial axes there are, where the node does not tell.
        opset: the version of its operators; None, or one that is not known here, for the newest.

    Raises:
        SpecError: it is no pooling node.
    """
    version = f"opset{opset}"
    like = f"{FRAMEWORK}{AT}{version}" if version in versions(FRAMEWORK) else FRAMEWORK
    if node.op_type in REDUCTIONS:
        # The operators are called as the modes are, or as their aliases.
        mode = canonical_name(node.op_type.removeprefix(REDUCE).lower())
        return PoolSpec(mode, output_size=(1,) * rank, like=like)
    found = _pooling(node)
    if found is None:
        raise no_pooling(node.op_type, "ONNX")
    given = attributes(node)
    options = {
        name: given[name] for name in mode_class(found).__dataclass_fields__ if name in given
    }
    if node.op_type.startswith(GLOBAL):
        return PoolSpec(found, output_size=(1,) * rank, like=like, mode_options=options)
    return _sliding(found, given, options, like)


def attributes(node: Any) -> dict[str, Any]:
    """A node's attributes that are numbers, texts or lists of them, by their names."""
    found = {}
    for each in node.attribute:
        if each.type in _FIELDS:
            value = getattr(each, _FIELDS[each.type])
            found[each.name] = _plain(value) if each.type in _SINGLE else list(map(_plain, value))
    return found


def _plain(value: Any) -> Any:
    """Texts are stored as bytes, whatever they are."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _pooling(node: Any) -> str | None:
    return mode_called(node.op_type.removeprefix(GLOBAL), FRAMEWORK)


def _sliding(mode: str, given: dict[str, Any], options: dict[str, Any], like: str) -> PoolSpec:
    if "kernel_shape" not in given:
        raise SpecError("kernel_shape", "the node has none", "give a valid node")
    include_pad = given.get("count_include_pad")
    return PoolSpec(
        mode,
        given["kernel_shape"],
        given.get("strides"),
        _padding(given),
        given.get("dilations", 1),
        bool(given.get("ceil_mode", 0)),
        None if include_pad is None else bool(include_pad),
        like=like,
        mode_options=options,
    )


def _padding(given: dict[str, Any]) -> Any:
    """A word, or (before, after) pairs: all begins stand before all ends."""
    asked = given.get("auto_pad", NOT_SET)
    if asked not in (*_WORDS, NOT_SET):
        raise unknown("auto_pad", asked, [*_WORDS, NOT_SET])
    word = _WORDS.get(asked)
    pads = given.get("pads")
    if word or pads is None:
        return word
    half = len(pads) // 2
    return tuple(zip(pads[:half], pads[half:], strict=True))
