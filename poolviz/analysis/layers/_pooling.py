"""Pooling by any mode: ``max:2``, ``lp:p=3:3/2``, ``average:to7``, ``global-max``."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from poolviz.analysis.layers._layer import Axes, Layer, Size
from poolviz.analysis.shape import layer_spec
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.modes import build_mode
from poolviz.modes._mode import Mode
from poolviz.plan import Plan, make_plan
from poolviz.result import run_plan
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
            cause = f"{shown(':'.join(windows))} must be a single part at the end"
            raise SpecError("windows", cause, "use MODE:PARAMETER=VALUE:WINDOWS, e.g. lp:p=3:3/2")
        mode = ":".join([mode, *parts[: len(parts) - len(windows)]])
        spec = _parse_windows(windows[0], like) if windows else PoolSpec(like=like)
        return cls(words, replace(spec, mode=mode))

    @property
    def spec(self) -> PoolSpec:
        """The request."""
        return self.request

    @cached_property
    def mode(self) -> Mode:
        """The mode with its parameters."""
        return build_mode(self.request)

    @property
    def draws(self) -> bool:
        """Whether the mode draws at random."""
        return self.mode.draws

    def axes(self, size: Size, seed: int) -> Axes:
        """The windows along rows and columns."""
        rows, columns = self._plan(size, seed).geometry.axes
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int) -> Array:
        """Pool every channel."""
        return run_plan(feature_map, self._plan(feature_map.input_size, seed)).output

    def _plan(self, size: Size, seed: int) -> Plan:
        """The plan for maps of ``size``, made once: layers are sized first, and then run."""
        if (size, seed) not in self._plans:
            self._plans[size, seed] = make_plan(self.request, size, seed if self.draws else None)
        return self._plans[size, seed]

    @cached_property
    def _plans(self) -> dict[tuple[Size, int], Plan]:
        return {}


def _parse_windows(words: str, like: str) -> PoolSpec:
    try:
        return layer_spec(words, like)
    except SpecError as error:
        if error.subject != "layer":
            raise
        raise SpecError(
            "windows", f"{shown(words)} does not describe windows", error.remedy
        ) from error
