"""JAX with Flax: ``flax.linen``, over (N, H, W, C)."""

from poolviz.calls._call import (
    as_called,
    call_of,
    check_adaptive,
    native,
    numbers,
    plain,
    refuse_beyond,
    sliding,
)
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.wording import is_global

IMPORT = "import flax.linen"
LAYOUT = "N, H, W, C"


def write(geometry: Geometry, mode: Mode) -> str:
    """The line.

    Raises:
        SpecError: Flax cannot say it.
    """
    call, rank = call_of(mode, "jax"), len(geometry.axes)
    geometry = as_called(geometry, mode, "Flax", call)
    refuse_beyond(geometry, "Flax")
    if is_global(geometry.spec):
        check_adaptive(geometry, mode, "jax")
        return f"flax.linen.{call.name}(x, {numbers(geometry.input_size)})"
    candidates = [plain(each, rank) for each in sliding(geometry, mode) if not each.ceil_mode]
    found = native(geometry, mode, "jax", candidates).spec
    arguments = ["x", numbers(found.kernel_size), f"strides={numbers(found.stride)}"]
    if any(map(any, found.padding)):
        arguments.append(f"padding={found.padding}")
    if call.divides and any(map(any, found.padding)) and not found.count_include_pad:
        arguments.append("count_include_pad=False")
    return f"flax.linen.{call.name}({', '.join(arguments)})"
