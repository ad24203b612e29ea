"""The installed command, in a folder with the attack corpus, held to time and memory."""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import corpus

PROGRAM = Path(sys.executable).with_name("poolviz")
# No fault takes longer, nor more address space than this.
SECONDS, BYTES = 10, 6 << 30
OLD = b"an earlier picture"
RUN = ("run", "sample:teaching", "--quiet")
# Escapes, new lines, bidi marks, markup, formulas of figures.
NAMES = ["a\x1b[31m.npy", "a\nb.npy", "a\u202eb.npy", "[red]a.npy", "a$b_c$.npy", "<&]]>.npy"]


@dataclass(frozen=True)
class Ended:
    """How the command ended."""

    code: int
    out: str
    err: str

    def refused(self, code: int = 1) -> str:
        """The one line on stderr: cause and remedy, nothing that a terminal acts on."""
        assert self.code == code, self.err
        assert self.out == ""
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("poolviz: ")
        assert "Traceback" not in self.err
        assert self.err.strip().isprintable()
        assert "; " in self.err
        return self.err.strip()


Command = Callable[..., Ended]


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus, which takes seconds to make."""
    folder = tmp_path_factory.mktemp("corpus")
    corpus.write(folder)
    return folder


@pytest.fixture
def folder(made_once: Path, tmp_path: Path) -> Path:
    """A folder with the corpus."""
    shutil.copytree(made_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def poolviz(folder: Path) -> Command:
    """Run the installed command there, with as little memory as time."""

    def command(*arguments: str, stdin: bytes = b"", **settings: str) -> Ended:
        done = subprocess.run(
            [PROGRAM, *arguments],
            cwd=folder,
            input=stdin,
            env=os.environ | {"PYTHONUTF8": "1"} | settings,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES)),
        )
        assert not (folder / "pwned").exists(), "a file has run code"
        return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())

    return command
