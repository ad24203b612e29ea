"""Signals: one line and an exit code, from the first statement on, whatever is going on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from poolviz.cli import signals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs signals")
SENT = [(signal.SIGINT, "interrupted", 130), (signal.SIGTERM, "terminated", 143)]
# For what does not depend on which of the two it is.
EITHER = [SENT[1], pytest.param(*SENT[0], marks=pytest.mark.slow)]


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Signals do in the end what they did; interrupts are heard, in children, too."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signals.end()
    for number, handler in before.items():
        signal.signal(number, handler)


def ended(folder: Path, script: str, number: int) -> tuple[int, str, str]:
    """Code, stdout and stderr of a script in which N is a signal and ``main`` the command."""
    begin = f"import signal, sys, time\nN = {int(number)}\nsys.argv = ['poolviz', 'demo']\n"
    done = subprocess.run(
        [sys.executable, "-c", begin + script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def test_nothing_is_loaded_before_signals_are_heard() -> None:
    """Only modules that are built into Python, or loaded as it starts."""
    script = "before = set(sys.modules); import poolviz.cli.signals\n"
    script = f"import sys; {script}print(*(set(sys.modules) - before))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split()) - set(sys.builtin_module_names)
    assert loaded == {"poolviz", "poolviz.cli", "poolviz.cli.signals"}


@pytest.mark.parametrize(("number", "word", "code"), SENT)
def test_signals_while_it_loads(number: int, word: str, code: int, tmp_path: Path) -> None:
    """What comes while the command is being imported ends it at once, in one line."""
    script = """
class Finder:
    def find_spec(self, name, *_):
        if name == "typer":
            signal.raise_signal(N)
sys.meta_path.insert(0, Finder())
from poolviz.cli import main
main()
"""
    line = f"poolviz: {word}; nothing was started\n"
    assert ended(tmp_path, script, number) == (code, "", line)


WORKING = """
import poolviz.cli.commands.demo as demo
def command() -> None:
    work()
demo.command = command
from poolviz.cli import main
"""


WORKS = {
    "at once": """
    signal.raise_signal(N)
    time.sleep(60)
""",
    "a second one does not interrupt the cleaning up": """
    try:
        signal.raise_signal(N)
    finally:
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
""",
    "an import fails by it": """
    try:
        signal.raise_signal(N)
    except BaseException:
        raise ImportError("numpy")
""",
    "it becomes another error": """
    try:
        signal.raise_signal(N)
    except BaseException:
        raise ValueError("a bug")
""",
}


@pytest.mark.slow
@pytest.mark.parametrize(("number", "word", "code"), EITHER)
@pytest.mark.parametrize("work", WORKS)
def test_signals_while_it_works(
    number: int, word: str, code: int, work: str, tmp_path: Path
) -> None:
    """One line and the code of the signal, whatever becomes of the exception on its way."""
    line = f"poolviz: {word}; all files written so far are complete\n"
    script = f"def work():{WORKS[work]}{WORKING}main()"
    assert ended(tmp_path, script, number) == (code, "", line)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "word", "code"), EITHER)
@pytest.mark.parametrize("where", ["destructor", "callback"])
def test_signals_where_python_drops_exceptions(
    number: int, word: str, code: int, where: str, tmp_path: Path
) -> None:
    """What is lost in a destructor or in the callback of a weak reference is raised again."""
    script = """
import weakref
class Held:
    def __del__(self):
        if WHERE == "destructor":
            signal.raise_signal(N)
def work():
    held = Held()
    kept = weakref.ref(held, lambda _: WHERE == "callback" and signal.raise_signal(N))
    del held
    for _ in range(600):
        time.sleep(0.1)
"""
    script = script.replace("WHERE", repr(where)) + WORKING + "main()"
    line = f"poolviz: {word}; all files written so far are complete\n"
    assert ended(tmp_path, script, number) == (code, "", line)


@pytest.mark.slow
def test_other_errors_of_destructors_are_told_as_ever(tmp_path: Path) -> None:
    """Python's own words, and the command goes on."""
    script = """
class Held:
    def __del__(self):
        raise ValueError("lost")
def work():
    Held()
    print("done")
"""
    code, out, err = ended(tmp_path, script + WORKING + "main()", signal.SIGINT)
    assert (code, out) == (0, "done\n")
    assert "ValueError: lost" in err


STUCK = {
    "a thread that does not end": """
    threading.Thread(target=time.sleep, args=(60,)).start()
    signal.raise_signal(N)
""",
    "native code that does not end": """
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    signal.raise_signal(N)
""",
    "cleaning up that does not end": """
    try:
        signal.raise_signal(N)
    finally:
        time.sleep(60)
""",
}


@pytest.mark.slow
@pytest.mark.parametrize(("number", "word", "code"), EITHER)
@pytest.mark.parametrize("stuck", STUCK)
def test_nothing_keeps_the_process_after_a_signal(
    number: int, word: str, code: int, stuck: str, tmp_path: Path
) -> None:
    """Whatever does not end is left after some seconds, here after a part of one."""
    script = f"""
import threading
import poolviz.cli.signals as signals
signals.GRACE_SECONDS = 0.2
def work():{STUCK[stuck]}{WORKING}main()"""
    line = f"poolviz: {word}; all files written so far are complete\n"
    assert ended(tmp_path, script, number) == (code, "", line)


@pytest.mark.slow
@pytest.mark.parametrize(("number", "word", "code"), EITHER)
def test_signals_after_the_end_change_nothing(
    number: int, word: str, code: int, tmp_path: Path
) -> None:
    """What is done is done, with its own exit code."""
    del word, code
    script = """
def work(): print("done")
import atexit
atexit.register(signal.raise_signal, N)
"""
    assert ended(tmp_path, script + WORKING + "main()", number) == (0, "done\n", "")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "word", "code"), EITHER)
def test_signals_that_a_shell_ignores_are_ignored(
    number: int, word: str, code: int, tmp_path: Path
) -> None:
    """As those of commands in the background are."""
    del word, code
    script = """
signal.signal(N, signal.SIG_IGN)
def work():
    signal.raise_signal(N)
    print("done")
"""
    assert ended(tmp_path, script + WORKING + "main()", number) == (0, "done\n", "")


def test_handlers_are_those_of_before_when_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within another process, such as that of the tests, nothing of the command is left."""
    # Other tests of this process have received no signal.
    monkeypatch.setattr("poolviz.cli.signals._State.received", 0)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook
    signals.start()
    assert signal.getsignal(signal.SIGTERM) != before[1]
    with pytest.raises(signals.SignalError):
        signal.raise_signal(signal.SIGTERM)
    assert signals.received() == signal.SIGTERM
    signals.end()
    after = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM), sys.unraisablehook
    assert before == after
