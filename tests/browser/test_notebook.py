"""A notebook that is run for real."""

import base64

import nbformat
import pytest
from nbclient import NotebookClient

pytestmark = pytest.mark.browser

CELL = """
import numpy as np
import poolviz
poolviz.run(poolviz.FeatureMap(np.arange(36.0).reshape(6, 6)), poolviz.PoolSpec("max"))
"""


def test_notebook_keeps_page_and_picture() -> None:
    """The cell's output holds the page, and a PNG for where no page is taken."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    (output,) = notebook.cells[0].outputs
    assert output.data["text/html"].startswith("<iframe")
    assert "max(0, 1, 6, 7) = 7" in output.data["text/html"]
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")
