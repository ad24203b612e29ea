"""What the tests of the command line share."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def photo(folder: Path) -> Path:
    """A small colour photo, ``photo.png``."""
    values = np.random.default_rng(3).integers(0, 256, (12, 16, 3)).astype(np.uint8)
    Image.fromarray(values).save(folder / "photo.png")
    return Path("photo.png")


@pytest.fixture
def model(folder: Path) -> Path:
    """The sample network, ``model.onnx``."""
    shutil.copy(SAMPLES / "shapes.onnx", folder / "model.onnx")
    return Path("model.onnx")


@pytest.fixture
def features(folder: Path) -> Path:
    """A feature map of three channels, ``features.npy``."""
    np.save(folder / "features.npy", np.random.default_rng(4).normal(size=(3, 9, 10)))
    return Path("features.npy")


@pytest.fixture
def course(folder: Path, features: Path, photo: Path) -> Path:
    """Many sources: folders ``maps`` and ``course``, and ``list.txt`` with a name on each line."""
    for path, source in (("maps/one.npy", features), ("course/a/photo.png", photo)):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes((folder / source).read_bytes())
    (folder / "list.txt").write_text("maps/one.npy\n")
    return folder / "list.txt"
