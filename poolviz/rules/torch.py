"""PyTorch (``torch.nn.functional``): the default rules."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.rules._rule import Rule, largest_padding
from poolviz.spec import PoolSpec

VOLUME = 3


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

    def emulated(
        self, spec: PoolSpec, operation: str, input_size: tuple[int, ...]
    ) -> SpecError | None:
        """What its functions have no argument for, or check more than the windows need."""
        function, pads_first = f"{operation}{spec.rank}d", "pad by torch.nn.functional.pad first"
        by_word = isinstance(spec.padding, str) and spec.padding != "valid"
        pairs = () if isinstance(spec.padding, str) else spec.padding
        asked = (
            (by_word, "padding", f"{function} takes numbers, not words", pads_first),
            (
                any(before != after for before, after in pairs),
                "padding",
                f"{function} pads both sides alike",
                pads_first,
            ),
            (
                operation == "lp_pool" and any(map(any, pairs)),
                "padding",
                f"{function} has none",
                pads_first,
            ),
            (
                operation != "max_pool" and set(spec.dilation) != {1},
                "dilation",
                f"{function} has none",
                "unfold the input first",
            ),
            (
                spec.divisor_override is not None and spec.rank == 1,
                "divisor_override",
                f"{function} has none",
                "use avg_pool2d on one row",
            ),
            (
                spec.rank == VOLUME
                and operation != "max_pool"
                and any(map(int.__gt__, spec.kernel_size, input_size)),
                "kernel_size",
                f"{function} takes none larger than the input",
                pads_first,
            ),
        )
        return next((SpecError(*words) for refused, *words in asked if refused), None)

    def caveat(self, operation: str, dtype: str, *, averages: bool) -> str:
        """Averages of integers are integers; powers of float16 are float16."""
        if averages and dtype.startswith(("int", "uint")):
            return (
                "torch itself truncates averages of int64 to integers and refuses other"
                " integers; poolviz gives float64"
            )
        if operation == "lp_pool" and dtype == "float16":
            return (
                "torch itself raises float16 in float16, so that 300² is infinite;"
                " poolviz raises it in float32"
            )
        return ""


RULE = TorchRule(
    name="torch",
    evidence="run against torch 2.13.0",
    lp_absolute=False,
    lp_rescales_overhang=True,
)
