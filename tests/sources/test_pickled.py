"""Pickles are never loaded, under whatever name they come."""

import pickle
import zipfile
from pathlib import Path

import pytest

from poolviz import SourceError, load


class Trap:
    """An object whose pickle makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["x.pt", "x.ckpt", "x.pickle", "x.npy", "x.png", "bare"])
@pytest.mark.parametrize("protocol", [2, 5])
def test_pickle_is_refused_and_not_run(name: str, protocol: int, tmp_path: Path) -> None:
    """Content tells a pickle, and nothing in it is run."""
    trap = tmp_path / "sprung"
    (tmp_path / name).write_bytes(pickle.dumps(Trap(trap), protocol))
    with pytest.raises(SourceError, match=r"it is a pickle.*numpy\.save"):
        load(tmp_path / name)
    assert not trap.exists()


def test_checkpoint_that_is_an_archive_is_refused(tmp_path: Path) -> None:
    """PyTorch saves archives, which only the name tells from arrays."""
    with zipfile.ZipFile(tmp_path / "x.pth", "w") as made:
        made.writestr("archive/data.pkl", b"")
    with pytest.raises(SourceError, match="it is a pickle"):
        load(tmp_path / "x.pth")
