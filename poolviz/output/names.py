"""The kinds of outputs, how their names end, and how they are named by source and settings."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import find_rule
from poolviz.output.files import array_bytes
from poolviz.plan import format_option, is_global
from poolviz.plugins import unknown
from poolviz.result import PoolResult
from poolviz.spec import DEFAULT_LIKE, PoolSpec
from poolviz.text import size
from poolviz.views.figures import available_figures, moves
from poolviz.views.paint.formats import FORMATS, Format

if TYPE_CHECKING:
    from poolviz.output.job import Pictures

NOTHING = "none"
# In the ending of a file name: what figures show, and the number of a file from 1.
FIGURE, NUMBER = "{figure}", "{number}"
# What an animation shows: a figure's kind, if that has an animation of its own, or the window.
MOTION, WINDOW = "{motion}", "window"


@dataclass(frozen=True)
class OutputKind:
    """A kind of ``--write``.

    Args:
        endings: how the names of its files end; FIGURE stands for what figures show, MOTION for
            what animations show. The last ending may contain NUMBER; it is then that of all
            further files.
        contents: makes the contents of these files.
    """

    endings: tuple[str, ...]
    contents: "Callable[[Pictures], tuple[bytes, ...]]"

    def files(self, pictures: "Pictures", figure: str) -> Iterator[tuple[str, bytes]]:
        """The ending and the content of each file; ``figure`` is what figures show."""
        contents = self.contents(pictures)
        last = len(self.endings) - 1
        for place, data in enumerate(contents):
            ending = self.endings[min(place, last)].replace(FIGURE, figure)
            if MOTION in ending:
                ending = ending.replace(MOTION, figure if moves(figure) else WINDOW)
            yield ending.replace(NUMBER, f"{place - last + 1:03}"), data


def _animation(animation_format: Format) -> OutputKind:
    return OutputKind(
        (f"{MOTION}.{animation_format.name}",),
        lambda pictures: (pictures.animation(animation_format),),
    )


def _figure(suffix: str) -> OutputKind:
    return OutputKind((f"{FIGURE}.{suffix}",), lambda pictures: (pictures.figure(suffix),))


STILLS, PAGE, SLIDES, HANDOUT = "png", "html", "steps", "handout"
KINDS = {
    STILLS: OutputKind(("before.png", "after.png"), lambda pictures: pictures.stills()),
    **{name: _animation(animation_format) for name, animation_format in FORMATS.items()},
    "npy": OutputKind(("pooled.npy",), lambda pictures: (array_bytes(pictures.result),)),
    "svg": _figure("svg"),
    "pdf": _figure("pdf"),
    SLIDES: OutputKind(
        ("slides.pdf", f"slide-{NUMBER}.svg"), lambda pictures: tuple(pictures.slides())
    ),
    HANDOUT: OutputKind(("handout.pdf",), lambda pictures: (pictures.handout(),)),
    PAGE: OutputKind(("page.html",), lambda pictures: (pictures.page(),)),
}


def output_endings(number: str = "001") -> list[str]:
    """How the names of all files end that ``--write`` may write, with one for all numbers."""
    endings = [ending for kind in KINDS.values() for ending in kind.endings]
    figures = available_figures()
    shown = {FIGURE: figures, MOTION: [*figures, WINDOW]}
    found = []
    for ending in endings:
        name, words = next(((n, w) for n, w in shown.items() if n in ending), (FIGURE, [""]))
        found += [ending.replace(name, word).replace(NUMBER, number) for word in words]
    return found


def ending_pattern() -> "re.Pattern[str]":
    """A pattern that finds the ending of such a name, with the hyphen before it.

    Example:
        >>> bool(ending_pattern().search("map-max-2x2-slide-017.svg"))
        True
    """
    endings = "|".join(map(re.escape, output_endings(NUMBER)))
    return re.compile(f"-(?:{endings.replace(re.escape(NUMBER), '[0-9]{3,}')})$")


def parse_kinds(write: str) -> list[str]:
    """Parse ``--write``: kinds separated by commas, or ``none``.

    Raises:
        SpecError: a kind is unknown, or ``none`` is combined with others.
    """
    kinds = [kind.strip() for kind in write.split(",")]
    if kinds == [NOTHING]:
        return []
    if NOTHING in kinds:
        cause = f"'{NOTHING}' cannot be combined with other kinds"
        raise SpecError("write", cause, f"use {NOTHING} alone, or list the kinds of files")
    for kind in kinds:
        if kind not in KINDS:
            raise unknown("write", kind, [*KINDS, NOTHING], "kind of file")
    return kinds


# Separators of paths, and characters that some system refuses in a name.
_NOT_IN_NAMES = re.compile(r'[/\\\x00-\x1f:*?"<>|]')
# Bytes of a name that are not text, as Python represents them; the system accepts them.
_RAW = re.compile(r"[\udc80-\udcff]")
# Systems accept 255 bytes; the endings, such as ``-before-after.svg``, need some of them.
MOST_BYTES = 220
_DIGEST_BYTES = 4
# A character of UTF-8 has up to four bytes, of which a cut stem and cut settings lose up to three.
_MOST_LOST = 6
# Names that a user chooses, such as that of an array in an ``.npz``, may only be used as they are
# if no dash in them could be mistaken for the start of the next setting.
_PLAIN = re.compile(r"[a-z_]+-[\w.]*")


def output_name(
    result: PoolResult, *, channel: int, look: Sequence[str] = (), seed: int | None = None
) -> str:
    """The common part of a run's file names, such as ``photo-max-3x3-s2-p1-ceil``.

    Two runs whose outputs differ by any setting have different names.

    Args:
        result: what is written.
        channel: the index of the channel that is shown.
        look: the settings of the pictures.
        seed: of a random mode; None for none.
    """
    settings = [result.mode.name()]
    settings += [f"{name}{format_option(value)}" for name, value in result.spec.mode_options]
    specs = [result.spec]
    feature_map = result.feature_map
    return answer_name(feature_map, settings, specs, channel=channel, look=look, seed=seed)


def answer_name(
    feature_map: FeatureMap,
    words: Sequence[str],
    specs: Sequence[PoolSpec],
    *,
    channel: int,
    look: Sequence[str] = (),
    seed: int | None = None,
) -> str:
    """The common part of the file names of an answer, such as ``photo-compare-max-average-3x3``.

    Args:
        feature_map: the input.
        words: the command, and its settings.
        specs: requests whose windows are named; none if ``words`` says them.
        channel: the index of the channel that is shown.
        look: the settings of the pictures.
        seed: of modes that draw at random; None for none.
    """
    settings = list(words)
    settings += dict.fromkeys(part for spec in specs for part in _window_settings(spec))
    settings += [_chosen(part) for part in feature_map.configuration]
    if channel:
        settings.append(_chosen(f"channel-{feature_map.channel_names[channel]}"))
    if seed is not None:
        settings.append(f"seed-{seed}")
    settings += look
    return fitting(distinct(feature_map.name), safe("-".join(settings)))


def safe(name: str) -> str:
    """``name`` with an underscore for each character that a system refuses or that is invisible.

    Example:
        >>> safe("a/b\u202e")
        'a_b_'
    """
    name = _NOT_IN_NAMES.sub("_", name)
    return "".join(c if c.isprintable() or _RAW.match(c) else "_" for c in name)


def distinct(name: str) -> str:
    """A safe name, with a digest if another name could become the same one.

    A slash needs no digest, as no file's name contains it.

    Example:
        >>> distinct("photo"), distinct("conv/pool"), distinct("a:b")
        ('photo', 'conv_pool', 'a_b-78d6dbab')
    """
    plain = safe(name)
    if plain == name.replace("/", "_"):
        return plain
    suffix = digest(name)
    return f"{_cut(plain, MOST_BYTES - len(suffix) - 1)}-{suffix}"


def _chosen(part: str) -> str:
    """A part chosen in the source, written so that it cannot be mistaken for a setting."""
    return part if _PLAIN.fullmatch(part) else f"{safe(part)}-{digest(part)}"


def fitting(stem: str, settings: str) -> str:
    """Join both to a name that systems accept; a name that is cut has a digest of the whole.

    Example:
        >>> fitting("photo", "max-2x2"), len(fitting("x" * 300, "max-2x2"))
        ('photo-max-2x2', 220)
    """
    name = f"{stem}-{settings}"
    if _bytes(name) <= MOST_BYTES:
        return name
    settings = _cut(settings, MOST_BYTES // 2)
    suffix = digest(name)
    stem = _cut(stem, MOST_BYTES - _bytes(settings) - len(suffix) - 2)
    return f"{stem}-{suffix}-{settings}"


def is_cut(name: str) -> bool:
    """Whether :func:`fitting` may have cut something to get this name: then it is long."""
    return _bytes(name) > MOST_BYTES - _MOST_LOST


def _cut(text: str, most: int) -> str:
    """The beginning of ``text``, at most this many bytes."""
    text = text[:most]
    while _bytes(text) > most:
        text = text[:-1]
    return text


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def digest(text: str) -> str:
    """A few letters and digits that other texts do not have."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=_DIGEST_BYTES).hexdigest()


def _window_settings(spec: PoolSpec) -> list[str]:
    """The settings of the windows that differ from the defaults of the framework."""
    settings = [_ascii(spec.kernel_size)] if spec.kernel_size else []
    if spec.adaptive:
        settings.append(
            "global" if is_global(spec) else f"adaptive-{_ascii(spec.output_size or ())}"
        )
    elif spec.stride is not None:
        # Without a stride the mode places the windows itself.
        settings += _sliding_settings(spec)
    defaults = find_rule(spec.like).complete(PoolSpec(spec.mode, like=spec.like))
    if spec.count_include_pad != defaults.count_include_pad:
        settings.append("include-pad" if spec.count_include_pad else "exclude-pad")
    if spec.divisor_override is not None:
        settings.append(f"div{spec.divisor_override}")
    return [*settings, *([str(spec.like)] if spec.like != DEFAULT_LIKE else [])]


def _sliding_settings(spec: PoolSpec) -> list[str]:
    bare = replace(spec, stride=None, padding=None, dilation=(1,) * spec.rank, ceil_mode=None)
    defaults = find_rule(spec.like).complete(bare)
    settings = [
        f"{letter}{_lengths(getattr(spec, name))}"
        for letter, name in (("s", "stride"), ("p", "padding"), ("d", "dilation"))
        if getattr(spec, name) != getattr(defaults, name)
    ]
    if spec.ceil_mode != defaults.ceil_mode:
        settings.append("ceil" if spec.ceil_mode else "floor")
    return settings


def _lengths(value: object) -> str:
    """``2``, ``2x1``, ``same``, or ``0.1x0.1`` for (before, after) pairs."""
    if not isinstance(value, tuple):
        return str(value).replace("_", "-")
    # A pair of equal numbers is one number.
    parts = [
        ".".join(map(str, dict.fromkeys(part))) if isinstance(part, tuple) else str(part)
        for part in value
    ]
    return parts[0] if len(set(parts)) == 1 else "x".join(parts)


def _ascii(lengths: tuple[int, ...]) -> str:
    return size(lengths).replace("×", "x")
