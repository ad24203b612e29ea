"""What all tests share."""

import gc
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

# Derandomised, so that a failure on one machine is the same on every other.
settings.register_profile("poolviz", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("poolviz")
# What is collected lives as long as the run: looking through it again and again for what
# could be freed takes a sixth of the time of all tests.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on only what the tests themselves make is looked through."""
    gc.freeze()
    gc.enable()


@dataclass(frozen=True)
class Done:
    """How a run of the command ended."""

    code: int
    out: str
    err: str

    @property
    def failure(self) -> str:
        """The one line on stderr of a run that failed, which printed nothing else."""
        assert self.out == ""
        assert self.err.startswith("poolviz: ")
        assert self.err.count("\n") == 1
        assert self.err.strip().isprintable()
        assert "Traceback" not in self.err
        return self.err.removeprefix("poolviz: ").rstrip("\n")


Command = Callable[..., Done]


def drop_commands() -> None:
    """Unload the commands, whose help lists plug-ins when they are imported."""
    names = [name for name in sys.modules if name.startswith("poolviz.cli.commands.")]
    for name in [*names, "poolviz.cli.options", "poolviz.cli.groups"]:
        sys.modules.pop(name, None)


@pytest.fixture
def add_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[ModuleType, str, str], None]]:
    """Add a file to a package while a test runs: ``add_file(package, name, source)``."""
    added = []

    def add(package: ModuleType, name: str, source: str) -> None:
        folder = tmp_path / package.__name__
        folder.mkdir()
        (folder / f"{name}.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
        added.append((package, name))
        drop_commands()

    yield add
    for package, name in added:
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)
    drop_commands()


@pytest.fixture
def documented_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the frameworks that the README's tables and the snapshots show.

    A framework that is added as one new file then changes none of them.
    """
    from poolviz import frameworks

    shown = {"caffe", "darknet", "jax", "keras", "onnx", "skimage", "torch"}
    find_names = frameworks.module_names
    monkeypatch.setattr(
        frameworks,
        "module_names",
        lambda package: [name for name in find_names(package) if name in shown],
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, in an environment that says nothing of terminals."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@cache
def built(names: tuple[str, ...] | None) -> Any:
    """The app, once for all tests: to build it anew takes as long as a short command."""
    from typer.main import get_command

    from poolviz.cli.app import build_app

    return get_command(build_app(names))


@pytest.fixture
def poolviz(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run ``poolviz ARGUMENTS`` in this process, in an empty folder."""
    from poolviz.cli import funnel

    del folder
    monkeypatch.setattr(funnel, "build_app", lambda names: built(names and tuple(names)))

    def command(*arguments: Any, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["poolviz", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = funnel.run_app()
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return command


@pytest.fixture
def new_poolviz(poolviz: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Same as ``poolviz``, with an app built anew for every command, as in a new process."""
    from poolviz.cli import app, funnel

    monkeypatch.setattr(funnel, "build_app", app.build_app)
    return poolviz
