"""PyTorch: ``torch.nn.functional``, over (N, C, H, W)."""

from dataclasses import replace

from poolviz.calls._call import (
    Native,
    as_called,
    call_of,
    native,
    numbers,
    plain,
    sliding,
    unpadded,
)
from poolviz.errors import SpecError
from poolviz.geometry import Geometry
from poolviz.modes import Call, Mode
from poolviz.spec import PoolSpec

IMPORT = "import torch"
LAYOUT = "N, C, H, W"


def write(geometry: Geometry, mode: Mode) -> str:
    """The line.

    Raises:
        SpecError: PyTorch cannot say it.
    """
    call = call_of(mode, "torch")
    # A window over all is an adaptive call's, which takes no divisor.
    has_global = call.adaptive and geometry.spec.divisor_override is None
    geometry = as_called(geometry, mode, "torch", replace(call, has_global=has_global))
    spec, rank, sign = geometry.spec, len(geometry.axes), "-" if call.negated else ""
    if spec.adaptive:
        return f"{sign}{_adaptive(call, spec, rank, sign)}"
    found = native(geometry, mode, "torch", _candidates(geometry, mode, call))
    x = _padded(found.pads, f"{sign}x", "inf" if call.extreme else "")
    arguments = [x, *call.arguments, _lengths(found.spec.kernel_size)]
    arguments += _settings(found.spec, call)
    return f"{sign}torch.nn.functional.{call.name}{rank}d({', '.join(arguments)})"


def _adaptive(call: Call, spec: PoolSpec, rank: int, sign: str) -> str:
    if spec.divisor_override is not None:
        raise SpecError("divisor_override", "torch's adaptive pooling takes none", "leave it out")
    name = f"torch.nn.functional.adaptive_{call.name}{rank}d"
    return f"{name}({sign}x, {_lengths(spec.output_size)})"


def _candidates(geometry: Geometry, mode: Mode, call: Call) -> list[Native]:
    """Padding by the call itself where both sides are alike and it takes any, else beforehand."""
    rank, found = len(geometry.axes), []
    for spec in sliding(geometry, mode):
        if set(spec.dilation) != {1} and not call.extreme:
            raise SpecError("dilation", f"torch's {call.name} has none", "leave it out")
        alike = all(before == after for before, after in spec.padding)
        unneeded = not any(map(any, spec.padding))
        if unneeded or (alike and call.pads):
            found.append(plain(spec, rank))
        if not unneeded and (not call.divides or spec.count_include_pad):
            found.append(unpadded(spec))
    if not found:
        raise SpecError(
            "padding",
            f"torch's {call.name} counts asymmetric padding, or takes none",
            "pad both sides alike, or count padding",
        )
    return found


def _padded(pads: tuple[tuple[int, int], ...], x: str, value: str) -> str:
    """``x``, padded beforehand where that is needed; the last axis comes first."""
    if not any(map(any, pads)):
        return x
    flat = [length for pair in reversed(pads) for length in pair]
    filled = f', value=float("-{value}")' if value else ""
    return f"torch.nn.functional.pad({x}, {numbers(flat)}{filled})"


def _settings(spec: PoolSpec, call: Call) -> list[str]:
    """The arguments that are not the call's defaults."""
    settings = []
    if spec.stride != spec.kernel_size:
        settings.append(f"stride={_lengths(spec.stride)}")
    before = tuple(pair[0] for pair in spec.padding)
    if any(before):
        settings.append(f"padding={_lengths(before)}")
    if set(spec.dilation) != {1}:
        settings.append(f"dilation={_lengths(spec.dilation)}")
    if spec.ceil_mode:
        settings.append("ceil_mode=True")
    if call.divides and any(before) and not spec.count_include_pad:
        settings.append("count_include_pad=False")
    if call.divides and spec.divisor_override is not None:
        settings.append(f"divisor_override={spec.divisor_override}")
    return [*settings, *call.keywords]


def _lengths(values: tuple[int, ...]) -> str:
    """A number for each axis; of one axis the number itself, since lp_pool1d takes no tuple."""
    return str(values[0]) if len(values) == 1 else numbers(values)
