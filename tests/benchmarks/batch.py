"""``poolviz batch`` on 2,000 maps of 64×56×56: workers over one, over a bare loop, over Dask.

python tests/benchmarks/batch.py [--count 2000] [--write npy,png] [--folder FOLDER]
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from huge import anonymous_peak
from memory import MIB

from poolviz import PoolSpec, load
from poolviz.memory import parse_budget
from poolviz.output.job import OutputRequest, PoolRequest, run_job
from poolviz.output.typesetting import PictureStyle

PROGRAM = Path(sys.executable).with_name("poolviz")
GROWTH = 1, 10, 100, 1000, 10_000


def fill(folder: Path, count: int, shape: tuple[int, ...]) -> None:
    """Make maps."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        np.save(folder / f"m{number}.npy", rng.normal(size=shape).astype(np.float32))


def seconds(folder: Path, *options: str) -> float:
    """How long a batch takes as a whole command, its start included."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    start = time.perf_counter()
    subprocess.run(
        [PROGRAM, "batch", "maps", "--out", "out", "--quiet", *options], cwd=folder, check=True
    )
    return time.perf_counter() - start


def loop_seconds(folder: Path, write: str) -> float:
    """The same by the Python API, one after the other, with the same writer."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    start = time.perf_counter()
    pooling = PoolRequest(PoolSpec("max"), None, None, 1, parse_budget(None))
    order = OutputRequest(folder / "out", write, "before-after", PictureStyle())
    for path in sorted((folder / "maps").iterdir()):
        run_job(load(path), pooling, order)
    return time.perf_counter() - start


def cluster_seconds(folder: Path, *options: str) -> float:
    """Through a scheduler and two workers of one thread each on this machine."""
    file = folder / "scheduler.json"
    base = [sys.executable, "-m"]
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = [*base, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"]
    worker = [*base, "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny"]
    more = ["--no-dashboard", "--scheduler-file", str(file)]
    started = [subprocess.Popen([*scheduler, *more], **quiet)]
    started += [subprocess.Popen([*worker, *more], **quiet) for _ in range(2)]
    try:
        while not file.exists():
            time.sleep(0.1)
        time.sleep(3)
        return seconds(folder, "--scheduler-file", str(file), *options)
    finally:
        for process in started:
            process.kill()


def grown(folder: Path) -> None:
    """Time for each source and memory of the parent, for more and more small sources."""
    for count in GROWTH:
        shutil.rmtree(folder / "maps", ignore_errors=True)
        fill(folder / "maps", count, (1, 8, 8))
        shutil.rmtree(folder / "out", ignore_errors=True)
        start = time.perf_counter()
        line = [PROGRAM, "batch", "maps", "--out", "out", "--quiet", "--write", "npy"]
        peak = anonymous_peak(subprocess.Popen(line, cwd=folder)) / MIB
        taken = time.perf_counter() - start
        records = [json.loads(line) for line in (folder / "out/report.jsonl").open()]
        mean = sum(record["seconds"] for record in records) / count
        print(
            f"{count:6} sources: {taken:.2f} s in all, {1e3 * mean:.2f} ms of work each,"
            f" {peak:.0f} MiB anonymous in the parent",
            flush=True,
        )


def main() -> None:
    """Print times and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--write", default="npy,png")
    parser.add_argument("--folder")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        fill(folder / "maps", given.count, (64, 56, 56))
        loop = loop_seconds(folder, given.write)
        one = seconds(folder, "--jobs", "1", "--write", given.write)
        two = seconds(folder, "--jobs", "2", "--write", given.write)
        dask = cluster_seconds(folder, "--write", given.write)
        print(f"{given.count} maps of 64×56×56, --write {given.write}")
        print(f"loop {loop:.1f} s, --jobs 1 {one:.1f} s: {one / loop:.2f} of it (at most 1.2)")
        print(f"--jobs 2 {two:.1f} s: {one / two:.2f} times the throughput of one (at least 1.7)")
        print(f"Dask {dask:.1f} s: {two / dask:.2f} of that of two processes (at least 0.8)")
        grown(folder)


if __name__ == "__main__":
    main()
