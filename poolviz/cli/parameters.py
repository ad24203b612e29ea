"""Single options that commands share."""

from functools import partial
from typing import Annotated

import typer

from poolviz.cli import complete
from poolviz.modes import available_modes
from poolviz.rules import available_rules

_windows = partial(typer.Option, rich_help_panel="Windows")
_rules = partial(typer.Option, rich_help_panel="Rules and numbers")
_output = partial(typer.Option, rich_help_panel="Output")

Mode = Annotated[
    str,
    _windows(
        autocompletion=complete.modes,
        help=f"{', '.join(available_modes())}; global-MODE; parameters as in lp:p=3.",
    ),
]
Modes = Annotated[
    str,
    _windows(
        autocompletion=complete.modes, help="Modes with commas between, as max,average,lp:p=3."
    ),
]
Like = Annotated[
    str,
    _rules(autocompletion=complete.rules, help=f"Whose rules: {', '.join(available_rules())}."),
]
Seed = Annotated[int | None, _rules(help="For modes that draw at random.")]
AsJson = Annotated[bool, _output("--json", help="Print one JSON object instead.")]
Full = Annotated[
    bool,
    _output(
        "--full",
        help="Print every value; otherwise piped grids of more than 1,024 are cut to a corner,"
        " and null in --json.",
    ),
]
