"""What the tests of the command line share."""

import io
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from poolviz.cli.funnel import run_app


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


SAMPLES = Path(__file__).parents[2] / "samples"
Command = Callable[..., Done]


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
    del folder

    def command(*arguments: Any, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["poolviz", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = run_app()
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return command


@pytest.fixture
def photo(folder: Path) -> Path:
    """A small colour photo, ``photo.png``."""
    values = np.random.default_rng(3).integers(0, 256, (12, 16, 3)).astype(np.uint8)
    Image.fromarray(values).save(folder / "photo.png")
    return Path("photo.png")


@pytest.fixture
def model(folder: Path) -> Path:
    """The sample network, ``model.onnx``."""
    shutil.copy(SAMPLES / "shapes.onnx", folder / "model.onnx")
    return Path("model.onnx")


@pytest.fixture
def features(folder: Path) -> Path:
    """A feature map of three channels, ``features.npy``."""
    np.save(folder / "features.npy", np.random.default_rng(4).normal(size=(3, 9, 10)))
    return Path("features.npy")


@pytest.fixture
def course(folder: Path, features: Path, photo: Path) -> Path:
    """Many sources: folders ``maps`` and ``course``, and ``list.txt`` with a name on each line."""
    for path, source in (("maps/one.npy", features), ("course/a/photo.png", photo)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((folder / source).read_bytes())
    (folder / "list.txt").write_text("maps/one.npy\n")
    return folder / "list.txt"
