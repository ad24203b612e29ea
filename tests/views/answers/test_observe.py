"""The pooling nodes of a network, as lines, as data, as a picture."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx_models import POOL, counting, model, node, saved, tensor
from pictures import of_kind, overlapping, texts

from poolviz import FeatureMap, SpecError
from poolviz.feature_map import RGB
from poolviz.memory import parse_budget
from poolviz.networks.feeding import NetworkInput
from poolviz.networks.model import open_network
from poolviz.networks.observe import Observation, observe
from poolviz.views.answers import observe as view
from poolviz.views.answers.observe import MOST_CHANNELS, SIDE
from poolviz.views.paint.vector import figure_bytes
from poolviz.views.scene.elements import Label, Pixels
from poolviz.views.scene.sheet import APART, PAIR_GAP
from poolviz.views.scene.style import THEMES
from poolviz.views.terminal.grid import Screen

THEME = THEMES["light"]
AWKWARD = "[bold]a\x1b[31m $x_1$ \u65e5"


def observed(
    folder: Path, nodes: list[Any], shape: tuple[int, ...], name: str = "net.onnx", maps: Any = None
) -> Observation:
    """A network that was fed with 0, 1, 2 and so on."""
    path = saved(model(nodes, {"x": shape}), folder, name)
    values = counting(*shape)
    fed = NetworkInput(values, "as it is", {"source": "a.npy"}, maps)
    return observe(open_network(path, parse_budget(None)), {"x": fed})


def usual(folder: Path, maps: Any = None, **options: Any) -> Observation:
    """Two pooling nodes behind an unknown field, and before."""
    nodes = [
        node("MaxPool", "x", "a", "first", kernel_shape=[2, 3], strides=[2, 3]),
        node("Tile", "a t", "b"), node("GlobalMaxPool", "b", "y", "last"),
    ]  # fmt: skip
    made = model(nodes, {"x": (1, 2, 4, 6)}, [tensor("t", [1, 4, 1, 1], np.int64)])
    path = saved(made, folder, options.get("name", "net.onnx"))
    fed = NetworkInput(counting(1, 2, 4, 6), "unchanged, 1×2×4×6", {"source": "a.npy"}, maps)
    return observe(open_network(path, parse_budget(None)), {"x": fed})


def printed(seen: Observation, width: int | None = None) -> list[str]:
    """The lines as text."""
    screen = Screen(THEME, width)
    return ["".join(part for part, _ in line) for line in view.lines(seen, screen)]


def test_lines(tmp_path: Path) -> None:
    """What went in, and each node with what it drops and sees."""
    assert printed(usual(tmp_path)) == [
        "net: 2 pooling nodes",
        "x: a.npy, unchanged, 1×2×4×6",
        "",
        "   node   pooling              before  after   fewer  field  jump  differs",
        "1  first  max 2×3, stride 2×3   2×4×6  2×2×2  83.3 %    2×3   2×3        0",
        "2  last   global max            8×2×2  8×1×1    75 %      ?     ?        0",
        "",
        "field, jump: input cells that an output cell depends on, and the step to the next field",
        "differs: the largest difference between poolviz's result and ONNX Runtime's output",
    ]


def test_narrow_lines(tmp_path: Path) -> None:
    """Where the table does not fit, node by node."""
    lines = printed(usual(tmp_path), 30)
    assert "  before: 2×4×6" in lines
    assert "  fewer: 83.3 %" in lines


@pytest.mark.parametrize(
    ("difference", "words"),
    [(0.0, "0"), (0.5, "0.5"), (4.768e-07, "4.8e−7"), (float("inf"), "∞"), (0.0123, "0.012")],
)
def test_differences_in_words(difference: float, words: str, tmp_path: Path) -> None:
    """Two digits, however small."""
    first = replace(usual(tmp_path).nodes[0], max_difference=difference)
    assert first.entries["differs"] == words


def test_document(tmp_path: Path) -> None:
    """The same as plain data."""
    seen = usual(tmp_path)
    document = json.loads(json.dumps(view.document(seen)))
    first, last = document.pop("nodes")
    assert document == {
        "model": str(tmp_path / "net.onnx"),
        "runtime": seen.runtime,
        "inputs": {"x": {"source": "a.npy"}},
    }
    assert first == {
        "number": 1, "name": "first", "operator": "MaxPool",
        "attributes": {"kernel_shape": [2, 3], "strides": [2, 3]},
        "input_shape": [1, 2, 4, 6], "output_shape": [1, 2, 2, 2], "dropped": pytest.approx(5 / 6),
        "receptive_field": [2, 3], "jump": [2.0, 3.0], "max_difference": 0.0,
    }  # fmt: skip
    assert (last["number"], last["receptive_field"], last["jump"]) == (2, None, None)


def test_names_that_a_terminal_would_act_on_are_escaped(tmp_path: Path) -> None:
    """The model's, the nodes' and the source's."""
    nodes = [node("MaxPool", "x", "y", AWKWARD, kernel_shape=[2, 2])]
    seen = observed(tmp_path, nodes, (1, 1, 4, 4), f"{AWKWARD}.onnx")
    lines = "\n".join(printed(seen))
    assert "\x1b" not in lines
    assert lines.count(r"[bold]a\x1b[31m $x_1$ 日") == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_names_are_drawn_as_they_are(kind: str, tmp_path: Path) -> None:
    """Markup and dollars mean nothing in a picture; what the font lacks is written out."""
    nodes = [node("MaxPool", "x", "y", AWKWARD, kernel_shape=[2, 2])]
    seen = observed(tmp_path, nodes, (1, 1, 4, 4), f"{AWKWARD}.onnx")
    scene = view.scene(seen, THEME)
    shown = r"[bold]a\x1b[31m $x_1$ \u65e5"
    assert scene.title == "What 1 pooling node does to the input"
    assert shown in texts(scene)
    assert f"1  {shown}: max 2×2, stride 1" in texts(scene)
    # All that is written in an SVG stands there as text.
    data = figure_bytes(scene, kind)
    assert kind != "svg" or f">{shown}</text>" in data.decode()


def test_long_names_are_shortened_in_pictures(tmp_path: Path) -> None:
    """Both ends are seen; the sheet is no wider for it."""
    long = "/features" * 40
    nodes = [node("MaxPool", "x", "y", long, kernel_shape=[2, 2])]
    scene = view.scene(observed(tmp_path, nodes, (1, 1, 4, 4)), THEME)
    (heading,) = (each for each in texts(scene) if each.startswith("1  "))
    assert "…" in heading
    assert len(heading) < 100
    assert scene.width < 1000


def test_scene(tmp_path: Path) -> None:
    """Each node's channels before and after, in words also for those who do not see it."""
    scene = view.scene(usual(tmp_path), THEME)
    assert scene.title == "What 2 pooling nodes do to the input"
    assert scene.description == (
        "What 2 pooling nodes do to the input: net. 1  first: max 2×3, stride 2×3:"
        " 2×4×6 → 2×2×2, 83.3 % fewer values,"
        " receptive field 2×3, jump 2×3, identical to ONNX Runtime, channel 1,"
        " channel 0. 2  last: global max: 8×2×2 → 8×1×1, 75 % fewer values,"
        " receptive field ?, jump ?,"
        " identical to ONNX Runtime,"
        " channel 1, channel 3, channel 5, channel 7, channel 0, channel 2"
    )
    written = texts(scene)
    # Each channel has its rank, and an arrow leads to what comes of it.
    assert written.count("most active of 2") == written.count("most active of 8") == 1
    assert written.count("→") == 2 + MOST_CHANNELS
    # Of two channels the second has the larger values; of eight six are shown.
    assert [each for each in written if each.startswith("channel")][:2] == [
        "channel 1",
        "channel 0",
    ]
    assert sum(each.startswith("channel") for each in written) == 2 + MOST_CHANNELS
    assert overlapping(of_kind(scene.items, Label)) == []


def test_maps_after_stand_in_columns(tmp_path: Path) -> None:
    """Channels stand below each other, whatever their node."""
    labels = of_kind(view.scene(usual(tmp_path), THEME).items, Label)
    places = [label.x for label in labels if label.text.startswith("channel")]
    assert places[:2] == places[2:4]


@pytest.mark.parametrize(
    ("shape", "kernel_size", "after"),
    [((8, 8), (2, 2), 64), ((4, 12), (2, 3), 43), ((12, 4), (3, 2), 43), ((8, 8), (1, 8), 128)],
)
def test_maps_after_have_cells_of_the_size_before(
    shape: tuple[int, int], kernel_size: tuple[int, int], after: int, tmp_path: Path
) -> None:
    """Half as many cells along the longest side take half the pixels, rounded up."""
    pool = node("MaxPool", "x", "y", "p", kernel_shape=kernel_size, strides=kernel_size)
    labels = of_kind(view.scene(observed(tmp_path, [pool], (1, 2, *shape)), THEME).items, Label)
    first, second = (label.x for label in labels if label.text.startswith("channel"))
    assert second - first == SIDE + PAIR_GAP + after + APART


def test_a_picture_is_shown_in_its_colours(tmp_path: Path) -> None:
    """What went in, as it looks."""
    values = np.random.default_rng(1).integers(0, 256, (3, 50, 40)).astype(np.uint8)
    maps = FeatureMap(values, "photo", "a.npy", RGB, (0, 255))
    scene = view.scene(usual(tmp_path, maps), THEME)
    assert "x: a.npy" in texts(scene)
    assert "x: a.npy: unchanged, 1×2×4×6. 1  first" in scene.description
    first = of_kind(scene.items, Pixels)[0]
    np.testing.assert_array_equal(first.colors, np.moveaxis(values, 0, -1))


@pytest.mark.parametrize("channels", [1, 2, 9])
def test_maps_that_went_in_are_shown_by_channel(channels: int, tmp_path: Path) -> None:
    """The first of them, with one value scale."""
    maps = FeatureMap(counting(channels, 20, 20), "a", "a.npy")
    without, scene = (
        view.scene(usual(tmp_path), THEME),
        view.scene(usual(tmp_path, maps), THEME),
    )
    titles = [sum(each.startswith("channel") for each in texts(one)) for one in (without, scene)]
    assert titles[1] - titles[0] == (0 if channels == 1 else min(channels, MOST_CHANNELS))


def test_large_maps_are_shown_in_part_which_is_said(tmp_path: Path) -> None:
    """Of 300 rows along 128 pixels one of every three."""
    nodes = [node("MaxPool", "x", "y", "pool", kernel_shape=[2, 2], strides=[2, 2])]
    scene = view.scene(observed(tmp_path, nodes, (1, 1, 300, 8)), THEME)
    assert any(each.endswith("one of every 3 rows and columns shown") for each in texts(scene))
    assert max(each.height for each in of_kind(scene.items, Pixels)) <= SIDE
    small = view.scene(usual(tmp_path), THEME)
    assert not any("one of every" in each for each in texts(small))


def test_maps_of_three_axes_are_left_out_which_is_said(tmp_path: Path) -> None:
    """The listing has them; where there are no others, a figure is refused."""
    nodes = [node("MaxPool", "x", "y", "deep", kernel_shape=[2, 2, 2])]
    seen = observed(tmp_path, nodes, (1, 1, 4, 4, 4))
    with pytest.raises(SpecError, match="all pooling nodes have three spatial axes"):
        view.scene(seen, THEME)
    flat = observed(tmp_path, [node("MaxPool", "x", "y", kernel_shape=[2, 2])], (1, 1, 4, 4))
    both = replace(seen, nodes=[*flat.nodes, *seen.nodes])
    words = " ".join(texts(view.scene(both, THEME)))
    assert "not drawn: 1 node beyond the first 32 or with three spatial axes" in words
    assert any("deep" in line for line in printed(seen))


def test_maps_of_one_axis_are_rows(tmp_path: Path) -> None:
    """They are drawn."""
    nodes = [node("MaxPool", "x", "y", "flat", kernel_shape=[2])]
    seen = observed(tmp_path, nodes, (1, 1, 9))
    assert "1  flat: max 1×2, stride 1" in texts(view.scene(seen, THEME))
    assert view.document(seen)["nodes"][0]["input_shape"] == [1, 1, 1, 9]


def test_pairs_show_the_channel_that_they_name(tmp_path: Path) -> None:
    """Before and after are those of the channel above them, the most active first."""
    values = np.zeros((1, 3, 8, 8), np.float32)
    for channel, height in enumerate((1, 3, 2)):
        values[0, channel, channel, channel] = height
    path = saved(model([POOL], {"x": (1, 3, 8, 8)}), tmp_path)
    fed = NetworkInput(values, "as it is", {"source": "a.npy"})
    scene = view.scene(observe(open_network(path, parse_budget(None)), {"x": fed}), THEME)
    titles = [label for label in of_kind(scene.items, Label) if label.text.startswith("channel")]
    assert [label.text for label in titles] == ["channel 1", "channel 2", "channel 0"]
    # Of the cells above the ground, each map has one: at its channel's place.
    maps = [each.colors for each in of_kind(scene.items, Pixels) if each.colors.shape[0] == 8]
    for colors, channel in zip(maps, (1, 2, 0), strict=True):
        lit = np.argwhere((colors != colors[-1, -1]).any(axis=-1))
        assert lit.tolist() == [[channel, channel]]


def test_channels_without_contrast_come_last(tmp_path: Path) -> None:
    """However large their value is; their rank is still said."""
    values = counting(1, 3, 8, 8).astype(np.float32)
    values[0, 1] = 1e6
    path = saved(model([POOL], {"x": (1, 3, 8, 8)}), tmp_path)
    fed = NetworkInput(values, "as it is", {"source": "a.npy"})
    words = texts(view.scene(observe(open_network(path, parse_budget(None)), {"x": fed}), THEME))
    channels = [each for each in words if each.startswith("channel ")]
    ranks = [each for each in words if "most active" in each]
    assert channels == ["channel 2", "channel 0", "channel 1"]
    assert ranks == ["2nd most active", "3rd most active", "most active of 3"]
