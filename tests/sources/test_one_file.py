"""A kind of source is one file: everything else finds it."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from loading import refusal

from poolviz import SpecError, load, sources
from poolviz.batch.listing import list_sources
from poolviz.sources import known_suffixes

SOURCE = '''
"""Point files of this test: ``.xyz``, a magic word and one byte for each cell of a row."""

import numpy as np

from poolviz.feature_map import FeatureMap

SUFFIXES = (".xyz",)


def recognises(head):
    """Whether data begins with the magic word."""
    return head.startswith(b"\\x00XYZ")


def read(origin, options):
    """Read the row."""
    with origin.open() as file:
        values = np.frombuffer(file.read()[4:], np.uint8)
    return FeatureMap(values[None], origin.name, origin.shown)
'''
DATA = b"\x00XYZ\x05\x07"


@pytest.fixture(autouse=True)
def xyz(add_file: Callable[..., None], folder: Path) -> Path:
    """The source's one file among the others, and a file of its kind."""
    add_file(sources, "xyz", SOURCE)
    (folder / "cells.xyz").write_bytes(DATA)
    return Path("cells.xyz")


def test_load_reads_it(xyz: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its suffix, by its first bytes, and from standard input."""
    assert load(xyz).values.tolist() == [[[5, 7]]]
    assert load(xyz.rename("bare")).values.tolist() == [[[5, 7]]]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DATA)))
    assert load("-").values.tolist() == [[[5, 7]]]


def test_its_suffix_is_listed(tmp_path: Path) -> None:
    """In order, and in the error for an unknown kind."""
    assert ".xyz" in known_suffixes()
    assert known_suffixes() == sorted(known_suffixes())
    (tmp_path / "x.unknown").write_bytes(b"\x00\x01")
    assert ".xyz" in refusal(tmp_path / "x.unknown")


def test_options_that_it_does_not_declare_are_refused(xyz: Path) -> None:
    """A kind without OPTIONS has none."""
    assert "key" in refusal(xyz, SpecError, key="a")


@pytest.mark.parametrize(
    ("source", "stdin"), [("cells.xyz", b""), ("sub/other.xyz", b""), ("-", DATA)]
)
def test_run_pools_it(source: str, stdin: bytes, folder: Path, poolviz: Any) -> None:
    """A file, one in a folder, and standard input."""
    (folder / "sub").mkdir()
    (folder / "sub/other.xyz").write_bytes(DATA)
    done = poolviz("run", source, "--size", "1x2", "--json", "--write", "none", stdin=stdin)
    assert json.loads(done.out)["output"] == [[7]]


def test_a_batch_finds_it_in_a_folder(folder: Path) -> None:
    """Together with the kinds that were there before."""
    (folder / "maps").mkdir()
    (folder / "maps/one.xyz").write_bytes(DATA)
    (folder / "maps/two.csv").write_text("1 2")
    listing = list_sources(["maps"], Path("out"))
    assert [Path(item.path).name for item in listing.items] == ["one.xyz", "two.csv"]


def test_the_shell_completes_it(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file."""
    monkeypatch.setenv("_POOLVIZ_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "poolviz run cel")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert poolviz().out.split() == ["cells.xyz"]
