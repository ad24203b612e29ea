"""Names of outputs: the source's stem and all of the configuration that is not default."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from poolviz.frameworks import find_rule
from poolviz.plan import format_option, is_global
from poolviz.result import PoolResult
from poolviz.spec import DEFAULT_LIKE, PoolSpec
from poolviz.text import size

# Separators of paths, and what some system refuses in a name.
_NOT_IN_NAMES = re.compile(r'[/\\\x00-\x1f:*?"<>|]')
# Bytes of a name that are not text, as Python tells them: the system has taken them before.
_RAW = re.compile(r"[\udc80-\udcff]")
# What a system takes is 255 bytes; the endings, such as ``-before-after.svg``, need some.
MOST_BYTES = 220
_DIGEST_BYTES = 4
# A sign of UTF-8 has at most four bytes; stem and settings may lose all but one of one each.
_MOST_LOST = 6
# In what a user may call anything, such as an array of an ``.npz``, a dash could be taken
# for the beginning of the next setting.
_PLAIN = re.compile(r"[a-z_]+-[\w.]*")


def output_name(
    result: PoolResult, *, channel: int, look: Sequence[str] = (), seed: int | None = None
) -> str:
    """The common part of a run's file names, such as ``photo-max-3x3-s2-p1-ceil``.

    Two runs that differ in any setting that shows in an output have different names.
    """
    feature_map = result.feature_map
    words = [*mode_words(result), *window_words(result.spec)]
    words += [_chosen(part) for part in feature_map.configuration]
    if channel:
        words.append(_chosen(f"channel-{feature_map.channel_names[channel]}"))
    if seed is not None:
        words.append(f"seed-{seed}")
    words += look
    return fitting(distinct(feature_map.name), safe("-".join(words)))


def safe(name: str) -> str:
    """``name`` without what some system refuses in one, or what no one can see.

    Example:
        >>> safe("a/b\u202e")
        'a_b_'
    """
    name = _NOT_IN_NAMES.sub("_", name)
    return "".join(sign if sign.isprintable() or _RAW.match(sign) else "_" for sign in name)


def distinct(name: str) -> str:
    """``name`` made safe; with a digest where other names would be made the same.

    A slash, which is in no file's name, needs none.

    Example:
        >>> distinct("photo"), distinct("conv/pool"), distinct("a:b")
        ('photo', 'conv_pool', 'a_b-78d6dbab')
    """
    plain = safe(name)
    if plain == name.replace("/", "_"):
        return plain
    digest = _digest(name)
    return f"{_cut(plain, MOST_BYTES - len(digest) - 1)}-{digest}"


def _chosen(part: str) -> str:
    """What was chosen in the source, so that it cannot be taken for anything else."""
    return part if _PLAIN.fullmatch(part) else f"{safe(part)}-{_digest(part)}"


def fitting(stem: str, words: str) -> str:
    """Both within what a system takes; what is cut is told apart by a digest of all.

    Example:
        >>> fitting("photo", "max-2x2"), len(fitting("x" * 300, "max-2x2"))
        ('photo-max-2x2', 220)
    """
    name = f"{stem}-{words}"
    if _bytes(name) <= MOST_BYTES:
        return name
    words = _cut(words, MOST_BYTES // 2)
    digest = _digest(name)
    stem = _cut(stem, MOST_BYTES - _bytes(words) - len(digest) - 2)
    return f"{stem}-{digest}-{words}"


def is_cut(name: str) -> bool:
    """Whether :func:`fitting` can have cut something to give this name: then it is long."""
    return _bytes(name) > MOST_BYTES - _MOST_LOST


def _cut(text: str, most: int) -> str:
    """The beginning of ``text`` that takes at most so many bytes."""
    text = text[:most]
    while _bytes(text) > most:
        text = text[:-1]
    return text


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _digest(text: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()


def mode_words(result: PoolResult) -> list[str]:
    """The mode and the parameters that were given."""
    options = [f"{name}{format_option(value)}" for name, value in result.spec.mode_options]
    return [result.mode.name(), *options]


def window_words(spec: PoolSpec) -> list[str]:
    """The windows, by what differs from the rule's defaults."""
    if spec.adaptive:
        words = [_ascii(spec.kernel_size)] if spec.kernel_size else []
        words.append("global" if is_global(spec) else f"adaptive-{_ascii(spec.output_size or ())}")
    elif spec.stride is None:
        # The mode cuts windows of its own.
        words = [_ascii(spec.kernel_size)] if spec.kernel_size else []
    else:
        words = [_ascii(spec.sliding.kernel_size), *_sliding_words(spec)]
    defaults = find_rule(spec.like).complete(PoolSpec(spec.mode, like=spec.like))
    if spec.count_include_pad != defaults.count_include_pad:
        words.append("include-pad" if spec.count_include_pad else "exclude-pad")
    if spec.divisor_override is not None:
        words.append(f"div{spec.divisor_override}")
    return [*words, *([str(spec.like)] if spec.like != DEFAULT_LIKE else [])]


def _sliding_words(spec: PoolSpec) -> list[str]:
    bare = replace(spec, stride=None, padding=None, dilation=(1,) * spec.rank, ceil_mode=None)
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
