"""What is fuzzed: each target takes any bytes, and gives a value or a refusal of one line."""

from collections.abc import Callable
from pathlib import Path

from poolviz.cli import config
from poolviz.errors import PoolvizError
from poolviz.memory import Budget
from poolviz.sources import csv, image, matlab, npy, npz, pnm, safetensors
from poolviz.sources._origin import HEAD, Origin, ReadOptions

# What comes from outside takes no more than this.
BUDGET = Budget(64 << 20)
# Each target's readers: that which knows the data by its beginning, else the first.
READERS = {
    "array": ((npy, ".npy"), (safetensors, ".safetensors"), (matlab, ".mat")),
    "archive": ((npz, ".npz"),),
    "image": ((image, ".png"), (pnm, ".pgm")),
    "text": ((csv, ".csv"),),
}
# In memory where there is such a folder, since it is written at each run.
SCRATCH = Path("/dev/shm" if Path("/dev/shm").is_dir() else ".")  # noqa: S108 - as said
FOUND = Path(__file__).parent / "found"


def target(name: str) -> Callable[[bytes], None]:
    """The target of a name."""
    return parse if name == "config" else lambda data: read(name, data)


def read(name: str, data: bytes) -> None:
    """Read ``data`` as a kind of source, to the last value."""
    readers = READERS[name]
    known = (pair for pair in readers if pair[0].recognises(data[:HEAD]))
    reader, suffix = next(known, readers[0])
    origin = Origin("fuzz", "fuzz", suffix, None, data)
    try:
        reader.read(origin, ReadOptions(budget=BUDGET)).values.sum()
    except PoolvizError as error:
        check(error)


def parse(data: bytes) -> None:
    """Read ``data`` as a file of options."""
    path = SCRATCH / "poolviz-fuzz.toml"
    path.write_bytes(data)
    try:
        config.read(path)
    except PoolvizError as error:
        check(error)


def check(error: PoolvizError) -> None:
    """Hold a refusal to one line that no terminal acts on."""
    assert str(error).isprintable()
