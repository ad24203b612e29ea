"""Wording: a resolved request in words."""

import numpy as np

from poolviz import text
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.spec import PoolSpec
from poolviz.windows import Counts


def is_global(spec: PoolSpec) -> bool:
    """Whether a single window is asked for that covers all."""
    return spec.adaptive and spec.kernel_size is None and set(spec.output_size) == {1}


def mode_in_words(mode: Mode, spec: PoolSpec) -> str:
    """A mode with the parameters that were given: ``lp:p=3``."""
    options = [f":{name}={as_typed(value)}" for name, value in spec.mode_options]
    return f"{mode.name()}{''.join(options)}"


def as_typed(value: object) -> str:
    """A parameter's value as it is typed.

    Example:
        >>> as_typed((1, 5)), as_typed(0.5)
        ('1/5', '0.5')
    """
    return "/".join(map(str, value)) if isinstance(value, tuple) else str(value)


def request_in_words(geometry: Geometry, mode: Mode) -> str:
    """``max 3×3, stride 2, padding 1``; ``global average``."""
    words = mode_in_words(mode, geometry.spec)
    if is_global(geometry.spec):
        return f"global {words}"
    return f"{words} {windows_in_words(geometry)}"


def windows_in_words(geometry: Geometry) -> str:
    """``3×3, stride 2, padding 1``; ``adaptive to 3×4``."""
    spec, output_size = geometry.spec, geometry.output_size
    if spec.stride is None and (spec.kernel_size or not spec.adaptive):
        # The mode cuts windows of its own.
        kernel = f"{text.size(spec.kernel_size)} " if spec.kernel_size else ""
        return f"{kernel}to {text.size(output_size)}"
    if spec.adaptive:
        return f"adaptive to {text.size(spec.output_size)}"
    words = [text.size(spec.kernel_size), f"stride {_short(spec.stride)}"]
    if isinstance(spec.padding, str):
        words.append(f"padding {spec.padding.replace('_', '-')}")
    elif any(map(any, spec.padding)):
        words.append(f"padding {_padding_in_words(spec.padding)}")
    if set(spec.dilation) != {1}:
        words.append(f"dilation {_short(spec.dilation)}")
    return ", ".join(words + ["ceil mode"] * bool(spec.ceil_mode))


def _short(lengths: tuple[int, ...]) -> str:
    return str(lengths[0]) if len(set(lengths)) == 1 else text.size(lengths)


def _padding_in_words(pairs: tuple[tuple[int, int], ...]) -> str:
    if all(before == after for before, after in pairs):
        return _short(tuple(before for before, _ in pairs))
    return " × ".join(f"({before}, {after})" for before, after in pairs)


def outside_in_words(mode: Mode, counts: Counts) -> str:
    """What cells outside the input do, in words."""
    taps, padded, inside, masked = (
        int(np.ravel(number)[0])
        for number in (counts.taps, counts.padded, counts.inside, counts.masked)
    )
    notes = [f"{text.counted(masked, 'masked cell')} left out"] if masked else []
    if padded > inside:
        notes.append(f"{text.counted(padded - inside, 'padding cell')} {mode.padding_note(counts)}")
    if taps > padded + masked:
        notes.append(f"{text.counted(taps - padded - masked, 'overhang cell')} left out")
    return "".join(f", {note}" for note in notes)
