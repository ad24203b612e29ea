"""Well-known networks: every pooling layer found, and repeated as the network computed it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from known_networks import NETWORKS, built, export
from torch import nn

import poolviz
from poolviz.memory import parse_budget
from poolviz.networks.feeding import NetworkInput
from poolviz.networks.model import open_network
from poolviz.networks.observe import Observation, observe

pytestmark = pytest.mark.conformance

MOST = 1e-5


def seen(path: Path, x: torch.Tensor, index: int = 0) -> Observation:
    """The nodes of an exported network at work."""
    network = open_network(path, parse_budget(None))
    return observe(network, {"x": NetworkInput(x.numpy(), "as it is")}, index)


@pytest.mark.parametrize("opset", [11, 18])
@pytest.mark.parametrize("name", NETWORKS)
def test_exported_networks(name: str, opset: int, tmp_path: Path) -> None:
    """Every pooling node is listed in its order, and differs by 1e-5 at most, max by nothing."""
    model, x = built(name)
    export(model, x, tmp_path / "model.onnx", opset)
    nodes = seen(tmp_path / "model.onnx", x).nodes
    words = [node.layer.summary for node in nodes]
    assert words == NETWORKS[name][2]
    for node in nodes:
        exact = node.operator == "MaxPool"
        assert node.layer.max_difference <= (0 if exact else MOST), node.name


@pytest.mark.parametrize("name", NETWORKS)
def test_live_networks(name: str) -> None:
    """The same through capture: every pooling module, with the same differences."""
    model, x = built(name)
    with torch.no_grad():
        layers = poolviz.capture(model, x)
    assert [layer.summary for layer in layers] == NETWORKS[name][2]
    for layer in layers:
        exact = layer.spec.mode == "max"
        assert layer.max_difference <= (0 if exact else MOST), layer.name


@pytest.mark.parametrize("name", ["inception", "resnet18"])
def test_fields_are_what_the_gradient_reaches(name: str, tmp_path: Path) -> None:
    """The receptive field of a node in the middle is the extent of its gradient in the input."""
    model, x = built(name)
    export(model, x, tmp_path / "model.onnx")
    node = seen(tmp_path / "model.onnx", x).nodes[-3 if name == "inception" else 0]
    assert node.field is not None
    module = {"inception": "pool.0", "resnet18": "3"}[name]
    kept: list[torch.Tensor] = []
    # The mean of a window instead of its maximum: all of its cells count.
    model.get_submodule(module).register_forward_hook(lambda *seen: kept.append(seen[1][0]))
    x = x[:1].requires_grad_()
    model(x)
    spec = node.layer.spec
    pooled = nn.functional.avg_pool2d(kept[0].abs(), spec.kernel_size, spec.stride, 1)
    middle = pooled.shape[-1] // 2
    pooled[0, :, middle, middle].sum().backward()
    assert x.grad is not None
    rows = np.flatnonzero(x.grad.abs().sum((0, 1, 3)).numpy())
    assert rows[-1] - rows[0] + 1 == node.field.size[0]


@pytest.mark.parametrize("index", [0, 1])
def test_one_of_a_batch(index: int, tmp_path: Path) -> None:
    """What is shown of a node is that of the index; differences are of the whole batch."""
    model, x = built("lenet5")
    export(model, x, tmp_path / "model.onnx")
    layer = seen(tmp_path / "model.onnx", x, index).nodes[0].layer
    with torch.no_grad():
        expected = model[:2](x)[index].numpy()
    np.testing.assert_allclose(layer.feature_map.values, expected, atol=1e-5)


def test_the_command_agrees(tmp_path: Path) -> None:
    """The listing of the command names the same nodes and differences as JSON."""
    model, x = built("resnet18")
    export(model, x, tmp_path / "model.onnx")
    np.save(tmp_path / "x.npy", x.numpy())
    done = subprocess.run(
        [sys.executable, "-m", "poolviz", "network", "model.onnx", "--input", "x.npy", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    nodes = json.loads(done.stdout)["nodes"]
    assert [node["operator"] for node in nodes] == ["MaxPool", "GlobalAveragePool"]
    assert [node["output_shape"] for node in nodes] == [[2, 64, 56, 56], [2, 512, 1, 1]]
    assert nodes[0]["max_difference"] == 0
    assert nodes[1]["max_difference"] <= MOST


@pytest.mark.parametrize(
    "module",
    [
        nn.MaxPool1d(3, 2, 1), nn.MaxPool2d((3, 2), (2, 1), (1, 0), dilation=(2, 1)),
        nn.MaxPool2d(2, return_indices=True), nn.MaxPool3d(2), nn.AvgPool1d(4, 3, 2, True, False),
        nn.AvgPool2d(3, 2, 1, divisor_override=4), nn.AvgPool3d(2, 1), nn.LPPool1d(3, 2),
        nn.LPPool2d(2, 3, 2, ceil_mode=True), nn.AdaptiveAvgPool1d(3),
        nn.AdaptiveAvgPool2d((None, 4)), nn.AdaptiveMaxPool2d(3), nn.AdaptiveMaxPool3d(2),
    ],
    ids=repr,
)  # fmt: skip
def test_every_kind_of_module(module: nn.Module) -> None:
    """Any pooling module with any of its settings is repeated."""
    rank = int(type(module).__name__[-2])
    x = torch.rand(2, 3, *(9, 11, 7)[:rank], generator=torch.Generator().manual_seed(1))
    (layer,) = poolviz.capture(module, x, index=1)
    assert layer.max_difference <= MOST
    assert layer.outputs.size == (out := module(x))[0].numel() * (
        1 if isinstance(out, tuple) else 2
    )


def test_example_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """What the README shows of live models prints a line for its only pooling module."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(import torch.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own example
    assert capsys.readouterr().out == "1 max 3×3, stride 2, padding 1 (8, 30, 30) 0.0\n"
