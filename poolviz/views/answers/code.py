"""Lines of code for the same pooling: on the terminal and as data."""

from collections.abc import Iterable
from typing import Any

from poolviz import text
from poolviz.errors import SpecError
from poolviz.frameworks._code import Line
from poolviz.plan import Plan
from poolviz.views.terminal.grid import CODE, Segments
from poolviz.views.terminal.lines import heading, plain


def code_lines(found: list[Line], plan: Plan) -> Iterable[Segments]:
    """For each framework its line, or why there is none."""
    yield heading(f"{plan.summary}, as {plan.rule} has it on {text.size(plan.input_size)}")
    for line in found:
        yield []
        if line.refusal is not None:
            yield plain(f"{line.framework} cannot: {_reason(line.refusal)}")
            continue
        yield heading(f"{line.framework}, x: {line.layout}")
        yield [(f"  {line.imports}", CODE)]
        yield [(f"  {line.code}", CODE)]
        if line.remark:
            yield plain(f"  not the same with NaN: {line.remark}")
        yield from (plain(f"  {note}") for note in line.notes)


def _reason(refusal: SpecError) -> str:
    """The refusal, without saying that it is about the mode, which its cause names."""
    about = "" if refusal.subject == "mode" else f"{refusal.subject}: "
    return f"{about}{refusal.cause}; {refusal.remedy}"


def code_document(found: list[Line], plan: Plan) -> dict[str, Any]:
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
            for line in found
        },
    }
