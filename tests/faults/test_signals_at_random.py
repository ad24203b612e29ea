"""Signals at random moments over the commands that take longest: 300 of them."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from conftest import OLD, PROGRAM
from onnx_models import endless, saved
from PIL import Image

pytestmark = pytest.mark.faults

SAMPLES = Path(__file__).parents[2] / "samples"
# Of all commands together; each gets as many.
SIGNALS = int(os.environ.get("POOLVIZ_SIGNALS", "300"))
SECONDS = 60
SEED = 17
NAMES = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
COMMANDS = {
    "run": ("run", "maps/0.npy", "--quiet", "--out", "out", "--write", "png,gif,npy,svg",
            "--figure", "f.png", "--html", "f.html", "--save", "f.npy"),
    "batch": ("batch", "maps", "--quiet", "--out", "out", "--jobs", "2", "--write", "npy,png"),
    "network": ("network", "shapes.onnx", "--input", "in.png", "--quiet", "--all", "--out", "out",
                "--figure", "f.png"),
    "network-one": ("network", "shapes.onnx", "--input", "in.png", "--quiet", "--node", "2",
                    "--out", "out", "--figure", "f.png", "--save", "f.npy"),
    "network-loop": ("network", "loop.onnx", "--input", "x.npy", "--figure", "f.png"),
    "compare": ("compare", "maps/0.npy", "--figure", "f.png", "--html", "f.html"),
}  # fmt: skip
# A frame of a traceback that lies in poolviz itself.
OWN_FRAME = re.compile(r'File "[^"]*/poolviz/[^"]*\.py"')


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that the commands read, and earlier outputs."""
    folder = tmp_path_factory.mktemp("inputs")
    (folder / "maps").mkdir()
    rng = np.random.default_rng(SEED)
    for number in range(12):
        np.save(folder / "maps" / f"{number}.npy", rng.normal(size=(2, 12, 12)))
    values = rng.integers(0, 256, (64, 64, 3)).astype(np.uint8)
    Image.fromarray(values).save(folder / "in.png")
    shutil.copy(SAMPLES / "shapes.onnx", folder)
    saved(endless(), folder, "loop.onnx")
    np.save(folder / "x.npy", np.zeros((1, 1, 4, 4), np.float32))
    for name in ("f.png", "f.html", "f.npy"):
        (folder / name).write_bytes(OLD)
    return folder


@pytest.fixture(autouse=True)
def _interrupts_are_heard() -> Iterator[None]:
    """A shell that starts the tests in the background has interrupts ignored, also in children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@dataclass(frozen=True)
class Reference:
    """A run that no signal ends: how long it takes, and the files that it leaves."""

    seconds: float
    files: dict[str, bytes]


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def reference(inputs: Path, folder: Path, name: str) -> Reference:
    """What a command does in full."""
    shutil.copytree(inputs, folder)
    start = time.monotonic()
    if name == "network-loop":
        return Reference(3, contents(folder))
    subprocess.run(
        [PROGRAM, *COMMANDS[name]], cwd=folder, check=True, capture_output=True, timeout=SECONDS
    )
    return Reference(time.monotonic() - start, contents(folder))


def fault(inputs: Path, folder: Path, name: str, whole: Reference, seed: str) -> str:
    """What is wrong after a signal at a moment that the seed decides; empty if nothing is."""
    chance = random.Random(seed)  # noqa: S311 - a moment is no secret
    sent = chance.choice(list(NAMES))
    to_group = chance.random() < 0.5
    moment = chance.uniform(0, 1.1 * whole.seconds)
    shutil.copytree(inputs, folder)
    process = subprocess.Popen(
        [PROGRAM, *COMMANDS[name]],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(moment)
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if to_group else os.kill)(process.pid, sent)
    try:
        _, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        errors = b"it does not end"
    causes = [
        *_of_end(process.returncode, sent, errors.decode()),
        *_of_files(folder, whole.files),
        *_of_processes(process.pid),
    ]
    shutil.rmtree(folder)
    where = "group" if to_group else "process"
    return f"{seed}: {sent.name} to the {where} at {moment:.3f} s: {causes}" if causes else ""


def _of_end(code: int, sent: signal.Signals, errors: str) -> list[str]:
    """What is wrong with the exit code or with what was said."""
    if code == 0:
        lines = [line for line in errors.splitlines() if not line.startswith("wrote ")]
        return [f"code 0 and {lines}"] if lines else []
    if code in (-sent, 1) and not OWN_FRAME.search(errors) and "poolviz: " not in errors:
        # Python itself was starting; what it says then is its own.
        return []
    lines = [line for line in errors.splitlines() if not line.startswith("wrote ")]
    said = len(lines) == 1 and lines[0].startswith(f"poolviz: {NAMES[sent]}; ")
    return [] if said and code == 128 + sent else [f"code {code} and {errors!r}"]


def _of_files(folder: Path, whole: dict[str, bytes]) -> list[str]:
    """Files that are neither as they were nor as they would be in the end."""
    faults = []
    for name, data in contents(folder).items():
        if name == "out/report.jsonl":
            faults += [name for line in data.splitlines() if "status" not in json.loads(line)]
        elif data not in (whole.get(name), OLD):
            faults.append(name)
    return faults


def _of_processes(group: int) -> list[str]:
    """Whether a process of the group is still there after some seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return []
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return ["it leaves a process behind"]


@pytest.mark.parametrize("name", COMMANDS)
def test_signals_at_random_moments(name: str, inputs: Path, tmp_path: Path) -> None:
    """One line and the code of the signal, files whole or as before, no process left behind.

    A command that has ended gives 0. What Python says itself before the first statement of
    poolviz runs cannot be helped.
    """
    whole = reference(inputs, tmp_path / "whole", name)
    seeds = [f"{SEED} {name} {number}" for number in range(SIGNALS // len(COMMANDS))]
    tried = partial(fault, inputs)
    with ThreadPoolExecutor(2) as pool:
        folders = (tmp_path / str(number) for number in range(len(seeds)))
        found = list(
            pool.map(lambda seed, folder: tried(folder, name, whole, seed), seeds, folders)
        )
    assert [each for each in found if each] == []
