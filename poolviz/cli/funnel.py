"""The one place where failures become a line on stderr and an exit code."""

import contextlib
import logging
import os
import re
import signal
import sys

import typer

from poolviz import __version__
from poolviz.cli import signals
from poolviz.cli.app import StoppedError, build_app, command_names
from poolviz.errors import CAUSE_LENGTH, PoolvizError
from poolviz.text import escaped, in_ascii, shortened

COMPLETION = "_POOLVIZ_COMPLETE"
FAILED, BUG, BROKEN_PIPE = 1, 70, 141
DEBUG = "--debug"
# Options that are not called as the parameter that they set.
_FLAGS = {
    "kernel_size": "--size",
    "ceil_mode": "--ceil",
    "divisor_override": "--divisor",
    "complex_part": "--complex",
    "count_include_pad": "--count-include-pad",
}
# Names of parameters, but not in names of files and what else is quoted.
_NAMES = re.compile(rf"(?<![\w/\\'.-])(?:{'|'.join(_FLAGS)})(?![\w/\\'.-])")
_SAME_NAME = {
    "mode", "stride", "padding", "dilation", "output_size", "like", "seed", "threads",
    "by", "cell", "channel", "fill", "modes", "sweep", "index", "frame", "layout", "key", "theme",
    "cmap", "delay", "mark", "every", "hold", "kind", "max_frames", "max_memory", "region", "scale",
}  # fmt: skip


def run_app() -> int:
    """Run the command line and say how it ended, as an exit code."""
    _open_what_is_closed()
    _write_ascii_where_needed()
    # Without a folder to keep its fonts' list in, matplotlib would complain at each run.
    # No window is opened, whichever system for them is named.
    os.environ.pop("MPLBACKEND", None)
    logging.getLogger("matplotlib").setLevel(logging.CRITICAL)
    debugged = _take_debug(sys.argv)
    try:
        return _run()
    except (Exception, KeyboardInterrupt, signals.SignalError) as error:  # noqa: BLE001 - no traceback reaches a user
        cause = error.__cause__ if isinstance(error, StoppedError) else error
        if debugged:
            import traceback

            traceback.print_exception(cause)
        # Whatever an import or a library makes of it: what a signal ends was ended by that.
        if signals.received() or isinstance(cause, (KeyboardInterrupt, typer.Abort)):
            return end_by_signal()
        return _ended(cause)
    finally:
        signals.end()


def end_by_signal(number: int = signal.SIGINT) -> int:
    """One line on stderr and the exit code for a command that a signal ended."""
    number = signals.received() or number
    return _say(signals.words(number), signals.SHELL + number)


def _open_what_is_closed() -> None:
    """Streams that the shell has closed: nothing can be said there, and all else goes on."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - as long as the process


def _take_debug(arguments: list[str]) -> bool:
    """Whether ``--debug`` is among the arguments, which it then no longer is."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    if DEBUG not in arguments[:end]:
        return False
    arguments.remove(DEBUG)
    return True


def _ended(error: BaseException | None) -> int:
    """One line on stderr and the exit code for what ended the command."""
    match error:
        case PoolvizError():
            line = f"{flag(error.subject)}: {error.cause}; {error.remedy}"
            return _say(_NAMES.sub(lambda name: _FLAGS[name[0]], line), error.exit_code)
        case typer.TyperException():
            message = shortened(escaped(error.format_message()), CAUSE_LENGTH)
            # Without a command the help has been printed, and there is nothing to add.
            context = getattr(error, "ctx", None)
            command = context.command_path if context else "poolviz"
            line = f"{message.rstrip('.')}; see {command} --help"
            return _say(line, error.exit_code) if message else error.exit_code
        case MemoryError():
            return _say("memory: there is not enough; use a smaller input or output", FAILED)
        case BrokenPipeError():
            # Python would complain once more when it flushes at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            return BROKEN_PIPE
        case OSError():
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            reason = (error.strerror or str(error)).lower()
            return _say(f"standard output: cannot be written ({reason}); make room", FAILED)
    name = shortened(escaped(f"{type(error).__name__}: {error}"), CAUSE_LENGTH)
    return _say(f"this is a bug of poolviz {__version__} ({name}); please report it", BUG)


def _run() -> int:
    # The others need not be loaded where one is named; to complete, or to tell what there is, all.
    asked = [name for name in sys.argv[1:2] if name in command_names()]
    names = asked if asked and COMPLETION not in os.environ else None
    try:
        code = build_app(names)(prog_name="poolviz", standalone_mode=False)
    except SystemExit as error:
        # Typer ends so, with 1, where nobody reads its help.
        return BROKEN_PIPE if error.code == 1 else int(error.code or 0)
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def flag(subject: str) -> str:
    """The option by which a parameter is given on the command line; else ``subject``."""
    if subject in _FLAGS:
        return _FLAGS[subject]
    return f"--{subject.replace('_', '-')}" if subject in _SAME_NAME else subject


def _say(line: str, code: int) -> int:
    """One line on stderr, with nothing in it that a terminal would act on."""
    with contextlib.suppress(OSError):
        print(f"poolviz: {escaped(line)}", file=sys.stderr, flush=True)  # noqa: T201 - as the command does
    return code


def _write_ascii_where_needed() -> None:
    """On streams that cannot write a sign, write the nearest ASCII, never fail."""
    import codecs

    def replacement(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        return in_ascii(error.object[error.start : error.end]), error.end

    codecs.register_error("poolviz", replacement)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="poolviz")
