"""View of the equivalent lines of code."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from poolviz import text
from poolviz.frameworks._code import Line
from poolviz.plan import Plan
from poolviz.views.terminal.grid import CODE, Screen, Segments
from poolviz.views.terminal.lines import heading, plain

# The mode as a subject, also as it is typed.
MODE_NAMES = ("mode", "--mode", "-m")


@dataclass(frozen=True)
class Code:
    """The equivalent code of one request.

    Args:
        plan: the request.
        lines: the line of each framework.
    """

    plan: Plan
    lines: list[Line]


def lines(answer: Code, screen: Screen) -> Iterable[Segments]:
    """The line of each framework, or why there is none; code is not fitted to the screen."""
    del screen
    plan = answer.plan
    size = text.size(plan.input_size)
    yield heading(f"{plan.summary}, with {plan.rule.rules}, on a {size} input")
    for line in answer.lines:
        yield []
        if (refusal := line.refusal) is not None:
            # The cause names the mode already.
            subject = "this" if refusal.subject in MODE_NAMES else refusal.subject
            reason = f"{refusal.cause}; {refusal.remedy}"
            yield plain(f"{line.framework} cannot express {subject}: {reason}")
            continue
        yield heading(f"{line.framework}, x: {line.layout}")
        yield [(f"  {line.imports}", CODE)]
        yield [(f"  {line.code}", CODE)]
        if line.remark:
            yield plain(
                f"  this code handles NaN differently from what was requested: {line.remark}"
            )
        yield from (plain(f"  {note}") for note in line.notes)


def document(answer: Code, *, full: bool = False) -> dict[str, Any]:
    """The lines as plain data; they have no maps, so ``full`` adds nothing."""
    del full
    plan = answer.plan
    return {
        "request": plan.summary,
        "like": str(plan.rule),
        "input_size": list(plan.input_size),
        "output_size": list(plan.output_size),
        "frameworks": {
            line.framework: {
                "code": line.code or None,
                "import": line.imports,
                "layout": line.layout,
                "remark": line.remark or None,
                "notes": list(line.notes),
                "refusal": None if line.refusal is None else str(line.refusal),
            }
            for line in answer.lines
        },
    }
