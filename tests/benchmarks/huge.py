"""A map of 4 GB on disk, pooled by the command: time over a copy of it, and anonymous memory.

python tests/benchmarks/huge.py [--side 32768] [--rounds 3] [--folder FOLDER]
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from memory import MIB, write_map

PROGRAM = Path(sys.executable).with_name("poolviz")


def anonymous_peak(process: "subprocess.Popen[bytes]") -> int:
    """The most that a process holds besides mapped files, until it ends."""
    largest = 0
    while process.poll() is None:
        status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        line = next((line for line in status if line.startswith("RssAnon")), "RssAnon: 0 kB")
        largest = max(largest, int(line.split()[1]) * 1024)
        time.sleep(0.005)
    return largest


def pooled(source: Path, *options: str) -> tuple[float, int]:
    """Seconds and the peak of anonymous memory of a run, synced."""
    start = time.perf_counter()
    out = source.with_name("pooled.npy")
    line = [PROGRAM, "run", source, "--save", out, "--quiet", "--write", *options]
    process = subprocess.Popen(line, cwd=source.parent)
    peak = anonymous_peak(process)
    assert process.returncode == 0
    seconds = time.perf_counter() - start
    out.unlink()
    return seconds, peak


def copied(source: Path) -> float:
    """Seconds of a copy of the file, on the disk."""
    start = time.perf_counter()
    target = source.with_name("copy.npy")
    subprocess.run(["cp", "--reflink=never", source, target], check=True)  # noqa: S607 - the system's
    subprocess.run(["sync", target], check=True)  # noqa: S607 - as above
    seconds = time.perf_counter() - start
    target.unlink()
    return seconds


def main() -> None:
    """Print paired ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=32768)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        source = Path(folder) / "big.npy"
        write_map(source, given.side)
        subprocess.run(["sync", source], check=True)  # noqa: S607 - as above
        for number in range(given.rounds):
            copy = copied(source)
            seconds, peak = pooled(source, "none")
            print(
                f"round {number + 1}: copy {copy:.2f} s, max 2/2 {seconds:.2f} s,"
                f" ratio {seconds / copy:.2f}, {peak / MIB:.0f} MiB anonymous"
            )
        seconds, peak = pooled(source, "png,gif")
        print(f"with stills and animation: {seconds:.2f} s, {peak / MIB:.0f} MiB anonymous")


if __name__ == "__main__":
    main()
