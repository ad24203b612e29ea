"""Work: one source of a batch, from its bytes to its outputs; safe to do twice."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

from poolviz import __version__
from poolviz.batch.listing import Item
from poolviz.errors import PoolvizError
from poolviz.memory import Budget, parse_budget
from poolviz.output import writing
from poolviz.output.job import OutputRequest, PoolRequest, run_job
from poolviz.sources import load, watch_files
from poolviz.text import escaped

DONE, KEPT, FAILED, SKIPPED = "done", "kept", "failed", "skipped"
# What is read at a time to tell whether a source is still the same.
BLOCK = 1 << 20

Record = dict[str, Any]
"""What is known of a source: status, shapes, files, seconds, or its error; plain data."""


@dataclass(frozen=True)
class Recipe:
    """What is done with every source.

    Args:
        reading: what of a source is meant, as :func:`poolviz.load` takes it.
        pooling: how it is pooled; its budget is each worker's own.
        order: what is written; its folder is the batch's.
        max_memory: as it was typed, for a whole machine; None for a share of what is free there.
        sharing: how many work on one machine.
        version: of poolviz.
        kept: by what the files are known that the command reads, and no worker replaces.
    """

    reading: dict[str, Any]
    pooling: PoolRequest
    order: OutputRequest
    max_memory: str | None = None
    sharing: int = 1
    version: str = __version__
    kept: frozenset[writing.Identity] = frozenset()

    @property
    def budget(self) -> Budget:
        """What one worker may use."""
        return Budget(parse_budget(self.max_memory).limit // self.sharing)

    @cached_property
    def digest(self) -> str:
        """The same for two recipes whose outputs are the same, and for no others."""
        pooling = replace(self.pooling, threads=None, budget=Budget(1))
        order = replace(self.order, out=Path())
        parts = [self.reading, asdict(pooling), asdict(order), self.version]
        return _digest(json.dumps(parts, sort_keys=True, default=str).encode())


@dataclass(frozen=True)
class Task:
    """An item, and what is known of it from an earlier run with the same recipe."""

    item: Item
    earlier: Record | None = None


def process_all(tasks: Sequence[Task], recipe: Recipe) -> list[Record]:
    """What came of each task."""
    return [process(task, recipe) for task in tasks]


def process(task: Task, recipe: Recipe) -> Record:
    """What came of one task: whatever happens is told, nothing is raised.

    A source is kept that is done already, from the same bytes with the same recipe.
    """
    start = perf_counter()
    try:
        digest = file_digest(task.item.path)
        if digest and task.earlier and _is_current(task, digest, recipe):
            return (task.earlier or {}) | {"status": KEPT}
        with writing.keeping_identities(recipe.kept):
            record = {"status": DONE, "digest": digest, **_made(task.item, recipe)}
    except PoolvizError as error:
        record = {"status": FAILED, "error": _line(task.item, error)}
    except MemoryError:
        line = f"{task.item.shown}: there is not enough memory; use fewer --jobs"
        record = {"status": FAILED, "error": line}
    except Exception as error:  # noqa: BLE001 - the others are still to be done
        name = f"{type(error).__name__}: {error}"
        line = f"{task.item.shown}: this is a bug of poolviz {__version__} ({name}); report it"
        record = {"status": FAILED, "error": line}
    return finished_record(task.item, recipe, record, perf_counter() - start)


def finished_record(item: Item, recipe: Recipe, record: Record, seconds: float) -> Record:
    """A record as it is kept: with its source, and nothing in it that a terminal acts on."""
    if "error" in record:
        record = record | {"error": escaped(record["error"])}
    named = {"source": item.shown, "recipe": recipe.digest, "version": recipe.version}
    return named | record | {"seconds": round(seconds, 4)}


def _line(item: Item, error: PoolvizError) -> str:
    """The error, told of the source as it was named."""
    named = error.subject == escaped(item.path)
    subject = item.shown if named else f"{item.shown}: {error.subject}"
    return f"{subject}: {error.cause}; {error.remedy}"


def _made(item: Item, recipe: Recipe) -> Record:
    if recipe.version != __version__:
        raise PoolvizError(
            "poolviz",
            f"this worker has version {__version__}, the batch {recipe.version}",
            "install the same everywhere",
        )
    budget = recipe.budget
    words = f"{max(1, budget.limit >> 10)}k"
    watch_files()
    like = recipe.pooling.spec.like
    feature_map = load(Path(item.path), **recipe.reading, like=like, max_memory=words)
    if item.name:
        feature_map = replace(feature_map, name=item.name)
    order = replace(recipe.order, out=recipe.order.out / item.folder)
    done = run_job(feature_map, replace(recipe.pooling, budget=budget), order)
    return {
        "pooling": done.pictures.result.summary,
        "input_shape": list(feature_map.shape),
        "output_shape": list(done.pictures.result.output_shape),
        "files": [_told_from(recipe.order.out, path) for path in done.files.values()],
        "stamps": [_stamp(Path(path)) for path in done.files.values()],
        "notes": list(feature_map.notes),
    }


def _told_from(out: Path, path: str) -> str:
    return Path(path).relative_to(out).as_posix()


def _is_current(task: Task, digest: str, recipe: Recipe) -> bool:
    """Whether it is of these bytes, and what it tells of is there, in its place, untouched."""
    earlier, folder = task.earlier or {}, recipe.order.out / task.item.folder
    if earlier.get("digest") != digest:
        return False
    files = [recipe.order.out / name for name in earlier.get("files", [])]
    stamps = [_stamp(file) for file in files]
    in_place = all(file.parent == folder for file in files) and None not in stamps
    return in_place and stamps == earlier.get("stamps", [])


def _stamp(path: Path) -> list[int] | None:
    """What changes when a file is written again; None of what is none."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return [found.st_size, found.st_mtime_ns]


def file_digest(path: str) -> str | None:
    """What tells a regular file's bytes from others; None of what is none."""
    found = hashlib.blake2b(digest_size=16)
    try:
        if not Path(path).is_file():
            return None
        with Path(path).open("rb") as file:
            while block := file.read(BLOCK):
                found.update(block)
    except (OSError, ValueError):
        # Whoever reads it says why it cannot be read.
        return None
    return found.hexdigest()


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()
