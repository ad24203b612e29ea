"""How long poolviz takes against PyTorch and ONNX Runtime: python tests/benchmarks/speed.py."""

import argparse
import datetime as dt
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from pairing import paired, ratios
from peers import MODES, PEERS, Values, ours

SHAPES = (
    (1, 4096, 4096),
    (3, 1024, 1024),
    (64, 224, 224),
    (64, 112, 112),
    (256, 56, 56),
    (512, 28, 28),
    (512, 14, 14),
    (2048, 7, 7),
)
KERNELS = ((2, 2), (3, 2), (3, 1), (5, 1), (7, 7))
# ONNX Runtime takes seconds for Lp here: one round says enough.
SLOW = {("onnxruntime", "lp")}


@dataclass(frozen=True)
class Row:
    """One setting and its ratio against each peer."""

    shape: tuple[int, ...]
    kernel: tuple[int, int]
    mode: str
    ratios: dict[str, float]

    def __str__(self) -> str:
        """One line of the long table."""
        size = "×".join(map(str, self.shape))
        numbers = "  ".join(f"{name} {ratio:6.3f}" for name, ratio in self.ratios.items())
        return f"{size:14} {self.kernel[0]}/{self.kernel[1]} {self.mode:8} {numbers}"


def random_values(shape: tuple[int, ...]) -> Values:
    """One image of normal numbers: (1, C, H, W)."""
    return np.random.default_rng(0).standard_normal((1, *shape), dtype=np.float32)


def rows(threads: int, rounds: int, peers: list[str]) -> Iterator[Row]:
    """Every setting's ratios, each against its peers in the same rounds."""
    for shape in SHAPES:
        values = random_values(shape)
        for kernel in KERNELS:
            for mode in MODES:
                yield Row(
                    shape, kernel, mode, _against(values, mode, kernel, threads, rounds, peers)
                )


def _against(
    values: Values,
    mode: str,
    kernel: tuple[int, int],
    threads: int,
    rounds: int,
    peers: list[str],
) -> dict[str, float]:
    found = {}
    for name in peers:
        calls = [make(values, mode, *kernel, threads) for make in (ours, PEERS[name])]
        often = 1 if (name, mode) in SLOW else rounds
        found[name] = float(ratios(paired(calls, often))[0])
    return found


def copying(rounds: int, threads: int) -> float:
    """Max 2/2 of 1×4096² over a copy of the input, which one thread makes."""
    values = random_values((1, 4096, 4096))
    return float(ratios(paired([ours(values, "max", 2, 2, threads), values.copy], rounds))[0])


def widening(rounds: int) -> float:
    """A kernel of 31 over one of 3, both at stride 1, one thread."""
    values = random_values((1, 2048, 2048))
    calls = [ours(values, "max", kernel_size, 1, 1) for kernel_size in (31, 3)]
    return float(ratios(paired(calls, rounds))[0])


def geometric_mean(numbers: list[float]) -> float:
    """The mean in which a ratio and its inverse cancel."""
    return float(np.exp(np.log(numbers).mean()))


def machine() -> str:
    """Date, versions and machine class."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.machine()
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    peers = f"torch {torch.__version__}, onnxruntime {onnxruntime.__version__}"
    today = dt.datetime.now(tz=dt.UTC).date()
    return f"{today}: {processor}, {os.cpu_count()} cores, {versions}, {peers}"


def markdown(title: str, found: list[float]) -> str:
    """One line of the table."""
    return f"| {title} | {geometric_mean(found):.2f} | {max(found):.2f} |"


def main() -> None:
    """Print every ratio, then the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--peers", nargs="+", choices=list(PEERS), default=list(PEERS))
    asked = parser.parse_args()
    table = ["| time of poolviz over | geometric mean | worst |", "|---|---|---|"]
    for threads in asked.threads:
        measured = []
        for row in rows(threads, asked.rounds, asked.peers):
            print(f"{threads} threads  {row}", flush=True)
            measured.append(row)
        for name in asked.peers:
            title = f"{name}, {_threads(threads)}"
            table.append(markdown(title, [row.ratios[name] for row in measured]))
            _print_by_shape(measured, name)
    for threads in asked.threads:
        ratio = copying(3 * asked.rounds, threads)
        table.append(
            f"| a copy of the input, 1×4096², max 2/2, {_threads(threads)} | {ratio:.2f} | |"
        )
    table.append(f"| itself: kernel 31 over 3, stride 1 | {widening(3 * asked.rounds):.2f} | |")
    print(machine(), *table, sep="\n")


def _threads(count: int) -> str:
    return f"{count} thread{'s' * (count > 1)}"


def _print_by_shape(measured: list[Row], name: str) -> None:
    for shape in SHAPES:
        found = [row.ratios[name] for row in measured if row.shape == shape]
        size = "×".join(map(str, shape))
        print(f"  {name:12} {size:14} {geometric_mean(found):.3f} worst {max(found):.2f}")


if __name__ == "__main__":
    main()
