"""Models of other frameworks, known by how their files begin, and the way to ONNX."""

from collections.abc import Callable

Data = memoryview | bytes
_TORCH = "export it with torch.onnx.export(model, x, 'model.onnx')"
_KERAS = "export it with model.export('model.onnx', format='onnx')"
# Names of members of zip files stand at their beginning and again at their end.
_ZIP, _MEMBERS = b"PK\x03\x04", 4096
_KINDS: tuple[tuple[str, str, Callable[[Data], bool]], ...] = (
    ("a Keras file", _KERAS, lambda data: _is_zip_with(data, b"model.weights.h5")),
    ("a PyTorch file", _TORCH, lambda data: _is_zip_with(data, b"data.pkl")),
    ("a PyTorch file or another pickle", _TORCH, lambda data: bytes(data[:1]) == b"\x80"),
    ("a Keras or other HDF5 file", _KERAS, lambda data: bytes(data[:8]) == b"\x89HDF\r\n\x1a\n"),
    (
        "a TensorFlow Lite file",
        "convert it with python -m tf2onnx.convert --tflite",
        lambda data: bytes(data[4:8]) == b"TFL3",
    ),
)


def other_kind(data: Data) -> tuple[str, str]:
    r"""What a file is that is not an ONNX model, and what to do; empty where that is not known.

    Example:
        >>> other_kind(b"\0\0\0\0TFL3")[0]
        'a TensorFlow Lite file'
    """
    found = (kind[:2] for kind in _KINDS if kind[2](data))
    return next(found, ("", ""))


def _is_zip_with(data: Data, member: bytes) -> bool:
    parts = bytes(data[:_MEMBERS]), bytes(data[-_MEMBERS:])
    return parts[0].startswith(_ZIP) and any(member in part for part in parts)
