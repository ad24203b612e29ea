"""``poolviz network``: lists, shows one node, shows all, refuses."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto
from onnx_models import POOL, counting, node, outside, saved, tensor
from onnx_models import model as made
from PIL import Image

NAMES = ["pool1", "pool2", "pool3", "pool4"]
USUAL = ("network", "sample:shapes", "--input", "sample:shapes")


def written(folder: Path) -> set[str]:
    """All files below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}


@pytest.fixture
def small(folder: Path) -> Path:
    """A model of one pooling node that takes pictures and maps of any size, and a map."""
    saved(made([POOL], {"x": ("N", 1, "h", "w")}), folder, "small.onnx")
    np.save(folder / "map.npy", counting(2, 1, 4, 4))
    return folder


SMALL = ("network", "small.onnx", "--input", "map.npy")


def test_listing(poolviz: Any, folder: Path) -> None:
    """Each pooling node with sizes, what is dropped, and how far it sees; nothing is written."""
    done = poolviz(*USUAL)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "shapes: 4 pooling nodes"
    assert lines[1] == "picture: sample:shapes, scale 1/255, mean 0, std 1, as 1×3×64×64 (NCHW)"
    # Conv 5, pool 3/2: 1 + 4 + 2 = 7; conv 3, pool 2/2: 7 + 2·2 + 2 = 13; conv 3, pool 3/2:
    # 13 + 2·4 + 2·4 = 29; the last sees all.
    expected = [
        "1  pool1  max 3×3, stride 2, padding 1       8×64×64   8×32×32    75 %    7×7     2",
        "2  pool2  max 2×2, stride 2                 16×32×32  16×16×16    75 %  13×13     4",
        "3  pool3  average 3×3, stride 2, ceil mode  32×16×16    32×8×8    75 %  29×29     8",
        "4  pool4  global average                      32×8×8    32×1×1  98.4 %  64×64    64",
    ]
    assert [line.rpartition("  ")[0].rstrip() for line in lines[4:8]] == expected
    assert [line.split()[-1] for line in lines[4:6]] == ["0", "0"]
    assert written(folder) == set()


def test_listing_as_data(poolviz: Any) -> None:
    """--json has the same, to the digit."""
    done = poolviz(*USUAL, "--json")
    document = json.loads(done.out)
    assert document["model"] == "sample:shapes"
    assert document["files"] == {}
    assert document["inputs"]["picture"]["scale"] == 1 / 255
    nodes = document["nodes"]
    assert [each["name"] for each in nodes] == NAMES
    assert [each["max_difference"] for each in nodes[:2]] == [0, 0]
    assert max(each["max_difference"] for each in nodes) < 1e-5
    assert nodes[2]["attributes"]["ceil_mode"] == 1
    assert nodes[3]["output_shape"] == [1, 32, 1, 1]


@pytest.mark.parametrize("width", ["20", "40", "100"])
def test_listing_fits_the_terminal(
    width: str, poolviz: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer; narrow ones tell node by node."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", width)
    lines = poolviz(*USUAL).out.splitlines()
    assert max(map(len, lines)) <= int(width)
    assert ("  fewer: 75 %" in lines) == (width != "100")


def test_quiet_prints_nothing(poolviz: Any, small: Path) -> None:
    """What is written is there, nothing is said of it."""
    done = poolviz(*SMALL, "--quiet", "--figure", "f.svg")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "f.svg" in written(small)


def test_a_node_by_number(poolviz: Any) -> None:
    """Is the same as by its name."""
    first, second = (
        poolviz(*USUAL, "--node", chosen, "--write", "none") for chosen in ("pool2", "2")
    )
    assert first == second
    assert first.code == 0


def test_a_node_by_name(poolviz: Any, folder: Path) -> None:
    """All that run gives, of what enters it; files are named for model, node and windows."""
    done = poolviz(*USUAL, "--node", "pool2")
    assert done.code == 0
    assert "output 16×16" in done.out
    common = "poolviz-out/shapes-2-pool2-max-2x2-"
    found = written(folder)
    assert {name.rpartition("-")[2] for name in found} == {"before.png", "after.png", "window.gif"}
    assert all(name.startswith(common) for name in found)
    for name in found:
        with Image.open(folder / name) as image:
            image.load()
    said = done.err.splitlines()
    assert "picture: sample:shapes, scale 1/255, mean 0, std 1, as 1×3×64×64 (NCHW)" in said
    assert "pool2: identical to ONNX Runtime" in said
    assert any(line.endswith("the most active one; --channel chooses another") for line in said)


def test_a_node_as_data(poolviz: Any) -> None:
    """Its output is what the network itself computed."""
    done = poolviz(*USUAL, "--node", "pool1", "--json", "--write", "none")
    document = json.loads(done.out)
    assert document["node"]["name"] == "pool1"
    assert document["output_shape"] == document["node"]["output_shape"][1:] == [8, 32, 32]


def test_numbers_of_a_node(poolviz: Any, small: Path) -> None:
    """Of index 1 the values 16 to 31: their maxima."""
    assert small
    done = poolviz(*SMALL, "--node", "1", "--index", "1", "--json", "--write", "none")
    assert json.loads(done.out)["output"] == [[[21, 23], [29, 31]]]


def test_a_channel_that_is_chosen(poolviz: Any) -> None:
    """Is shown, and it is not said that it was chosen by itself."""
    done = poolviz(*USUAL, "--node", "pool1", "--channel", "5", "--write", "none")
    assert "channel 5" in done.out
    assert "most active" not in done.err


def test_files_of_a_node(poolviz: Any, folder: Path) -> None:
    """Figure, page and pooled array."""
    files = ("--figure", "f.svg", "--html", "p.html", "--save", "a.npy")
    done = poolviz(*USUAL, "--node", "pool4", "--write", "none", *files)
    assert done.code == 0
    assert written(folder) == {"f.svg", "p.html", "a.npy"}
    assert np.load(folder / "a.npy").shape == (32, 1, 1)
    assert "Global average" in (folder / "f.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_all(poolviz: Any, folder: Path) -> None:
    """Two pictures of each node, in one folder, and an overview; the nodes are listed."""
    done = poolviz(*USUAL, "--all", "--out", "maps", "--json")
    document = json.loads(done.out)
    windows = ["max-3x3-s2-p1", "max-2x2", "average-3x3-s2-ceil", "average-global"]
    found = written(folder)
    assert len(found) == 9
    assert "maps/shapes-overview.png" in found
    for number, (name, words) in enumerate(zip(NAMES, windows, strict=True), 1):
        begin = f"maps/shapes-{number}-{name}-{words}"
        assert sum(each.startswith(begin) for each in found) == 2
    assert set(document["files"].values()) == {str(Path(each)) for each in found}
    assert [each["name"] for each in document["nodes"]] == NAMES


def test_all_with_maps_of_three_axes(poolviz: Any, folder: Path) -> None:
    """Those have no pictures; the others have, and all are listed."""
    nodes = [
        node("MaxPool", "x", "a", "deep", kernel_shape=[2, 2, 2]),
        node("Squeeze", "a axes", "b"),
        node("MaxPool", "b", "y", "flat", kernel_shape=[2, 2]),
    ]
    axes = tensor("axes", [2], np.int64)
    saved(made(nodes, {"x": (1, 1, 2, 5, 5)}, [axes]), folder, "deep.onnx")
    np.save(folder / "x.npy", counting(1, 1, 2, 5, 5))
    done = poolviz("network", "deep.onnx", "--input", "x.npy", "--all", "--out", "maps")
    assert done.code == 0
    pictures = {name for name in written(folder) if name.startswith("maps/")}
    assert len(pictures) == 3
    assert sum("-2-flat-" in name for name in pictures) == 2
    assert "deep" in done.out
    done = poolviz("network", "deep.onnx", "--input", "x.npy", "--node", "deep")
    assert (done.code, "its maps have 3 spatial axes" in done.failure) == (2, True)


@pytest.mark.parametrize(
    ("suffix", "head"),
    [("png", b"\x89PNG"), ("svg", b"<?xml"), pytest.param("pdf", b"%PDF", marks=pytest.mark.slow)],
)
def test_overview(suffix: str, head: bytes, poolviz: Any, small: Path) -> None:
    """--figure of the listing draws all nodes."""
    done = poolviz(*SMALL, "--figure", f"sub/f.{suffix}")
    assert done.code == 0
    assert done.err == f"wrote {Path('sub') / f'f.{suffix}'}\n"
    assert (small / f"sub/f.{suffix}").read_bytes().startswith(head)


@pytest.mark.slow
def test_looks_of_the_overview(poolviz: Any, small: Path) -> None:
    """Theme and size."""
    folder = small
    for name, *options in (("a",), ("b", "--theme", "dark"), ("c", "--enlarge", "2")):
        assert poolviz(*SMALL, "--figure", f"{name}.png", *options).code == 0
    images = [Image.open(folder / f"{name}.png") for name in "abc"]
    light, dark, large = images
    corners = [sum(image.convert("RGB").getpixel((0, 0))) for image in (light, dark)]  # type: ignore[arg-type]
    assert corners[0] > 700
    assert corners[1] < 200
    assert large.size == (2 * light.width, 2 * light.height)
    for image in images:
        image.close()


def test_config_round_trip(poolviz: Any, folder: Path, photo: Path, model: Path) -> None:
    """What is printed does the same again, several inputs and numbers included."""
    line = ["network", str(model), "--input", str(photo), "--mean", "0.5,0.4,0.3", "--std", "2"]
    line += [
        "--scale",
        "1/100",
        "--node",
        "2",
        "--channel",
        "3",
        "--write",
        "none",
        "--enlarge",
        "2",
    ]
    printed = poolviz(*line, "--print-config")
    assert (printed.code, printed.err) == (0, "")
    options = tomllib.loads(printed.out)
    assert options["input"] == ["photo.png"]
    assert (options["mean"], options["scale"], options["enlarge"]) == ("0.5,0.4,0.3", "1/100", 2)
    (folder / "net.toml").write_text(printed.out, encoding="utf-8")
    again = poolviz("network", "--config", "net.toml")
    assert again == poolviz(*line)
    assert again.code == 0
    assert poolviz("network", "--config", "net.toml", "--print-config").out == printed.out


def pair(folder: Path) -> None:
    """A model that takes the sum of two maps, and both."""
    nodes = [node("Add", "a b", "c"), node("MaxPool", "c", "y", "pool", kernel_shape=[2, 2])]
    saved(made(nodes, {"a": (1, 1, 2, 2), "b": (1, 1, 2, 2)}), folder, "pair.onnx")
    np.save(folder / "one.npy", counting(2, 2))
    np.save(folder / "ten.npy", counting(2, 2) * 10 + 100)


@pytest.mark.parametrize("order", [("a=one.npy", "b=ten.npy"), ("b=ten.npy", "a=one.npy")])
def test_several_inputs(order: tuple[str, str], poolviz: Any, folder: Path) -> None:
    """Each is named, in any order."""
    pair(folder)
    arguments = ("--input", order[0], "--input", order[1], "--node", "pool", "--json")
    document = json.loads(poolviz("network", "pair.onnx", *arguments, "--write", "none").out)
    # 3 + 130.
    assert document["output"] == [[[133]]]
    listed = poolviz("network", "pair.onnx", *arguments[:4])
    assert "a: one.npy, unchanged, 1×1×2×2" in listed.out
    assert "b: ten.npy, unchanged, 1×1×2×2" in listed.out


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            ["one.npy"],
            "'one.npy' does not name an input, and the network has 2; use --input a=S",
        ),
        (["a=one.npy"], "input 'b' has no source; add --input b=SOURCE"),
        (["a=one.npy", "a=ten.npy"], "input 'a' has two sources; omit one of them"),
        (["a=one.npy", "c=ten.npy"], "unknown input 'c'; use one of a, b"),
        ([], "input 'a' has no source; add --input a=SOURCE"),
    ],
)
def test_inputs_that_are_unclear(given: list[str], words: str, poolviz: Any, folder: Path) -> None:
    """It is said what to write."""
    pair(folder)
    done = poolviz("network", "pair.onnx", *(part for each in given for part in ("--input", each)))
    assert done.code == 2
    assert done.failure.startswith(f"--input: {words}")


@pytest.mark.parametrize("source", ["map.npy", "x=map.npy", "a=b.npy"])
def test_one_input_may_be_named(source: str, poolviz: Any, small: Path) -> None:
    """Or not; a file with the sign in its name is meant as it is."""
    (small / "a=b.npy").write_bytes((small / "map.npy").read_bytes())
    done = poolviz("network", "small.onnx", "--input", source, "--json")
    assert json.loads(done.out)["inputs"]["x"]["source"] == source.removeprefix("x=")


def test_a_matrix_of_text_is_taken_as_it_is(poolviz: Any, small: Path) -> None:
    """Rows of numbers are an array of two axes."""
    (small / "m.csv").write_text("1,2,3,4\n" * 4)
    done = poolviz("network", "small.onnx", "--input", "m.csv")
    assert "x: m.csv, unchanged, 1×1×4×4" in done.out


def test_a_matrix_of_text_has_two_axes(poolviz: Any, small: Path) -> None:
    """Where the network wants two it gets them."""
    nodes = [node("Unsqueeze", "x axes", "a"), node("MaxPool", "a", "y", kernel_shape=[2, 2])]
    axes = tensor("axes", [0, 1], np.int64)
    saved(made(nodes, {"x": ("h", "w")}, [axes]), small, "plane.onnx")
    (small / "m.csv").write_text("1,2,3,4\n" * 4)
    done = poolviz("network", "plane.onnx", "--input", "m.csv")
    assert "x: m.csv, unchanged, 4×4" in done.out


def test_what_is_done_to_a_picture_is_stated(poolviz: Any, photo: Path, small: Path) -> None:
    """Everything, in the order in which it is done."""
    arguments = ["network", "small.onnx", "--input", str(photo), "--mean", "0.5", "--std", "1/4"]
    done = poolviz(*arguments, "--scale", "0.01", "--resize", "6x8")
    assert small
    words = "converted to grey, 12×16 resized to 6×8, scale 0.01, mean 0.5, std 0.25, as 1×1×6×8"
    assert f"x: photo.png, {words}" in done.out


def test_numbers_of_an_array_are_changed(poolviz: Any, small: Path) -> None:
    """(x · 2 − 1) / 4 of 5, 7, 13 and 15."""
    assert small
    arguments = ["--mean", "1", "--std", "4", "--scale", "2", "--node", "1", "--json"]
    done = poolviz(*SMALL, *arguments, "--write", "none")
    assert json.loads(done.out)["output"] == [[[2.25, 3.25], [6.25, 7.25]]]


def test_the_model_is_not_overwritten(poolviz: Any, small: Path) -> None:
    """An output that is called as the model is refused."""
    (small / "model.svg").symlink_to("small.onnx")
    before = (small / "small.onnx").read_bytes()
    done = poolviz(*SMALL, "--figure", "model.svg")
    assert "small.onnx" in done.failure or "model.svg" in done.failure
    assert (small / "small.onnx").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--node", "pool9"], "--node: unknown node 'pool9'; did you mean pool4? (choices: pool1"),
        (["--node", "5"], "--node: there is no node 5; use one of pool1, pool2, pool3, pool4, or"),
        (["--node", "1", "--all"], "--all: cannot be combined with --node; omit one of them"),
        (["--html", "f.html"], "--html: applies only to a single node; add --node"),
        (["--save", "f.npy"], "--save: applies only to a single node"),
        (["--play"], "--play: applies only to a single node"),
        (["--out", "o"], "--out: has no effect without --node or --all; add one of them"),
        (["--write", "png"], "--write: has no effect without --node or --all"),
        (["--channel", "0"], "--channel: applies only to a single node"),
        (["--region", "2x2+0+0"], "--region: has no effect without --node or --all"),
        (["--delay", "40"], "--delay: has no effect without --node or --all"),
        (["--all", "--html", "f.html"], "--html: applies only to a single node; use"),
        (["--all", "--save", "f.npy"], "--save: applies only to a single node; use"),
        (["--all", "--play"], "--play: applies only to a single node; use"),
        (["--all", "--kind", "argmax"], "--kind: applies only to a single node; use"),
        (["--kind", "steps"], "--kind: applies only to a single node; add --node"),
        (["--threads", "0"], "--threads: 0 is out of range"),
        (["--all", "--write", "jpg"], "--write: "),
        (["--node", "1", "--figure", "f.jpg"], "--figure: "),
        (["--figure", "f.jpg"], "--figure: "),
        (["--enlarge", "2"], "--enlarge: has no effect without a figure; add"),
        (["--enlarge", "0"], "--enlarge: "),
        (["--index", "-1"], "--index: "),
        (["--theme", "drak"], "--theme: unknown theme 'drak'; did you mean dark?"),
        (["--std", "0"], "--std: a standard deviation cannot be 0; give the one"),
        (["--std", "1,0,1"], "--std: a standard deviation cannot be 0"),
        (["--mean", "a"], "--mean: 'a' is not a finite number; use e.g. 0.5, 1/255 or 0.5,0.4,0.4"),
        (["--mean", "1,2"], "--mean: has 2 numbers for 3 channels"),
        (["--scale", "1/0"], "--scale: '1/0' is not a finite number"),
        (["--resize", "8x8"], "--resize: input 'picture' has a fixed size of 64×64; omit --resize"),
        (["--resize", "8x8x8"], "--resize: '8x8x8' has values for 3 axes"),
        (["--resize", "0"], "--resize: 0 is out of range"),
        (["--max-memory", "lots"], "--max-memory: 'lots' is not an amount of memory"),
        (["--key", "a"], "--key: does not apply to sample:shapes"),
        (["--node", "1", "--channel", ""], "--channel: "),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_options_that_are_refused(
    arguments: list[str], words: str, poolviz: Any, folder: Path
) -> None:
    """One line that names the option; nothing is written."""
    done = poolviz(*USUAL, *arguments)
    assert done.code == (1 if words == "--channel: " else 2)
    assert done.failure.startswith(words)
    assert written(folder) == set()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["--index", "1"],
            "--index: there is no item 1, as the batch has only item 0; use 0",
        ),
        (["--frame", "1"], "--frame: sample:shapes has no frame 1"),
        (["--max-memory", "1k"], "sample:shapes: needs about"),
        (
            ["--node", "1", "--channel", "8"],
            "--channel: sample:shapes, pool1 has no channel '8'",
        ),
    ],
)
def test_sources_that_are_refused(arguments: list[str], words: str, poolviz: Any) -> None:
    """What a source has not."""
    done = poolviz(*USUAL, *arguments)
    assert done.code == 1
    assert done.failure.startswith(words)


def test_too_large_a_picture_is_refused(poolviz: Any, small: Path) -> None:
    """Before it is made."""
    assert small
    arguments = ("--input", "sample:scene", "--resize", "30000x30000", "--max-memory", "100M")
    done = poolviz("network", "small.onnx", *arguments)
    assert done.code == 2
    assert done.failure.startswith(
        "memory: about 34 GB is needed for a picture of 1×1×30000×30000, but the limit is 100 MB"
    )


def test_an_input_is_needed(poolviz: Any) -> None:
    """It is said how to give one."""
    done = poolviz("network", "sample:shapes")
    assert done.code == 2
    assert done.failure == "--input: input 'picture' has no source; add --input SOURCE"


def test_a_model_is_needed(poolviz: Any) -> None:
    """As any command's argument is."""
    done = poolviz("network")
    assert done.code == 2
    assert done.failure.startswith("model: missing; ")


def models(folder: Path) -> None:
    """Models that are refused."""
    (folder / "junk.onnx").write_bytes(b"junk")
    saved(made([node("Relu", "x", "y")], {"x": (1, 1, 4, 4)}), folder, "relu.onnx")
    mystery = [node("Mystery", "x", "a"), node("MaxPool", "a", "y", kernel_shape=[2, 2])]
    saved(made(mystery, {"x": (1, 1, 4, 4)}), folder, "mystery.onnx")
    conv = [node("Conv", "x w", "a"), node("MaxPool", "a", "y", kernel_shape=[2, 2])]
    far = outside("w", (1, 1, 1, 1), "../far.bin")
    saved(made(conv, {"x": (1, 1, 4, 4)}, [far]), folder, "far.onnx")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "junk.onnx",
            "junk.onnx: is damaged or is not an ONNX model; export the network to .onnx again",
        ),
        ("relu.onnx", "relu.onnx: has no pooling node; use a model with pooling layers"),
        ("no.onnx", "no.onnx: there is no such file; check the name"),
        (".", ".: is a folder; give the name of a file in it"),
        ("sample:shpes", "sample:shpes: unknown sample 'shpes'; did you mean shapes?"),
        (
            "far.onnx",
            "far.onnx: its weights are stored outside the model's folder (../far.bin)",
        ),
        ("mystery.onnx", "mystery.onnx: ONNX Runtime "),
    ],
)
def test_models_that_are_refused(name: str, words: str, poolviz: Any, folder: Path) -> None:
    """One line that names the file."""
    models(folder)
    done = poolviz("network", name, "--input", "sample:shapes")
    assert done.code == 1
    assert done.failure.startswith(words)
    assert (
        name != "mystery.onnx"
        or "does not support the operator Mystery; export the network" in done.failure
    )


def test_a_wrong_shape_is_refused(poolviz: Any, small: Path) -> None:
    """With the one that is wanted."""
    np.save(small / "wrong.npy", counting(1, 2, 4, 4))
    done = poolviz("network", "small.onnx", "--input", "wrong.npy")
    assert done.code == 2
    words = (
        "input 'x': takes an array of shape ?×1×?×?, but wrong.npy holds an array of shape 1×2×4×4;"
        " use an array of shape ?×1×?×?"
    )
    assert done.failure == words


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_without_the_extra(package: str, poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said how to install it."""
    monkeypatch.setitem(sys.modules, package, None)
    done = poolviz(*USUAL)
    assert done.code == 1
    words = f"{package}: the package is missing; run: pip install 'poolviz[onnx]'"
    assert done.failure == words


def test_help_needs_no_extra(poolviz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And tells of it."""
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert "pip install 'poolviz[onnx]'" in poolviz("network", "--help").out


def test_models_in_which_only_other_axes_are_reduced(poolviz: Any, folder: Path) -> None:
    """As a norm over the last two of three axes: one line, as of one without pooling."""
    nodes = [node("ReduceMean", "x", "y", axes=[-2, -1])]
    saved(made(nodes, {"x": (1, 7, 3)}, opset=13), folder, "norm.onnx")
    np.save(folder / "x.npy", counting(1, 7, 3))
    done = poolviz("network", "norm.onnx", "--input", "x.npy")
    assert done.code == 1
    assert done.failure.startswith("norm.onnx: has no pooling node")


def test_resizing_is_of_pictures(poolviz: Any, folder: Path) -> None:
    """An array is taken unchanged, or not at all."""
    np.save(folder / "x.npy", np.zeros((1, 3, 64, 64), np.float32))
    done = poolviz("network", "sample:shapes", "--input", "x.npy", "--resize", "64x64")
    assert (done.code, done.failure) == (
        2, "--resize: resizes pictures only, and no input is a picture; omit it",
    )  # fmt: skip


def test_what_is_left_of_a_picture_is_said(poolviz: Any, folder: Path) -> None:
    """That alpha is left out, as run says it."""
    Image.fromarray(np.full((64, 64, 4), 200, np.uint8)).save(folder / "x.png")
    done = poolviz("network", "sample:shapes", "--input", "x.png")
    assert "alpha" in done.out.splitlines()[1]


def test_types_that_the_runtime_lacks_are_named(poolviz: Any, folder: Path) -> None:
    """It has convolutions, but not of float64."""
    nodes = [node("Conv", "x w", "a"), node("MaxPool", "a", "y", kernel_shape=[2, 2])]
    weights = tensor("w", np.ones((1, 1, 3, 3)).tolist(), np.float64)
    double = made(nodes, {"x": (1, 1, 8, 8)}, [weights], dtype=TensorProto.DOUBLE)
    saved(double, folder, "double.onnx")
    np.save(folder / "x.npy", np.zeros((1, 1, 8, 8)))
    done = poolviz("network", "double.onnx", "--input", "x.npy")
    assert done.code == 1
    assert done.failure.endswith(
        "operator Conv (opset 11) with the data types of this model;"
        " export the network in float32 or for another opset"
    )


def test_means_change_what_has_channels(poolviz: Any, folder: Path) -> None:
    """A list beside a map stays as it is."""
    nodes = [node("MaxPool", "x", "y", kernel_shape=[2, 2]), node("Identity", "v", "w")]
    saved(made(nodes, {"x": (1, 1, 4, 4), "v": (3,)}), folder, "two.onnx")
    np.save(folder / "x.npy", np.ones((1, 1, 4, 4), np.float32))
    np.save(folder / "v.npy", np.ones(3, np.float32))
    done = poolviz("network", "two.onnx", "--input", "x=x.npy", "--input", "v=v.npy", "--mean", "2")
    assert done.out.splitlines()[1:3] == [
        "x: x.npy, scale 1, mean 2, std 1, 1×1×4×4", "v: v.npy, unchanged, 3",
    ]  # fmt: skip


@pytest.mark.parametrize("scale", ["0", "1,2", "1/255,1"])
def test_one_scale_for_all(scale: str, poolviz: Any) -> None:
    """A single number, and none that leaves nothing."""
    done = poolviz(*USUAL, "--scale", scale)
    assert done.code == 2
    remedy = "use one number other than 0, e.g. 1/255 or 0.5"
    assert done.failure == f"--scale: '{scale}' is not a scale factor; {remedy}"


def test_long_names_of_nodes_go_into_files(poolviz: Any, folder: Path) -> None:
    """With both ends; systems refuse names of more than 255 bytes."""
    name = f"first{'/module' * 60}/last"
    saved(made([node("MaxPool", "x", "y", name, kernel_shape=[2, 2])], {"x": (1, 1, 4, 4)}), folder)
    np.save(folder / "x.npy", np.ones((1, 1, 4, 4), np.float32))
    done = poolviz("network", "model.onnx", "--input", "x.npy", "--all", "--out", "o")
    assert done.code == 0
    assert any("first" in each and "last" in each for each in written(folder / "o"))


def test_the_opset_that_the_runtime_lacks_is_named(poolviz: Any, folder: Path) -> None:
    """Its LpPool of opset 1 has no implementation, of whatever type."""
    old = made([node("LpPool", "x", "y", kernel_shape=[2])], {"x": (1, 1, 4)}, opset=1)
    saved(old, folder, "old.onnx")
    done = poolviz("network", "old.onnx")
    assert done.code == 1
    assert "does not support the operator LpPool (opset 1) with" in done.failure
    assert "another opset" in done.failure
