"""No command overwrites a file that it reads, whatever the option and the name."""

import os
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from onnx_models import POOL, model, outside, saved
from PIL import Image

from poolviz.cli.app import command_names
from poolviz.cli.command import OUTPUT, load_command

SAMPLES = Path(__file__).parents[2] / "samples"
# What else a command needs, and which of its parameters name files that are read.
SOURCE = ["source", "config"]
COMMANDS: dict[str, tuple[list[str], list[str]]] = {
    "batch": (["--write", "none"], ["sources", "config", "scheduler_file"]),
    "code": ([], SOURCE),
    "compare": ([], SOURCE),
    "demo": ([], []),
    "differ": ([], SOURCE),
    "explain": ([], SOURCE),
    "modes": ([], []),
    "network": ([], ["model", "inputs", "config"]),
    "run": (["--write", "none"], SOURCE),
    "shape": ([], SOURCE),
    "shift": ([], SOURCE),
    "stack": (["relu max:2"], SOURCE),
}
SUFFIXES = {"figure": ".png", "html": ".html", "save": ".npy"}


class Case(NamedTuple):
    """A file that a command reads, and an option by which it writes one."""

    command: str
    parameter: str
    option: str
    more: tuple[str, ...] = ()


def parameters(name: str) -> list[Any]:
    """The parameters of a command."""
    return load_command(name).params


def outputs(name: str) -> list[str]:
    """The options by which a command writes a file; --out names a folder."""
    panels = {each.name: getattr(each, "rich_help_panel", None) for each in parameters(name)}
    return [option for option, panel in panels.items() if panel == OUTPUT and option in SUFFIXES]


def cases() -> list[Case]:
    """Each file that is read with each option that writes."""
    found = []
    for command, (_, read) in COMMANDS.items():
        for option in outputs(command):
            ways = [("--node", "1")] if command == "network" and option != "figure" else [()]
            ways += (
                [("--node", "1"), ("--all",)] if (command, option) == ("network", "figure") else []
            )
            found += [Case(command, each, option, way) for each in read for way in ways]
    return found


def fill(path: Path, parameter: str) -> Path:
    """A file as a parameter takes it, whatever its suffix."""
    if parameter == "model":
        shutil.copy(SAMPLES / "shapes.onnx", path)
    elif parameter == "config":
        path.write_text("# no option\n")
    else:
        values = np.random.default_rng(7).integers(0, 256, (64, 64, 3)).astype(np.uint8)
        with path.open("wb") as file:
            Image.fromarray(values).save(file, "PNG")
    return path


def line(case: Case, path: Path) -> list[str]:
    """The command line in which a file is read."""
    more, _ = COMMANDS[case.command]
    named = {each: ["sample:shapes"] for each in ("source", "model")}
    named["inputs"] = ["--input", "sample:shapes"] if case.command == "network" else []
    given = [str(path)] if case.parameter in named else ["--config", str(path)]
    named[case.parameter] = ["--input", *given] if case.parameter == "inputs" else given
    first = named["model" if case.command == "network" else "source"]
    others = named["inputs"] + (named.get("config") or [])
    return [case.command, *first, *more, *others, *case.more]


def spelled(path: Path, spelling: str) -> Path:
    """Another name of a file."""
    other = path.with_name(f"other{path.suffix}")
    if spelling == "dots":
        return path.parent / "." / "in" / ".." / path.name
    if spelling == "link":
        other.symlink_to(path.name)
    elif spelling == "hard link":
        os.link(path, other)
    return other if other.exists() else path


def test_every_parameter_that_names_a_file_is_known() -> None:
    """A new option that takes a path belongs into this test, whatever command it is of."""
    assert set(COMMANDS) <= set(command_names())
    for name in command_names():
        read = COMMANDS[name][1] if name in COMMANDS else SOURCE
        paths = [each.name for each in parameters(name) if "Path" in str(vars(each))]
        assert set(paths) <= {*read, *SUFFIXES, "out"}, name


@pytest.mark.parametrize(
    "case", cases(), ids=lambda case: "-".join(map(str, (*case[:3], *case[3])))
)
def test_no_option_overwrites_what_is_read(case: Case, poolviz: Any, folder: Path) -> None:
    """Each output option is refused for each file that the command reads, which stays as it is."""
    path = fill(folder / f"in{SUFFIXES[case.option]}", case.parameter)
    before = path.read_bytes()
    done = poolviz(*line(case, path), f"--{case.option}", path)
    assert (done.code, path.read_bytes() == before) == (2, True), done.err
    assert "choose another name" in done.failure


@pytest.mark.parametrize("spelling", ["dots", "link", "hard link"])
@pytest.mark.parametrize(
    "case",
    [
        Case("run", "source", "figure"), Case("run", "config", "save"),
        Case("network", "inputs", "figure"), Case("network", "inputs", "save", ("--node", "1")),
        Case("network", "model", "html", ("--node", "1")), Case("explain", "source", "html"),
    ],
    ids=lambda case: "-".join(case[:3]),
)  # fmt: skip
def test_other_names_of_what_is_read_are_refused(
    case: Case, spelling: str, poolviz: Any, folder: Path
) -> None:
    """Another way to the same file is known to be one: dots, a symbolic link, a hard link."""
    (folder / "in").mkdir()
    path = fill(folder / f"in{SUFFIXES[case.option]}", case.parameter)
    other = spelled(path, spelling)
    before = path.read_bytes()
    done = poolviz(*line(case, path), f"--{case.option}", other)
    assert (done.code, path.read_bytes() == before, other.read_bytes() == before) == (2, True, True)


def test_values_of_a_model_in_another_file_are_kept(poolviz: Any, folder: Path) -> None:
    """The model names that file; the command line does not."""
    np.save(folder / "w.npy", np.ones(1, np.float32))
    made = model([POOL], {"x": (1, 1, 4, 4)}, [outside("w", (1,), "w.npy")])
    saved(made, folder, "m.onnx")
    np.save(folder / "x.npy", np.ones((1, 1, 4, 4), np.float32))
    usual = ("network", "m.onnx", "--input", "x.npy", "--node", "1", "--write", "none")
    before = (folder / "w.npy").read_bytes()
    done = poolviz(*usual, "--save", "w.npy")
    assert (done.code, (folder / "w.npy").read_bytes() == before) == (2, True), done.err


@pytest.mark.parametrize("parameter", ["inputs", "model", "config"])
def test_names_in_the_folder_of_pictures_are_refused(
    parameter: str, poolviz: Any, folder: Path
) -> None:
    """What --out gets is named by poolviz; a file that is read may have that very name."""
    name = {"model": "in-overview.png"}.get(parameter, "shapes-overview.png")
    (folder / "out").mkdir()
    path = fill(folder / "out" / name, parameter)
    if parameter == "model":
        path = path.rename(folder / "out" / "in.onnx")
        (folder / "out" / name).symlink_to(path)
    before = path.read_bytes()
    case = Case("network", parameter, "out", ("--all",))
    done = poolviz(*line(case, path), "--out", "out")
    assert (done.code, path.read_bytes() == before) == (2, True), done.err
    assert len(list((folder / "out").iterdir())) == (2 if parameter == "model" else 1)


@pytest.mark.slow
def test_what_is_not_read_is_replaced(poolviz: Any, folder: Path) -> None:
    """An earlier output is an output still, and what was read in an earlier command is not kept."""
    fill(folder / "a.png", "source")
    fill(folder / "b.png", "source")
    assert poolviz("run", "b.png", "--write", "none").code == 0
    for _ in range(2):
        assert poolviz("run", "a.png", "--write", "none", "--figure", "b.png").code == 0
