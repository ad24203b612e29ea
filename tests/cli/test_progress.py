"""Bars on the terminal, for what takes long."""

import io
import sys

import pytest

from poolviz.cli.progress import sources_progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


def test_failures_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over all calls; done sources are counted whether they failed or not."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with sources_progress(6) as advance:
        advance([False, True])
        advance([True, False, False])
    assert "5/6" in terminal.getvalue()
    assert "2 failed" in terminal.getvalue()


def test_nothing_is_printed_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Only a terminal has a bar."""
    with sources_progress(1) as advance:
        advance([True])
    assert capsys.readouterr().err == ""
