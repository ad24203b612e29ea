"""``poolviz modes``: the available modes."""

from typing import Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.options import AsJson
from poolviz.cli.printing import print_answer, print_json
from poolviz.cli.terminal import show
from poolviz.lessons._lesson import worked_example
from poolviz.modes import available_modes, bare_name, check_mode, mode_class
from poolviz.views.answers.modes import ModeDescription, list_lines, summary


def command(
    name: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete.modes, help="Mode to describe in full, by name or alias."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the pooling modes, or describe one: formula, parameters, citation and an example.

    Examples:
      poolviz modes

      poolviz modes gem
    """
    if name is None:
        kinds = list(map(mode_class, available_modes()))
        if as_json:
            print_json({"modes": list(map(summary, kinds))})
        else:
            show(list_lines(kinds))
        return
    check_mode(name, "mode")
    description = ModeDescription(mode_class(bare_name(name)), worked_example(name))
    print_answer(description, as_json=as_json)
