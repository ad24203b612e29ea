"""The sample network, run by ONNX Runtime on what its script draws."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from PIL import Image

pytestmark = pytest.mark.conformance

SAMPLES = Path(__file__).parents[2] / "samples"
SCRIPT, MODEL = SAMPLES / "train_network.py", SAMPLES / "shapes.onnx"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that drew the pictures and trained the network."""
    spec = importlib.util.spec_from_file_location(SCRIPT.stem, SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def session() -> onnxruntime.InferenceSession:
    """The network, ready to run."""
    return onnxruntime.InferenceSession(MODEL)


def answers(session: onnxruntime.InferenceSession, pictures: NDArray[Any]) -> NDArray[Any]:
    """The class that the network takes each picture for, by its number."""
    values = np.moveaxis(pictures, -1, 1).astype(np.float32) / 255
    (scores,) = session.run(["scores"], {"picture": values})
    return np.asarray(scores).argmax(axis=1)


def stated(session: onnxruntime.InferenceSession) -> dict[str, str]:
    """What the file says of itself."""
    return dict(session.get_modelmeta().custom_metadata_map)


def test_network_is_as_good_as_it_says(
    script: ModuleType, session: onnxruntime.InferenceSession
) -> None:
    """It is right as often as its metadata states, on pictures it was not trained on."""
    pictures, labels = script.drawn(script.HELD_OUT_SEED, script.HELD_OUT_COUNT)
    percent = 100 * np.mean(answers(session, pictures) == labels)
    # One picture is 0.05 percentage points; a little more leaves room for the float's last digit.
    assert percent == pytest.approx(float(stated(session)["accuracy"].split()[0]), abs=0.0501)
    assert percent > 95


def test_accuracy_is_stated_once(script: ModuleType, session: onnxruntime.InferenceSession) -> None:
    """The script's docstring and the metadata state the same accuracy, the same classes."""
    assert script.__doc__ is not None
    assert stated(session)["accuracy"] in script.__doc__
    assert stated(session)["classes"].split(",") == list(script.CLASSES)


def test_held_out_pictures_are_new(script: ModuleType) -> None:
    """No held-out picture, nor the sample picture, is among those of the training."""
    trained, _ = script.drawn(script.TRAINING_SEED, script.TRAINING_COUNT)
    held_out, _ = script.drawn(script.HELD_OUT_SEED, script.HELD_OUT_COUNT)
    sample, _ = script.drawn(script.PICTURE_SEED, 1)
    known = {picture.tobytes() for picture in trained}
    assert not any(picture.tobytes() in known for picture in (*held_out, *sample))


def test_sample_picture_is_recognized(
    script: ModuleType, session: onnxruntime.InferenceSession
) -> None:
    """The network takes shapes.png for what it shows."""
    with Image.open(SAMPLES / "shapes.png") as image:
        (answer,) = answers(session, np.asarray(image)[None])
    assert script.CLASSES[answer] == script.PICTURE_SHOWS


def test_sample_picture_is_what_the_script_draws(script: ModuleType) -> None:
    """The pixels of shapes.png are those that the script draws; other versions may round some."""
    (picture,), (label,) = script.drawn(script.PICTURE_SEED, 1)
    with Image.open(SAMPLES / "shapes.png") as image:
        assert image.mode == "RGB"
        np.testing.assert_allclose(np.asarray(image, int), np.asarray(picture, int), atol=3)
    assert script.CLASSES[label] == script.PICTURE_SHOWS


def test_network_is_small() -> None:
    """The file is small enough to come with the package."""
    assert MODEL.stat().st_size < 200_000


def test_drawing_takes_no_pytorch() -> None:
    """The script draws without loading PyTorch or onnx."""
    code = (
        f"import sys; sys.path.insert(0, {str(SAMPLES)!r}); import train_network;"
        "train_network.drawn(0, 1); assert not {'torch', 'onnx'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-B", "-c", code], check=True)
