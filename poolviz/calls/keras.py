"""Keras 3: ``keras.layers``, over (N, H, W, C)."""

from dataclasses import replace

from poolviz.calls._call import call_of, check_global, native, numbers, plain
from poolviz.errors import SpecError
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
    call, spec = call_of(mode, "keras"), geometry.spec
    rank, sign = len(geometry.axes), "-" if call.negated else ""
    if spec.divisor_override is not None:
        raise SpecError("divisor_override", "Keras has none", "leave it out")
    if is_global(spec):
        check_global(geometry, mode, "keras")
        return f"{sign}keras.layers.Global{call.name}{rank}D(keepdims=True)({sign}x)"
    if spec.adaptive:
        raise SpecError("output_size", "Keras has adaptive pooling of size 1 only", "give a size")
    if set(spec.dilation) != {1}:
        raise SpecError("dilation", "Keras has none in pooling", "leave it out")
    found = native(geometry, mode, "keras", [plain(each, rank) for each in _candidates(spec)])
    settings = f'strides={numbers(found.spec.stride)}, padding="{found.spec.padding}"'
    layer = f"keras.layers.{call.name}{rank}D({numbers(found.spec.kernel_size)}, {settings})"
    return f"{sign}{layer}({sign}x)"


def _candidates(spec: PoolSpec) -> list[PoolSpec]:
    words = [spec.padding] if spec.padding in ("valid", "same") else ["valid", "same"]
    bare = replace(spec, ceil_mode=None, count_include_pad=None)
    return [replace(bare, padding=word) for word in words]
