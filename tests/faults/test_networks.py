"""Networks that attack: endless, doubling, recursive, huge, not networks at all."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import PROGRAM, SECONDS
from onnx import helper
from onnx_models import POOL, endless, model, node, saved, tensor

pytestmark = pytest.mark.faults

INPUT = {"x": (1, 1, 4, 4)}
IMPORTS = [helper.make_opsetid("", 18), helper.make_opsetid("own", 1)]
FED = ("--input", "x.npy")


@pytest.fixture(autouse=True)
def _fed(folder: Path) -> None:
    np.save(folder / "x.npy", np.zeros((1, 1, 4, 4), np.float32))


@pytest.mark.parametrize(
    ("sent", "code", "word"),
    [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"terminated")],
)
def test_a_network_without_end_is_stopped(
    sent: signal.Signals, code: int, word: bytes, folder: Path
) -> None:
    """While ONNX Runtime works, in one line; nothing is written."""
    saved(endless(), folder, "loop.onnx")
    process = subprocess.Popen(
        [PROGRAM, "network", "loop.onnx", *FED, "--figure", "f.png", "--threads", "2"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509 - alone
    )
    time.sleep(4)
    assert process.poll() is None
    process.send_signal(sent)
    out, errors = process.communicate(timeout=SECONDS)
    assert (process.returncode, out) == (code, b"")
    assert errors == b"poolviz: " + word + b"; all files written so far are complete\n"
    assert not (folder / "f.png").exists()


def test_a_million_threads_are_as_many_as_cores(poolviz: Any, folder: Path) -> None:
    """Not made, and not waited for."""
    saved(model([POOL], INPUT), folder)
    assert poolviz("network", "model.onnx", *FED, "--threads", "1000000").code == 0


def test_functions_that_double(poolviz: Any, folder: Path) -> None:
    """5 kB that would become 2 to the power of 28 nodes."""
    functions = [helper.make_function("own", "F0", ["a"], ["b"], [node("Neg", "a", "b")], IMPORTS)]
    for number in range(1, 29):
        before = f"F{number - 1}"
        calls = [node(before, "a", "m", domain="own"), node(before, "m", "b", domain="own")]
        functions.append(helper.make_function("own", f"F{number}", ["a"], ["b"], calls, IMPORTS))
    nodes = [node("F28", "x", "c", domain="own"), node("MaxPool", "c", "y", kernel_shape=[2, 2])]
    saved(model(nodes, INPUT, domains=["own"], functions=functions), folder)
    words = poolviz("network", "model.onnx", *FED).refused()
    assert "its functions expand to more than" in words


def test_a_function_that_calls_itself(poolviz: Any, folder: Path) -> None:
    """Bad data, not a bug of poolviz."""
    own = helper.make_function(
        "own", "F", ["a"], ["b"], [node("F", "a", "b", domain="own")], IMPORTS
    )
    nodes = [node("F", "x", "c", domain="own"), node("MaxPool", "c", "y", kernel_shape=[2, 2])]
    saved(model(nodes, INPUT, domains=["own"], functions=[own]), folder)
    assert "calls itself" in poolviz("network", "model.onnx", *FED).refused()


def test_a_map_that_would_become_576_mb(poolviz: Any, folder: Path) -> None:
    """Refused under --max-memory before the runtime makes it."""
    resize = helper.make_node("Resize", ["x", "", "scales"], ["a"], mode="nearest")
    pool = node("MaxPool", "a", "y", kernel_shape=[2, 2], strides=[2, 2])
    scales = tensor("scales", [1, 1, 3000, 3000])
    saved(model([resize, pool], INPUT, [scales]), folder)
    words = poolviz("network", "model.onnx", *FED, "--max-memory", "100M").refused(2)
    assert "the limit is 100 MB" in words
