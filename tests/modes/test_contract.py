"""The contract of all modes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from contract import CONTRACT, every_mode, variants


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
@pytest.mark.parametrize("mode", [variant for mode in every_mode() for variant in variants(mode)])
def test_every_mode_keeps_the_contract(mode: str, check: Callable[[str], None]) -> None:
    """Each check of the contract holds for each mode, with each setting worth a run."""
    check(mode)


@pytest.mark.parametrize("mode", every_mode())
def test_every_mode_is_held_to_a_definition_of_its_own(mode: str) -> None:
    """A mode has a file of tests, which compares it with a definition that shares no code."""
    tests = Path(__file__).parent / f"test_{mode.replace('-', '_')}.py"
    source = tests.read_text(encoding="utf-8")
    assert "check_definition(" in source or "from oracles import" in source
