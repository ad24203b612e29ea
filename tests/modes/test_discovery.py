"""A mode is one new file: everything else finds it, and nothing else changes."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from contract import CONTRACT, every_mode, folding_modes

import poolviz
from poolviz import SpecError, modes
from poolviz.cli.funnel import run_app

SOURCE = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.modes._mode import FoldMode, floating, inside_or, share


@dataclass(frozen=True)
class RootMeanSquare(FoldMode):
    """The root mean square of the cells: y = f·√(Σ xᵢ²/n).

    Args:
        factor: f, a number by which every value is multiplied.
    """

    factor: float = 1.0

    summary: ClassVar[str] = "the root mean square of the cells"
    formula: ClassVar[str] = "y = f·√(Σ xᵢ²/n)"
    citation: ClassVar[str] = "a test"
    aliases: ClassVar[tuple[str, ...]] = ("rms",)
    padding_value: ClassVar[float | None] = None

    @property
    def fold(self):
        return np.add

    def prepare(self, values, out):
        np.square(values, out=out, dtype=out.dtype)

    def finish(self, folded, counts):
        return self.factor * np.sqrt(folded / counts.inside)

    def reduce(self, patches):
        squares = (inside_or(patches, 0) ** 2).sum(axis=-1)
        return self.finish(squares, patches.counts).astype(floating(patches.cells.dtype))

    def weights(self, patches):
        squares = inside_or(patches, 0) ** 2
        return share(squares, squares.sum(axis=-1))

    def slopes(self, patches):
        cells, count = inside_or(patches, 0), np.asarray(patches.counts.inside)[..., None]
        root = np.sqrt((cells**2).sum(axis=-1, keepdims=True) / count)
        return np.where(patches.inside, self.factor * cells / (count * root), 0)

    def expression(self, patch, numbers):
        squares = text.abridged(patch.read, lambda x: f"{numbers.term(x)}²", " + ")
        return f"{text.number(self.factor)}·√(({squares})/{len(patch.read)})"
'''
NAME = "root-mean-square"
DATA = ("--data", "1 7; 7 1")


@pytest.fixture
def added(add_file: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A mode's name, its one file among the modes."""
    add_file(modes, "root_mean_square", SOURCE)
    monkeypatch.chdir(tmp_path)
    return NAME


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """What ``poolviz ARGUMENTS`` prints, its commands imported anew; it must succeed."""

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["poolviz", *arguments])
        monkeypatch.setenv("COLUMNS", "200")
        code = run_app()
        printed = capsys.readouterr()
        assert code == 0, printed.err
        return printed.out

    return run


def test_the_mode_is_listed_in_order(added: str) -> None:
    """The new mode is among the available ones, which stay sorted."""
    assert added in poolviz.available_modes()
    assert poolviz.available_modes() == sorted(poolviz.available_modes())


def test_without_the_file_there_is_no_such_mode() -> None:
    """The mode is gone when its file is."""
    assert NAME not in poolviz.available_modes()
    with pytest.raises(SpecError, match=f"unknown mode '{NAME}'"):
        poolviz.pool([[1]], NAME, 1)


@pytest.mark.parametrize("name", [NAME, "root_mean_square", "RootMeanSquare", "rms"])
@pytest.mark.usefixtures("added")
def test_the_api_pools_with_it(name: str) -> None:
    """The mode is known by its name, by its file's name and by its alias."""
    values = [[1, 7, 1], [7, 1, 7]]
    assert poolviz.pool(values, name, 2, stride=1).tolist() == [[5.0, 5.0]]
    assert poolviz.pool([[1, 7]], f"global-{name}:factor=0.5").tolist() == [[2.5]]


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_the_mode_keeps_the_contract(check: Callable[[str], None], added: str) -> None:
    """Each check that holds for every mode holds for the new one."""
    check(added)


def test_the_contract_covers_it(added: str) -> None:
    """The tests over all modes would take it without being changed."""
    assert added in every_mode()
    assert added in folding_modes()


def test_the_list_of_modes_shows_it(added: str, command: Callable[..., str]) -> None:
    """``poolviz modes`` prints its summary and its alias; with its name all about it."""
    lines = command("modes").splitlines()
    line = next(line for line in lines if line.startswith(added))
    assert line.split(maxsplit=1)[1] == "the root mean square of the cells (also rms)"
    described = command("modes", added)
    assert "formula: y = f·√(Σ xᵢ²/n)" in described
    assert "factor=1.0: f, a number by which every value is multiplied." in described


def test_the_help_offers_it(added: str, command: Callable[..., str]) -> None:
    """``poolviz run --help`` names it among the modes."""
    assert f"{added}," in command("run", "--help")


def test_the_command_line_pools_with_it(added: str, command: Callable[..., str]) -> None:
    """``poolviz run --mode`` takes it, with its parameter."""
    arguments = ("run", *DATA, "--mode", f"{added}:factor=2", "--write", "none")
    document = json.loads(command(*arguments, "--json"))
    assert document["spec"]["mode"] == added
    assert document["output"] == [[10.0]]
    assert "2·√((1² + 7² + 7² + 1²)/4) = 10" in command(*arguments)


def test_the_gradient_can_be_drawn(added: str, tmp_path: Path, command: Callable[..., str]) -> None:
    """A figure shows what flows back, since the mode has ``slopes``."""
    figure = tmp_path / "backward.svg"
    command(
        "run", *DATA, "--mode", added, "--write", "none",
        "--figure", str(figure), "--kind", "backward",
    )  # fmt: skip
    assert figure.stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("compare", *DATA, "--modes", f"max,{NAME}"), f"{NAME} 1×1"),
        (("code", *DATA, "--mode", NAME), NAME),
        (("explain", *DATA, "--mode", NAME, "--cell", "0,0"), "1·√((1² + 7² + 7² + 1²)/4) = 5"),
        (("differ", *DATA, "--mode", NAME), "torch"),
        (("shift", *DATA, "--modes", NAME), NAME),
        (("stack", "sample:teaching", f"{NAME}:2"), NAME),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
@pytest.mark.usefixtures("added")
def test_every_command_takes_it(
    arguments: tuple[str, ...], expected: str, command: Callable[..., str]
) -> None:
    """No command has a list of modes that would have to be changed."""
    assert expected in command(*arguments)


def test_private_files_are_not_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose name begins with an underscore is shared code."""
    (tmp_path / "_shared.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(modes, "__path__", [*modes.__path__, str(tmp_path)])
    assert not [name for name in poolviz.available_modes() if "shared" in name]


def test_a_misspelt_mode_is_refused_with_the_nearest() -> None:
    """The error names the nearest mode and all choices."""
    with pytest.raises(SpecError) as caught:
        poolviz.pool([[1]], "avrage", 1)
    message = str(caught.value)
    assert message.startswith("mode: unknown mode 'avrage'; did you mean average?")
    assert all(name in message for name in poolviz.available_modes())
