"""Keras 3: ``keras.layers``, over (N, H, W, C)."""

from dataclasses import replace

from poolviz.calls._call import (
    as_called,
    call_of,
    check_adaptive,
    native,
    numbers,
    plain,
    refuse_beyond,
)
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.spec import PoolSpec
from poolviz.wording import is_global

IMPORT = "import keras"
LAYOUT = "N, H, W, C"


def write(geometry: Geometry, mode: Mode) -> str:
    """The line.

    Raises:
        SpecError: Keras cannot say it.
    """
    call = call_of(mode, "keras")
    geometry = as_called(geometry, mode, "Keras", call)
    spec, rank, sign = geometry.spec, len(geometry.axes), "-" if call.negated else ""
    refuse_beyond(geometry, "Keras")
    if spec.adaptive:
        check_adaptive(geometry, mode, "keras")
        windows, arguments = "Adaptive", numbers(spec.output_size)
        if is_global(spec):
            windows, arguments = "Global", "keepdims=True"
        return f"{sign}keras.layers.{windows}{call.name}{rank}D({arguments})({sign}x)"
    found = native(geometry, mode, "keras", [plain(each, rank) for each in _candidates(spec)])
    settings = f'strides={numbers(found.spec.stride)}, padding="{found.spec.padding}"'
    layer = f"keras.layers.{call.name}{rank}D({numbers(found.spec.kernel_size)}, {settings})"
    return f"{sign}{layer}({sign}x)"


def _candidates(spec: PoolSpec) -> list[PoolSpec]:
    words = [spec.padding] if spec.padding in ("valid", "same") else ["valid", "same"]
    bare = replace(spec, ceil_mode=None, count_include_pad=None)
    return [replace(bare, padding=word) for word in words]
