"""ONNX as ONNX Runtime computes it, by the version of the operators (opset).

ONNX Runtime 1.32.0 was compared with itself at opsets 1 to 28: the operators' attributes, and
the divisor of an average whose kernel is larger than its input, are all that differs.
"""

from dataclasses import dataclass, replace

from poolviz.errors import SpecError
from poolviz.rules._rule import AxisRequest, Rule, refuse_padding_of_kernel
from poolviz.spec import PoolSpec

NEWEST = 28
# From which opset on the operators have an attribute.
SINCE = {
    "MaxPool": {"ceil_mode": 10, "dilation": 10},
    "AveragePool": {"ceil_mode": 10, "dilation": 19},
    "LpPool": {"ceil_mode": 18, "dilation": 18},
}
# From this opset on ONNX Runtime's average counts no cells behind the padding.
_OVERHANG_UNCOUNTED = 19


@dataclass(frozen=True)
class OnnxRule(Rule):
    """Each pad is less than the kernel, and same padding knows nothing of dilation.

    Args:
        opset: the version of its operators.
    """

    opset: int = NEWEST

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding as large as the kernel."""
        refuse_padding_of_kernel(spec)

    def emulated(
        self, spec: PoolSpec, operation: str, input_size: tuple[int, ...]
    ) -> SpecError | None:
        """Attributes that an operator has at later opsets only."""
        del input_size
        asked = {"ceil_mode": bool(spec.ceil_mode), "dilation": set(spec.dilation) != {1}}
        for name in (name for name, is_asked in asked.items() if is_asked):
            since = SINCE.get(operation, {}).get(name, 1)
            if self.opset < since:
                return SpecError(
                    name, f"{operation} has it from opset {since} on", f"use opset {since}"
                )
        return None

    def same_padding(self, axis: AxisRequest) -> int:
        """Cells that undilated windows reach beyond the input.

        Raises:
            SpecError: they do not reach its end.
        """
        windows = -(-axis.size // axis.stride)
        total = (windows - 1) * axis.stride + axis.kernel_size - axis.size
        if total < 0:
            raise SpecError(
                "padding",
                f"{axis.padding} needs {total} cells here, and where ONNX Runtime does not"
                " refuse that it cuts cells off",
                "use valid, or a stride of at most the kernel size",
            )
        return total


RULE = OnnxRule(
    name="onnx",
    evidence="run against ONNX Runtime 1.32.0",
    stride_is_kernel_size=False,
    count_include_pad=False,
    truncates=True,
    nan_caveat="ONNX Runtime's max of a window with NaN depends on where it stands",
)
VERSIONS = {
    f"opset{opset}": replace(
        RULE,
        opset=opset,
        version=f"opset{opset}",
        counts_overhang=opset < _OVERHANG_UNCOUNTED,
    )
    for opset in range(1, NEWEST + 1)
}
