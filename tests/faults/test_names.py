"""Faults 62 to 64: names that a terminal or a figure would act on."""

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from conftest import NAMES

from poolviz.text import escaped

pytestmark = pytest.mark.faults


def test_62_name_that_is_no_text(poolviz: Any, folder: Path) -> None:
    """Bytes that are no UTF-8 are read, written and shown as escapes."""
    name = os.fsdecode(b"caf\xe9.npy")
    (folder / name).write_bytes((folder / "ok.npy").read_bytes())
    done = poolviz("run", name, "--write", "png")
    assert done.code == 0
    assert "caf\\udce9" in done.err


@pytest.mark.parametrize("name", NAMES)
def test_63_names_that_a_terminal_acts_on(name: str, poolviz: Any, folder: Path) -> None:
    """In print, in a figure and in JSON they are shown, not obeyed."""
    (folder / name).write_bytes((folder / "ok.npy").read_bytes())
    shown = escaped(name)
    done = poolviz("run", name, "--write", "none", "--figure", "figure.svg")
    assert done.code == 0
    assert all(line.isprintable() for line in (done.out + done.err).splitlines())
    assert shown in done.err
    texts = " ".join(ET.parse(folder / "figure.svg").getroot().itertext())  # noqa: S314 - ours
    assert shown.removesuffix(".npy") in texts
    assert texts.replace("\n", "").isprintable()
    done = poolviz("run", name, "--write", "none", "--json")
    assert done.out.replace("\n", "").isascii()
    assert json.loads(done.out)["source"] == shown


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_64_formulas_in_names(name: str, suffix: str, poolviz: Any, folder: Path) -> None:
    """Where matplotlib draws, a name is no formula, and nothing fails for it."""
    (folder / name).write_bytes((folder / "ok.npy").read_bytes())
    for line in (["shift", name, "--sweep", "3"], ["explain", name], ["run", name, "--quiet"]):
        done = poolviz(*line, "--figure", f"figure.{suffix}")
        assert done.code == 0, done.err
        assert all(text.isprintable() for text in done.err.splitlines())


@pytest.mark.parametrize("sign", ["n", "語"])
def test_name_of_240_bytes(sign: str, poolviz: Any, folder: Path) -> None:
    """A source with a long name gets all outputs, each of its own."""
    count = 240 // len(sign.encode())
    for last in "ab":
        name = f"{sign * (count - 1)}{last}.npy"
        (folder / name).write_bytes((folder / "ok.npy").read_bytes())
        done = poolviz("run", name, "--write", "png,gif,svg,npy", "--quiet", "--out", "out")
        assert done.code == 0, done.err
        assert done.err == ""
    assert len(list((folder / "out").iterdir())) == 10


def test_outputs_have_no_name_that_cannot_be_seen(poolviz: Any, folder: Path) -> None:
    """Marks that turn or break a line are in the source's name, not in those of outputs."""
    names = ["a\u202eb.npy", "a\u2028b.npy", "a\ufeffb.npy", "a_b.npy"]
    for name in names:
        (folder / name).write_bytes((folder / "ok.npy").read_bytes())
        assert poolviz("run", name, "--write", "npy", "--quiet", "--out", "out").code == 0
    found = [path.name for path in (folder / "out").iterdir()]
    assert len(found) == len(names)
    assert all(name.isprintable() for name in found)
