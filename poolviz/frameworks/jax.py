"""JAX and Flax (``jax.lax.reduce_window``, ``flax.linen.pooling``)."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._code import (
    as_called,
    call_of,
    check_adaptive,
    native,
    numbers,
    plain,
    refuse_beyond,
    sliding,
)
from poolviz.frameworks._rule import WordRule
from poolviz.geometry import Geometry
from poolviz.modes import Mode
from poolviz.spec import PoolSpec
from poolviz.wording import is_global


@dataclass(frozen=True)
class JaxRule(WordRule):
    """No ceil mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for ceil mode."""
        if spec.ceil_mode:
            raise SpecError("ceil_mode", "JAX has none", "pad the end by (0, n), or use same")


RULE = JaxRule(
    name="jax",
    evidence="run against JAX 0.10.2 and Flax 0.12.8",
    stride_is_kernel_size=False,
    default_padding="valid",
    empty_average="nan",
    channels_last=True,
)

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
