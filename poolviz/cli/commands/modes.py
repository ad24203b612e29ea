"""``poolviz modes``: the available modes."""

from typing import Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.options import AsJson
from poolviz.cli.printing import print_json
from poolviz.cli.terminal import screen_of, show
from poolviz.lessons._lesson import worked_example
from poolviz.modes import available_modes, bare_name, check_mode, mode_class
from poolviz.views.answers.modes import list_lines, mode_document, mode_lines
from poolviz.views.scene.style import DEFAULT_THEME, find_theme


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
            print_json({"modes": list(map(mode_document, kinds))})
        else:
            show(list_lines(kinds))
        return
    check_mode(name, "name")
    kind = mode_class(bare_name(name))
    example = worked_example(name)
    if as_json:
        print_json(mode_document(kind, example))
    else:
        show(mode_lines(kind, example, screen_of(find_theme(DEFAULT_THEME))))
