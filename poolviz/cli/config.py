"""Options from a TOML file, and into one: the names are those of the flags."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from poolviz import __version__
from poolviz.errors import SourceError, SpecError
from poolviz.plugins import unknown
from poolviz.text import escaped, shortened

# More than any list of options: what is larger is some other file.
MOST_BYTES = 1 << 16
# Each dotted key takes the square of its parts in time, and none of ours has any.
MOST_PARTS = 16
# Comments, and text of each of TOML's four kinds; what has no end goes on to that of all.
_TEXTS = re.compile(
    r"""#[^\n]*"""
    r"""|"{3}(?s:(?:[^\\]|\\.|\\\Z)*?)(?:"{3,5}|\Z)|'{3}(?s:.*?)(?:'{3,5}|\Z)"""
    r"""|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?"""
)
_KEY = re.compile(r"[\w \t.-]+")
# Of a value or a key no more is shown.
MOST_SHOWN = 60
_NOT_FOR_FILES = ("help", "config", "print_config")
# Lists of these are written with commas, those of others with an x.
_WITH_COMMAS = ("by", "cell", "mark", "modes", "write", "mean", "std")
_BEYOND = 1 << 63
# Of these only one can be meant: a typed one goes before one from a file.
_EITHER = ("source", "data")


def take_defaults(context: typer.Context, path: Path | None) -> Path | None:
    """Have the command's options default to those in the file.

    Raises:
        SourceError: it cannot be read.
        SpecError: a key is no option of the command, or its value has no meaning.
    """
    if path is not None:
        names = dict(_options(context, all_names=True))
        given = read(path)
        for key in given:
            if key not in names:
                raise _unknown_key(path, key, names)
        context.default_map = {
            names[key].name: _value(path, names[key], key, value) for key, value in given.items()
        }
    return path


def settle(context: typer.Context) -> None:
    """Drop a source from a file where another was typed."""
    origins = {
        name: context.get_parameter_source(name) for name in _EITHER if name in context.params
    }
    typed = {name for name, origin in origins.items() if origin and origin.name == "COMMANDLINE"}
    for name, origin in origins.items():
        if typed and name not in typed and origin and origin.name == "DEFAULT_MAP":
            context.params[name] = None


def _options(context: typer.Context, *, all_names: bool = False) -> Iterator[tuple[str, Any]]:
    """The command's parameters by their names in a file: the first, or all."""
    for parameter in context.command.params:
        if parameter.name not in _NOT_FOR_FILES:
            for option in parameter.opts[: None if all_names else 1]:
                yield option.lstrip("-"), parameter


def read(path: Path) -> dict[str, Any]:
    """What stands in a TOML file.

    Raises:
        SourceError: it cannot be read, or is not TOML.
    """
    import tomllib

    shown = escaped(str(path))
    try:
        if not path.is_file():
            cause = "it is not a regular file" if path.exists() else "there is no such file"
            raise SourceError(shown, cause, "give a TOML file")
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1)
        if len(text) > MOST_BYTES:
            raise SourceError(shown, "it is longer than any list of options", "give a TOML file")
        # Some editors put a mark at the beginning.
        words = text.decode("utf-8-sig")
        if _has_absurd_key(words):
            raise SourceError(shown, f"a key has more than {MOST_PARTS} parts", "leave it out")
        return tomllib.loads(words)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(shown, f"it cannot be read ({reason})", "check its rights") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(
            shown,
            f"it is not TOML ({shortened(escaped(str(error)), MOST_SHOWN)})",
            'write lines such as size = "3"',
        ) from error


def _has_absurd_key(words: str) -> bool:
    """Whether a key in TOML consists of so many parts that reading it would take very long."""
    return any(key.count(".") > MOST_PARTS for key in _KEY.findall(_TEXTS.sub("x", words)))


def _unknown_key(path: Path, key: str, names: dict[str, Any]) -> SpecError:
    error = unknown("config", key, names)
    return SpecError(f"{escaped(str(path))}", error.cause, error.remedy)


def _value(path: Path, parameter: Any, key: str, value: Any) -> Any:
    """``value`` as it would be typed.

    Raises:
        SpecError: it could not be.
    """
    if isinstance(value, list) and all(map(_is_plain, value)):
        parts = list(map(str, value))
        separator = "," if parameter.name in _WITH_COMMAS else "x"
        return parts if parameter.multiple or parameter.nargs == -1 else separator.join(parts)
    switch = bool(getattr(parameter, "is_flag", False))
    if switch == isinstance(value, bool) and (switch or _is_plain(value)):
        return value if switch else str(value)
    wanted = "true or false" if switch else "text or a number"
    subject = f"{escaped(str(path))}: {shortened(key, MOST_SHOWN)}"
    beyond = type(value) is int and abs(value) >= _BEYOND
    shown = "a number beyond 64 bits" if beyond else shortened(repr(value), MOST_SHOWN)
    raise SpecError(subject, f"{shown} is not {wanted}", f"write {wanted}")


def _is_plain(value: Any) -> bool:
    """Whether it could be typed; whole numbers up to those that TOML promises to hold."""
    if isinstance(value, int):
        return not isinstance(value, bool) and abs(value) < _BEYOND
    return isinstance(value, (str, float))


def as_toml(context: typer.Context) -> str:
    """The command's options, those left to their defaults too, as such a file."""
    lines = [f"# poolviz {__version__}: {context.command.name} --config FILE"]
    for key, parameter in _options(context):
        value = context.params.get(parameter.name)
        if value is None or (value is False and not parameter.secondary_opts):
            continue
        lines.append(f"{key} = {_toml(key, value)}")
    return "\n".join(lines)


def _toml(key: str, value: Any) -> str:
    import json

    if isinstance(value, (bool, int)):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_toml(key, part) for part in value)}]"
    try:
        str(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SpecError(
            key, f"TOML cannot hold {escaped(str(value))}", "rename the file"
        ) from error
    # JSON's strings are TOML's, but for the one control character that JSON leaves as it is.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
