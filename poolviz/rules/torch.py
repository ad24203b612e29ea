"""PyTorch (``torch.nn.functional``): the default rules."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.rules._rule import Rule, largest_padding
from poolviz.spec import PoolSpec

VOLUME = 3
PAD_FIRST = "pad beforehand, by torch.nn.functional.pad"


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
        if set(spec.dilation) != {1} and operation != "max_pool":
            return SpecError("dilation", f"{operation} has none", "unfold the input")
        if spec.padding in ("same", "same_lower"):
            word = spec.padding.replace("_", "-")
            return SpecError("padding", f"it takes numbers, not {word}", PAD_FIRST)
        pairs = () if isinstance(spec.padding, str) else spec.padding
        if any(before != after for before, after in pairs):
            return SpecError("padding", "it pads both sides alike", PAD_FIRST)
        if operation == "lp_pool" and any(map(any, pairs)):
            return SpecError("padding", "lp_pool has none", PAD_FIRST)
        if spec.divisor_override is not None and spec.rank == 1:
            return SpecError("divisor_override", "avg_pool1d has none", "use avg_pool2d on one row")
        larger = any(map(int.__gt__, spec.kernel_size, input_size))
        if larger and spec.rank == VOLUME and operation != "max_pool":
            cause = f"{operation}3d takes none larger than the input"
            return SpecError("kernel_size", cause, PAD_FIRST)
        return None

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
