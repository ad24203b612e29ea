"""View of the equivalent lines of code."""

from collections.abc import Iterable
from typing import Any

from poolviz import text
from poolviz.frameworks._code import Line
from poolviz.plan import Plan
from poolviz.views.terminal.grid import CODE, Segments
from poolviz.views.terminal.lines import heading, plain


def code_lines(lines: list[Line], plan: Plan) -> Iterable[Segments]:
    """The line of each framework, or why there is none."""
    size = text.size(plan.input_size)
    yield heading(f"{plan.summary}, with {plan.rule.rules}, on a {size} input")
    for line in lines:
        yield []
        if (refusal := line.refusal) is not None:
            # The cause names the mode already.
            subject = "" if refusal.subject == "mode" else f"{refusal.subject}: "
            reason = f"{subject}{refusal.cause}; {refusal.remedy}"
            yield plain(f"{line.framework} cannot express this: {reason}")
            continue
        yield heading(f"{line.framework}, x: {line.layout}")
        yield [(f"  {line.imports}", CODE)]
        yield [(f"  {line.code}", CODE)]
        if line.remark:
            yield plain(f"  differs for NaN: {line.remark}")
        yield from (plain(f"  {note}") for note in line.notes)


def code_document(lines: list[Line], plan: Plan) -> dict[str, Any]:
    """The lines as plain data."""
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
            for line in lines
        },
    }
