"""What a run writes."""

import os
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from PIL import Image

import poolviz as api

RUN = ("run", "sample:teaching", "--quiet")


def written(folder: Path) -> set[str]:
    """All files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


@pytest.mark.parametrize(
    ("choice", "endings"),
    [
        ("png", {"before.png", "after.png"}),
        ("gif", {"window.gif"}),
        ("png,gif", {"before.png", "after.png", "window.gif"}),
        ("gif, png", {"before.png", "after.png", "window.gif"}),
        ("webp", {"window.webp"}),
        ("apng,gif", {"window.apng", "window.gif"}),
        ("npy", {"pooled.npy"}),
        ("svg,pdf", {"before-after.svg", "before-after.pdf"}),
        ("none", set()),
    ],
)
def test_write_chooses_the_pictures(
    choice: str, endings: set[str], folder: Path, poolviz: Any
) -> None:
    """Exactly the pictures that --write names are written."""
    assert poolviz(*RUN, "--write", choice).code == 0
    assert written(folder) == {f"poolviz-out/teaching-max-2x2-{ending}" for ending in endings}


def test_all_pictures_are_written_by_default(folder: Path, poolviz: Any) -> None:
    """Without --write there are two stills and the animation, each of its kind."""
    assert poolviz(*RUN).code == 0
    kinds = {}
    for path in (folder / "poolviz-out").iterdir():
        with Image.open(path) as image:
            kinds[path.name.removeprefix("teaching-max-2x2-")] = image.format
    assert kinds == {"before.png": "PNG", "after.png": "PNG", "window.gif": "GIF"}


def test_out_chooses_the_folder(folder: Path, poolviz: Any) -> None:
    """--out names the folder, which is made."""
    assert poolviz(*RUN, "--out", "a/b", "--write", "gif").code == 0
    assert written(folder) == {"a/b/teaching-max-2x2-window.gif"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "head"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF"),
                         (".SVG", b"<?xml")],
)  # fmt: skip
def test_figure_is_of_the_kind_of_its_suffix(
    suffix: str, head: bytes, folder: Path, poolviz: Any
) -> None:
    """--figure writes the figure in the format that the suffix names."""
    assert poolviz(*RUN, "--write", "none", "--figure", f"sub/f{suffix}").code == 0
    assert written(folder) == {f"sub/f{suffix}"}
    assert (folder / f"sub/f{suffix}").read_bytes().startswith(head)


@pytest.mark.parametrize("name", ["f.jpg", "f", "f.", "png", "f.svg.gz"])
def test_figure_of_another_kind_is_refused(name: str, folder: Path, poolviz: Any) -> None:
    """Another suffix is refused before anything is done."""
    done = poolviz(*RUN, "--figure", name)
    assert done.code == 2
    assert done.failure.startswith("--figure: ")
    assert written(folder) == set()


@pytest.mark.parametrize("source", ["sample:teaching", "photo.png", "features.npy"])
def test_saved_array_is_what_pool_gives(
    source: str, folder: Path, photo: Path, features: Path, poolviz: Any
) -> None:
    """--save writes exactly the array that the API gives, 2-D for a 2-D source."""
    assert photo != features
    done = poolviz("run", source, "--mode", "average", "--size", "3", "--stride", "2",
                   "--padding", "1", "--write", "none", "--save", "out.npy")  # fmt: skip
    assert done.code == 0
    feature_map = api.load(source)
    expected = api.pool(feature_map.values, "average", 3, stride=2, padding=1)
    saved = np.load(folder / "out.npy")
    assert np.array_equal(saved, expected[0] if feature_map.planar else expected)
    assert saved.dtype == expected.dtype


@pytest.mark.parametrize("name", ["x.npz", "x", "x.csv"])
def test_array_of_another_kind_is_refused(name: str, folder: Path, poolviz: Any) -> None:
    """--save writes .npy and nothing else."""
    done = poolviz(*RUN, "--save", name)
    assert done.code == 2
    assert done.failure.startswith("--save: ")
    assert written(folder) == set()


def test_saved_array_can_be_pooled_again(poolviz: Any) -> None:
    """What one run saves another reads."""
    assert poolviz(*RUN, "--write", "none", "--save", "once.npy").code == 0
    done = poolviz("run", "once.npy", "--size", "3", "--write", "none", "--json")
    assert '"output": [[9]]' in done.out


@pytest.mark.parametrize("name", ["x.npy", "./x.npy", "link.npy"])
def test_output_over_the_source_is_refused(name: str, folder: Path, poolviz: Any) -> None:
    """The source is never replaced, by whatever name, and nothing else is written."""
    np.save(folder / "x.npy", np.ones((4, 4)))
    (folder / "link.npy").symlink_to("x.npy")
    before = (folder / "x.npy").read_bytes()
    done = poolviz("run", "x.npy", "--save", name)
    assert done.code == 2
    assert "is also an input file" in done.failure
    assert (folder / "x.npy").read_bytes() == before
    assert written(folder) == {"x.npy", "link.npy"}


def test_figure_over_the_source_is_refused(photo: Path, poolviz: Any) -> None:
    """Nor is it by a figure."""
    before = photo.read_bytes()
    assert poolviz("run", photo, "--figure", photo).code == 2
    assert photo.read_bytes() == before


def test_two_outputs_of_one_name_are_refused(folder: Path, poolviz: Any) -> None:
    """A figure and a still cannot be the same file."""
    done = poolviz(*RUN, "--write", "png", "--figure", "poolviz-out/teaching-max-2x2-before.png")
    assert done.code == 2
    assert written(folder) == set()


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["--theme", "dark"], ["--mode", "min"], ["--size", "3"], ["--padding", "1"]]
)
def test_settings_do_not_overwrite_each_other(
    arguments: list[str], folder: Path, poolviz: Any
) -> None:
    """A run with another setting leaves the first run's files, and its pictures differ."""
    poolviz(*RUN)
    before = {name: (folder / name).read_bytes() for name in written(folder)}
    poolviz(*RUN, *arguments)
    assert len(written(folder)) == 6
    assert all((folder / name).read_bytes() == data for name, data in before.items())
    new = {(folder / name).read_bytes() for name in written(folder) - set(before)}
    gifs = {data for data in new if data.startswith(b"GIF")}
    assert not gifs & set(before.values())


def test_same_command_gives_the_same_bytes(folder: Path, poolviz: Any) -> None:
    """Run twice, a command writes the same bytes."""
    arguments = [*RUN, "--write", "png,gif", "--figure", "f.svg", "--save", "s.npy"]
    poolviz(*arguments)
    before = {name: (folder / name).read_bytes() for name in written(folder)}
    poolviz(*arguments)
    assert {name: (folder / name).read_bytes() for name in written(folder)} == before
    assert len(before) == 5


def test_folder_that_cannot_be_made_is_told(folder: Path, poolviz: Any) -> None:
    """A file where the folder should be is an error of output, and stays."""
    (folder / "taken").write_text("mine", encoding="utf-8")
    done = poolviz(*RUN, "--out", "taken")
    assert done.code == 1
    assert "cannot be written" in done.failure
    assert (folder / "taken").read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_when_one_output_cannot_be(folder: Path, poolviz: Any) -> None:
    """Where one of several outputs cannot be written, none is."""
    (folder / "taken").write_text("mine", encoding="utf-8")
    done = poolviz(*RUN, "--save", "taken/x.npy")
    assert done.code == 1
    assert written(folder) == {"taken"}


def test_link_that_leads_nowhere_is_told(folder: Path, poolviz: Any) -> None:
    """A folder that is a link to itself is an error of output, not a bug."""
    (folder / "loop").symlink_to("loop")
    done = poolviz(*RUN, "--out", "loop")
    assert done.code == 1
    assert "cannot be written" in done.failure


@pytest.mark.slow
def test_full_disk_leaves_earlier_outputs(
    folder: Path, monkeypatch: pytest.MonkeyPatch, poolviz: Any
) -> None:
    """A write that fails leaves the files of an earlier run as they were."""
    poolviz(*RUN)
    before = {name: (folder / name).read_bytes() for name in written(folder)}

    def fail(_: int) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    done = poolviz(*RUN)
    assert done.code == 1
    assert "no space left on device" in done.failure
    assert {name: (folder / name).read_bytes() for name in written(folder)} == before


def test_name_of_a_source_is_kept_in_the_outputs(folder: Path, poolviz: Any) -> None:
    """A name with blanks and signs is the outputs' name too."""
    np.save(folder / "a $x$ [b].npy", np.ones((4, 4)))
    assert poolviz("run", "a $x$ [b].npy", "--write", "gif", "--quiet").code == 0
    assert "poolviz-out/a $x$ [b]-max-2x2-window.gif" in written(folder)


def test_long_name_is_written(folder: Path, poolviz: Any) -> None:
    """A stem as long as the system allows gives outputs whose names are within its limit."""
    np.save(folder / ("n" * 250 + ".npy"), np.ones((2, 2)))
    done = poolviz("run", "n" * 250 + ".npy")
    assert done.code == 0
    assert len(written(folder)) == 4
    assert max(len(name.encode()) for name in written(folder)) <= 255
