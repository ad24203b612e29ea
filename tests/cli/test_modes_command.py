"""``poolviz modes``: the available modes."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from poolviz import modes
from poolviz.modes import available_modes, mode_class


def test_every_mode_has_its_line(poolviz: Any) -> None:
    """Each mode is listed once with its summary and its aliases."""
    done = poolviz("modes")
    assert (done.code, done.err) == (0, "")
    lines = done.out.split("\n\n")[0].splitlines()
    assert [line.split()[0] for line in lines] == available_modes()
    for line, kind in zip(lines, map(mode_class, available_modes()), strict=True):
        assert kind.summary in line
        assert all(alias in line for alias in kind.aliases)


def test_summaries_are_aligned(poolviz: Any) -> None:
    """The summaries begin in one column."""
    lines = poolviz("modes").out.split("\n\n")[0].splitlines()
    columns = {
        line.index(mode_class(name).summary)
        for line, name in zip(lines, available_modes(), strict=True)
    }
    assert len(columns) == 1


def test_global_and_adaptive_forms_are_told(poolviz: Any) -> None:
    """The list says that each mode has a global and an adaptive form."""
    done = poolviz("modes")
    assert "global-MODE" in done.out
    assert "--output-size" in done.out


def test_new_file_is_a_new_mode(add_file: Any, poolviz: Any) -> None:
    """A mode added as one file is listed, chosen by --mode, and suggested in errors."""
    source = Path(str(modes.__file__)).with_name("min.py").read_text(encoding="utf-8")
    summary = "the smallest cell once more"
    source = source.replace("the smallest cell of the window", summary)
    add_file(modes, "lowest", source.replace("Min(", "Lowest("))
    assert re.search(rf"^lowest +{summary}", poolviz("modes").out, re.MULTILINE)
    done = poolviz("run", "--data", "3 1; 2 4", "--mode", "lowest", "--write", "none")
    assert "output 1×1, lowest 2×2, stride 2" in done.out
    assert "did you mean lowest?" in poolviz("run", "--data", "1", "--mode", "lowes").failure


@pytest.mark.parametrize("name", available_modes())
def test_one_mode_is_told_in_full(name: str, poolviz: Any) -> None:
    """Formula, every parameter and the citation of a mode are printed."""
    told = poolviz("modes", name).out
    kind = mode_class(name)
    assert f"formula: {kind.formula}\n" in told
    assert f"citation: {kind.citation}\n" in told
    # The work is named nowhere else: the last part is its number, or its title.
    assert told.count(kind.citation.rpartition(", ")[2]) == 1
    for field in fields(kind):
        assert f"{field.metadata.get('option', field.name)}=" in told


def test_defaults_can_be_typed_as_they_are_told(poolviz: Any) -> None:
    """The parameters of gem read as --mode takes them."""
    assert (
        "parameters:\n  p=3.0: the exponent, p > 0.\n  eps=1e-06: " in poolviz("modes", "gem").out
    )


def test_unknown_mode_is_refused_with_the_nearest(poolviz: Any) -> None:
    """A mistyped name is one line, with what was meant."""
    done = poolviz("modes", "averge")
    assert done.code == 2
    assert "did you mean average?" in done.failure
