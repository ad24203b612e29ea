"""PoolingLayer: a pooling layer of a network, what entered it, and what the network made of it."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from poolviz.engine.pooling import as_values, compute
from poolviz.errors import SourceError, SpecError
from poolviz.feature_map import FeatureMap
from poolviz.frameworks import caveat
from poolviz.geometry import Geometry, resolve
from poolviz.modes import build_mode
from poolviz.patches import Array
from poolviz.result import PoolResult, run
from poolviz.spec import PoolSpec
from poolviz.wording import request_in_words

PLANE = 2


@dataclass(frozen=True, eq=False)
class PoolingLayer:
    """A pooling layer, seen at work.

    Maps of one spatial axis have the shape (N, C, 1, L), and their spec two axes.

    Args:
        name: as the network calls it.
        spec: what it asks for, under its framework's rules.
        inputs: (N, C, spatial) what entered it.
        outputs: (N, C, spatial) what the framework itself made of that.
        index: which of the batch is shown; an empty batch has none.
    """

    name: str
    spec: PoolSpec
    inputs: Array
    outputs: Array
    index: int = 0

    @property
    def feature_map(self) -> FeatureMap:
        """What entered it, of the one that is shown: (C, H, W).

        Raises:
            SpecError: there are three spatial axes.
            SourceError: the batch is empty.
        """
        self._check_plane()
        self._check_batch()
        return FeatureMap(self.inputs[self.index], self.name, self.name)

    @property
    def output(self) -> Array:
        """The framework's own output for :attr:`feature_map`: (C, height, width).

        Raises:
            SourceError: the batch is empty.
        """
        self._check_batch()
        return np.asarray(self.outputs[self.index])

    @cached_property
    def result(self) -> PoolResult:
        """What poolviz makes of :attr:`feature_map`.

        Raises:
            SpecError: there are three spatial axes.
            SourceError: the batch is empty.
        """
        return run(self.feature_map, self.spec)

    @cached_property
    def geometry(self) -> Geometry:
        """The windows."""
        return resolve(self.spec, self.inputs.shape[2:], build_mode(self.spec))

    @cached_property
    def max_difference(self) -> float:
        """The largest difference of the framework's outputs from poolviz's, over the whole batch.

        NaN at the same place is none; infinite where only one is NaN or infinite, or shapes differ.
        """
        return self.difference()

    @property
    def remark(self) -> str:
        """What the framework makes of the inputs' type, where poolviz differs on purpose."""
        return caveat(self.geometry.rule, build_mode(self.spec), self.inputs.dtype)

    def difference(self, threads: int | None = None) -> float:
        """:attr:`max_difference`, found by at most so many threads."""
        values = as_values(self.inputs, self.spec.rank)
        pooled = compute(values, self.geometry, build_mode(self.spec), threads=threads)
        return largest_difference(pooled, self.outputs)

    @property
    def dropped(self) -> float:
        """The share of activations that the output has fewer."""
        return 1 - math.prod(self.outputs.shape[2:]) / math.prod(self.inputs.shape[2:])

    @property
    def most_active(self) -> list[int]:
        """The channels by the mean of |x| in what enters the one that is shown, highest first."""
        activity = self.feature_map.activity
        return [int(channel) for channel in np.argsort(-activity, kind="stable")]

    @property
    def summary(self) -> str:
        """What it asks for, in words: ``average 3×3, stride 1, padding 1 (counted)``."""
        words = request_in_words(self.geometry, build_mode(self.spec))
        pads = any(axis.before or axis.after for axis in self.geometry.axes)
        divides = build_mode(self.spec).divides and pads
        return words + " (counted)" * bool(divides and self.geometry.spec.count_include_pad)

    def _check_batch(self) -> None:
        if not len(self.inputs):
            cause = "the batch is empty, so that there is no map to show"
            raise SourceError(self.name, cause, "give a batch of at least one")

    def _check_plane(self) -> None:
        if self.inputs.ndim != PLANE + 2:
            raise SpecError(
                self.name,
                f"its maps have {self.inputs.ndim - 2} spatial axes, and pictures have two",
                "choose another layer",
            )


def observed(name: str, spec: PoolSpec, inputs: Any, outputs: Any, index: int = 0) -> PoolingLayer:
    """A layer from what was seen: (N, C, spatial), of one spatial axis laid along a row.

    Raises:
        SourceError: there is no such index.
    """
    inputs, outputs = np.asarray(inputs), np.asarray(outputs)
    # Of an empty batch nothing can be shown, yet its layers can be listed.
    if not 0 <= index < max(len(inputs), 1):
        remedy = f"give one from 0 to {len(inputs) - 1}" if len(inputs) else "leave it out"
        raise SourceError("index", f"the batch has no {index}", remedy)
    if spec.rank == 1:
        inputs, outputs = (np.expand_dims(each, -2) for each in (inputs, outputs))
        spec = along_row(spec)
    return PoolingLayer(name, spec, inputs, outputs, index)


def along_row(spec: PoolSpec) -> PoolSpec:
    """A request for one axis as one for a single row.

    Example:
        >>> along_row(PoolSpec("max", (3,), padding=(1,))).padding
        (0, 1)
    """
    first = {"kernel_size": 1, "stride": 1, "padding": 0, "dilation": 1, "output_size": 1}
    lifted = {
        name: (length, *given)
        for name, length in first.items()
        if isinstance(given := getattr(spec, name), tuple)
    }
    return replace(spec, **lifted)  # type: ignore[arg-type]


def largest_difference(ours: Array, theirs: Array) -> float:
    """By how much two arrays differ at most.

    Example:
        >>> largest_difference(np.array([1.0, np.nan]), np.array([1.5, np.nan]))
        0.5
    """
    if ours.shape != theirs.shape:
        return math.inf
    if np.array_equal(ours, theirs):
        return 0.0
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    apart = np.abs(ours[~same].astype(np.float64) - theirs[~same].astype(np.float64))
    return float(np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max(initial=0.0))
