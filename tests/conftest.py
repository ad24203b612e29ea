"""What all tests share."""

import gc
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import settings

# Derandomised, so that a failure on one machine is the same on every other.
settings.register_profile("poolviz", deadline=None, derandomize=True, max_examples=25)
settings.load_profile("poolviz")
# Where no compiled files may lie beside the sources, pytest would compile all tests at each run,
# which takes as long as to collect them.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
# What is collected lives as long as the run: looking through it again and again for what
# could be freed takes a sixth of the time of all tests.
gc.disable()


def pytest_collection_finish() -> None:
    """From here on only what the tests themselves make is looked through."""
    gc.freeze()
    gc.enable()


# What the tests of whole outputs were written with. What is added later need not be named here.
FIRST_PLUGINS = {
    "poolviz.modes": {
        "average", "fractional_max", "gated", "gem", "lp", "lse", "max", "maxblur", "median",
        "min", "mixed", "ordinal", "softpool", "stochastic", "sum",
    },
    "poolviz.frameworks": {"caffe", "darknet", "jax", "keras", "onnx", "skimage", "torch"},
    "poolviz.views.figures": {
        "argmax", "backward", "before_after", "channels", "mapping", "steps", "unpool",
        "volume",
    },
    "poolviz.lessons": {
        "ceil_mode", "frameworks", "global_and_adaptive", "gradient", "max_and_average", "network",
        "noise", "padding", "size_and_stride", "stochastic_and_lp", "strided_convolution",
        "translation", "unpooling", "what_is_lost", "what_pooling_is",
    },
}  # fmt: skip


@pytest.fixture
def first_plugins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hide plug-ins that were added later from tests of whole outputs."""
    from poolviz import plugins

    def names(package: Any) -> list[str]:
        known = shown.get(package.__name__)
        return [name for name in every_name(package) if known is None or name in known]

    shown, every_name = dict(FIRST_PLUGINS), plugins.module_names
    for module in list(sys.modules.values()):
        if getattr(module, "module_names", None) is every_name:
            monkeypatch.setattr(module, "module_names", names)
    yield
    # A module that was imported meanwhile still has the function from above.
    shown.clear()


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


def forget_commands() -> None:
    """Unload the commands, whose help lists plug-ins when they are imported."""
    from poolviz.cli.command import load_command

    load_command.cache_clear()
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
        forget_commands()

    yield add
    for package, name in added:
        sys.modules.pop(f"{package.__name__}.{name}", None)
        vars(package).pop(name, None)
    forget_commands()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, in an environment that says nothing of terminals."""
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def poolviz(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run ``poolviz ARGUMENTS`` in this process, in an empty folder."""
    from poolviz.cli import funnel

    del folder

    def command(*arguments: Any, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["poolviz", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = funnel.run_app()
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return command
