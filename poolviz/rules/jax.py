"""JAX and Flax (``jax.lax.reduce_window``, ``flax.linen.pooling``)."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.rules._rule import WordRule
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
