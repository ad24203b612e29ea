"""Outputs larger than memory: the same values, whole or not at all."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, SpecError
from poolviz.memory import Budget
from poolviz.output import job
from poolviz.output.files import mapped_array
from poolviz.output.job import OutputRequest, PoolRequest, run_job
from poolviz.output.typesetting import PictureStyle

OLD = b"an earlier array"


def order(folder: Path, write: str = "none", **files: Path) -> OutputRequest:
    """What is written."""
    return OutputRequest(folder / "out", write, "before-after", PictureStyle(), **files)


@pytest.fixture(autouse=True)
def small_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every saved output is mapped."""
    monkeypatch.setattr(job, "LEAST_BYTES", 1)


def test_array_is_there_when_all_is_written(tmp_path: Path) -> None:
    """Until then the old file is."""
    path = tmp_path / "a.npy"
    path.write_bytes(OLD)
    with mapped_array(path, (2, 3), np.dtype("<f4")) as array:
        array[...] = 7
        assert path.read_bytes() == OLD
    assert (np.load(path) == np.full((2, 3), 7, "f4")).all()
    assert list(tmp_path.iterdir()) == [path]


def test_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """And nothing beside it."""
    path = tmp_path / "a.npy"
    path.write_bytes(OLD)
    with pytest.raises(ZeroDivisionError), mapped_array(path, (2, 3), np.dtype("<f4")):
        raise ZeroDivisionError
    assert path.read_bytes() == OLD
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("planar", [True, False])
@pytest.mark.parametrize("mode", ["max", "average", "median"])
def test_values_are_those_in_memory(planar: bool, mode: str, tmp_path: Path) -> None:
    """Of the same shape and type, to the last bit."""
    values = np.random.default_rng(1).normal(size=(12, 9) if planar else (3, 12, 9))
    source = FeatureMap(values.astype(np.float32))
    pooling = PoolRequest(PoolSpec(mode, 3, stride=2), None, None, None, Budget(1 << 30))
    counts: list[int] = []
    done = run_job(
        source, pooling, order(tmp_path, save=tmp_path / "a.npy"), progress=counts.append
    )
    saved = np.load(tmp_path / "a.npy")
    expected = run_job(source, pooling, order(tmp_path)).pictures.result.output
    assert saved.dtype == expected.dtype
    assert saved.shape == (expected.shape[1:] if planar else expected.shape)
    assert (saved == expected.reshape(saved.shape)).all()
    assert done.files == {"save": str(tmp_path / "a.npy")}
    assert sum(counts) == expected.size


def test_source_is_not_replaced(tmp_path: Path) -> None:
    """Nor another output."""
    path = tmp_path / "a.npy"
    np.save(path, np.eye(4))
    source = FeatureMap(np.load(path, mmap_mode="r"), path=path)
    pooling = PoolRequest(PoolSpec("max"), None, None, None, Budget(1 << 30))
    with pytest.raises(SpecError, match="is the source"):
        run_job(source, pooling, order(tmp_path, save=path))
    assert (np.load(path) == np.eye(4)).all()


def test_mapped_output_needs_no_memory(tmp_path: Path) -> None:
    """The estimate does not count it."""
    source = FeatureMap(np.zeros((1000, 1000), np.uint8))
    pooling = PoolRequest(PoolSpec("max", 1), None, None, None, Budget(70 << 20))
    small = PoolRequest(PoolSpec("max", 1), None, None, None, Budget(65 << 20))
    run_job(source, small, order(tmp_path, save=tmp_path / "a.npy"))
    with pytest.raises(SpecError, match="memory"):
        run_job(source, pooling, order(tmp_path))


def test_array_is_on_the_disk_before_the_old_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the map holds is flushed before the file takes the place of the other."""
    path, steps = tmp_path / "a.npy", []
    flush, move = np.memmap.flush, Path.replace

    def flushed(array: "np.memmap[Any, Any]") -> None:
        steps.append("flush")
        flush(array)

    def moved(file: Path, target: Path) -> Path:
        steps.append("replace")
        return move(file, target)

    monkeypatch.setattr(np.memmap, "flush", flushed)
    monkeypatch.setattr(Path, "replace", moved)
    with mapped_array(path, (2, 3), np.dtype("<f4")) as array:
        array[...] = 7
        steps.clear()
    assert steps == ["flush", "replace"]
