"""Options of pictures: each does what it says, or is refused before anything is written."""

import os
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageSequence

from poolviz.views.paint import formats

RUN = ("run", "sample:teaching", "--quiet", "--write", "gif")


def frames_of(folder: Path) -> list[tuple[int, tuple[int, int]]]:
    """(duration, size) of each frame of the only animation in the folder."""
    (path,) = folder.rglob("*.gif")
    with Image.open(path) as image:
        return [(each.info["duration"], each.size) for each in ImageSequence.Iterator(image)]


def test_delay_and_hold(folder: Path, poolviz: Any) -> None:
    """Milliseconds of each window and of the last frame."""
    assert poolviz(*RUN, "--delay", 50, "--hold", 1000).code == 0
    assert [duration for duration, _ in frames_of(folder)] == [50] * 9 + [1000]


def test_every(folder: Path, poolviz: Any) -> None:
    """Every third window, the last one, and the end."""
    assert poolviz(*RUN, "--every", 3, "--delay", 50).code == 0
    assert len(frames_of(folder)) == 4 + 1


def test_loop(folder: Path, poolviz: Any) -> None:
    """How often a GIF is repeated after it has played once."""
    assert poolviz(*RUN, "--loop", 3).code == 0
    (path,) = folder.rglob("*.gif")
    assert b"NETSCAPE2.0\x03\x01\x02\x00\x00" in path.read_bytes()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["run", "batch"])
def test_aspect(command: str, folder: Path, poolviz: Any) -> None:
    """Of one source and of many."""
    (folder / "a.csv").write_text("1,3\n2,4\n")
    options = ["--write", "gif", "--aspect", "16:9", "--loop", 1, "--out", "out"]
    assert poolviz(command, "a.csv", *options).code == 0
    width, height = frames_of(folder / "out")[0][1]
    assert abs(9 * width - 16 * height) <= 16


@pytest.mark.slow
def test_scale(folder: Path, poolviz: Any) -> None:
    """Twice the width and height."""
    poolviz(*RUN)
    once = frames_of(folder)[0][1]
    for path in folder.rglob("*.gif"):
        path.unlink()
    poolviz(*RUN, "--scale", 2)
    assert frames_of(folder)[0][1] == (2 * once[0], 2 * once[1])


def test_region(folder: Path, poolviz: Any) -> None:
    """The windows within four by four cells."""
    options = ["--region", "4x4+2+0", "--delay", 50]
    done = poolviz("run", "sample:teaching", "--write", "gif", *options)
    assert "animation: rows 2–5, columns 0–3 of 6×6\n" in done.err
    # The whole input, four windows, the output as it fills, and the whole output.
    assert len(frames_of(folder)) == 1 + 4 + 8 + 1


def test_the_window_slides_in_the_channel_of_most_contrast(folder: Path, poolviz: Any) -> None:
    """Which is said; a channel that is asked for is the one that is shown."""
    np.save(folder / "a.npy", np.array([[[1, 2], [1, 2]], [[0, 9], [4, 7]], [[3, 3], [3, 3]]]))
    run = "run", "a.npy", "--write", "gif", "--delay", 50
    assert "animation: channel 1\n" in poolviz(*run).err
    assert "animation" not in poolviz(*run, "--channel", "2").err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kinds", "notes"),
    [
        ("gif", ["animation: rows 2–5, columns 0–3 of 6×6"]),
        ("apng", ["animation: rows 2–5, columns 0–3 of 6×6"]),
        ("png,gif", ["animation: rows 2–5, columns 0–3 of 6×6; stills: full size"]),
        ("png", []),
        ("none", []),
    ],
)
def test_notes_are_about_what_is_written(
    kinds: str, notes: list[str], folder: Path, poolviz: Any
) -> None:
    """No note speaks of stills or of an animation that --write does not name."""
    done = poolviz("run", "sample:teaching", "--write", kinds, "--region", "4x4+2+0")
    lines = done.err.splitlines()
    assert [line for line in lines if "stills" in line or "animation" in line] == notes
    assert len(list(folder.rglob("*-before.png"))) == ("png" in kinds.split(","))


@pytest.mark.parametrize(
    ("kinds", "notes"),
    [
        ("png", ["stills: one of every 2 rows and columns of the input, full size of the output"]),
        ("apng", []),
        ("none", []),
    ],
)
def test_only_stills_can_be_sampled(
    kinds: str, notes: list[str], folder: Path, poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The animation of a single window shows everything, so that only stills have a note."""
    monkeypatch.setattr(formats, "MOST_DRAWN", 20)
    monkeypatch.setattr(formats, "REDUCED_SIDE", 4)
    done = poolviz("run", "sample:teaching", "--size", "6", "--write", kinds)
    assert [line for line in done.err.splitlines() if "stills" in line] == notes
    assert bool(list(folder.rglob("*.apng"))) == (kinds == "apng")


def test_cmap(folder: Path, poolviz: Any) -> None:
    """Another colormap gives another picture, under a name of its own."""
    poolviz(*RUN)
    poolviz(*RUN, "--cmap", "gray")
    plain, grey = sorted(folder.rglob("*.gif"), key=lambda path: len(path.name))
    assert grey.name == "teaching-max-2x2-cmap-gray-window.gif"
    assert plain.read_bytes() != grey.read_bytes()


def test_kind(folder: Path, poolviz: Any) -> None:
    """The figure of that kind."""
    poolviz(*RUN[:-1], "none", "--figure", "f.svg", "--kind", "argmax")
    assert "Where each output value comes from" in (folder / "f.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--delay", "19"], "delay: 19 ms is out of range; use 20 to 655350 ms"),
        (["--hold", "700000"], "hold: 700000 ms is out of range"),
        (["--every", "0"], "every: 0 is out of range"),
        (
            ["--max-frames", "3"],
            "--max-frames: the animation has 8 frames, but --max-frames allows only 3",
        ),
        (["--loop", "-1"], "loop: -1 is out of range"),
        (["--aspect", "16x9"], "--aspect: '16x9' is not a ratio; use WIDTH:HEIGHT, e.g. 16:9"),
        (["--write", "png", "--loop", "2"], "--loop: applies only to animations; use --write gif"),
        (
            ["--write", "none", "--aspect", "1:1"],
            "--aspect: applies only to animations",
        ),
        (["--region", "9x9+0+0"], "region: 9x9+0+0 ends at row 8, column 8, but the map is 6×6"),
        (["--region", "big"], "region: 'big' is not a region"),
        (
            ["--cmap", "viridi"],
            "cmap: 'viridi' is not a matplotlib colormap; use a",
        ),
        (["--scale", "0"], "scale: 0 is out of range"),
        (["--scale", "200"], "pixels is too large for GIF, which can have at most 65,535 pixels"),
        (["--kind", "argmx", "--figure", "f.svg"], "did you mean argmax"),
        (["--kind", "argmax"], "--kind: has no effect without a figure; use --write svg"),
        (["--write", "mov"], "unknown kind of file 'mov'"),
        (["--figure", "f.bmp"], "'f.bmp' does not end in .png, .svg or .pdf"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    options: list[str], message: str, folder: Path, poolviz: Any
) -> None:
    """One line that says what is allowed, exit 2, and nothing is written."""
    done = poolviz(*RUN, *options)
    assert done.code == 2
    assert message in done.failure
    assert not list(folder.rglob("*"))


def test_a_region_is_checked_though_nothing_shows_it(poolviz: Any) -> None:
    """An option that cannot be meant is never ignored."""
    assert poolviz("run", "sample:teaching", "--write", "none", "--region", "9x9+0+0").code == 2


@pytest.mark.parametrize("name", ["日本 map.csv", "price $5 $x_{.csv", "🎉.csv"])
def test_names_that_the_font_lacks(name: str, folder: Path, poolviz: Any) -> None:
    """They are escaped on the picture, whole in the alt text, and warn of nothing."""
    (folder / name).write_text("1,2\n3,4\n")
    done = poolviz("run", name, "--write", "gif,webp", "--figure", "f.svg", "--quiet")
    assert (done.code, done.err) == (0, "")
    stem = name.removesuffix(".csv")
    svg = (folder / "f.svg").read_text(encoding="utf-8")
    title = ET.fromstring(svg).findtext("{http://www.w3.org/2000/svg}title")  # noqa: S314 - our own
    assert title == f"Max pooling, 2×2, stride 2: {stem}"


@pytest.mark.slow
def test_the_same_bytes_in_another_process(folder: Path) -> None:
    """Whatever the order of Python's sets, every format has the same bytes."""
    found = []
    for seed in ("1", "2"):
        out = folder / seed
        arguments = ["--out", str(out), "--write", "png,gif,webp,apng", "--quiet"]
        figures = [out / f"f.{suffix}" for suffix in ("svg", "pdf", "png")]
        for figure in figures:
            subprocess.run(
                [sys.executable, "-m", "poolviz", "run", "sample:features", *arguments,
                 "--figure", str(figure), "--kind", "channels"],
                check=True, env=os.environ | {"PYTHONHASHSEED": seed},
            )  # fmt: skip
        found.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert len(found[0]) == 8
    assert found[0] == found[1]


def test_cell_chooses_the_window(folder: Path, poolviz: Any) -> None:
    """The figure, the page and the terminal mark the window of the output cell."""
    files = ("--figure", folder / "a.svg", "--html", folder / "a.html")
    done = poolviz("run", "sample:teaching", "--write", "none", "--cell", "2,1", *files)
    assert "max(2, 1, 0, −3) = 2" in done.out
    assert "max(2, 1, 0, −3) = 2" in (folder / "a.svg").read_text(encoding="utf-8")
    assert '"step":7' in (folder / "a.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_cell_is_the_middle_of_an_animation(folder: Path, poolviz: Any) -> None:
    """Of a map too large to be shown in full, windows on both sides of the cell are."""
    args = ("run", "sample:features", "--cell", "10,20", "--write", "gif", "--out", folder)
    assert "rows 14–25, columns 34–45 of 64×80" in poolviz(*args).err


@pytest.mark.parametrize(
    ("arguments", "cause"),
    [
        (
            ("--cell", "3,0"),
            "has no cell 3,0; use ROW,COLUMN from 0,0 to 2,2",
        ),
        (("--cell", "-1,0"), "has no cell -1,0"),
        (("--cell", "1"), "is not a pair of numbers"),
        (
            ("--cell", "0,0", "--region", "4x4+2+2"),
            "the region does not contain the window of output cell 0,0",
        ),
        (
            ("--cell", "0,0", "--write", "png"),
            "has no effect without a picture that marks a window",
        ),
    ],
)
def test_a_cell_that_cannot_be_marked(
    folder: Path, poolviz: Any, arguments: tuple[str, ...], cause: str
) -> None:
    """One line says why, and nothing is written."""
    done = poolviz(*RUN, "--out", folder / "new", *arguments)
    assert done.code == 2
    assert cause in done.err
    assert done.err.count("\n") == 1
    assert not (folder / "new").exists()


def test_cell_of_a_comparison_opens_its_page(folder: Path, poolviz: Any) -> None:
    """The page begins there; without a page it has no effect."""
    page = folder / "c.html"
    assert poolviz("compare", "sample:teaching", "--cell", "1,2", "--html", page).code == 0
    assert '"step":5' in page.read_text(encoding="utf-8")
    refused = poolviz("compare", "sample:teaching", "--cell", "1,2")
    assert (refused.code, "only chooses the window that a page shows first" in refused.err) == (
        2,
        True,
    )


def stills_of(folder: Path) -> dict[str, tuple[int, int]]:
    """The sizes of the stills in the folder, by the last word of their names."""
    sizes = {}
    for path in folder.rglob("*.png"):
        with Image.open(path) as image:
            sizes[path.stem.rpartition("-")[2]] = image.size
    return sizes


def test_scale_of_stills_is_pixels_per_cell(folder: Path, poolviz: Any) -> None:
    """Exactly one pixel for each of 6×6 cells, or three."""
    for scale in (1, 3):
        out = folder / f"x{scale}"
        line = ["run", "sample:teaching", "--write", "png", "--quiet", "--out", out]
        assert poolviz(*line, "--scale", scale).code == 0
        assert stills_of(out) == {"before": (6 * scale,) * 2, "after": (3 * scale,) * 2}


def test_stills_of_the_same_size(folder: Path, poolviz: Any) -> None:
    """The output covers as many pixels as the input, also where they do not divide evenly."""
    line = ["run", "sample:teaching", "--size", 3, "--stride", 1, "--write", "png", "--scale", 5]
    assert poolviz(*line, "--same-size", "--quiet").code == 0
    assert stills_of(folder) == {"before": (30, 30), "after": (30, 30)}


@pytest.mark.parametrize("option", ["--figure f.svg", "--html f.html", "--save f.npy"])
def test_a_named_file_is_the_only_one(option: str, folder: Path, poolviz: Any) -> None:
    """Whoever asks for one file gets one, unless --write names more."""
    line = ["run", "sample:teaching", "--quiet", *option.split()]
    assert poolviz(*line).code == 0
    assert [path.name for path in folder.rglob("*.*")] == [option.split()[1]]
    assert poolviz(*line, "--write", "npy").code == 0
    assert len(list((folder / "poolviz-out").iterdir())) == 1


@pytest.mark.parametrize(
    "option", ["--caption x", "--bare", "--width 84mm", "--transparent", "--columns 2"]
)
@pytest.mark.parametrize("command", ["run sample:teaching", "compare sample:teaching"])
def test_options_of_figures_need_one(command: str, option: str, poolviz: Any) -> None:
    """They are not ignored."""
    done = poolviz(*command.split(), *option.split())
    assert done.code == 2
    assert done.failure.startswith(f"{option.split(maxsplit=1)[0]}: has no effect without a figure")


@pytest.mark.parametrize("option", ["--title x", "--font 'DejaVu Serif'", "--decimals 2"])
@pytest.mark.parametrize("kinds", ["none", "png", "npy"])
def test_options_of_words_need_a_picture_with_words(
    kinds: str, option: str, folder: Path, poolviz: Any
) -> None:
    """They are not ignored, and nothing is written."""
    line = ["run", "sample:teaching", "--quiet", "--write", kinds, *shlex.split(option)]
    done = poolviz(*line)
    assert done.code == 2
    assert done.failure.startswith(f"{option.split(maxsplit=1)[0]}: has no effect without")
    assert not (folder / "poolviz-out").exists()


def test_decimals_are_those_of_printed_grids_too(poolviz: Any) -> None:
    """Grid and arithmetic have as many as were asked for."""
    line = ["run", "--data", "0.25 1; 0.5 2", "--mode", "average", "--write", "none"]
    out = poolviz(*line, "--decimals", "3").out
    assert "(0.250 + 1.000 + 0.500 + 2.000) / 4 ≈ 0.938" in out
    assert "┃ 0.938 ┃" in out


def test_columns_of_a_figure_of_one_panel_are_refused(folder: Path, poolviz: Any) -> None:
    """The usual figure has no panels that flow; nor has that of one window."""
    for line in (["run", "sample:teaching"], ["explain", "sample:teaching", "--cell", "0,0"]):
        done = poolviz(*line, "--figure", "f.svg", "--columns", 2)
        assert (done.code, done.failure.partition(":")[0]) == (2, "--columns")
    assert not (folder / "f.svg").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        "run sample:teaching",
        "compare sample:teaching",
        "explain sample:teaching --cell 1,1",
        "shift sample:teaching",
        "shift sample:teaching --sweep 3",
        "stack sample:teaching max:2",
        "differ sample:teaching --size 3 --stride 2 --padding 1",
    ],
)
def test_every_figure_follows_its_author(command: str, folder: Path, poolviz: Any) -> None:
    """Width in points, words and colour of marks are those that were asked for."""
    options = ["--width", "165mm", "--title", "My title", "--caption", "My caption"]
    done = poolviz(*command.split(), "--figure", "f.svg", *options)
    assert done.code == 0
    root = ET.parse(folder / "f.svg").getroot()  # noqa: S314 - our own
    assert float(str(root.get("width")).removesuffix("pt")) == pytest.approx(467.72, abs=0.1)
    labels = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"My title", "My caption"} <= set(labels)


def test_title_and_accent_of_an_animation(folder: Path, poolviz: Any) -> None:
    """An animation follows them as well: other pixels, and no error."""
    poolviz(*RUN)
    (usual,) = folder.rglob("*.gif")
    before = usual.read_bytes()
    assert poolviz(*RUN, "--title", "My title", "--accent", "teal").code == 0
    titled = [path for path in folder.rglob("*.gif") if path != usual]
    assert len(titled) == 1
    assert titled[0].read_bytes() != before
    with Image.open(titled[0]) as image:
        image.seek(1)
        colors = {color for _, color in image.convert("RGB").getcolors(1 << 20)}
    assert (0, 128, 128) in colors
    assert (214, 0, 108) not in colors


@pytest.mark.slow
def test_slides_and_handout(folder: Path, poolviz: Any) -> None:
    """A page and an SVG for each third step and the last; the handout beside them."""
    done = poolviz("run", "sample:teaching", "--write", "steps,handout", "--every", 3)
    assert done.code == 0
    names = sorted(path.name for path in folder.rglob("teaching-*"))
    stem = "teaching-max-2x2-every3"
    numbered = [f"{stem}-slide-00{number}.svg" for number in range(1, 5)]
    assert names == sorted([f"{stem}-handout.pdf", *numbered, f"{stem}-slides.pdf"])
    assert done.err.count("wrote ") == 6


def test_too_many_slides(folder: Path, poolviz: Any) -> None:
    """The error tells how many there would be, and what to type."""
    np.save(folder / "map.npy", np.random.default_rng(1).random((32, 32)))
    done = poolviz("run", "map.npy", "--write", "steps")
    assert done.code == 2
    assert done.err == (
        "poolviz: --write: the PDF would have 256 pages, but at most 200 are allowed;"
        " use --every 2 or a smaller --region\n"
    )
    assert not (folder / "poolviz-out").exists()


@pytest.mark.slow
def test_options_of_slides(poolviz: Any) -> None:
    """Slides are as narrow as a figure; what has no effect on them is refused."""
    run = ("run", "sample:teaching", "--write", "steps", "--every", 8)
    assert poolviz(*run, "--width", "20cm", "--bare", "--transparent").code == 0
    assert "--columns" in poolviz(*run, "--columns", 2).err
    assert "--kind" in poolviz(*run, "--kind", "argmax").err


def test_a_video_without_its_package(
    folder: Path, poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says what to install before anything is done."""
    monkeypatch.setitem(sys.modules, "av", None)
    done = poolviz("run", "sample:teaching", "--write", "png,mp4")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "poolviz: mp4: writing this format requires the av package;"
        " run: pip install 'poolviz[video]'\n"
    )
    assert not (folder / "poolviz-out").exists()


def test_unpooled_size(folder: Path, poolviz: Any) -> None:
    """The figure and the animation say it, their names too; a size that is refused names others."""
    run = "run", "sample:teaching", "--kind", "unpool", "--unpool-size"
    poolviz(*run, "7x6", "--write", "svg,gif", "--out", ".")
    names = sorted(path.name for path in folder.iterdir() if "unpool" in path.name)
    assert len(names) == 2
    assert all("unpool-7x6" in name for name in names)
    (drawing,) = [name for name in names if name.endswith(".svg")]
    assert "unpooled 7×6" in (folder / drawing).read_text()
    done = poolviz(*run, "8", "--write", "svg")
    assert done.code == 2
    assert done.failure.startswith("--unpool-size: 8×8 is a stride or more away from 6×6")
    assert done.failure.endswith("use 5 to 7 rows and 5 to 7 columns")


@pytest.mark.parametrize("others", [["--write", "svg"], ["--kind", "unpool", "--write", "png"]])
def test_unpooled_size_without_a_figure_of_unpooling(others: list[str], poolviz: Any) -> None:
    """It has no effect there, which is an error."""
    done = poolviz("run", "sample:teaching", *others, "--unpool-size", "7")
    assert done.code == 2
    assert "has no effect" in done.failure
