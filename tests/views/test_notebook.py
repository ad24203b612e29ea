"""A result in a notebook, without one."""

import html
import io
import re

import numpy as np
import pytest
from pictures import TEACHING, noise, result_of
from PIL import Image

from poolviz import PoolSpec, run


def test_result_shows_itself_as_a_page_in_a_frame() -> None:
    """The frame may run the page's script, and nothing else."""
    result = result_of(TEACHING, name='a "quoted" <name>')
    shown = result._repr_html_()
    found = re.fullmatch(r'<iframe title="([^"]*)"[^<>]* srcdoc="([^"]*)"></iframe>', shown)
    assert found is not None
    assert html.unescape(found[1]) == 'a "quoted" <name>'
    assert html.unescape(found[2]).startswith("<!DOCTYPE html>")
    assert 'sandbox="allow-scripts allow-downloads"' in shown


def height(shown: str) -> int:
    """The height of a frame in pixels."""
    found = re.search(r'height="(\d+)"', shown)
    assert found is not None
    return int(found[1])


def test_frame_is_as_high_as_its_content() -> None:
    """Less for 4×4 cells or one row than for 28×28; a printer does not cut it in two."""
    small, row, large = (
        result_of(values, "max", (1, 2))._repr_html_()
        for values in (np.eye(4), noise(1, 12), noise(28, 28))
    )
    assert 350 < height(small) < 420
    assert 350 < height(row) < 420
    assert 500 < height(large) <= 620
    assert "break-inside: avoid" in small


def test_result_shows_itself_as_a_picture() -> None:
    """A PNG with the step's words as alt text."""
    with Image.open(io.BytesIO(result_of(TEACHING)._repr_png_())) as image:
        assert image.format == "PNG"
        assert "max(1, 2, 9, 0) = 9" in image.info["Description"]


@pytest.mark.slow
def test_many_channels_do_not_fill_a_notebook() -> None:
    """Fewer are taken in than for a file."""
    assert len(result_of(noise(256, 28, 28), "max", 2)._repr_html_()) < 700_000


def test_masked_cells_are_drawn_as_nan() -> None:
    """Page and picture show NaN where cells are masked, and the words leave these cells out."""
    values = np.ma.MaskedArray(np.arange(16).reshape(4, 4), np.zeros((4, 4), bool))
    values[0, 1] = values[:2, 2:] = np.ma.masked
    result = run(values, PoolSpec("max", 2))
    page = html.unescape(html.unescape(result._repr_html_()))
    assert "max(0, 4, 5) = 5 (1 masked cell left out)" in page
    assert "no input cell = masked (4 masked cells left out)" in page
    assert "masked cells are drawn as NaN" in page
    with Image.open(io.BytesIO(result._repr_png_())) as image:
        assert "max(8, 9, 12, 13) = 13" in image.info["Description"]
