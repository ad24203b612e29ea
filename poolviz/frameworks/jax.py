"""JAX and Flax (``jax.lax.reduce_window``, ``flax.linen.pooling``)."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._code import (
    choose,
    format_tuple,
    numeric_specs,
    prepare,
    unchanged_input,
)
from poolviz.frameworks._rule import WordRule
from poolviz.plan import Plan, is_global
from poolviz.spec import PoolSpec

IMPORT = "import flax.linen"
LAYOUT = "N, H, W, C"


@dataclass(frozen=True)
class JaxRule(WordRule):
    """No ceil mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for ceil mode."""
        if spec.ceil_mode:
            remedy = "use padding=same, or pad only the end of each axis"
            raise SpecError("ceil_mode", "JAX does not support ceil mode", remedy)


RULE = JaxRule(
    name="jax",
    title="JAX",
    evidence="checked against JAX 0.10.2 and Flax 0.12.8",
    stride_is_kernel_size=False,
    default_padding="valid",
    empty_average="nan",
    channels_last=True,
)


def write(plan: Plan) -> str:
    """The plan as a line of code.

    Raises:
        SpecError: Flax cannot express it.
    """
    plan, call = prepare(plan, "jax", "Flax")
    if is_global(plan.spec):
        return f"flax.linen.{call.name}(x, {format_tuple(plan.input_size)})"
    candidates = [unchanged_input(spec) for spec in numeric_specs(plan) if not spec.ceil_mode]
    spec = choose(plan, "jax", candidates).spec
    kernel = spec.sliding
    arguments = ["x", format_tuple(kernel.kernel_size), f"strides={format_tuple(kernel.stride)}"]
    if any(map(any, kernel.pairs)):
        arguments.append(f"padding={kernel.pairs}")
        if call.divides and not spec.count_include_pad:
            arguments.append("count_include_pad=False")
    return f"flax.linen.{call.name}({', '.join(arguments)})"
