"""What fuzzing found, replayed."""

from pathlib import Path

import pytest
from targets import FOUND, target

pytestmark = pytest.mark.faults

CASES = sorted(path for path in FOUND.rglob("*") if path.is_file())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_found_case_is_read_or_refused(case: Path) -> None:
    """Each once ended in an error of another kind than a refusal."""
    target(case.parent.name)(case.read_bytes())


def test_there_are_cases() -> None:
    """The test above has something to replay."""
    assert len(CASES) >= 2
