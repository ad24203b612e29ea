"""Tests against PyTorch are collected only where the marker expression admits them.

So a run of the fast suite needs no PyTorch, and a run of this suite without
PyTorch fails instead of skipping.
"""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out this folder where ``-m`` rules out its marker."""
    del collection_path
    return True if "not conformance" in config.getoption("markexpr") else None
