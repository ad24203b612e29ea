"""Patterns: what Python's glob finds, and an answer for those that keep it busy for ever."""

import os
from glob import glob
from itertools import product
from pathlib import Path

import pytest

from poolviz.batch import listing
from poolviz.batch.listing import matching

FILES = ["a.npy", "b/a.npy", "b/c/a.npy", "b/c/d.png", ".h/a.npy", "b/.x.npy", "e[1]/a.npy"]
PARTS = ["*", "**", "b", "?", "[!b]", "*.npy", ".*", "c", "none"]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with some files, of which some are hidden."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b/circle").symlink_to("circle")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_pattern_means_what_it_means_to_glob(count: int, tree: Path) -> None:
    """The same files and folders, each once, relative or absolute."""
    for parts in product(PARTS, repeat=count):
        for pattern in ("/".join(parts), f"{tree}/{'/'.join(parts)}", f"{'/'.join(parts)}/"):
            expected = {os.path.abspath(name) for name in glob(pattern, recursive=True)}  # noqa: PTH100, PTH207
            found = [os.path.abspath(name) for name in matching(pattern)]  # noqa: PTH100
            assert len(found) == len(set(found))
            # The folder that ``**`` starts from has no name of its own, and has to be there.
            expected = {name for name in expected if os.path.lexists(name)}
            assert set(found) | {str(tree)} == expected | {str(tree)}, pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "**/*/" * 20 + "*",
        "**/[a-z]*/" * 9 + "*",
        "a/**/../" + "**/a/../" * 20 + "*",
        "b/../" * 999 + "*.npy",
    ],
)
def test_each_folder_is_looked_into_once_for_each_part(
    pattern: str, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not once for each way to share the folders out among the parts."""
    folder = tree
    for _ in range(40):
        folder /= "a"
        folder.mkdir()
    looks: list[str] = []
    look = os.scandir
    monkeypatch.setattr(listing.os, "scandir", lambda name: looks.append(name) or look(name))
    matching(pattern)
    assert len(looks) < 100 * pattern.count("/")


def test_links_in_a_circle_come_to_an_end(tree: Path) -> None:
    """A folder is not looked for below itself."""
    for name in ("one", "two", "three"):
        (tree / name).symlink_to(".")
    assert "b/c/a.npy" in matching("**/a.npy")
