"""What the tests of batches share."""

from pathlib import Path
from typing import Any

import pytest

from poolviz.batch.listing import Item
from poolviz.batch.work import Recipe
from poolviz.memory import Budget
from poolviz.output.job import OutputRequest, PoolRequest
from poolviz.output.typesetting import PictureStyle
from poolviz.spec import PoolSpec


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Max pooling of 2×2, its array written."""
    pooling = PoolRequest(PoolSpec("max"), None, None, 1, Budget(1))
    order = OutputRequest(tmp_path / "out", "npy", "before-after", PictureStyle())
    return Recipe({}, pooling, order)


@pytest.fixture
def item(tmp_path: Path) -> Item:
    """A sound source."""
    return made(tmp_path, "ok.csv", "1 2\n3 4\n")


def made(folder: Path, name: str, text: Any) -> Item:
    """A source of some text."""
    (folder / name).write_text(text)
    return Item(str(folder / name), name, "sub")
