"""Pooling by any mode: ``max:2``, ``lp:p=3:3/2``, ``average:to7``, ``global-max``."""

from dataclasses import dataclass, replace
from typing import Self

from poolviz.analysis.layers._layer import Axes, Layer, Size
from poolviz.analysis.shape import layer_spec
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes import build_mode
from poolviz.modes._mode import Mode
from poolviz.plan import make_plan
from poolviz.result import run
from poolviz.spec import PoolSpec
from poolviz.windows import Array


@dataclass(frozen=True)
class Pooling(Layer):
    """A pooling layer.

    Args:
        request: the mode, the windows and the framework.

    Example:
        >>> Pooling.read("lp:p=3:3/2", "torch").request.stride
        (2, 2)
    """

    request: PoolSpec

    @classmethod
    def read(cls, words: str, like: str) -> Self:
        """Parse a mode with its parameters, then the windows."""
        mode, *parts = words.split(":")
        windows = [part for part in parts if "=" not in part]
        if len(windows) > 1 or windows != parts[len(parts) - len(windows) :]:
            cause = f"{shown(':'.join(windows))} has to be one part at the end"
            raise SpecError("windows", cause, "use MODE:PARAMETER=VALUE:WINDOWS, e.g. lp:p=3:3/2")
        mode = ":".join([mode, *parts[: len(parts) - len(windows)]])
        spec = _parse_windows(windows[0], like) if windows else PoolSpec(like=like)
        return cls(words, replace(spec, mode=mode))

    @property
    def spec(self) -> PoolSpec:
        """The request."""
        return self.request

    @property
    def mode(self) -> Mode:
        """The mode with its parameters."""
        return build_mode(self.request)

    @property
    def draws(self) -> bool:
        """Whether the mode draws at random."""
        return self.mode.draws

    def axes(self, size: Size, seed: int) -> Axes:
        """The windows along rows and columns."""
        plan = make_plan(self.request, size, seed if self.draws else None)
        rows, columns = plan.geometry.axes
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int) -> Array:
        """Pool every channel."""
        return run(feature_map, self.request, seed=seed if self.draws else None).output


def _parse_windows(words: str, like: str) -> PoolSpec:
    try:
        return layer_spec(words, like)
    except SpecError as error:
        if error.subject != "layer":
            raise
        raise SpecError(
            "windows", f"{shown(words)} does not describe windows", error.remedy
        ) from error
