"""What listing a network's pooling nodes costs over running it: python tests/benchmarks/network.py.

Both load the model, read the input and run it once; poolviz then lists each pooling node, pools
again what entered it, and compares. Needs the extra conformance, with which the networks are made.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).parents[1]))

from known_networks import NETWORKS, built, export

from poolviz.memory import parse_budget
from poolviz.networks.feeding import Preparation, feed_array
from poolviz.networks.model import open_network
from poolviz.networks.observe import observe
from poolviz.views.answers.observe import document

# Of calls; a command starts Python and loads onnx, typer and rich besides.
LIMIT = 1.5
# The same as a program of its own.
BARE = """
import sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
session.run(None, {session.get_inputs()[0].name: numpy.load(sys.argv[2])})
"""


def bare(model: Path, source: Path) -> None:
    """ONNX Runtime alone."""
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    session.run(None, {session.get_inputs()[0].name: np.load(source)})


def listed(model: Path, source: Path) -> None:
    """All that the listing tells, with the differences."""
    network = open_network(model, parse_budget(None))
    (slot,) = network.slots
    fed = {slot.name: feed_array(slot, np.load(source), "x", Preparation())}
    document(observe(network, fed))


def ratio(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """The median of the rounds' ratios, and the medians of both in seconds."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        ours()
        middle = time.perf_counter()
        theirs()
        times.append((middle - start, time.perf_counter() - middle))
    mine, other = (statistics.median(column) for column in zip(*times, strict=True))
    return statistics.median(a / b for a, b in times), mine, other


def compare(name: str, folder: Path, rounds: int) -> tuple[float, float]:
    """One network: within a process, and as whole commands."""
    torch_model, x = built(name)
    model, source = folder / f"{name}.onnx", folder / f"{name}.npy"
    export(torch_model, x[:1], model)
    np.save(source, x[:1].numpy())
    command = [sys.executable, "-m", "poolviz", "network", str(model), "--input", str(source)]
    program = [sys.executable, "-c", BARE, str(model), str(source)]
    for call in (bare, listed):
        call(model, source)
    inside = ratio(lambda: listed(model, source), lambda: bare(model, source), rounds)
    outside = ratio(
        lambda: subprocess.run(command, check=True, capture_output=True),
        lambda: subprocess.run(program, check=True, capture_output=True),
        rounds,
    )
    for words, (of, mine, other) in (("call", inside), ("command", outside)):
        print(f"{name:12} {words:8} {mine:6.3f} s, bare {other:6.3f} s: {of:.2f}")
    return inside[0], outside[0]


def main() -> None:
    """Compare all, and tell the geometric means."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        found = [compare(name, Path(folder), rounds) for name in NETWORKS]
    limits = (f" (limit {LIMIT})", "")
    for words, values, limit in zip(
        ("call", "command"), zip(*found, strict=True), limits, strict=True
    ):
        mean, worst = statistics.geometric_mean(values), max(values)
        print(f"{words}: geometric mean {mean:.2f}{limit}, worst {worst:.2f}")


if __name__ == "__main__":
    main()
