"""The wheel and the sdist: built, installed, and used away from the project."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[1]
BINARIES = "Scripts" if os.name == "nt" else "bin"


def run(*command: str | Path, folder: Path) -> str:
    """What a command prints; it must succeed."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
    } | {"PYTHONUTF8": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel built from it."""
    folder = tmp_path_factory.mktemp("built")
    ignored = shutil.ignore_patterns(".git", ".venv", "*cache*", "poolviz-out", "dist")
    project = shutil.copytree(PROJECT, folder / "project", ignore=ignored)
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", project, folder=folder)
    return folder / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """The wheel."""
    (path,) = built.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``poolviz`` as the wheel installs it into a fresh environment."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    python = folder / BINARIES / "python"
    run(python, "-m", "pip", "install", "--quiet", wheel, folder=folder)
    return folder / BINARIES / "poolviz"


def test_wheel_has_types_and_samples(wheel: Path) -> None:
    """The wheel has the marker of types, the samples, and nothing outside the package."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    samples = {
        f"poolviz/samples/{path.name}"
        for path in (PROJECT / "samples").iterdir()
        if path.suffix in {".csv", ".npy", ".png", ".onnx"}
    }
    assert len(samples) == 8
    assert samples | {"poolviz/py.typed", "poolviz/__main__.py"} <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"poolviz"}


def test_wheel_has_every_module(wheel: Path) -> None:
    """Every module of the package is in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {path.relative_to(PROJECT).as_posix() for path in (PROJECT / "poolviz").rglob("*.py")}
    assert modules <= names


def test_metadata_is_what_was_promised(wheel: Path) -> None:
    """The runtime dependencies are the five, each with a lower bound, on Python 3.11 or newer."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (part for part in archive.namelist() if part.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode("utf-8"))
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert all(">=" in line for line in required)
    assert {line.partition(">=")[0].strip() for line in required} == {
        "typer", "numpy", "pillow", "matplotlib", "rich",
    }  # fmt: skip
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Name"] == "poolviz"


def test_sdist_has_what_tests_and_samples_need(built: Path) -> None:
    """The sdist has the package, the tests, the samples and their script."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "pyproject.toml", "README.md", "LICENSE", "poolviz/__init__.py", "samples/scene.png",
        "samples/make_samples.py", f"tests/{Path(__file__).name}",
    } <= names  # fmt: skip


def test_installed_help_and_version(command: Path, tmp_path: Path) -> None:
    """The installed command explains itself."""
    assert "demo" in run(command, "--help", folder=tmp_path)
    assert run(command, "--version", folder=tmp_path).startswith("poolviz ")


def test_installed_demo(command: Path, tmp_path: Path) -> None:
    """The demo runs away from the project, and writes nothing."""
    assert "max(1, 3, 6, 2) = 6" in run(command, "demo", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sample", ["scene", "features", "teaching"])
def test_installed_run(sample: str, command: Path, tmp_path: Path) -> None:
    """Each kind of sample that the wheel brings is pooled and drawn."""
    line = ["run", f"sample:{sample}", "--write", "png,gif", "--figure", "figure.svg"]
    run(command, *line, folder=tmp_path)
    names = {path.name for path in (tmp_path / "poolviz-out").iterdir()}
    assert names == {
        f"{sample}-max-2x2-{ending}" for ending in ("before.png", "after.png", "window.gif")
    }
    assert (tmp_path / "figure.svg").stat().st_size > 1000


def test_installed_module(command: Path, tmp_path: Path) -> None:
    """``python -m poolviz`` is the same command."""
    python = command.with_name("python")
    expected = run(command, "modes", folder=tmp_path)
    assert run(python, "-m", "poolviz", "modes", folder=tmp_path) == expected


def test_sdist_installs(built: Path, tmp_path: Path) -> None:
    """The sdist builds and installs by itself."""
    (path,) = built.glob("*.tar.gz")
    venv.create(tmp_path / "fresh", with_pip=True)
    python = tmp_path / "fresh" / BINARIES / "python"
    run(python, "-m", "pip", "install", "--quiet", path, folder=tmp_path)
    shown = run(python, "-m", "poolviz", "run", "--data", "1 3; 2 4", "--write", "none",
                folder=tmp_path)  # fmt: skip
    assert "max(1, 3, 2, 4) = 4" in shown
