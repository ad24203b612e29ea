"""ONNX (MaxPool-22, AveragePool-22, LpPool-22) as ONNX Runtime computes it."""

from dataclasses import dataclass

from poolviz.rules._rule import Rule, refuse_padding_of_kernel
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class OnnxRule(Rule):
    """Each pad is less than the kernel."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding as large as the kernel."""
        refuse_padding_of_kernel(spec)


# ONNX Runtime's max of a window with NaN depends on where it stands; here it propagates.
RULE = OnnxRule(
    name="onnx",
    evidence="run against ONNX Runtime 1.31.1",
    stride_is_kernel_size=False,
    count_include_pad=False,
)
