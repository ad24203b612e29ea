"""A command: loaded from its file, its options grouped, its inputs kept from being overwritten."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import MISSING, fields, is_dataclass
from functools import cache, wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from poolviz.cli import commands, signals
from poolviz.cli.app import StoppedError, module_name, without_pydantic
from poolviz.cli.config import as_toml, settle
from poolviz.errors import PluginError
from poolviz.output import writing
from poolviz.plugins import load_plugin, plugin_file
from poolviz.sources import sample_files

# The panel of the options that name what is written; it is a heading of --help.
OUTPUT = "Output"
SAMPLE = "sample:"


class Command(TyperCommand):
    """A command, and what happens before and after each of them.

    Attributes:
        metadata: for each parameter, what its annotation says besides Typer's own part,
            see :mod:`poolviz.cli.options`.
    """

    metadata: dict[str, tuple[Any, ...]]

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters, --help among them."""
        return list(map(without_pydantic, super().get_params(ctx)))

    def invoke(self, ctx: Any) -> Any:
        """Run the command, or print its options as TOML.

        Raises:
            StoppedError: Ctrl-C was pressed, or standard output cannot be written.
        """
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


@cache
def load_command(name: str) -> Command:
    """The command called ``name``, its module imported.

    Raises:
        PluginError: its file cannot be imported, defines no ``command``, or declares an option
            twice.
    """
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    function = load_plugin(commands, name, "command").command
    owners = _find_owners(name, function)
    parameters = list(_parameters(function))
    app.command(name, cls=Command)(_with_groups(function, parameters))
    command: Any = typer.main.get_command(app)
    _refuse_duplicate_flags(name, command.params, owners)
    command.metadata = {
        each.name: getattr(each.annotation, "__metadata__", ()) for each in parameters
    }
    return command  # type: ignore[no-any-return]


def _parameters(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of a command; those that are groups of options, option by option."""
    spread = []
    for parameter in signature(function).parameters.values():
        group = parameter.annotation
        if is_dataclass(group):
            for field in fields(group):
                default = Parameter.empty if field.default is MISSING else field.default
                spread.append(
                    Parameter(
                        field.name,
                        Parameter.KEYWORD_ONLY,
                        default=default,
                        annotation=field.type,
                    )
                )
        else:
            spread.append(parameter.replace(kind=Parameter.KEYWORD_ONLY))
    return spread


def _find_owners(name: str, function: Callable[..., Any]) -> dict[str, str]:
    """Where each parameter of a command is declared: in a group, or by the command itself.

    Raises:
        PluginError: a parameter is declared twice.
    """
    owners: dict[str, str] = {}
    for parameter in signature(function).parameters.values():
        group = parameter.annotation
        if is_dataclass(group):
            owner = f"the group {parameter.annotation.__module__}.{parameter.annotation.__name__}"
            names = [field.name for field in fields(group)]
        else:
            owner, names = "the command itself", [parameter.name]
        for own in names:
            _refuse_duplicate(name, f"the parameter {own}", owners.get(own), owner)
            owners[own] = owner
    return owners


def _refuse_duplicate_flags(name: str, params: Iterable[Any], owners: dict[str, str]) -> None:
    """Raise PluginError if an option of two parameters has the same name on the command line."""
    declared: dict[str, str] = {}
    for param in params:
        owner = owners.get(param.name, "poolviz")
        for flag in {*param.opts, *param.secondary_opts}:
            _refuse_duplicate(name, f"the option {flag}", declared.get(flag), owner)
            declared[flag] = owner


def _refuse_duplicate(name: str, item: str, first: str | None, second: str) -> None:
    """Raise PluginError for an item that ``first`` and ``second`` declare."""
    if first is not None:
        pair = first if first == second else f"{first} and {second}"
        cause = f"{item} is declared twice, by {pair}"
        raise PluginError(plugin_file(module_name(name)), cause, "rename one of them")


def _with_groups(function: Callable[..., Any], parameters: list[Parameter]) -> Callable[..., Any]:
    """``function`` as Typer calls it: with each option by its own name."""
    groups: dict[str, Any] = {
        name: parameter.annotation
        for name, parameter in signature(function).parameters.items()
        if is_dataclass(parameter.annotation)
    }

    @wraps(function)
    def call(**values: Any) -> Any:
        grouped = {
            name: group(**{field.name: values.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        return function(**grouped, **values)

    call.__signature__ = signature(function).replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {each.name: each.annotation for each in parameters}
    return call


@contextmanager
def kept_inputs(context: Any) -> Iterator[None]:
    """Refuse to write over a file that the command reads, as long as the block lasts.

    Files that are read are those that arguments and options name, other than the options that
    name what is written.

    Raises:
        SpecError: an option would write over such a file.
    """
    inputs: list[Any] = []
    outputs: list[Path] = []
    for parameter in context.command.params:
        value = context.params.get(parameter.name)
        if getattr(parameter, "rich_help_panel", None) != OUTPUT:
            inputs.append(value)
        elif isinstance(value, Path):
            outputs.append(value)
        elif value is not None and getattr(getattr(parameter, "type", None), "name", "") == "path":
            # An older Typer makes a path of it later.
            outputs.append(Path(value))
    with writing.keeping(path for value in inputs for path in _files(value)):
        for path in outputs:
            writing.refuse_kept(path)
        yield


def _files(value: Any) -> Iterator[Path]:
    """The files that the value of a parameter names."""
    for text in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(text, (str, Path)):
            yield from filter(_is_file, _paths(str(text)))


def _paths(text: str) -> Iterator[Path]:
    """The files that a value may name: a file, a sample, NAME=FILE, or the list @FILE."""
    for name in {text, text.partition("=")[2], text.removeprefix("@")} - {""}:
        if name.startswith(SAMPLE):
            yield from sample_files(name.removeprefix(SAMPLE))
        else:
            yield Path(name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        # The text cannot be a name, or is too long for one.
        return False
