"""The one place where failures become a line on stderr and an exit code."""

import contextlib
import os
import sys

import typer

from poolviz import __version__
from poolviz.errors import PoolvizError
from poolviz.text import escaped

USAGE, BUG, INTERRUPTED, BROKEN_PIPE = 2, 70, 130, 141
# Options that are not called as the parameter that they set.
_FLAGS = {
    "kernel_size": "--size",
    "ceil_mode": "--ceil",
    "divisor_override": "--divisor",
    "complex_part": "--complex",
    "count_include_pad": "--count-include-pad",
}
_SAME_NAME = {
    "mode", "stride", "padding", "dilation", "output_size", "like", "seed", "threads",
    "channel", "index", "frame", "layout", "key", "theme",
}  # fmt: skip


def run_app() -> int:
    """Run the command line and say how it ended, as an exit code."""
    _write_ascii_where_needed()
    try:
        return _run()
    except PoolvizError as error:
        subject = flag(error.subject)
        return _say(f"{subject}: {error.cause}; {error.remedy}", error.exit_code)
    except typer.TyperException as error:
        return _say(f"{error.format_message()}; see poolviz --help", error.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _say("interrupted; files written so far are whole", INTERRUPTED)
    except BrokenPipeError:
        # Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return BROKEN_PIPE
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        name = f"{type(error).__name__}: {error}"
        return _say(f"this is a bug of poolviz {__version__} ({name}); please report it", BUG)


def _run() -> int:
    from poolviz.cli.app import build_app

    code = build_app()(standalone_mode=False)
    sys.stdout.flush()
    return code if isinstance(code, int) else 0


def flag(subject: str) -> str:
    """The option by which a parameter is given on the command line; else ``subject``."""
    if subject in _FLAGS:
        return _FLAGS[subject]
    return f"--{subject.replace('_', '-')}" if subject in _SAME_NAME else subject


def _say(line: str, code: int) -> int:
    """One line on stderr, with nothing in it that a terminal would act on."""
    with contextlib.suppress(BrokenPipeError):
        print(f"poolviz: {escaped(line)}", file=sys.stderr)  # noqa: T201 - as the command does
    return code


_ASCII = {
    "×": "x", "·": ".", "−": "-", "∞": "inf", "≈": "~", "…": "...", "–": "-", "→": "->",
    "┏": "+", "┓": "+", "┗": "+", "┛": "+", "┃": "|", "━": "-", "α": "alpha", "Σ": "sum",
}  # fmt: skip


def _write_ascii_where_needed() -> None:
    """On streams that cannot write a sign, write the nearest ASCII, never fail."""
    import codecs

    def replacement(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        signs = error.object[error.start : error.end]
        return "".join(_ASCII.get(sign, "?") for sign in signs), error.end

    codecs.register_error("poolviz", replacement)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="poolviz")
