"""Networks in the shapes of well-known ones, with seeded weights; their heads are made small."""

import io
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

CLASSES, HEAD = 10, 32


def head(features: int) -> list[nn.Module]:
    """What follows the last pooling: of no matter here, so it is small."""
    return [nn.Flatten(), nn.Linear(features, HEAD), nn.ReLU(), nn.Linear(HEAD, CLASSES)]


def lenet5() -> nn.Module:
    """LeCun et al. 1998: averages, and 32×32 of one channel."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(16, 120, 5), nn.Tanh(), *head(120),
    )  # fmt: skip


def alexnet() -> nn.Module:
    """Krizhevsky 2014: overlapping max pooling."""
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.AdaptiveAvgPool2d(1), *head(256),
    )  # fmt: skip


def vgg11() -> nn.Module:
    """Simonyan & Zisserman 2014: five times max 2×2."""
    layers: list[nn.Module] = []
    channels = 3
    for width in (64, "M", 128, "M", 256, 256, "M", 512, 512, "M", 512, 512, "M"):
        if isinstance(width, int):
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
            channels = width
        else:
            layers.append(nn.MaxPool2d(2, 2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), *head(512))


class Inception(nn.Module):
    """Szegedy et al. 2014: a block, between poolings in ceil mode."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True),
            nn.Conv2d(64, 192, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2, ceil_mode=True),
        )  # fmt: skip
        self.one = nn.Conv2d(192, 64, 1)
        self.three = nn.Sequential(nn.Conv2d(192, 96, 1), nn.Conv2d(96, 128, 3, padding=1))
        self.five = nn.Sequential(nn.Conv2d(192, 16, 1), nn.Conv2d(16, 32, 5, padding=2))
        self.pool = nn.Sequential(nn.MaxPool2d(3, 1, 1, ceil_mode=True), nn.Conv2d(192, 32, 1))
        self.end = nn.Sequential(
            nn.AvgPool2d(3, 2, 1, ceil_mode=True), nn.AdaptiveAvgPool2d(1), *head(256)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Four branches, side by side."""
        x = self.stem(x)
        branches = [branch(x) for branch in (self.one, self.three, self.five, self.pool)]
        return self.end(torch.cat(branches, 1))


class Residual(nn.Module):
    """He et al. 2015: two convolutions beside a shortcut."""

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip
        same = stride == 1 and channels == width
        self.shortcut = nn.Identity() if same else nn.Conv2d(channels, width, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both."""
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet18() -> nn.Module:
    """Padded max pooling at the beginning, a global average at the end."""
    blocks = [
        Residual(a, b, s)
        for a, b, s in [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1), (128, 256, 2),
                        (256, 256, 1), (256, 512, 2), (512, 512, 1)]
    ]  # fmt: skip
    return nn.Sequential(
        nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.MaxPool2d(3, 2, 1), *blocks, nn.AdaptiveAvgPool2d(1), *head(512),
    )  # fmt: skip


class Inverted(nn.Module):
    """Sandler et al. 2018: wide between narrow, depthwise in the middle."""

    def __init__(self, channels: int, width: int, stride: int, factor: int) -> None:
        super().__init__()
        wide = channels * factor
        self.same = stride == 1 and channels == width
        self.body = nn.Sequential(
            nn.Conv2d(channels, wide, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU6(),
            nn.Conv2d(wide, wide, 3, stride, 1, groups=wide, bias=False), nn.BatchNorm2d(wide),
            nn.ReLU6(), nn.Conv2d(wide, width, 1, bias=False), nn.BatchNorm2d(width),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """With a shortcut where the shapes allow it."""
        return x + self.body(x) if self.same else self.body(x)


def mobilenetv2() -> nn.Module:
    """No pooling but the last; strides do the rest."""
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
              (6, 160, 3, 2), (6, 320, 1, 1)]  # fmt: skip
    layers: list[nn.Module] = [
        nn.Conv2d(3, 32, 3, 2, 1, bias=False),
        nn.BatchNorm2d(32),
        nn.ReLU6(),
    ]
    channels = 32
    for factor, width, count, stride in stages:
        for at in range(count):
            layers.append(Inverted(channels, width, 1 if at else stride, factor))
            channels = width
    last = [nn.Conv2d(channels, 1280, 1, bias=False), nn.BatchNorm2d(1280), nn.ReLU6()]
    return nn.Sequential(*layers, *last, nn.AdaptiveAvgPool2d(1), *head(1280))


# Each with its input's (channels, side), and the pooling nodes in words, worked out by hand.
NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, int], list[str]]] = {
    "lenet5": (lenet5, (1, 32), ["average 2×2, stride 2"] * 2),
    "alexnet": (alexnet, (3, 224), ["max 3×3, stride 2"] * 3 + ["global average"]),
    "vgg11": (vgg11, (3, 224), ["max 2×2, stride 2"] * 5 + ["global average"]),
    "inception": (
        Inception,
        (3, 224),
        ["max 3×3, stride 2, ceil mode"] * 2
        + ["max 3×3, stride 1, padding 1, ceil mode"]
        + ["average 3×3, stride 2, padding 1, ceil mode (counted)", "global average"],
    ),
    "resnet18": (resnet18, (3, 224), ["max 3×3, stride 2, padding 1", "global average"]),
    "mobilenetv2": (mobilenetv2, (3, 224), ["global average"]),
}


def built(name: str) -> tuple[nn.Module, Tensor]:
    """A network with seeded weights, and two inputs in a batch."""
    build, (channels, side), _ = NETWORKS[name]
    torch.manual_seed(len(name))
    model = build().eval()
    return model, torch.randn(2, channels, side, side)


def export(model: nn.Module, x: Tensor, path: Path, opset: int = 18) -> None:
    """The model as an ONNX file that takes any batch."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # The exporter that needs no further package is called the older one.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model, (x,), buffer, dynamo=False, opset_version=opset, input_names=["x"],
            output_names=["y"], dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
        )  # fmt: skip
    path.write_bytes(buffer.getvalue())
