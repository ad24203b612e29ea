"""PyTorch (``torch.nn.functional``): the default rules."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.rules._rule import Rule, largest_padding
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class TorchRule(Rule):
    """Padding of at most half the kernel."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding over half the kernel, dilation not counted."""
        for padding, kernel_size in largest_padding(spec):
            if padding > kernel_size // 2:
                raise SpecError(
                    "padding",
                    f"{padding} is more than half the kernel ({kernel_size}): a window could lie"
                    " wholly in padding, where max has nothing to choose",
                    f"use at most {kernel_size // 2}",
                )


RULE = TorchRule(
    name="torch",
    evidence="run against torch 2.13.0",
    lp_absolute=False,
    lp_rescales_overhang=True,
)
