"""Keras 3 on TensorFlow (``keras.layers``)."""

from dataclasses import dataclass

from poolviz.errors import SpecError
from poolviz.rules._rule import WordRule
from poolviz.spec import PoolSpec


@dataclass(frozen=True)
class KerasRule(WordRule):
    """Padding by word only, and no ceil mode."""

    def refuse(self, spec: PoolSpec) -> None:
        """Raise SpecError for padding in numbers, same_lower, ceil mode, and dilated same."""
        if spec.padding not in ("valid", "same"):
            given = spec.padding if isinstance(spec.padding, str) else "a number"
            raise SpecError("padding", f"{given} is nothing that Keras takes", "use valid or same")
        if spec.ceil_mode:
            raise SpecError(
                "ceil_mode", "Keras has none", "use padding same to keep the last window"
            )
        if spec.padding == "same" and set(spec.dilation) != {1}:
            raise SpecError("dilation", "Keras refuses it with padding same", "use valid, or 1")


RULE = KerasRule(
    name="keras",
    evidence="run against Keras 3.15.1 on TensorFlow 2.21.0",
    default_padding="valid",
    count_include_pad=False,
    nan="drop",
    channels_last=True,
)
