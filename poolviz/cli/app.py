"""The Typer app, its commands found by their files."""

import sys
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from poolviz import __version__
from poolviz.cli import commands
from poolviz.cli.config import as_toml, settle
from poolviz.cli.grouping import grouped
from poolviz.discovery import import_all


def _switched_off(params: list[Any]) -> list[Any]:
    """``params``, of which switches that are not given are False rather than None.

    To bring a None to its type, Typer 0.29 loads pydantic, which takes longer
    (0.08 s) than all else that ``demo`` loads but NumPy.
    """
    for param in params:
        switch = getattr(param, "is_flag", False) and not param.secondary_opts
        if switch and param.default is None:
            param.default = False
    return params


class StoppedError(Exception):
    """Carries an interrupt or a failed write past Typer, which would end the process itself."""


class _Command(TyperCommand):
    def invoke(self, ctx: Any) -> Any:
        settle(ctx)
        if ctx.params.get("print_config"):
            print(as_toml(ctx))  # noqa: T201 - this is the command's output
            return None
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except (KeyboardInterrupt, OSError) as error:
            raise StoppedError from error
        return result

    def get_params(self, ctx: Any) -> list[Any]:
        return _switched_off(super().get_params(ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:
        return _switched_off(super().get_params(ctx))


def build_app() -> typer.Typer:
    """The app with every command in :mod:`poolviz.cli.commands`."""
    app = typer.Typer(
        name="poolviz",
        cls=_Group,
        help="See what pooling computes: exact grids, figures and animations.",
        epilog="First steps: [bold]poolviz demo[/bold], then [bold]poolviz run photo.png[/bold]",
        rich_markup_mode="rich",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options_of_all)
    for name, module in import_all(commands).items():
        app.command(name.replace("_", "-"), cls=_Command)(grouped(module.command))
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
