"""``poolviz code``: the same pooling as a line of each framework."""

from typing import TYPE_CHECKING, Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.groups import ConfigOptions, SourceOptions, WindowOptions
from poolviz.cli.options import AsJson, Mode
from poolviz.frameworks import available_calls
from poolviz.spec import DEFAULT_MODE

if TYPE_CHECKING:
    from collections.abc import Sequence

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
            help=f"Print the code of one framework only: {', '.join(available_calls())}.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the equivalent code for each framework.

    SOURCE may be an input size, e.g. 32x32, since padding and ceil mode depend on it. Without
    SOURCE the size is 224x224.

    Examples:
      poolviz code --size 3 --stride 2 --padding 1

      poolviz code 32x32 --mode average --size 3 --stride 2 --padding same --like keras

      poolviz code --mode lp:p=3 --to torch
    """
    from poolviz.cli.printing import note, print_json
    from poolviz.cli.terminal import show
    from poolviz.frameworks._code import lines_of_code
    from poolviz.output.job import spec_for
    from poolviz.plan import make_plan
    from poolviz.plugins import unknown
    from poolviz.views.answers.code import code_document, code_lines

    del config
    if to is not None and to not in available_calls():
        raise unknown("--to", to, available_calls())
    input_size, dtype = _asked_of(source, windows.like)
    spec = spec_for(input_size, windows.spec(mode), windows.single)
    plan = make_plan(spec, input_size)
    found = lines_of_code(plan, dtype)
    if as_json:
        chosen = [found[to]] if to else list(found.values())
        print_json(code_document(chosen, plan))
    elif to is None:
        show(code_lines(list(found.values()), plan))
        if source.source is None and source.data is None:
            note("the size is assumed; give one, as 32x32, where it matters")
    elif (refusal := found[to].refusal) is not None:
        raise refusal
    else:
        # Not fitted to the terminal: it is meant to be copied.
        print(found[to].code)  # noqa: T201 - this is the command's output
        if found[to].remark:
            note(f"not the same with NaN: {found[to].remark}")
        for words in found[to].notes:
            note(words)


def _asked_of(source: SourceOptions, like: str) -> "tuple[Sequence[int], object]":
    """The size that is written in the source's place; or size and type of the source's values."""
    from poolviz.checks import check_lengths
    from poolviz.cli.options import is_size, sizes

    size = source.source is not None and is_size(source.source)
    if size or (source.source is None and source.data is None):
        source.refuse_options("a size")
        text = sizes("source", source.source)
        return check_lengths("source", text, 1) if size else USUAL_SIZE, None
    feature_map = source.feature_map(like)
    return feature_map.input_size, feature_map.values.dtype
