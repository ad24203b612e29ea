"""HDF5 files, where h5py is installed; and the line that installs it."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loading import refusal

from poolviz import load

VALUES = np.arange(2 * 3 * 4.0).reshape(2, 3, 4)


@pytest.fixture
def h5py() -> Any:
    """The package, which the extra ``hdf5`` installs."""
    return pytest.importorskip("h5py")


def test_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without h5py one line says what installs it."""
    monkeypatch.setitem(sys.modules, "h5py", None)
    path = tmp_path / "x.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    assert (
        "reading this file requires the h5py package; run: pip install 'poolviz[hdf5]'"
        in refusal(path)
    )


def test_dataset_is_read(h5py: Any, tmp_path: Path) -> None:
    """The only dataset of numbers needs no key, wherever it stands; texts do not count."""
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["layers/first"] = VALUES
        file["comment"] = "text"
        file["layers/itself"] = file["layers"]
    feature_map = load(tmp_path / "x.h5")
    assert np.array_equal(feature_map.values, VALUES)
    assert feature_map.name == "x"


@pytest.mark.parametrize("kind", ["u1", "<i2", ">i4", "<f2", ">f8", "?"])
def test_every_kind_of_number_is_kept(kind: str, h5py: Any, tmp_path: Path) -> None:
    """Integers, floats and booleans of any order of bytes, compressed or not."""
    values = (VALUES % 2).astype(kind)
    with h5py.File(tmp_path / "x.hdf5", "w") as file:
        file.create_dataset("a", data=values, compression="gzip")
        file["b"] = values
    for key in ("a", "b"):
        assert np.array_equal(load(tmp_path / "x.hdf5", key=key).values, values)


def test_links_to_other_files_are_not_followed(h5py: Any, tmp_path: Path) -> None:
    """A file cannot make another one be read: by links, outer storage or virtual datasets."""
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["a"] = VALUES
    (tmp_path / "raw").write_bytes(bytes(32))
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file["link"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/a")
        stored = [(str(tmp_path / "raw"), 0, 32)]
        file.create_dataset("outside", (2, 2), "f8", external=stored)
        layout = h5py.VirtualLayout((2, 3, 4), "f8")
        layout[...] = h5py.VirtualSource(str(tmp_path / "other.h5"), "a", (2, 3, 4))
        file.create_virtual_dataset("virtual", layout)
    assert "there is no array 'link' in" in refusal(tmp_path / "x.h5", key="link")
    for key in ("outside", "virtual"):
        assert "its values are stored in other files" in refusal(tmp_path / "x.h5", key=key)


def test_claimed_size_is_checked_first(h5py: Any, tmp_path: Path) -> None:
    """A dataset that claims terabytes in a small file is refused at once."""
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("a", (10**6, 10**6), "f4", chunks=(100, 100))
        file.create_dataset("b", (2, 2), "f4", chunks=(10**4, 10**4), maxshape=(None, None))
    assert "but the limit is" in refusal(tmp_path / "x.h5", key="a")
    assert "but the limit is" in refusal(tmp_path / "x.h5", key="b", max_memory="100M")


@pytest.mark.parametrize("part", [0, 8, 50, 900])
def test_damaged_file_is_refused(part: int, h5py: Any, tmp_path: Path) -> None:
    """A file that ends early is refused."""
    path = tmp_path / "x.h5"
    with h5py.File(path, "w") as file:
        file["a"] = VALUES
    path.write_bytes(path.read_bytes()[:part])
    assert "not a readable HDF5 file; save it again" in refusal(path)


@pytest.mark.parametrize("shape", [(0, 3), None])
def test_empty_dataset_is_refused(shape: tuple[int, ...] | None, h5py: Any, tmp_path: Path) -> None:
    """A dataset without values is refused."""
    with h5py.File(tmp_path / "x.h5", "w") as file:
        file.create_dataset("a", data=h5py.Empty("f4") if shape is None else np.zeros(shape))
    message = refusal(tmp_path / "x.h5")
    assert "its shape is 0×3" in message or "the array is empty" in message


def test_arrays_of_matlab_have_its_axes(h5py: Any, tmp_path: Path) -> None:
    """MATLAB since 7.3 stores by columns: rows of HDF5 are columns of MATLAB."""
    with h5py.File(tmp_path / "x.mat", "w", userblock_size=512) as file:
        file["a"] = VALUES[0].T
        file["a"].attrs["MATLAB_class"] = np.bytes_(b"double")
    with (tmp_path / "x.mat").open("r+b") as data:
        data.write(b"MATLAB 7.3 MAT-file".ljust(124) + b"\0\2IM")
    assert np.array_equal(load(tmp_path / "x.mat").values[0], VALUES[0])
