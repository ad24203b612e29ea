"""Names of outputs: the source's stem and all of the configuration that is not default."""

import re
from collections.abc import Sequence
from dataclasses import replace

from poolviz.result import PoolResult
from poolviz.rules import find_rule
from poolviz.spec import DEFAULT_LIKE, PoolSpec
from poolviz.text import size
from poolviz.wording import as_typed, is_global

# Separators of paths, and what some system refuses in a name.
_NOT_IN_NAMES = re.compile(r'[/\\\x00-\x1f:*?"<>|]')


def output_name(
    result: PoolResult, *, channel: int, look: Sequence[str] = (), seed: int | None = None
) -> str:
    """The common part of a run's file names, such as ``photo-max-3x3-s2-p1-ceil``.

    Two runs that differ in any setting that shows in an output have different names.
    """
    feature_map = result.feature_map
    parts = [feature_map.name, *mode_words(result), *window_words(result.spec)]
    parts += feature_map.configuration
    if channel:
        parts.append(f"channel-{feature_map.channel_names[channel]}")
    if seed is not None:
        parts.append(f"seed-{seed}")
    parts += look
    return safe("-".join(parts))


def safe(name: str) -> str:
    """``name`` without what some system refuses in one."""
    return _NOT_IN_NAMES.sub("_", name)


def mode_words(result: PoolResult) -> list[str]:
    """The mode and the parameters that were given."""
    options = [f"{name}{as_typed(value)}" for name, value in result.spec.mode_options]
    return [result.mode.name(), *options]


def window_words(spec: PoolSpec) -> list[str]:
    """The windows, by what differs from the rule's defaults."""
    if spec.adaptive:
        words = [_ascii(spec.kernel_size)] if spec.kernel_size else []
        words.append("global" if is_global(spec) else f"adaptive-{_ascii(spec.output_size)}")
    elif spec.stride is None:
        # The mode cuts windows of its own.
        words = [_ascii(spec.kernel_size)] if spec.kernel_size else []
    else:
        words = [_ascii(spec.kernel_size), *_sliding_words(spec)]
    defaults = find_rule(spec.like).complete(PoolSpec(spec.mode, like=spec.like))
    if spec.count_include_pad != defaults.count_include_pad:
        words.append("include-pad" if spec.count_include_pad else "exclude-pad")
    if spec.divisor_override is not None:
        words.append(f"div{spec.divisor_override}")
    return [*words, *([spec.like] if spec.like != DEFAULT_LIKE else [])]


def _sliding_words(spec: PoolSpec) -> list[str]:
    bare = replace(spec, stride=None, padding=None, dilation=1, ceil_mode=None)
    defaults = find_rule(spec.like).complete(bare)
    words = [
        f"{letter}{_lengths(getattr(spec, name))}"
        for letter, name in (("s", "stride"), ("p", "padding"), ("d", "dilation"))
        if getattr(spec, name) != getattr(defaults, name)
    ]
    if spec.ceil_mode != defaults.ceil_mode:
        words.append("ceil" if spec.ceil_mode else "floor")
    return words


def _lengths(value: object) -> str:
    """``2``, ``2x1``, ``same``, or ``0.1x0.1`` for (before, after) pairs."""
    if not isinstance(value, tuple):
        return str(value).replace("_", "-")
    parts = [_pair(entry) if isinstance(entry, tuple) else str(entry) for entry in value]
    return parts[0] if len(set(parts)) == 1 else "x".join(parts)


def _pair(pair: tuple[int, int]) -> str:
    before, after = pair
    return str(before) if before == after else f"{before}.{after}"


def _ascii(lengths: tuple[int, ...]) -> str:
    return size(lengths).replace("×", "x")
