"""scikit-image (``skimage.measure.block_reduce``)."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.frameworks._rule import AxisRequest, Rule
from poolviz.spec import Pair, PoolSpec


@dataclass(frozen=True)
class SkimageRule(Rule):
    """Blocks side by side, the input padded at its end with 0, which takes part in every mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for anything but a block size."""
        if spec.stride != spec.kernel_size:
            raise SpecError("stride", "blocks stand side by side", "leave it out")
        if spec.padding != "same":
            raise SpecError("padding", "block_reduce pads the end by itself", "leave it out")
        if set(spec.dilation) != {1} or spec.ceil_mode:
            name = "ceil_mode" if spec.ceil_mode else "dilation"
            raise SpecError(name, "block_reduce has none", "leave it out")

    def padding(self, axis: AxisRequest) -> Pair:
        """All at the end."""
        return 0, -axis.size % axis.kernel_size

    def formula(self, axis: AxisRequest) -> str:
        """ceil(L / k)."""
        return f"ceil({axis.size} / {axis.kernel_size}) = {self.output_size(axis)}"


RULE = SkimageRule(
    name="skimage",
    evidence="run against scikit-image 0.26",
    default_padding="same",
    pads_with=0.0,
)
