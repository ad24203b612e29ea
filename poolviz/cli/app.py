"""The Typer app, its commands found by their files."""

from typing import Annotated

import typer

from poolviz import __version__
from poolviz.cli import commands
from poolviz.discovery import import_all


def build_app() -> typer.Typer:
    """The app with every command in :mod:`poolviz.cli.commands`."""
    app = typer.Typer(
        name="poolviz",
        help="See what pooling computes: exact grids, figures and animations.",
        epilog="First steps: [bold]poolviz demo[/bold], then [bold]poolviz run photo.png[/bold]",
        rich_markup_mode="rich",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options_of_all)
    for name, module in import_all(commands).items():
        app.command(name.replace("_", "-"))(module.command)
    return app


def _version(wanted: bool) -> None:
    if wanted:
        print(f"poolviz {__version__}")  # noqa: T201 - this is the command's output
        raise typer.Exit


def _options_of_all(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version
