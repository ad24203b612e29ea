"""The Typer app. Commands are found by their files, and loaded when they are called."""

import ast
import math
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from poolviz import __version__
from poolviz.checks import shown
from poolviz.cli import commands
from poolviz.errors import PluginError, SpecError
from poolviz.plugins import damaged, incomplete, module_names, plugin_file, unknown

# More digits than any number has; Python itself refuses thousands.
_INTEGER = re.compile(r"[+-]?\d{1,99}", re.ASCII)
Number = TypeVar("Number", int, float)


class StoppedError(Exception):
    """Carries Ctrl-C as a key, or a failed write, past Typer, which would end the process."""


class _Group(TyperGroup):
    """All commands by name; their summaries in ``--help`` are read from their files."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name) for name in command_names()}

    def get_params(self, ctx: Any) -> list[Any]:
        return list(map(without_pydantic, super().get_params(ctx)))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command as it is listed, without loading it."""
        command = super().get_command(ctx, cmd_name)
        if command is not None and command.help is None:
            try:
                command.help = summary(cmd_name)
            except PluginError as error:
                # The help of all other commands is still of use.
                command.help = str(error).replace("[", "\\[")
        return command

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that is called, loaded.

        Raises:
            SpecError: there is no such command.
        """
        # For --help, what commands import would take twice as long as Typer itself.
        from poolviz.cli.command import load_command

        if args[0] in self.commands:
            return args[0], load_command(args[0]), args[1:]
        if not ctx.resilient_parsing and not args[0].startswith("-"):
            error = unknown(args[0], args[0], self.commands)
            raise SpecError(args[0], "there is no such command", error.remedy)
        return super().resolve_command(ctx, args)


def command_names() -> list[str]:
    """The names of the commands."""
    return [name.replace("_", "-") for name in module_names(commands)]


def module_name(name: str) -> str:
    """The module of a command."""
    return f"{commands.__name__}.{name.replace('-', '_')}"


def summary(name: str) -> str:
    """The first line of a command's docstring, read from its file without importing it.

    Raises:
        PluginError: the file is not Python, or defines no function ``command``.
    """
    module = module_name(name)
    try:
        tree = ast.parse(Path(plugin_file(module)).read_bytes())
    except (SyntaxError, ValueError) as error:
        raise damaged(module, error) from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "command":
            return (ast.get_docstring(node) or "").partition("\n")[0]
    raise incomplete(module, "command")


def without_pydantic(param: Any) -> Any:
    """``param``, whose values are converted here.

    Typer 0.29 loads pydantic to convert any value, which takes as long as half of ``demo``;
    and its errors do not name the value.
    """
    if getattr(param, "is_flag", False) and not param.secondary_opts and param.default is None:
        param.default = False
    param.process_value = partial(_process_value, param)
    return param


def _process_value(param: Any, context: Any, value: Any) -> Any:
    annotation = _value_type(param)
    if param.nargs != 1 or getattr(param, "multiple", False):
        is_converted = bool(value) and annotation == list[str]
    elif isinstance(value, str):
        is_converted = annotation in CONVERTERS
        value = CONVERTERS[annotation](param, value) if is_converted else value
    else:
        # Values other than text are defaults.
        is_converted = value is not None or not param.required
    if not is_converted:
        return type(param).process_value(param, context, value)
    return param.callback(context, param, value) if param.callback else value


def _value_type(param: Any) -> Any:
    """The type of a parameter's values, for all versions of Typer from 0.28 on."""
    descriptor = getattr(param, "type_descriptor", None)
    name = getattr(getattr(param, "type", None), "name", "")
    return getattr(descriptor, "annotation", {"integer range": int, "float range": float}.get(name))


def _example(param: Any) -> str:
    return f"use e.g. {_EXAMPLES.get(param.name, 2)}"


def _integer(param: Any, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise SpecError(param.name, f"{shown(text)} is not a whole number", _example(param))
    return _in_range(param, int(text))


def _float(param: Any, text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise SpecError(param.name, f"{shown(text)} is not a number", "use e.g. 0.5") from error
    return _in_range(param, number)


def _in_range(param: Any, number: Number) -> Number:
    limits = param if hasattr(param, "min") else param.type
    cause = f"{number} is {'not a number' if math.isnan(number) else 'out of range'}"
    if limits.min is not None and not number >= limits.min:
        remedy = f"use a number of at least {limits.min}"
        raise SpecError(param.name, cause, remedy)
    if limits.max is not None and not number <= limits.max:
        remedy = f"use a number of at most {limits.max}"
        raise SpecError(param.name, cause, remedy)
    return number


# What to type for integers that are usually larger than 2.
_EXAMPLES = {"delay": 500, "hold": 3000, "max_frames": 300}
# How text becomes a value, by the type of the value.
CONVERTERS: dict[Any, Callable[[Any, str], Any]] = {
    str: lambda _, text: text,
    Path: lambda _, text: Path(text),
    int: _integer,
    float: _float,
}


def build_app() -> typer.Typer:
    """The app with all commands."""
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
    app.callback()(_main_options)
    return app


def _print_version(value: bool) -> None:
    if value:
        print(f"poolviz {__version__}")  # noqa: T201 - this is the command's output
        raise typer.Exit


def _main_options(
    debug: Annotated[
        bool,
        typer.Option(
            "--debug",
            help="Print the traceback of an error. This option can appear anywhere on the command"
            " line.",
        ),
    ] = False,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    # --debug is read in funnel.py, --version in its callback.
    del debug, version
