"""Options from a TOML file, and to one. The keys are the options' names without dashes."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from poolviz import __version__
from poolviz.errors import SourceError, SpecError
from poolviz.plugins import unknown
from poolviz.text import escaped, shortened


@dataclass(frozen=True)
class Separator:
    """Stands between the values of an option, whose value in a TOML file may be a list."""

    sign: str


@dataclass(frozen=True)
class OneOf:
    """Only one option of a group has a value: a typed one replaces one from a TOML file."""

    group: str


@dataclass(frozen=True)
class NotInFiles:
    """The option has no meaning in a TOML file."""


COMMAS, TIMES = Separator(","), Separator("x")

# No configuration is longer than this, so a larger file is something else.
MOST_BYTES = 1 << 16
# The time to read a dotted key grows with the square of its parts. No option has any.
MOST_PARTS = 16
# Comments, and text of each of TOML's four kinds; text without an end runs to that of the file.
_TEXTS = re.compile(
    r"""#[^\n]*"""
    r"""|"{3}(?s:(?:[^\\]|\\.|\\\Z)*?)(?:"{3,5}|\Z)|'{3}(?s:.*?)(?:'{3,5}|\Z)"""
    r"""|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?"""
)
_KEY = re.compile(r"[\w \t.-]+")
# The length to which a value or a key is shortened in an error.
MOST_SHOWN = 60
# The length to which the parser's message is shortened.
MOST_REASON = 120
# TOML guarantees integers of 64 bits.
_BEYOND = 1 << 63


def take_defaults(context: typer.Context, path: Path | None) -> Path | None:
    """Make the values in the file the defaults of the command's options.

    Raises:
        SourceError: the file cannot be read.
        SpecError: a key is not an option of the command, or its value has the wrong type.
    """
    if path is not None:
        parameters = dict(_parameters(context, all_names=True))
        values = read(path)
        for key in values:
            if key not in parameters:
                error = unknown("config", key, parameters, "option")
                remedy = error.remedy
                if isinstance(values[key], dict):
                    remedy = "write options without a [table]"
                raise SpecError(escaped(str(path)), error.cause, remedy)
        context.default_map = {
            parameters[key].name: _typed(
                value,
                f"{escaped(str(path))}: {shortened(key, MOST_SHOWN)}",
                context,
                parameters[key],
            )
            for key, value in values.items()
        }
    return path


def settle(context: typer.Context) -> None:
    """Drop a value from a file where another option of its :class:`OneOf` group was typed."""
    origins = {
        (name, group): getattr(context.get_parameter_source(name), "name", "")
        for name in context.params
        for group in _metadata(context, name, OneOf)
    }
    typed = {group for (_, group), origin in origins.items() if origin == "COMMANDLINE"}
    for (name, group), origin in origins.items():
        if group in typed and origin == "DEFAULT_MAP":
            context.params[name] = None


def _metadata(context: typer.Context, name: str | None, kind: type[Any]) -> list[Any]:
    """The value of this kind in a parameter's annotation."""
    command: Any = context.command
    return [each for each in command.metadata.get(name, ()) if isinstance(each, kind)]


def _parameters(context: typer.Context, *, all_names: bool = False) -> Iterator[tuple[str, Any]]:
    """The command's parameters by their keys in a file: their first names, or all of them."""
    for parameter in context.command.params:
        if not _metadata(context, parameter.name, NotInFiles):
            for option in parameter.opts[: None if all_names else 1]:
                yield option.lstrip("-"), parameter


def read(path: Path) -> dict[str, Any]:
    """The keys and values of a TOML file.

    Raises:
        SourceError: the file cannot be read, or is not TOML.
    """
    # Every command loads this module, few read a file; tomllib takes 4 ms.
    import tomllib

    subject = escaped(str(path))
    try:
        if not path.is_file():
            if path.exists():
                raise SourceError(subject, "is not a regular file", "give a TOML file")
            raise SourceError(subject, "there is no such file", "check the name")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise SourceError(
                subject, "is too large for a configuration file", "check that it is the right file"
            )
        # Some editors put a byte order mark at the beginning.
        text = data.decode("utf-8-sig")
        # Checked before parsing, which would take very long.
        if any(key.count(".") > MOST_PARTS for key in _KEY.findall(_TEXTS.sub("x", text))):
            raise SourceError(subject, f"a key has more than {MOST_PARTS} parts", "remove it")
        return tomllib.loads(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(subject, f"cannot be read ({reason})", "check its permissions") from error
    except UnicodeDecodeError as error:
        raise SourceError(subject, "is not UTF-8 text", "save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(
            subject,
            f"is not valid TOML ({shortened(escaped(_toml_reason(error)), MOST_REASON)})",
            'write lines such as size = "3"',
        ) from error


def _toml_reason(error: Exception) -> str:
    """What is wrong with TOML, after the place of the error: ``line 1, column 3: expected '='``."""
    message, at, place = str(error).rstrip(")").rpartition(" (at ")
    words = message if at else str(error)
    return f"{place}: {words[:1].lower()}{words[1:]}" if at else words


def _typed(value: Any, subject: str, context: typer.Context, parameter: Any) -> Any:
    """``value`` as it would be typed on the command line.

    Raises:
        SpecError: it has the wrong type.
    """
    key = subject.rpartition(": ")[2]
    expected, remedy = "text or a number", f'write e.g. {key} = "3"'
    if getattr(parameter, "is_flag", False):
        if isinstance(value, bool):
            return value
        expected, remedy = "true or false", f"write {key} = true or {key} = false"
    elif _is_plain(value):
        return str(value)
    elif isinstance(value, list) and all(map(_is_plain, value)):
        parts = list(map(str, value))
        if parameter.multiple or parameter.nargs == -1:
            return parts
        for separator in _metadata(context, parameter.name, Separator):
            return separator.sign.join(parts)
    beyond = type(value) is int and abs(value) >= _BEYOND
    shown = "a number beyond 64 bits" if beyond else shortened(_written(value), MOST_SHOWN)
    raise SpecError(subject, f"must be {expected}, not {shown}", remedy)


def _written(value: Any) -> str:
    """A value as it is written in the file, for an error."""
    return repr(value) if isinstance(value, (str, list, dict)) else str(value).lower()


def _is_plain(value: Any) -> bool:
    """Whether a value is text or a number."""
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) < _BEYOND
    return isinstance(value, (str, float))


def as_toml(context: typer.Context) -> str:
    """The command's options as a TOML file, with the defaults of those that were not given."""
    lines = [f"# poolviz {__version__}: {context.command.name} --config FILE"]
    for key, parameter in _parameters(context):
        value = context.params.get(str(parameter.name))
        # A switch that is off cannot be typed.
        if value is not None and (value is not False or parameter.secondary_opts):
            lines.append(f"{key} = {_toml(key, value)}")
    return "\n".join(lines)


def _toml(key: str, value: Any) -> str:
    if isinstance(value, (bool, int)):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(key, part) for part in value)}]"
    try:
        str(value).encode("utf-8")
    except UnicodeEncodeError as error:
        cause = f"TOML cannot hold {escaped(str(value))}"
        raise SpecError(key, cause, "rename the file") from error
    # JSON's strings are TOML's, except that JSON does not escape this control character.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
