"""``poolviz modes``: what there is."""

from typing import Annotated

import typer


def command(
    name: Annotated[
        str | None, typer.Argument(help="A mode's name or alias, to be told all about it.")
    ] = None,
) -> None:
    """List the pooling modes, or tell formula, parameters and citation of one.

    Examples:
      poolviz modes

      poolviz modes gem
    """
    lines = _list() if name is None else _told(name)
    print("\n".join(lines))  # noqa: T201 - the command's output


def _list() -> list[str]:
    from poolviz.modes import available_modes, mode_class

    kinds = [mode_class(name) for name in available_modes()]
    width = max(len(kind.name()) for kind in kinds)
    lines = [
        f"{kind.name():{width}}  {kind.summary}"
        + (f" (also {', '.join(kind.aliases)})" if kind.aliases else "")
        for kind in kinds
    ]
    return [*lines, "", "Also as global-MODE and with --output-size, where that has a meaning."]


def _told(name: str) -> list[str]:
    from inspect import getdoc

    from poolviz.modes import mode_class
    from poolviz.modes._options import option_defaults

    kind = mode_class(name)
    defaults = option_defaults(kind)
    parameters = ", ".join(f"{option}={default}" for option, default in defaults.items())
    return [
        f"{kind.name()}: {kind.summary}",
        f"formula: {kind.formula}",
        f"parameters: {parameters or 'none'}",
        f"citation: {kind.citation}",
        "",
        getdoc(kind) or "",
    ]
