"""Answers: what each framework makes of the same request."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from poolviz.errors import SpecError
from poolviz.geometry import Geometry, resolve
from poolviz.modes import build_mode
from poolviz.rules import available_rules, find_rule
from poolviz.spec import Pair, PoolSpec


@dataclass(frozen=True)
class Answer:
    """What one framework makes of a request.

    Args:
        like: the framework.
        evidence: how its behaviour is known here.
        geometry: the windows; None where it refuses.
        refusal: why it refuses; None where it does not.
    """

    like: str
    evidence: str
    geometry: Geometry | None
    refusal: SpecError | None

    @property
    def spec(self) -> PoolSpec | None:
        """The request with the framework's defaults filled in."""
        return self.geometry.spec if self.geometry else None

    @property
    def output_size(self) -> tuple[int, ...] | None:
        """Windows per axis."""
        return self.geometry.output_size if self.geometry else None

    @property
    def formula(self) -> str:
        """The size formula with the numbers in it; for a refusal the reason."""
        return self.geometry.formula if self.geometry else str(self.refusal)

    @property
    def padding(self) -> tuple[Pair, ...] | None:
        """(before, after) per axis, words resolved into numbers."""
        if self.geometry is None:
            return None
        return tuple((axis.before, axis.after) for axis in self.geometry.axes)


def answers(spec: PoolSpec, input_size: Sequence[int], *, seed: int = 0) -> dict[str, Answer]:
    """Each framework's answer to ``spec`` on an input of ``input_size`` cells per axis.

    Args:
        spec: the request; its own ``like`` does not matter.
        input_size: cells per spatial axis.
        seed: for modes that draw their windows.

    Example:
        >>> found = answers(PoolSpec("max", 3, stride=2), (6, 6))
        >>> found["torch"].output_size, found["caffe"].output_size
        ((2, 2), (3, 3))
        >>> found["caffe"].formula
        'ceil((6 + 2·0 − 3) / 2) + 1 = 3'
    """
    if not isinstance(spec, PoolSpec):
        raise SpecError("spec", f"a {type(spec).__name__} is not a PoolSpec", "give a PoolSpec")
    return {like: _answer(replace(spec, like=like), input_size, seed) for like in available_rules()}


def _answer(spec: PoolSpec, input_size: Sequence[int], seed: int) -> Answer:
    evidence = find_rule(spec.like).evidence
    try:
        geometry = resolve(spec, input_size, build_mode(spec), seed)
    except SpecError as refusal:
        return Answer(spec.like, evidence, None, refusal)
    return Answer(spec.like, evidence, geometry, None)
