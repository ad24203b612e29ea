"""The base class of the layers of a stack, and pooling by any mode, such as ``lp:p=3:3/2``."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from poolviz.analysis.shape import layer_spec
from poolviz.checks import shown
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.geometry import Axis, SlidingAxis
from poolviz.modes import build_mode
from poolviz.modes._mode import Mode
from poolviz.plan import Plan, make_plan
from poolviz.result import run_plan
from poolviz.spec import PoolSpec
from poolviz.windows import Array

Size = tuple[int, int]
Axes = tuple[Axis, Axis]


@dataclass(frozen=True)
class Layer:
    """One layer of a stack.

    A file of a layer defines a subclass and calls it ``LAYER``. Only :meth:`apply` needs
    values, so that everything else can be checked before any work is done. A layer that
    computes each cell from one cell and takes no parameters defines :meth:`apply` alone.

    Args:
        words: the layer as it was typed.
    """

    words: str

    @classmethod
    def read(cls, words: str, like: str) -> Self:
        """Parse a layer that begins with the name of this file.

        Args:
            words: the layer as it was typed.
            like: the framework whose rules pooling follows; other layers ignore it.

        Raises:
            SpecError: the text is not such a layer.
        """
        del like
        name = cls.__module__.rpartition(".")[2]
        if ":" in words:
            raise SpecError("layer", f"{name} takes no parameters", f"use {name} alone")
        return cls(words)

    def axes(self, size: Size, seed: int) -> Axes:
        """The windows along rows and columns of a map of ``size``.

        Raises:
            SpecError: no window fits.
        """
        del seed
        rows, columns = (SlidingAxis(length, length, 0, 0, "", 1, 1, 1) for length in size)
        return rows, columns

    def apply(self, feature_map: FeatureMap, seed: int) -> Array:
        """Compute the output: (channels, rows, columns)."""
        raise NotImplementedError

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the channels made of each input channel; an empty name for a single one."""
        return ("",)

    @property
    def weights(self) -> int:
        """Weights for each input channel."""
        return 0

    def channel_names(self, names: Sequence[str]) -> tuple[str, ...]:
        """Names of the output channels, for input channels called ``names``."""
        return tuple(f"{name} {output}".strip() for name in names for output in self.outputs)

    @property
    def spec(self) -> PoolSpec | None:
        """The request of a pooling layer; None for other layers."""
        return None

    @property
    def draws(self) -> bool:
        """Whether the layer draws at random."""
        return False


# Fixed filters by their names, for cross-correlation (they are not flipped).
_RISING = np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
_LAPLACIAN = np.array([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
_ANGLES = range(0, 360, 45)
# Cells from the middle of an oriented filter to its edge. Its Gaussian has a deviation of 1 cell.
_REACH = 2


def _binomial(*weights: int) -> Array:
    """The outer product of binomial weights with themselves; its sum is 1."""
    return np.outer(weights, weights) / sum(weights) ** 2


def _oriented(angle: int) -> Array:
    """The first derivative of a Gaussian in a direction in degrees: 0 to the right, 90 up.

    It mixes the derivatives along columns and rows by cosine and sine (Freeman & Adelson
    1991, "The design and use of steerable filters", doi 10.1109/34.93808). On a ramp that
    rises by 1 per cell, its output is the cosine of the angle between the two directions.
    """
    down, right = np.mgrid[-_REACH : _REACH + 1, -_REACH : _REACH + 1]
    bell = np.exp(-(right**2 + down**2) / 2)
    turn = math.radians(angle)
    # Rounded, so that cos 90° is exactly 0.
    cosine, sine = round(math.cos(turn), 15), round(math.sin(turn), 15)
    return np.asarray((cosine * right - sine * down) * bell / (right**2 * bell).sum())


_SINGLE = {
    "sobel-x": _RISING,
    "sobel-y": _RISING.T,
    "laplacian": _LAPLACIAN,
    "sharpen": np.array([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]]) - _LAPLACIAN,
    "gaussian": _binomial(1, 2, 1),
    "gaussian-5": _binomial(1, 4, 6, 4, 1),
    **{f"oriented-{angle}": _oriented(angle) for angle in _ANGLES},
}
# The filters that each name stands for.
FILTERS: dict[str, dict[str, Array]] = {
    "sobel": {name: _SINGLE[name] for name in ("sobel-x", "sobel-y")},
    "oriented": {name: _SINGLE[name] for name in _SINGLE if name.startswith("oriented")},
    **{name: {name: kernel} for name, kernel in _SINGLE.items()},
}


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
            cause = f"{shown(':'.join(windows))} must come last, after the parameters"
            if len(windows) > 1:
                cause = f"{shown(':'.join(windows))} describes the windows more than once"
            raise SpecError("windows", cause, "write e.g. lp:p=3:3/2")
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
