"""The Typer app, its commands found by their files."""

import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from poolviz import __version__
from poolviz.cli import commands, signals
from poolviz.cli.config import as_toml, settle
from poolviz.cli.inputs import kept_inputs
from poolviz.cli.options import grouped
from poolviz.plugins import module_names


def _quick(params: list[Any]) -> list[Any]:
    """``params``, of which none brings a value to its type that has it already.

    For that Typer 0.29 loads pydantic, which takes longer (0.08 s) than all else that
    ``demo`` loads but NumPy. Switches that are not given are therefore False, not None.
    """
    for param in params:
        switch = getattr(param, "is_flag", False) and not param.secondary_opts
        if switch and param.default is None:
            param.default = False
        param.process_value = partial(_processed, param, type(param).process_value)
    return params


def _processed(param: Any, process: Any, context: Any, value: Any) -> Any:
    """``value`` as it is, unless it has to be brought to its type, or is missing."""
    annotation = getattr(getattr(param, "type_descriptor", None), "annotation", None)
    several = param.nargs != 1 or getattr(param, "multiple", False)
    if several and value and annotation == list[str]:
        value = list(value)
    elif several or not _is_there(param, value, annotation):
        return process(param, context, value)
    return param.callback(context, param, value) if param.callback else value


def _is_there(param: Any, value: Any, annotation: Any) -> bool:
    """Whether ``value`` is of its type already: text that is to be text, or a default."""
    if isinstance(value, str):
        return bool(annotation is str)
    return value is not None or not param.required


class StoppedError(Exception):
    """Carries Ctrl-C as a key, or a failed write, past Typer, which would end the process."""


class _Command(TyperCommand):
    def invoke(self, ctx: Any) -> Any:
        # From here on there may be something to clean up.
        signals.start()
        settle(ctx)
        if ctx.params.get("print_config"):
            print(as_toml(ctx))  # noqa: T201 - this is the command's output
            return None
        try:
            with kept_inputs(ctx):
                result = super().invoke(ctx)
            sys.stdout.flush()
        except (KeyboardInterrupt, OSError) as error:
            raise StoppedError from error
        return result

    def get_params(self, ctx: Any) -> list[Any]:
        return _quick(super().get_params(ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: Any) -> list[Any]:
        return _quick(super().get_params(ctx))


def command_names() -> list[str]:
    """What there is in :mod:`poolviz.cli.commands`."""
    return module_names(commands)


def build_app(names: Sequence[str] | None = None) -> typer.Typer:
    """The app with the commands of these names; unless given, with all."""
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
    for name in command_names() if names is None else names:
        module = import_module(f"{commands.__name__}.{name}")
        app.command(name.replace("_", "-"), cls=_Command)(grouped(module.command))
    return app


def _version(wanted: bool) -> None:
    if wanted:
        print(f"poolviz {__version__}")  # noqa: T201 - this is the command's output
        raise typer.Exit


def _options_of_all(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error arose; anywhere on the line.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    # Both have taken effect already.
    del debug, version
