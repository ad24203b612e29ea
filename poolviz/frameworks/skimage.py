"""scikit-image (``skimage.measure.block_reduce``)."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._rule import AxisRequest, Rule
from poolviz.spec import Pair, PoolSpec


@dataclass(frozen=True)
class SkimageRule(Rule):
    """Blocks that never overlap; zeros at the end of the input take part in every mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for anything but a block size."""
        if spec.stride != spec.kernel_size:
            raise SpecError("stride", "scikit-image's blocks never overlap", "omit stride")
        if spec.padding != "same":
            cause = "block_reduce always pads the end of the input"
            raise SpecError("padding", cause, "omit padding")
        if spec.ceil_mode:
            raise SpecError(
                "ceil_mode", "block_reduce does not support ceil mode", "omit ceil_mode"
            )
        if set(spec.dilation) != {1}:
            raise SpecError("dilation", "block_reduce does not support dilation", "omit dilation")

    def padding(self, axis: AxisRequest) -> Pair:
        """All at the end."""
        return 0, -axis.size % axis.kernel_size

    def formula(self, axis: AxisRequest) -> str:
        """⌈L / k⌉."""
        return f"⌈{axis.size} / {axis.kernel_size}⌉ = {self.output_size(axis)}"


RULE = SkimageRule(
    name="skimage",
    title="scikit-image",
    evidence="checked against scikit-image 0.26",
    default_padding="same",
    pads_with=0.0,
)
