"""Networks from ONNX files: opened, refused, run."""

import sys
import threading
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx_models import FLOAT, POOL, counting, endless, model, node, outside, saved, seen, tensor

from poolviz import PoolvizError, SourceError
from poolviz.engine import waiting
from poolviz.memory import parse_budget
from poolviz.networks.model import Network, Slot, open_network

INPUT = {"x": (1, 1, 4, 4)}


def opened(path: str | Path, memory: str | None = None) -> Network:
    """The network of a file."""
    return open_network(path, parse_budget(memory))


def refused(path: Path, **arrays: Any) -> str:
    """Why a file, or what it is fed with, is refused."""
    with pytest.raises(PoolvizError) as caught:
        seen(path, **arrays)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_what_a_network_tells() -> None:
    """Its inputs, nodes and names."""
    network = opened("sample:shapes")
    assert network.slots == [Slot("picture", (None, 3, 64, 64), "float32")]
    assert (network.shown, network.name) == ("sample:shapes", "shapes")
    assert [each.op_type for each in network.graph.nodes].count("Conv") == 4


@pytest.mark.parametrize(
    ("dtype", "name"),
    [(TensorProto.FLOAT16, "float16"), (TensorProto.DOUBLE, "float64"),
     (TensorProto.UINT8, "uint8"), (TensorProto.FLOAT, "float32")],
)  # fmt: skip
def test_inputs_of_any_type(dtype: int, name: str, tmp_path: Path) -> None:
    """Pooled to the bit, in the type itself."""
    path = saved(model([POOL], {"x": ("N", 1, "h", "w")}, dtype=dtype), tmp_path)
    assert opened(path).slots == [Slot("x", (None, 1, None, None), name)]
    layer = seen(path, x=counting(1, 1, 4, 4, dtype=name)).nodes[0].layer
    assert layer.outputs.dtype == name
    assert layer.outputs.ravel().tolist() == [5, 7, 13, 15]
    assert layer.max_difference == 0


def test_pooling_alone(tmp_path: Path) -> None:
    """What enters is the graph's own input, and what leaves its own output."""
    (one,) = seen(saved(model([POOL], INPUT), tmp_path), x=counting(1, 1, 4, 4)).nodes
    np.testing.assert_array_equal(one.layer.inputs, counting(1, 1, 4, 4))
    assert one.layer.outputs.ravel().tolist() == [5, 7, 13, 15]


def test_tensors_in_the_middle_are_seen(tmp_path: Path) -> None:
    """What the graph keeps to itself: the input of the first and of the second pooling."""
    nodes = [
        node("Neg", "x", "a"), node("MaxPool", "a", "b", kernel_shape=[2, 2], strides=[2, 2]),
        node("Neg", "b", "c"), node("MaxPool", "c", "d", kernel_shape=[2, 2]),
        node("Abs", "d", "y"),
    ]  # fmt: skip
    first, second = seen(saved(model(nodes, INPUT), tmp_path), x=counting(1, 1, 4, 4)).nodes
    np.testing.assert_array_equal(first.layer.inputs, -counting(1, 1, 4, 4))
    assert first.layer.outputs.ravel().tolist() == [0, -2, -8, -10]
    assert second.layer.inputs.ravel().tolist() == [0, 2, 8, 10]
    assert second.layer.outputs.ravel().tolist() == [10]


def test_nodes_without_names_are_called_by_their_outputs(tmp_path: Path) -> None:
    """Names are optional in ONNX."""
    nodes = [
        node("MaxPool", "x", "half", kernel_shape=[2, 2]),
        node("MaxPool", "half", "y", "pool", kernel_shape=[2, 2]),
    ]
    found = seen(saved(model(nodes, INPUT), tmp_path), x=counting(1, 1, 4, 4)).nodes
    assert [each.name for each in found] == ["half", "pool"]


def test_several_inputs(tmp_path: Path) -> None:
    """Each with its name; both enter."""
    nodes = [node("Add", "a b", "c"), node("MaxPool", "c", "y", kernel_shape=[2, 2])]
    path = saved(model(nodes, {"a": (1, 1, 2, 2), "b": (1, 1, 2, 2)}), tmp_path)
    assert [each.name for each in opened(path).slots] == ["a", "b"]
    one, other = counting(1, 1, 2, 2), np.full((1, 1, 2, 2), 10, np.float32)
    (only,) = seen(path, a=one, b=other).nodes
    assert only.layer.inputs.ravel().tolist() == [10, 11, 12, 13]


def test_functions_of_the_model_are_looked_into(tmp_path: Path) -> None:
    """Pooling within a function that the model brings is seen."""
    within = [node("Neg", "a", "k"), node("MaxPool", "k", "b", kernel_shape=[2, 2])]
    imports = [helper.make_opsetid("", 18)]
    function = helper.make_function("own", "Block", ["a"], ["b"], within, imports)
    nodes = [node("Block", "x", "c", domain="own"), node("Block", "c", "y", domain="own")]
    made = model(nodes, INPUT, domains=["own"], functions=[function])
    found = seen(saved(made, tmp_path), x=counting(1, 1, 4, 4)).nodes
    assert [each.operator for each in found] == ["MaxPool"] * 2
    np.testing.assert_array_equal(found[0].layer.inputs, -counting(1, 1, 4, 4))
    assert found[1].layer.outputs.shape == (1, 1, 2, 2)


def junk(folder: Path, data: bytes) -> Path:
    """A file of bytes."""
    (folder / "model.onnx").write_bytes(data)
    return folder / "model.onnx"


@pytest.mark.parametrize("data", [b"", b"no model", b"\x89PNG\r\n\x1a\n", b"\x08\x08"])
def test_what_is_no_model_is_refused(data: bytes, tmp_path: Path) -> None:
    """As it is, not by what is within."""
    assert "is not an ONNX model" in refused(junk(tmp_path, data))


def test_a_part_of_a_model_is_refused(tmp_path: Path) -> None:
    """A file that ends too early."""
    data = opened("sample:shapes").path.read_bytes()
    assert "is not an ONNX model" in refused(junk(tmp_path, data[: len(data) // 2]))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Folders, and names of nothing."""
    assert "is a folder" in refused(tmp_path)
    assert "there is no such file" in refused(tmp_path / "no.onnx")
    if Path("/dev/zero").exists():
        assert refused(Path("/dev/zero")).endswith("is not a regular file; give an .onnx file")
    with pytest.raises(SourceError, match="did you mean shapes"):
        opened("sample:shape")


def test_files_that_may_not_be_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the system's reason."""
    path = saved(model([POOL], INPUT), tmp_path)

    usual = Path.open

    def denied(self: Path, *arguments: Any, **named: Any) -> Any:
        if self == path:
            raise PermissionError(13, "Permission denied")
        return usual(self, *arguments, **named)

    monkeypatch.setattr(Path, "open", denied)
    assert refused(path).endswith("cannot be read (permission denied); check its permissions")


def test_large_models_are_refused() -> None:
    """A model takes four times its file, and no more than may be used."""
    size = opened("sample:shapes").path.stat().st_size
    assert opened("sample:shapes", str(4 * size))
    with pytest.raises(SourceError, match="use a smaller model"):
        opened("sample:shapes", str(4 * size - 1))


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Relu", "x", "y")], [node("ReduceMean", "x", "y", axes=[1])],
        # Over all axes of a row: no node of a picture.
        [node("Squeeze", "x", "a"), node("ReduceMean", "a", "y", axes=[0, 1])],
    ],
)  # fmt: skip
def test_models_without_pooling_are_refused(nodes: list[Any], tmp_path: Path) -> None:
    """There is nothing to see."""
    path = saved(model(nodes, INPUT, opset=13), tmp_path)
    assert "has no pooling node; use a model with pooling layers" in refused(path)


def test_operators_that_the_runtime_has_not_are_named(tmp_path: Path) -> None:
    """Of the standard, and of a domain of their own."""
    nodes = [node("Mystery", "x", "a"), node("MaxPool", "a", "y", kernel_shape=[2, 2])]
    path = saved(model(nodes, INPUT), tmp_path)
    assert (
        "does not support the operator Mystery; export the network with standard operators"
        in refused(path)
    )
    nodes = [node("Mystery", "x", "a", domain="own"), nodes[1]]
    path = saved(model(nodes, INPUT, domains=["own"]), tmp_path)
    words = refused(path)
    assert "does not support the operator own" in words
    assert "Mystery" in words


def test_models_that_the_runtime_does_not_take_are_refused(tmp_path: Path) -> None:
    """With the first line of its reason, which is short."""
    path = saved(model([node("MaxPool", "x", "y")], INPUT), tmp_path)
    words = refused(path)
    assert "ONNX Runtime rejects the model (" in words
    assert "kernel_shape" in words
    assert "ONNXRuntimeError" not in words
    assert len(words) < 300 + len(str(path))


def test_inputs_that_it_does_not_run_on_are_refused(tmp_path: Path) -> None:
    """With the runtime's reason, in which the lengths are named."""
    path = saved(model([POOL], {"x": (1, 1, "h", "w")}), tmp_path)
    words = refused(path, x=counting(1, 2, 4, 4))
    assert "does not run on this input (Got invalid dimensions for input: x, axis 1: 2" in words
    assert "instead of 1" in words
    assert "following indices" not in words
    assert "use an input of another size or with other values" in words


def with_weights(folder: Path, place: str) -> Path:
    """A model whose only weight, 3, stands elsewhere."""
    nodes = [node("Conv", "x w", "c"), node("MaxPool", "c", "y", kernel_shape=[2, 2])]
    return saved(model(nodes, INPUT, [outside("w", (1, 1, 1, 1), place)]), folder)


@pytest.fixture
def around(tmp_path: Path) -> Path:
    """A folder, and beside it a file with the number 3."""
    (tmp_path / "weights.bin").write_bytes(np.float32(3).tobytes())
    (tmp_path / "inner" / "deep").mkdir(parents=True)
    return tmp_path / "inner"


@pytest.mark.parametrize("place", ["weights.bin", "deep/weights.bin", "deep/../weights.bin"])
def test_values_in_the_folder_are_read(
    place: str, around: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the model or below, whatever the current folder is, and however it is named."""
    (around / place).write_bytes(np.float32(3).tobytes())
    path = with_weights(around, place)
    expected = 3 * counting(1, 1, 4, 4)
    np.testing.assert_array_equal(
        seen(path, x=counting(1, 1, 4, 4)).nodes[0].layer.inputs, expected
    )
    monkeypatch.chdir(around)
    found = seen(Path(path.name), x=counting(1, 1, 4, 4)).nodes[0].layer.inputs
    np.testing.assert_array_equal(found, expected)


def test_values_outside_the_folder_are_refused(around: Path) -> None:
    """By dots, by a whole path, or by a link."""
    (around / "link.bin").symlink_to("../weights.bin")
    (around / "door").symlink_to("..")
    whole = str(around.parent / "weights.bin")
    for place in (
        "../weights.bin",
        "deep/../../weights.bin",
        whole,
        "link.bin",
        "door/weights.bin",
    ):
        words = refused(with_weights(around, place))
        assert "its weights are stored outside the model's folder (" in words
        assert place in words


def test_a_link_within_the_folder_is_followed(around: Path) -> None:
    """What it leads to is in the folder."""
    (around / "real.bin").write_bytes(np.float32(3).tobytes())
    (around / "link.bin").symlink_to("real.bin")
    (one,) = seen(with_weights(around, "link.bin"), x=counting(1, 1, 4, 4)).nodes
    assert one.layer.outputs.max() == 45


@pytest.mark.parametrize("place", ["no.bin", "deep", "no/weights.bin"])
def test_values_that_are_missing_are_named(place: str, around: Path) -> None:
    """A name of nothing, or of a folder."""
    words = refused(with_weights(around, place))
    assert f"its weights file is missing ({place}); put it at that path" in words


@pytest.mark.parametrize("place", ["a\0b", "long" * 999, "circle"])
def test_names_of_values_that_are_none_are_refused(place: str, around: Path) -> None:
    """Names that no file can have, and links in a circle."""
    (around / "circle").symlink_to("circle")
    words = refused(with_weights(around, place))
    assert "its weights file" in words
    assert len(words) < 300 + len(str(around))


def held(place: str) -> Any:
    """A Constant node whose value stands elsewhere."""
    return helper.make_node("Constant", [], ["k"], value=outside("", (1, 1, 1, 1), place))


def hidden(where: str) -> Any:
    """A model with values outside its folder, in another part of it."""
    pool = node("MaxPool", "c", "y", kernel_shape=[2, 2])
    place = "../weights.bin"
    if where == "constant":
        return model([held(place), node("Conv", "x k", "c"), pool], INPUT)
    if where == "function":
        body = [held(place), node("Conv", "a k", "b")]
        own = helper.make_function("own", "F", ["a"], ["b"], body, [helper.make_opsetid("", 18)])
        nodes = [node("F", "x", "c", domain="own"), pool]
        return model(nodes, INPUT, domains=["own"], functions=[own])
    if where == "sparse":
        sparse = helper.make_sparse_tensor(
            outside("s", (1,), place), tensor("i", [0], np.int64), [1]
        )
        made = model([node("Add", "x s", "c"), pool], INPUT)
        made.graph.sparse_initializer.append(sparse)
        return made
    inner = helper.make_graph(
        [held(place)], "inner", [], [helper.make_tensor_value_info("k", FLOAT, None)]
    )
    choice = helper.make_node("If", ["yes"], ["c"], then_branch=inner, else_branch=inner)
    return model([choice, pool], INPUT, [tensor("yes", True, bool)])


@pytest.mark.parametrize("where", ["constant", "function", "sparse", "graph within"])
def test_values_outside_the_folder_are_refused_wherever_they_hide(where: str, around: Path) -> None:
    """In what constants hold, in functions, in sparse tensors, in graphs of graphs."""
    assert "its weights are stored outside the model's folder (../weights.bin)" in refused(
        saved(hidden(where), around)
    )


def test_no_signal_arrives_while_native_modules_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the main thread handles signals, and an exception within their loading crashes."""
    threads = []

    def loaded(name: str) -> ModuleType:
        threads.append(threading.current_thread())
        return import_module(name)

    monkeypatch.setattr("poolviz.networks.model.import_module", loaded)
    opened("sample:shapes")
    assert len(threads) >= 3
    assert threading.main_thread() not in threads


@pytest.mark.parametrize("package", ["onnx", "onnx.inliner", "onnxruntime"])
def test_without_the_extra_the_error_says_how_to_install_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever package is missing."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        PoolvizError, match=r": the package is missing; run: pip install 'poolviz\[onnx\]'"
    ) as caught:
        opened("sample:shapes")
    assert caught.value.exit_code == 1
    assert caught.value.subject == package


def test_names_with_escapes_are_not_printed_as_they_are(tmp_path: Path) -> None:
    """What a terminal would act on is written out."""
    path = saved(model([POOL], INPUT), tmp_path, "a\x1b[31m.onnx")
    assert opened(path).shown.endswith(r"a\x1b[31m.onnx")


def test_what_is_watched_is_an_output_once(tmp_path: Path) -> None:
    """Neither the graph's inputs nor its own outputs are added to them."""
    nodes = [POOL, node("Relu", "y", "z"), node("MaxPool", "z", "a", kernel_shape=[2, 2])]
    path = saved(model(nodes, INPUT, outputs=("a", "y")), tmp_path)
    outputs = [each.name for each in opened(path).session.get_outputs()]
    assert outputs == ["a", "y", "z"]


def test_threads_are_no_more_than_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runtime would make as many as it is asked for, at once."""
    import onnxruntime

    monkeypatch.setattr("os.cpu_count", lambda: 2)
    options = {"": 0, "1": 1, "2": 2, "1000000": 2}
    made: list[int] = []

    class Session(onnxruntime.InferenceSession):  # type: ignore[misc]
        def __init__(self, data: bytes, given: Any, *others: Any, **named: Any) -> None:
            made.append(given.intra_op_num_threads)
            super().__init__(data, given, *others, **named)

    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    for words in options:
        open_network("sample:shapes", parse_budget(None), int(words) if words else None)
    assert made == list(options.values())


def test_a_run_that_is_stopped_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop without end is told to terminate when an exception ends the wait for it."""
    network = opened(saved(endless(), tmp_path))

    class Interrupted(waiting.Future):  # type: ignore[type-arg]
        waits = 0

        def result(self, timeout: float | None = None) -> Any:
            self.waits += 1
            if self.waits == 1:
                with pytest.raises(TimeoutError):
                    super().result(0.2)
                raise KeyboardInterrupt
            with pytest.raises(Exception, match="terminate flag"):
                super().result(timeout)
            ended.append(True)
            return None

    ended: list[bool] = []
    monkeypatch.setattr(waiting, "Future", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        network.run({"x": np.zeros((1, 1, 4, 4), np.float32)}, ["z"])
    assert ended
