"""Pickles (of protocols 2 to 5, which say so) are never loaded, under whatever name."""

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from poolviz import SourceError, load


class Trap:
    """An object whose pickle makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_array_under_the_name_of_a_pickle_is_read(tmp_path: Path) -> None:
    """What is in a file counts, not what it is called."""
    with (tmp_path / "x.pkl").open("wb") as file:
        np.save(file, np.eye(2))
    assert load(tmp_path / "x.pkl").shape == (2, 2)


@pytest.mark.parametrize("name", ["x.pt", "x.ckpt", "x.pickle", "x.npy", "x.png", "bare"])
@pytest.mark.parametrize("protocol", [2, 5])
def test_pickle_is_refused_and_not_run(name: str, protocol: int, tmp_path: Path) -> None:
    """Content tells a pickle, and nothing in it is run."""
    trap = tmp_path / "sprung"
    (tmp_path / name).write_bytes(pickle.dumps(Trap(trap), protocol))
    with pytest.raises(SourceError, match=r"is a pickle.*numpy\.save"):
        load(tmp_path / name)
    assert not trap.exists()


@pytest.mark.parametrize("name", ["x.pth", "x.npz"])
def test_checkpoint_that_is_an_archive_is_refused(name: str, tmp_path: Path) -> None:
    """PyTorch saves archives with a pickle in them."""
    with zipfile.ZipFile(tmp_path / name, "w") as made:
        made.writestr("archive/data.pkl", b"")
        made.writestr("archive/data/0", bytes(16))
    with pytest.raises(SourceError, match="is a pickle"):
        load(tmp_path / name)
