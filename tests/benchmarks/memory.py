"""Anonymous memory while a map of 1 GiB on disk is pooled: python tests/benchmarks/memory.py.

Pages of mapped files do not count: the system takes them back when it needs them.
"""

import argparse
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import numpy as np

from poolviz import pool

CONFIGURATIONS = (("max", 2, 2), ("average", 3, 2), ("lp", 7, 7), ("median", 2, 2))
ROWS_AT_ONCE = 256
MIB = 1 << 20


def anonymous_bytes() -> int:
    """What this process holds besides mapped files (Linux)."""
    status = Path("/proc/self/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("RssAnon"))
    return int(line.split()[1]) * 1024


@dataclass
class Peak:
    """The most anonymous memory while a block runs, looked up every few milliseconds."""

    largest: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._over.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._over.wait(0.005):
            self.largest = max(self.largest, anonymous_bytes())


def write_map(path: Path, side: int) -> None:
    """A (1, side, side) float32 array, written a few rows at a time."""
    array = np.lib.format.open_memmap(path, "w+", np.float32, (1, side, side))
    rng = np.random.default_rng(0)
    for row in range(0, side, ROWS_AT_ONCE):
        array[0, row : row + ROWS_AT_ONCE] = rng.random((ROWS_AT_ONCE, side), np.float32)
    array.flush()


def main() -> None:
    """Print the peak for each configuration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=16384)
    side = parser.parse_args().side
    with tempfile.TemporaryDirectory() as folder:
        write_map(Path(folder, "map.npy"), side)
        values = np.load(Path(folder, "map.npy"), mmap_mode="r")
        for mode, kernel_size, stride in CONFIGURATIONS:
            windows = (side - kernel_size) // stride + 1
            out = np.lib.format.open_memmap(
                Path(folder, "out.npy"), "w+", np.float32, (1, windows, windows)
            )
            before, start = anonymous_bytes(), time.perf_counter()
            with Peak() as peak:
                pool(values, mode, kernel_size, stride=stride, out=out)
            print(
                f"{mode:8} {kernel_size}/{stride} of 1×{side}×{side} float32:"
                f" {peak.largest / MIB:.0f} MiB anonymous at most"
                f" ({before / MIB:.0f} before), {time.perf_counter() - start:.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
