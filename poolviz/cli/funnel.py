"""Failures become one line on stderr and an exit code here, and nowhere else."""

import codecs
import contextlib
import logging
import os
import re
import signal
import sys
from typing import Any

import typer

from poolviz import __version__
from poolviz.cli import signals
from poolviz.cli.app import StoppedError, build_app, command_names
from poolviz.errors import (
    CAUSE_LENGTH,
    SUBJECT_LENGTH,
    PluginError,
    PoolvizError,
    SpecError,
)
from poolviz.plugins import nearest
from poolviz.text import escaped, in_ascii, shortened

FAILED, BUG, BROKEN_PIPE = 1, 70, 141
DEBUG = "--debug"
# How errors name parameters: with an underscore, as NAME=VALUE, or after words such as "omit".
_NAMES = re.compile(
    r"""(?<![\w/\\'.:-])(?:
    (?P<name>[a-z]+(?:_[a-z]+)*)=(?P<value>[^\s,;|.]+)
    | (?<=\braise\ )[a-z]+
    | (?<=\ba\ smaller\ )[a-z]+
    | (?<=\ba\ larger\ )[a-z]+
    | (?<=\buse\ )(?:frame|index)(?=\ for\ another)
    | (?<=\buse\ another\ )kind
    | [a-z]+(?:_[a-z]+)+
    | --[a-z]+(?:-[a-z]+)*
    )(?![\w/\\'-]|\.\w)""",
    re.VERBOSE,
)
_LISTED = re.compile(r"\b(?:omit|change) [a-z_]+(?:(?:, | or | and )[a-z_]+)*")
# How the parser refuses arguments.
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)


def run_app() -> int:
    """Run the command line; returns the exit code, after a line on stderr if it is not 0."""
    _open_closed_streams()
    _write_ascii_where_needed()
    # A run opens no window, whatever backend of matplotlib is named.
    os.environ.pop("MPLBACKEND", None)
    # matplotlib would complain at each run if it cannot keep its list of fonts.
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    debug = _take_debug(sys.argv)
    try:
        return _run()
    except (Exception, KeyboardInterrupt, signals.SignalError) as error:  # noqa: BLE001 - no traceback reaches a user
        cause = error.__cause__ if isinstance(error, StoppedError) else error
        if debug:
            import traceback

            traceback.print_exception(cause)
        # A library may turn the exception of a signal into another one.
        if signals.received() or isinstance(cause, (KeyboardInterrupt, typer.Abort)):
            return end_by_signal()
        return _report(cause)
    finally:
        signals.end()


def end_by_signal(number: int = signal.SIGINT) -> int:
    """Print one line on stderr for a command that a signal ended; returns the exit code."""
    number = signals.received() or number
    return _print_error(signals.ending(number), signals.SHELL + number)


def _open_closed_streams() -> None:
    """Replace streams that the shell has closed with ones that discard their output."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - as long as the process


def _take_debug(arguments: list[str]) -> bool:
    """Remove ``--debug`` from the arguments; returns whether it was there."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if DEBUG not in arguments[:end]:
        return False
    arguments.remove(DEBUG)
    return True


def _report(error: BaseException | None) -> int:
    """Print one line on stderr for the error that ended the command; returns the exit code."""
    match error:
        case PoolvizError():
            options = typed_options(sys.argv[1:])
            subject = options.get(error.subject, error.subject)
            line = as_typed(f"{error.cause}; {error.remedy}", options)
            return _print_error(f"{subject}: {line}", error.exit_code)
        case typer.TyperException():
            # Without a command the help has been printed, and there is nothing to add.
            is_empty = not error.format_message()
            return (
                error.exit_code if is_empty else _print_error(_usage_line(error), error.exit_code)
            )
        case MemoryError():
            return _print_error(
                "memory: there is not enough of it; use a smaller input or output", FAILED
            )
        case BrokenPipeError():
            # Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return BROKEN_PIPE
        case OSError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            reason = (error.strerror or str(error)).lower()
            return _print_error(
                f"standard output: cannot be written ({reason}); free some space", FAILED
            )
    name = shortened(escaped(f"{type(error).__name__}: {error}"), CAUSE_LENGTH)
    return _print_error(f"this is a bug in poolviz {__version__} ({name}); please report it", BUG)


def _usage_line(error: Any) -> str:
    """An error of the option parser, in the form of other errors."""
    name = _command_name(sys.argv[1:])
    remedy = f"see poolviz {name} --help" if name else "see poolviz --help"
    cause = error.message.rstrip(".")
    param, option = getattr(error, "param", None), getattr(error, "option_name", None)
    extra = _EXTRA.fullmatch(cause)
    if option is not None and "such option" in cause:
        subject, cause = option, "there is no such option"
        # The parser's own guesses include names that have little in common.
        names = {name.strip("-"): name for name in error.possibilities or ()}
        near = nearest(option.strip("-"), names)
        remedy = f"did you mean {names[near]}?" if near else remedy
    elif option is not None:
        cause = re.sub("^Option '.*?' ", "", cause)
        subject, cause = option, cause.replace("requires an argument", "needs a value")
    elif param is not None:
        subject = typed_options(sys.argv[1:]).get(param.name, param.name)
        cause = cause or "missing"
    elif extra:
        subject = extra[1]
        cause = f"unexpected argument{'s' * (' ' in subject)}"
    else:
        subject = "usage"
    subject = shortened(escaped(subject), SUBJECT_LENGTH)
    return f"{subject}: {shortened(escaped(cause), CAUSE_LENGTH)}; {remedy}"


def _run() -> int:
    try:
        code = build_app()(prog_name="poolviz", standalone_mode=False)
    except SystemExit as error:
        # Typer ends with 1 where nobody reads its help.
        return BROKEN_PIPE if error.code == 1 else int(error.code or 0)
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def typed_options(arguments: list[str]) -> dict[str, str]:
    """The options of the command in ``arguments`` as they were typed, by all of their names.

    An option that was not typed has its first name. Names are those of the parameter, in Python
    as on the command line: ``ceil_mode``, ``--ceil`` and ``--floor`` are all ``--floor`` if that
    was typed.
    """
    if "--" in arguments:
        arguments = arguments[: arguments.index("--")]
    name = _command_name(arguments)
    if not name:
        return {}
    # It is loaded already.
    from poolviz.cli.command import load_command

    flags: dict[str, str] = {}
    names: dict[str, str] = {}
    try:
        parameters = load_command(name).params
    except PluginError:
        # It is what the error is about.
        return {}
    for parameter in parameters:
        own = [*parameter.opts, *parameter.secondary_opts]
        if parameter.param_type_name == "option":
            typed = next((flag for flag in own if _is_typed(flag, arguments)), own[0])
            names[str(parameter.name)] = typed
            for flag in own:
                flags[flag] = flags[flag.strip("-").replace("-", "_")] = typed
            if parameter.secondary_opts:
                names[f"{parameter.name}=True"] = parameter.opts[0]
                names[f"{parameter.name}=False"] = parameter.secondary_opts[0]
    return flags | names


def as_typed(line: str, options: dict[str, str]) -> str:
    """``line`` with names of parameters as they were typed.

    Args:
        line: text in which parameters have their names in Python, such as ``omit ceil_mode`` or
            ``use padding=same``.
        options: the options by these names; see :func:`typed_options`.

    Example:
        >>> as_typed("omit stride, or use padding=same", {"stride": "-s", "padding": "--padding"})
        'omit -s, or use --padding same'
    """

    def replacement(match: re.Match[str]) -> str:
        name, value = match["name"] or match[0], match["value"]
        if name not in options:
            return match[0]
        if value is None:
            return options[name]
        # A switch has a name of its own for each of its two values.
        return options.get(match[0]) or f"{options[name]} {value}"

    def listed(match: re.Match[str]) -> str:
        return re.sub(r"[a-z_]+", lambda name: options.get(name[0], name[0]), match[0])

    return _NAMES.sub(replacement, _LISTED.sub(listed, line))


def refusal_as_typed(refusal: SpecError | None) -> SpecError | None:
    """What an answer quotes of an error, with options as they were typed; None stays None."""
    if refusal is None:
        return None
    options = typed_options(sys.argv[1:])
    subject = options.get(refusal.subject, refusal.subject)
    return SpecError(subject, as_typed(refusal.cause, options), as_typed(refusal.remedy, options))


def _command_name(arguments: list[str]) -> str:
    """The command in ``arguments``; empty if there is none."""
    name = next((word for word in arguments if not word.startswith("-")), "")
    return name if name in command_names() else ""


def _is_typed(flag: str, arguments: list[str]) -> bool:
    """Whether an option is typed as ``--size 2`` or ``--size=2``; a short one also as ``-j2``."""
    short = not flag.startswith("--")
    return any(
        word.partition("=")[0] == flag or (short and word.startswith(flag)) for word in arguments
    )


def _print_error(line: str, code: int) -> int:
    """Print one line on stderr, with control characters escaped; returns ``code``."""
    with contextlib.suppress(OSError):
        print(f"poolviz: {escaped(line)}", file=sys.stderr, flush=True)  # noqa: T201 - as the command does
    return code


def _write_ascii_where_needed() -> None:
    """Have streams write the nearest ASCII for characters that their encoding lacks."""

    def replacement(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return in_ascii(error.object[error.start : error.end]), error.end

    codecs.register_error("poolviz", replacement)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="poolviz")
