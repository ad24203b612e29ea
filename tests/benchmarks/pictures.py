"""What pictures cost against what people use today: python tests/benchmarks/pictures.py.

gifsicle, where it is installed, says how small the same file could be.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.cbook import get_sample_data

HERE = Path(__file__).parent
IMPORTS = "import typer, rich, numpy, PIL, matplotlib.figure"
# A plainer animation of the same windows, as one writes it by hand.
BY_HAND = HERE / "by_hand.py"
MIB = 1 << 20


def seconds(command: Sequence[str], rounds: int) -> float:
    """The median time of a whole process."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def peak_mib(command: Sequence[str]) -> float:
    """The most memory that a process of its own had."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], check=True, capture_output=True, text=True
    )
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * unit / MIB


def poolviz(folder: Path, source: Path, *options: str) -> list[str]:
    """A run that writes into ``folder``."""
    return [sys.executable, "-m", "poolviz", "run", str(source), "--out", str(folder), *options]


def compare_animation(folder: Path, rounds: int) -> None:
    """28×28 values, 196 windows: time and size."""
    source = folder / "map.npy"
    np.save(source, np.arange(28 * 28).reshape(28, 28) * 37 % 256)
    ours = seconds(poolviz(folder, source), rounds)
    theirs = seconds([sys.executable, str(BY_HAND), str(source), str(folder / "hand.gif")], 1)
    print(f"animation of 196 windows: {ours:.2f} s; matplotlib by hand {theirs:.1f} s:", end=" ")
    print(f"1/{theirs / ours:.0f} of the time (target 1/20)")
    gif = next(folder.glob("map-*-window.gif"))
    _compare_sizes(gif, folder / "hand.gif")


def _compare_sizes(gif: Path, by_hand: Path) -> None:
    size = gif.stat().st_size
    print(f"  {size:,} bytes; by hand {by_hand.stat().st_size:,}", end="")
    gifsicle = shutil.which("gifsicle")
    if gifsicle is None:
        print("; gifsicle is not installed")
        return
    smaller = gif.with_suffix(".small.gif")
    subprocess.run([gifsicle, "-O3", str(gif), "-o", str(smaller)], check=True)
    least = smaller.stat().st_size
    print(f"; gifsicle -O3 {least:,}: {size / least:.2f} (target 1.10)")


def compare_start(folder: Path, rounds: int) -> None:
    """A 6×6 with all default outputs, over importing what it could need."""
    source = folder / "small.csv"
    source.write_text("\n".join(",".join(map(str, row)) for row in np.arange(36).reshape(6, 6)))
    turns = [
        (
            seconds(poolviz(folder, source), 1),
            seconds([sys.executable, "-c", IMPORTS], 1),
        )
        for _ in range(rounds)
    ]
    ratio = statistics.median(ours / bare for ours, bare in turns)
    print(f"run on 6×6 over bare imports: {ratio:.2f} (target 1.5)")


def measure_memory(folder: Path) -> None:
    """About as many frames as the default limit allows, of the largest default picture."""
    source = folder / "frames.npy"
    np.save(source, np.random.default_rng(0).standard_normal((40, 32)))
    options = ["--region", "40x28+0+0", "--every", "1", "--write", "gif", "--quiet"]
    peak = peak_mib(poolviz(folder, source, *options))
    print(f"peak memory at 282 frames: {peak:.0f} MiB (target 250)")


def measure_photograph(folder: Path, rounds: int) -> None:
    """The animation of matplotlib's portrait of Grace Hopper, 600×512 in colour."""
    with get_sample_data("grace_hopper.jpg") as file:
        source = folder / "photograph.jpg"
        source.write_bytes(file.read())
    command = poolviz(folder, source, "--write", "gif", "--quiet")
    taken, peak = seconds(command, rounds), peak_mib(command)
    size = next(folder.glob("photograph-*-window.gif")).stat().st_size
    print(f"animation of a photograph: {taken:.2f} s, {peak:.0f} MiB (target 250),", end=" ")
    print(f"{size:,} bytes (target 600,000)")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        compare_animation(Path(folder), rounds)
        compare_start(Path(folder), rounds)
        measure_memory(Path(folder))
        measure_photograph(Path(folder), rounds)


if __name__ == "__main__":
    main()
