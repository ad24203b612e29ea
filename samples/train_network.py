"""Trains the sample network: a small CNN that tells five drawn shapes apart.

shapes.onnx     the network: right about 99.95 % of 2,000 pictures drawn with another seed
shapes.png      64x64 RGB: a star, for the network to look at; it was not trained on it
Run: python samples/train_network.py [FOLDER]     (about a minute; extra: conformance)
"""

import sys
from collections import OrderedDict
from colorsys import hsv_to_rgb
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch
    from onnx import ModelProto
    from torch import nn

Floats = NDArray[np.float64]
Bytes = NDArray[np.uint8]

CLASSES = ("circle", "square", "triangle", "star", "cross")
TRAINING_SEED, TRAINING_COUNT = 1, 8000
HELD_OUT_SEED, HELD_OUT_COUNT = 2, 2000
PICTURE_SEED, PICTURE_SHOWS = 2486, "star"  # a seed chosen for the picture's looks

# How many, and how far from the middle, in turn: no shape is to look much larger than another.
CORNERS = {
    "circle": (90, [0.76]),
    "square": (4, [0.93]),
    "triangle": (3, [1.0]),
    "star": (10, [1, 0.45]),
}
SIZE, SCALE = 64, 4  # drawn SCALE times larger, then reduced
NOISE = 0.03
EPOCHS, BATCH, RATE = 8, 64, 0.01


def outline(name: str) -> NDArray[np.complex128]:
    """The corners of a shape about 0, as complex numbers: a product turns and scales them."""
    if name == "cross":
        arm = np.array([0.94 - 0.33j, 0.94 + 0.33j, 0.33 + 0.33j])
        return np.outer(1j ** np.arange(4), arm).ravel()
    corners, reach = CORNERS[name]
    return np.asarray(np.resize(reach, corners) * np.exp(2j * np.pi * np.arange(corners) / corners))


def mask(name: str, random: np.random.Generator) -> Floats:
    """1 inside of the shape, somewhere and turned anyhow; 0 elsewhere; smooth edges."""
    radius = random.uniform(7, 27)
    x, y = random.uniform(radius + 1, SIZE - radius - 1, 2)
    turned = outline(name) * radius * np.exp(1j * random.uniform(0, 2 * np.pi)) + complex(x, y)
    image = Image.new("L", (SIZE * SCALE, SIZE * SCALE))
    points = [(point.real * SCALE, point.imag * SCALE) for point in turned.tolist()]
    ImageDraw.Draw(image).polygon(points, fill=255)
    return np.asarray(image.reduce(SCALE)) / 255


def gradient(hue: float, light: bool, random: np.random.Generator) -> Floats:
    """A light or dark colour that goes over softly into a neighbour of it."""
    saturation = random.uniform(0.4, 0.7) if light else random.uniform(0.65, 0.95)
    values = (1, 0.85) if light else (0.52, 0.2)
    hues = hue + random.uniform(-0.07, 0.07, 2)
    ends = [hsv_to_rgb(h % 1, saturation, v) for h, v in zip(hues, values, strict=True)]
    angle, (y, x) = random.uniform(0, 2 * np.pi), np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    along = (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(8) + 0.5
    return np.asarray(ends[0] + along[..., None] * np.subtract(ends[1], ends[0]))


def picture(name: str, random: np.random.Generator) -> Bytes:
    """A light shape on a dark ground or a dark one on a light ground, of another hue."""
    hue, light = random.random(), random.random() < 0.5
    ground = gradient(hue, not light, random)
    shape = gradient(hue + random.uniform(0.2, 0.8), light, random)
    scene = ground + (shape - ground) * mask(name, random)[..., None]
    scene += random.normal(0, NOISE, scene.shape)
    return (np.clip(scene, 0, 1) * 255).round().astype(np.uint8)


def drawn(seed: int, count: int) -> tuple[Bytes, NDArray[np.int64]]:
    """Pictures (count, SIZE, SIZE, 3), and for each the place of its shape in CLASSES."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, len(CLASSES), count)
    return np.stack([picture(CLASSES[label], random) for label in labels]), labels


def network() -> "nn.Sequential":
    """Untrained; four poolings, each of another kind."""
    from torch import nn

    return nn.Sequential(
        OrderedDict(
            conv1=nn.Conv2d(3, 8, 5, padding=2),
            norm1=nn.BatchNorm2d(8),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(3, stride=2, padding=1),
            conv2=nn.Conv2d(8, 16, 3, padding=1),
            norm2=nn.BatchNorm2d(16),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            conv3=nn.Conv2d(16, 32, 3, padding=1),
            norm3=nn.BatchNorm2d(32),
            relu3=nn.ReLU(),
            pool3=nn.AvgPool2d(3, stride=2, ceil_mode=True),
            conv4=nn.Conv2d(32, 32, 3, padding=1),
            norm4=nn.BatchNorm2d(32),
            relu4=nn.ReLU(),
            pool4=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            classify=nn.Linear(32, len(CLASSES)),
        )
    )


def tensors(seed: int, count: int) -> "tuple[torch.Tensor, torch.Tensor]":
    """What is drawn, as a network takes it: channels first, values in 0..1."""
    import torch

    pictures, labels = drawn(seed, count)
    return torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255, torch.from_numpy(labels)


def batches(count: int) -> "Iterator[torch.Tensor]":
    """The numbers of the training pictures, every one once in each epoch."""
    import torch

    for _ in range(EPOCHS):
        yield from torch.randperm(count).split(BATCH)


def trained() -> "nn.Sequential":
    """A network after training; the same every time on the same machine."""
    import torch

    torch.manual_seed(TRAINING_SEED)
    torch.use_deterministic_algorithms(True)
    pictures, labels = tensors(TRAINING_SEED, TRAINING_COUNT)
    model, chosen = network(), list(batches(TRAINING_COUNT))
    optimizer = torch.optim.Adam(model.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, len(chosen))
    for batch in chosen:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(pictures[batch]), labels[batch]).backward()
        optimizer.step()
        schedule.step()
    return model.eval()


def accuracy(model: "nn.Sequential") -> str:
    """How often the network is right about pictures that it was not trained on."""
    import torch

    pictures, labels = tensors(HELD_OUT_SEED, HELD_OUT_COUNT)
    with torch.no_grad():
        right = (model(pictures).argmax(1) == labels).float().mean().item()
    return f"{right * 100:.4g} % of {HELD_OUT_COUNT:,} pictures drawn with another seed"


def save(model: "nn.Sequential", path: Path, **remarks: str) -> None:
    """Export for any batch size, with the layers' names on the nodes and what they give."""
    import onnx
    import torch

    axes = {"picture": {0: "N"}, "scores": {0: "N"}}
    torch.onnx.export(
        model, (torch.zeros(1, 3, SIZE, SIZE),), path, dynamo=False, opset_version=18,
        input_names=["picture"], output_names=["scores"], dynamic_axes=axes,
    )  # fmt: skip
    exported = onnx.load(path)
    tidy(exported)
    onnx.helper.set_model_props(exported, remarks)
    onnx.checker.check_model(exported, full_check=True)
    onnx.save(exported, path)


def tidy(exported: "ModelProto") -> None:
    """Instead of /conv1/Conv and /conv1/Conv_output_0, conv1; no words about the exporting code."""
    names = {}
    for node in exported.graph.node:
        node.doc_string, node.name = "", layer(node.name)
        for name, part in zip(node.input[1:], ("weight", "bias"), strict=False):
            names[name] = f"{node.name}.{part}"
        node.input[:] = [names.get(name, layer(name)) for name in node.input]
        node.output[:] = map(layer, node.output)
    for parameter in exported.graph.initializer:
        parameter.name = names[parameter.name]


def layer(name: str) -> str:
    return name.split("/")[1] if name.startswith("/") else name


def main(folder: Path) -> None:
    model = trained()
    measured = accuracy(model)
    sys.stdout.write(f"right about {measured}\n")
    folder.mkdir(parents=True, exist_ok=True)
    save(model, folder / "shapes.onnx", classes=",".join(CLASSES), accuracy=measured)
    (shown,), (label,) = drawn(PICTURE_SEED, 1)
    assert CLASSES[label] == PICTURE_SHOWS
    Image.fromarray(shown).save(folder / "shapes.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
