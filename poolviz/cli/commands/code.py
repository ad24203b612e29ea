"""``poolviz code``: the equivalent code for each framework."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from poolviz.checks import check_lengths
from poolviz.cli import complete
from poolviz.cli.funnel import refusal_as_typed
from poolviz.cli.groups import ConfigOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Mode, is_size, sizes
from poolviz.cli.printing import note, print_answer
from poolviz.frameworks import available_calls
from poolviz.frameworks._code import Line, lines_of_code
from poolviz.output.job import spec_for
from poolviz.plan import make_plan
from poolviz.plugins import unknown
from poolviz.spec import DEFAULT_MODE
from poolviz.text import series
from poolviz.views.answers.code import Code

USUAL_SIZE = (224, 224)


def command(
    source: SourceOptions,
    windows: WindowOptions,
    config: ConfigOptions,
    mode: Mode = DEFAULT_MODE,
    to: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete.calls,
            help=f"Print the code for one framework only: {series(available_calls())}.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the equivalent code for each framework.

    SOURCE may also be an input size, e.g. 32x32: padding and ceil mode depend on the size. Without
    SOURCE, the size is 224x224.

    Examples:
      poolviz code --size 3 --stride 2 --padding 1

      poolviz code 32x32 --mode average --size 3 --stride 2 --padding same --like keras

      poolviz code --mode lp:p=3 --to torch
    """
    del config
    if to is not None and to not in available_calls():
        raise unknown("to", to, available_calls(), "framework")
    input_size, dtype = _find_input(source, windows.like)
    spec = spec_for(input_size, windows.spec(mode), windows.single)
    plan = make_plan(spec, input_size)
    lines = lines_of_code(plan, dtype)
    quoted = {
        name: replace(line, refusal=refusal_as_typed(line.refusal)) for name, line in lines.items()
    }
    if as_json:
        chosen = [quoted[to]] if to else list(quoted.values())
        print_answer(Code(plan, chosen), as_json=True)
    elif to is None:
        print_answer(Code(plan, list(quoted.values())), as_json=False)
        if source.source is None and source.data is None:
            size = "x".join(map(str, USUAL_SIZE))
            note(f"the code assumes a {size} input; give another size if yours differs, e.g. 32x32")
    else:
        _print_code(lines[to])


def _print_code(line: Line) -> None:
    """Print one line of code to be copied, so not fitted to the terminal."""
    if line.refusal is not None:
        raise line.refusal
    print(line.code)  # noqa: T201 - this is the command's output
    if line.remark:
        note(f"this code handles NaN differently from what was requested: {line.remark}")
    for remark in line.notes:
        note(remark)


def _find_input(source: SourceOptions, like: str) -> tuple[Sequence[int], object]:
    """Size and type of the source's values, or a size written in the source's place."""
    is_typed = source.source is not None and is_size(source.source)
    if is_typed or (source.source is None and source.data is None):
        source.refuse_options("a size")
        size = (
            check_lengths("source", sizes("source", source.source), 1) if is_typed else USUAL_SIZE
        )
        return size, None
    feature_map = source.feature_map(like)
    return feature_map.input_size, feature_map.values.dtype
