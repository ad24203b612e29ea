"""ONNX (MaxPool-22, AveragePool-22, LpPool-22) as ONNX Runtime computes it."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.rules._rule import AxisRequest, Rule, refuse_padding_of_kernel
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class OnnxRule(Rule):
    """Each pad is less than the kernel, and same padding knows nothing of dilation."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding as large as the kernel."""
        refuse_padding_of_kernel(spec)

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
    evidence="run against ONNX Runtime 1.31.1",
    stride_is_kernel_size=False,
    count_include_pad=False,
    truncates=True,
    nan_caveat="ONNX Runtime's max of a window with NaN depends on where it stands",
)
