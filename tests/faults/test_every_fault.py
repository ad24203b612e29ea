"""Every fault that the tests are numbered for has its test."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.faults

LAST = 79
# A test says its number in its name, or first among its parameters.
NUMBER = re.compile(r"::test_(?:(\d+)_(?:and_(\d+)_)?\w+|\w+\[(\d+)-?.*)")


def test_each_number_has_a_test() -> None:
    """From 1 to 79 none is left out."""
    folder = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-m", "faults", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {int(number) for match in NUMBER.finditer(done.stdout) for number in match.groups("0")}
    assert sorted(set(range(1, LAST + 1)) - found) == []
