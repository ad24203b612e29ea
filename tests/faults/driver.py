"""Random command lines over every command and option that the app itself lists.

python tests/faults/driver.py [COUNT] [SEED]

Each line runs in a child of its own, in a folder with the attack corpus, within limits of time
and memory. What breaks the contract for faults is printed as a JSON list that
``python tests/faults/driver.py --line 'LIST'`` runs again.
"""

import contextlib
import fcntl
import importlib
import io
import json
import os
import pkgutil
import random
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).parent))
import corpus
import numpy as np
import typer
from PIL import Image

import poolviz
from poolviz.cli.app import build_app
from poolviz.cli.command import load_command
from poolviz.cli.funnel import run_app
from poolviz.frameworks import available_rules
from poolviz.modes import available_modes

SAMPLES = Path(__file__).parents[2] / "samples"
# The limits of one line: seconds of a processor, seconds on the clock of a busy machine, memory.
CPU_SECONDS, SECONDS, BYTES = 20, 120, 4 << 30
# A batch of all of the corpus is many sources; differ pools a map under several rules.
MORE_SECONDS = {"batch": 30, "differ": 30}
# No message of failure is longer, whatever was typed.
LONGEST = 1300
CODES = (0, 1, 2, 3)
# Which of these are written whole can be seen from the file itself.
PICTURES = {".png", ".gif", ".webp", ".apng"}
OUTPUTS = {"--figure", "--html", "--save"}
LONG = 10_000

GOOD: dict[str, list[str]] = {
    "source": ["sample:teaching", "sample:scene", "sample:features", "ok.npy", "ok.png", "ok.mat",
               "ok.json", "ok.safetensors", "five.npy", "complex.npy", "mark.csv", "-"],
    "sources": ["ok.npy", "maps", "maps/*.npy", "@list.txt", "sample:teaching", "ok.png"],
    "data": ["1 2 3; 4 5 6; 7 8 9", "1 2", "nan 1; -inf 2", "5"],
    "model": ["sample:shapes", "shapes.onnx"],
    "inputs": ["sample:shapes", "sample:scene", "in.png", "ok.npy"],
    "layer": ["relu", "max:2", "conv:sobel", "average:3/1p1", "lp:p=3:2", "max:to2", "stochastic:2",
              "global-average", "conv:oriented/2"],
    "against": ["relu max:2", "conv:sobel", "average:2 average:2"],
    "mode": [*available_modes(), "lp:p=3"],
    "modes": ["max", "max,average", "lp:p=3,min"],
    "name": list(available_modes()),
    "like": list(available_rules()),
    "to": list(available_rules()),
    "lesson": ["1", "2", "padding", "max"],
    "key": ["a", "x", "k"],
    "channel": ["0", "1", "red"],
    "index": ["0", "1"], "frame": ["0", "1"],
    "complex_part": ["abs", "real", "imag"], "layout": ["chw", "hwc"],
    "max_memory": ["4G", "1.5M", "64M", "1"],
    "size": ["1", "2", "3", "2x3"], "stride": ["1", "2", "2x1"], "dilation": ["1", "2"],
    "padding": ["0", "1", "same", "valid", "same-lower", "0:1x1:0"],
    "output_size": ["1", "2", "3x2"], "divisor": ["1", "4"],
    "theme": ["light", "dark"], "cmap": ["viridis", "gray"], "scale": ["1", "2"],
    "title": ["", "Mine"], "caption": ["Mine"], "width": ["84mm", "600px"],
    "font": ["DejaVu Serif"], "accent": ["teal", "#112233"], "vmin": ["0", "-1.5"],
    "vmax": ["9", "0.5"], "decimals": ["0", "3"], "columns": ["1", "2"],
    "figure": ["f.png", "f.svg", "f.pdf", "new/f.svg"], "html": ["f.html", "new/f.html"],
    "save": ["f.npy", "new/f.npy"], "out": ["out", "old", "."],
    "write": ["png", "gif", "webp", "apng", "svg", "pdf", "html", "npy", "png,gif", "mp4", "webm",
              "steps", "handout", "none"],
    "kind": ["before-after", "steps", "argmax", "all"],
    "region": ["2x2+0+0", "1x1+1+1"], "delay": ["50", "500"], "hold": ["100"],
    "every": ["1", "3"], "max_frames": ["300", "9"], "config": ["options.toml"],
    "loop": ["0", "2"], "aspect": ["16:9", "1:1"],
    "cell": ["0,0", "1,1"], "mark": ["0,0", "2x2+0+0"], "by": ["0,1", "1,0", "-1,2"],
    "sweep": ["1", "3"], "fill": ["edge", "zero", "wrap"], "seed": ["0", "7"],
    "threads": ["1", "2"], "jobs": ["1", "2"], "node": ["pool1", "2", "4"],
    "factor": ["1/255", "2"], "mean": ["0", "0.5,0.4,0.3"], "std": ["1", "0.2,0.2,0.2"],
    "resize": ["64", "32x48"], "scheduler_file": ["ok.json"], "scheduler": ["nowhere"],
}  # fmt: skip
WHOLE = ["0", "-1", "1", "7", "65536", "2147483648", "٣", "1_0", "2.0", "+2", " 2", ""]
ODD: dict[Any, list[str]] = {
    int: WHOLE,
    float: [*WHOLE, "nan", "inf", "-inf", "1e400", "1e-400", "x"],
    str: [*WHOLE, "x", "1x", "0x0", "2x2x2", "nan", "inf", "-", "--", ",", ":", "max:", "lp:p=nan",
          "lp:p=1e308", "1,2,3", "-5,-5", "9,9", "99x99+0+0", "0:9", "MAX", "none", "all", "@",
          "="],
    Path: ["missing/f.png", "folder.png", "pipe", "link.svg", "lost.npy", "ok.png", "ok.npy", "f",
           "f.txt", ".", "..", "", "/", "/dev/full", "/proc/f.png", "~/f.png", "old/f.png"],
}  # fmt: skip
HOSTILE = [
    "x" * LONG, "9" * LONG, "-" + "9" * LONG, "é" * LONG, "1," * LONG, "1x" * LONG,
    "max:p=" * LONG, "max," * LONG, "a/" * LONG, "\x1b[31m" * LONG, "*" * LONG, "(" * LONG,
    "x" * 250 + ".png", "x" * 250 + ".npy", "日" * 84 + ".svg", "f" * 300 + ".html",
    "\x1b[31mred\x1b[0m", "a\nb",
    "a\tb", "a\u202eb", "[red]a[/red]", "\udcff\udcfe", "a\x7fb", "%s%n{0}{x}", "$(id)`id`",
    "a'b\"c",
    "😀", "99999999999999999999", "1e400", "1e-400", "-0", "NaN", "0x10", "∞", "２", "1/0", "0/0",
    "nan/1", "../../f.png", "/nonexistent/f.png", "https://example.com/a.png", "file:///etc/passwd",
    "CON", "a;b", "a; b", "a: b", "\ufeff1", "\u2028", "lp:p=" + "9" * LONG, "conv:" + "x" * LONG,
    "2x2+" + "9" * 50 + "+0", "--mode", "-x", "--no-such-option", "@" + "x" * LONG,
    "x=" + "y" * LONG,
]  # fmt: skip
PATTERNS = [
    "**/*/**/*.pgm", "**/**/**/*.mat", "deep/**/*/**/*/**/*/**/*", "deep/" + "**/" * 50 + "*",
    "deep/" + "*/" * 100, "**/*" * 300, "[", "[!]", "*" * LONG, "deep/**/" + "[a-z]*/**/" * 8 + "*",
    "?" * LONG, "deep/**/../**/a/../**/*.mat", "maps/../" * 500 + "*", "**/*.json",
    "deep/" + "**/a/" * 40 + "*",
]  # fmt: skip
SOURCE_LIKE = {"source", "sources", "inputs", "model", "config", "scheduler_file"}


@dataclass(frozen=True)
class Parameter:
    """An argument or an option of a command, as the app lists it."""

    name: str
    flags: tuple[str, ...]
    kind: Any
    switch: bool
    several: bool


def commands() -> dict[str, list[Parameter]]:
    """The parameters of every command, arguments among them."""
    group: Any = typer.main.get_command(build_app())
    context = group.make_context("poolviz", ["modes"], resilient_parsing=True)
    listed = {}
    for name in group.list_commands(context):
        command = load_command(name)
        own = command.make_context(name, [], parent=context, resilient_parsing=True)
        listed[name] = [_parameter(each) for each in command.get_params(own)]
    return listed


def _parameter(listed: Any) -> Parameter:
    flags = (*listed.opts, *listed.secondary_opts)
    annotation = listed.type_descriptor.annotation
    several = annotation == list[str]
    return Parameter(
        listed.name,
        tuple(flag for flag in flags if flag.startswith("-")),
        str if several else annotation,
        bool(getattr(listed, "is_flag", False)),
        several,
    )


def line(listed: dict[str, list[Parameter]], seed: str) -> list[str]:
    """The command line that a seed stands for."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    # A batch takes ten times as long, for its processes.
    name = chance.choice([*listed, *(each for each in listed if each != "batch"), "run", "network"])
    if chance.random() < 0.01:
        name = chance.choice(HOSTILE)
    parameters = listed.get(name, listed["run"])
    arguments = [each for each in parameters if not each.flags]
    options = [each for each in parameters if each.flags and each.name != "help"]
    words = [name]
    for each in arguments:
        if (
            each.name in ("source", "sources", "model") and chance.random() < 0.95
        ) or chance.random() < 0.6:
            words += [value(each, chance) for _ in range(_count(each, chance))]
    chosen = chance.sample(options, min(len(options), chance.choice([0, 1, 1, 1, 2, 2, 3, 5])))
    if name == "network" and chance.random() < 0.8:
        chosen += [each for each in options if each.name == "inputs" and each not in chosen]
    for each in chosen:
        flag = chance.choice(each.flags)
        words += [flag] if each.switch else _given(flag, value(each, chance), chance)
    if chance.random() < 0.01:
        words.append("--help")
    return [word.replace("\0", "") for word in words]


def _count(parameter: Parameter, chance: random.Random) -> int:
    return chance.choice([1, 1, 2, 3]) if parameter.several else 1


def _given(flag: str, text: str, chance: random.Random) -> list[str]:
    joined = flag.startswith("--") and (text.startswith("-") or chance.random() < 0.1)
    return [f"{flag}={text}"] if joined else [flag, text]


def value(parameter: Parameter, chance: random.Random) -> str:
    """A value for a parameter: most of them good, some odd, some hostile."""
    pools = [GOOD.get(parameter.name, ["1"])] * 9
    pools += [ODD.get(parameter.kind, ODD[str])] * 2
    pools += [HOSTILE, [*ODD[int], *ODD[str], *ODD[Path]]]
    if parameter.name in SOURCE_LIKE:
        pools += [list(corpus.FILES)] * 3
    if parameter.name == "sources":
        pools += [PATTERNS] * 2
    text = chance.choice(chance.choice(pools))
    if parameter.name == "inputs" and chance.random() < 0.2:
        text = f"{chance.choice(['picture', 'x', '', *HOSTILE])}={text}"
    return text


def fill(folder: Path) -> None:
    """All that the lines name: the corpus, earlier outputs, links, folders and a pipe."""
    corpus.write(folder)
    rng = np.random.default_rng(1)
    for name in ("maps", "old", "folder.png"):
        (folder / name).mkdir()
    for number in range(3):
        np.save(folder / "maps" / f"{number}.npy", rng.normal(size=(2, 6, 6)))
    deep = folder / "deep"
    for _ in range(40):
        deep.mkdir()
        shutil.copy(folder / "ok.npy", deep)
        deep /= "a"
    shutil.copy(SAMPLES / "shapes.onnx", folder)
    shutil.copy(SAMPLES / "shapes.png", folder / "in.png")
    (folder / "old" / "f.png").write_bytes(b"an earlier picture")
    (folder / "options.toml").write_text('size = "3"\n')
    (folder / "list.txt").write_text("ok.npy\nmaps/0.npy\nmissing.npy\n")
    (folder / "link.svg").symlink_to("old/f.svg")
    (folder / "lost.npy").symlink_to("nowhere/f.npy")
    os.mkfifo(folder / "pipe")


State = dict[str, tuple[int, ...]]


def state(folder: Path) -> State:
    """What tells the files of a folder from what they were."""
    found: State = {}
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = os.path.join(place, name)  # noqa: PTH118 - names of any bytes
            status = os.lstat(path)
            kept = (status.st_mode,) if name in folders else tuple(status[:3]) + tuple(status[6:7])
            changed = () if name in folders else (status.st_mtime_ns,)
            found[os.path.relpath(path, folder)] = kept + changed
    return found


@dataclass
class Ended:
    """How a line ended."""

    code: int
    out: str = ""
    err: str = ""
    seconds: float = 0
    causes: list[str] = field(default_factory=list)


def forked(words: list[str], folder: Path, stdin: Path) -> Ended:
    """Run a line in a child of this process."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _run_and_exit(words, folder, stdin, out.fileno(), err.fileno())
        status, seconds, processor = _awaited(child)
        out.seek(0)
        err.seek(0)
        code = os.waitstatus_to_exitcode(status)
        ended = Ended(code, out.read().decode("utf-8", "replace"), err.read().decode(), seconds)
    most = MORE_SECONDS.get(words[0], CPU_SECONDS)
    if processor > most or seconds > SECONDS:
        ended.causes.append(f"it takes {processor:.0f} s of a processor, {seconds:.0f} s in all")
    return ended


def _run_and_exit(words: list[str], folder: Path, stdin: Path, out: int, err: int) -> None:
    code = 99
    try:
        os.setsid()
        os.chdir(folder)
        for number, opened in enumerate((os.open(stdin, os.O_RDONLY), out, err)):
            os.dup2(opened, number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        sys.argv = ["poolviz", *words]
        code = run_app()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _awaited(child: int) -> tuple[int, float, float]:
    """Status, seconds and processor time of a child, whose whole group is ended when it is late."""
    start = time.monotonic()
    descriptor = os.pidfd_open(child)
    try:
        ready, _, _ = select.select([descriptor], [], [], SECONDS)
        if not ready:
            os.killpg(child, signal.SIGKILL)
        _, status, usage = os.wait4(child, 0)
    finally:
        os.close(descriptor)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return status, time.monotonic() - start, usage.ru_utime + usage.ru_stime


def faults(words: list[str], ended: Ended, folder: Path, before: State) -> list[str]:
    """In what ways the end of a line breaks the contract."""
    after = state(folder)
    return [
        *ended.causes,
        *_of_words(ended, helped="--help" in words),
        *_of_files(words, ended.code, folder, before, after),
    ]


def _of_words(ended: Ended, *, helped: bool) -> Iterator[str]:
    if ended.code not in CODES:
        yield f"exit code {ended.code}"
    if "Traceback" in ended.err or "bug in poolviz" in ended.err:
        yield "a bug"
    if "there is not enough" in ended.err:
        yield "no estimate has refused it"
    if any(not each.isprintable() for each in ended.err.splitlines()):
        yield "stderr is not printable"
    if ended.code in (1, 2):
        if ended.err.count("\n") != 1 or not ended.err.startswith("poolviz: "):
            yield f"{ended.err.count(chr(10))} lines on stderr"
        if "; " not in ended.err:
            yield "no remedy"
        if ended.out and not helped:
            yield "it prints a result, too"
    longest = max(map(len, ended.err.splitlines()), default=0)
    if longest > LONGEST:
        yield f"a line of {longest} characters on stderr"


def _of_files(
    words: list[str], code: int, folder: Path, before: State, after: State
) -> Iterator[str]:
    if (folder / "pwned").exists():
        yield "a file has run code"
    for name in before.keys() - after.keys():
        yield f"{name[:80]!r} is gone"
    # A file that is named as an output, and nowhere else, may be replaced.
    replaced = {
        text for flag, text in pairwise(words) if flag in OUTPUTS and words.count(text) == 1
    }
    for name, now in after.items():
        is_new, changed = name not in before, before.get(name, now) != now
        if code in (1, 2) and is_new:
            yield f"{name[:80]!r} is left behind"
        elif changed and not name.startswith(("old/", "old")) and name not in replaced:
            yield f"{name[:80]!r} has changed"
        if (is_new or changed) and (cause := _unsound(folder / name)):
            yield f"{name[:80]!r} {cause}"


def _unsound(path: Path) -> str:
    """Why a file that was written is not whole; empty if it is."""
    if path.is_dir():
        return ""
    if path.name.startswith(".poolviz-"):
        return "is a temporary file"
    data = path.read_bytes()
    try:
        _read(path.suffix.lower(), data)
    except Exception as error:  # noqa: BLE001 - whatever a reader makes of it
        return f"cannot be read ({type(error).__name__})"
    return "" if data else "is empty"


def _read(suffix: str, data: bytes) -> None:
    if suffix in PICTURES:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
    elif suffix == ".npy":
        np.load(io.BytesIO(data), allow_pickle=False)
    elif suffix == ".svg":
        ET.fromstring(data)  # noqa: S314 - written by poolviz
    elif suffix == ".jsonl":
        for row in data.splitlines():
            json.loads(row)
    else:
        ends = {".html": b"</html>", ".htm": b"</html>", ".pdf": b"%%EOF"}
        if not data.rstrip().endswith(ends.get(suffix, b"")):
            raise ValueError(suffix)


class Driver:
    """Runs lines in a copy of a folder, which it puts back in order after each."""

    def __init__(self, model: Path, folder: Path) -> None:
        self.folder, self._model = folder, model
        _copied(model, folder)
        self._before = state(folder)

    def run(self, words: list[str], stdin: str = "ok.npy") -> tuple[Ended, list[str]]:
        """How a line ends, and what is wrong with that."""
        ended = forked(words, self.folder, self.folder / stdin)
        causes = faults(words, ended, self.folder, self._before)
        self._put_back()
        return ended, causes

    def _put_back(self) -> None:
        now = state(self.folder)
        wrong = {name for name, as_now in now.items() if self._before.get(name) != as_now}
        for name in sorted(wrong, reverse=True):
            path = self.folder / name
            if path.is_dir() and not path.is_symlink():
                path.rmdir()
            else:
                path.unlink()
        lost = {name for name in self._before if not os.path.lexists(self.folder / name)}
        for name in sorted(lost):
            _copied(self._model / name, self.folder / name)
        if lost:
            self._before = state(self.folder)


def _copied(source: Path, target: Path) -> None:
    if source.is_symlink() or source.is_file():
        shutil.copy2(source, target, follow_symlinks=False)
    elif not source.is_dir():
        os.mkfifo(target)
    else:
        target.mkdir(exist_ok=True)
        for each in source.iterdir():
            _copied(each, target / each.name)


def load_all() -> None:
    """Import here, once, what each line would import."""
    for module in pkgutil.walk_packages(poolviz.__path__, "poolviz."):
        if not module.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    for name in ("onnxruntime", "onnx", "matplotlib.backends.backend_agg", "rich.console"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    Image.init()


def drive(seeds: Iterable[str], driver: Driver) -> Iterator[dict[str, Any]]:
    """What is wrong with the lines of these seeds."""
    listed = commands()
    for seed in seeds:
        words = line(listed, seed)
        stdin = random.Random(seed).choice(["ok.npy", "ok.png", *corpus.FILES])  # noqa: S311
        ended, causes = driver.run(words, stdin)
        yield {
            "seed": seed, "line": words, "stdin": stdin, "code": ended.code,
            "seconds": round(ended.seconds, 2), "causes": causes, "err": ended.err[:2000],
        }  # fmt: skip


def main() -> int:
    """Run lines in as many processes as there are cores; print what came of each as JSON."""
    warnings.simplefilter("ignore")
    load_all()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # By a child: what it takes would slow down each fork.
        in_child(partial(fill, folder / "model"))
        os.wait()
        if sys.argv[1:2] == ["--line"]:
            driver = Driver(folder / "model", folder / "copy")
            ended, causes = driver.run(json.loads(sys.argv[2]), *sys.argv[3:4])
            sys.stdout.write(f"{ended.code}\n{ended.out}\n{ended.err}\n{causes}\n")
            return len(causes)
        count, seed = [*sys.argv[1:3], *("200", "17")[len(sys.argv) - 1 :]]
        jobs = os.cpu_count() or 1
        for job in range(jobs):
            seeds = [f"{seed}-{number}" for number in range(job, int(count), jobs)]
            in_child(
                lambda seeds=seeds, job=job: report(seeds, folder / "model", folder / str(job))
            )
        return max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(jobs))


def in_child(work: Callable[[], None]) -> None:
    """Have a child of this process work."""
    if os.fork() == 0:
        code = 1
        try:
            work()
            code = 0
        except Exception:  # noqa: BLE001 - the child ends here
            traceback.print_exc()
        finally:
            os._exit(code)


def report(seeds: list[str], model: Path, folder: Path) -> None:
    """Print what came of lines, each at once and whole: a pipe mixes what two processes write."""
    with (folder.parent / "turn").open("w") as turn:
        for found in drive(seeds, Driver(model, folder)):
            fcntl.flock(turn, fcntl.LOCK_EX)
            sys.stdout.write(f"{json.dumps(found)}\n")
            sys.stdout.flush()
            fcntl.flock(turn, fcntl.LOCK_UN)


if __name__ == "__main__":
    sys.exit(main())
