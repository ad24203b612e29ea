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
from poolviz.plan import Plan, is_global
from poolviz.spec import PoolSpec


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


def write(plan: Plan) -> str:
    """The line.

    Raises:
        SpecError: Flax cannot say it.
    """
    call, rank = call_of(plan.mode, "jax"), len(plan.output_size)
    plan = as_called(plan, "Flax", call)
    refuse_beyond(plan, "Flax")
    if is_global(plan.spec):
        check_adaptive(plan, "jax")
        return f"flax.linen.{call.name}(x, {numbers(plan.input_size)})"
    candidates = [plain(each, rank) for each in sliding(plan) if not each.ceil_mode]
    found = native(plan, "jax", candidates).spec
    kernel = found.sliding
    arguments = ["x", numbers(kernel.kernel_size), f"strides={numbers(kernel.stride)}"]
    if any(map(any, kernel.pairs)):
        arguments.append(f"padding={kernel.pairs}")
    if call.divides and any(map(any, kernel.pairs)) and not found.count_include_pad:
        arguments.append("count_include_pad=False")
    return f"flax.linen.{call.name}({', '.join(arguments)})"
