"""A mode is one file: everything else finds it."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from contract import every_mode, folding_modes

import poolviz
from poolviz import SpecError, modes
from poolviz.cli.command import load_command
from poolviz.cli.funnel import run_app

SOURCE = '''
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from poolviz import text
from poolviz.modes import FoldMode


@dataclass(frozen=True)
class Product(FoldMode):
    """The product of the cells: y = Π xᵢ."""

    factor: float = 1.0

    summary: ClassVar[str] = "the product of the cells"
    formula: ClassVar[str] = "y = Π xᵢ"
    citation: ClassVar[str] = "a test"
    aliases: ClassVar[tuple[str, ...]] = ("times",)
    padding_value: ClassVar[float] = 1.0

    @property
    def fold(self):
        return np.multiply

    def finish(self, folded, counts):
        return folded * self.factor

    def reduce(self, patches):
        return patches.cells.astype(float).prod(axis=-1) * self.factor

    def weights(self, patches):
        return np.where(patches.inside, 1 / patches.counts.inside[..., None], 0.0)

    def expression(self, cells, counts):
        return text.abridged(cells, text.grouped, "·")
'''
NAME = "odd-product"


@pytest.fixture
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A mode's name, its one file among the modes."""
    (tmp_path / "odd_product.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.setattr(modes, "__path__", [*modes.__path__, str(tmp_path)])
    yield NAME
    forget()


def forget() -> None:
    """Unload the added mode, and the commands that took over its name."""
    sys.modules.pop("poolviz.modes.odd_product", None)
    vars(modes).pop("odd_product", None)
    drop_commands()


def drop_commands() -> None:
    """Unload the commands, whose help lists the modes when they are imported."""
    names = [name for name in sys.modules if name.startswith("poolviz.cli.commands.")]
    for name in [*names, "poolviz.cli.options", "poolviz.cli.groups"]:
        sys.modules.pop(name, None)
    load_command.cache_clear()


def cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> str:
    """What a command prints."""
    drop_commands()
    monkeypatch.setattr(sys, "argv", ["poolviz", *arguments])
    monkeypatch.setenv("COLUMNS", "200")
    code = run_app()
    printed = capsys.readouterr()
    assert code == 0, printed.err
    return printed.out


def test_the_mode_is_listed_in_order(added: str) -> None:
    """The new mode is among the available ones, which stay sorted."""
    assert added in poolviz.available_modes()
    assert poolviz.available_modes() == sorted(poolviz.available_modes())


def test_without_the_file_there_is_no_such_mode() -> None:
    """The mode is gone when its file is."""
    assert NAME not in poolviz.available_modes()
    with pytest.raises(SpecError, match=f"there is no '{NAME}'"):
        poolviz.pool([[1]], NAME, 1)


@pytest.mark.parametrize("name", [NAME, "odd_product", "times"])
@pytest.mark.usefixtures("added")
def test_the_api_pools_with_it(name: str) -> None:
    """The mode is known by its name, by its file's name and by its alias."""
    values = [[1, 2, 3], [4, 5, 6]]
    assert poolviz.pool(values, name, 2, stride=1).tolist() == [[40.0, 180.0]]
    assert poolviz.pool(values, f"global-{name}:factor=0.5").tolist() == [[360.0]]


def test_the_contract_covers_it(added: str) -> None:
    """The contract's cases hold the new mode without being told."""
    assert added in every_mode()
    assert added in folding_modes()


def test_the_list_of_modes_shows_it(
    added: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``poolviz modes`` prints its summary and its alias."""
    printed = cli(monkeypatch, capsys, "modes")
    line = next(line for line in printed.splitlines() if line.startswith(added))
    assert line.split(maxsplit=1)[1] == "the product of the cells (also times)"


def test_the_help_offers_it(
    added: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``poolviz run --help`` names it among the modes."""
    assert f"{added}," in cli(monkeypatch, capsys, "run", "--help")


def test_the_command_line_pools_with_it(
    added: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``poolviz run --mode`` takes it, with its parameter."""
    arguments = ("run", "--data", "1 2; 3 4", "--mode", f"{added}:factor=2")
    document = json.loads(cli(monkeypatch, capsys, *arguments, "--json", "--write", "none"))
    assert document["spec"]["mode"] == added
    assert document["output"] == [[48.0]]
    assert "1·2·3·4 = 24" in cli(
        monkeypatch, capsys, "run", "--data", "1 2; 3 4", "--mode", added, "--write", "none"
    )


def test_private_files_are_no_modes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose name begins with an underscore is shared code."""
    (tmp_path / "_shared.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(modes, "__path__", [*modes.__path__, str(tmp_path)])
    assert not [name for name in poolviz.available_modes() if "shared" in name]


def test_a_misspelt_mode_is_refused_with_the_nearest() -> None:
    """The error names the nearest mode and all choices."""
    with pytest.raises(SpecError) as caught:
        poolviz.pool([[1]], "avrage", 1)
    message = str(caught.value)
    assert message.startswith("mode: there is no 'avrage'; did you mean average?")
    assert all(name in message for name in poolviz.available_modes())
