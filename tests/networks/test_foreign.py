"""Files of other frameworks in the place of an ONNX model."""

import io
import pickle
import zipfile
from pathlib import Path

import pytest

from poolviz import SourceError
from poolviz.memory import Budget
from poolviz.networks.model import open_network
from poolviz.networks.reading import other_kind


def zipped(*names: str) -> bytes:
    """A zip file with members of these names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"\0" * 9000)
    return file.getvalue()


FILES = {
    "m.pt": (zipped("m/data.pkl", "m/data/0", "m/version"), "a PyTorch file", "torch.onnx.export"),
    "m.pth": (pickle.dumps([1], 2), "a PyTorch file or another pickle", "torch.onnx.export"),
    "m.keras": (
        zipped("metadata.json", "config.json", "model.weights.h5"),
        "a Keras file",
        "model.export",
    ),
    "m.h5": (b"\x89HDF\r\n\x1a\n" + bytes(90), "a Keras or other HDF5 file", "model.export"),
    "m.tflite": (b"\x1c\0\0\0TFL3" + bytes(90), "a TensorFlow Lite file", "tf2onnx"),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_frameworks_are_named(name: str, tmp_path: Path) -> None:
    """Not as damaged: as what they are, with the way to ONNX, whatever they are called."""
    data, kind, remedy = FILES[name]
    for path in (tmp_path / name, tmp_path / "model.onnx"):
        path.write_bytes(data)
        with pytest.raises(SourceError) as caught:
            open_network(path, Budget(1 << 30))
        assert caught.value.cause == f"is not an ONNX model but {kind}"
        assert remedy in caught.value.remedy


@pytest.mark.parametrize("data", [b"", b"P", b"no model", b"\x08\x08", zipped("a.txt")])
def test_other_files_are_not_named(data: bytes) -> None:
    """What nothing is known of may be a damaged model."""
    assert other_kind(data) == ("", "")


@pytest.mark.conformance
def test_a_file_of_torch(tmp_path: Path) -> None:
    """As torch itself writes one."""
    torch = pytest.importorskip("torch")
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "m.pt")
    assert other_kind((tmp_path / "m.pt").read_bytes())[0] == "a PyTorch file"
