"""Process one source of a batch, from its bytes to its outputs; safe to do twice."""

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
# The bytes read at a time to compute a digest.
BLOCK = 1 << 20

Record = dict[str, Any]
"""The outcome for a source: status, shapes, files, seconds, or its error; as plain data."""


@dataclass(frozen=True)
class Recipe:
    """What is done with every source.

    Args:
        reading: keyword arguments of :func:`poolviz.load`.
        pooling: how a source is pooled; each worker replaces its budget by :attr:`budget`.
        order: what is written, in the batch's folder.
        max_memory: the limit for a whole machine, as it was typed; None for a default.
        sharing: the number of workers on one machine.
        version: of poolviz.
        kept: the identities of files that the command reads, which no worker may replace.
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
        """The memory that one worker may use."""
        return Budget(parse_budget(self.max_memory).limit // self.sharing)

    @cached_property
    def digest(self) -> str:
        """A text that two recipes have in common if and only if their outputs are the same."""
        pooling = replace(self.pooling, threads=None, budget=Budget(1))
        order = replace(self.order, out=Path())
        parts = [self.reading, asdict(pooling), asdict(order), self.version]
        data = json.dumps(parts, sort_keys=True, default=str).encode()
        return hashlib.blake2b(data, digest_size=16).hexdigest()


@dataclass(frozen=True)
class Task:
    """A source, and its record from an earlier run with the same recipe."""

    item: Item
    earlier: Record | None = None


def process_all(tasks: Sequence[Task], recipe: Recipe) -> list[Record]:
    """Process tasks one after the other."""
    return [process(task, recipe) for task in tasks]


def process(task: Task, recipe: Recipe) -> Record:
    """Pool one source and write its outputs, unless an earlier run did; raises no exception.

    Returns:
        The record, with the status ``kept`` if its outputs are those of the same bytes and recipe.
    """
    start, shown = perf_counter(), task.item.shown
    try:
        digest = file_digest(task.item.path)
        if digest and task.earlier and _is_current(task.earlier, digest, task.item, recipe):
            return task.earlier | {"status": KEPT}
        with writing.keeping_identities(recipe.kept):
            record = {"status": DONE, "digest": digest, **_pool_item(task.item, recipe)}
    except PoolvizError as error:
        # The user named the source in another way than by its absolute path.
        is_source = error.subject == escaped(task.item.path)
        subject = shown if is_source else f"{shown}: {error.subject}"
        record = {"status": FAILED, "error": f"{subject}: {error.cause}; {error.remedy}"}
    except MemoryError:
        line = f"{shown}: there is not enough memory; use fewer --jobs"
        record = {"status": FAILED, "error": line}
    except Exception as error:  # noqa: BLE001 - the other sources still have to be pooled
        name = f"{type(error).__name__}: {error}"
        line = f"{shown}: this is a bug in poolviz {__version__} ({name}); please report it"
        record = {"status": FAILED, "error": line}
    return finished_record(task.item, recipe, record, perf_counter() - start)


def finished_record(item: Item, recipe: Recipe, record: Record, seconds: float) -> Record:
    """Complete a record by its source, recipe and time, and escape its error for terminals."""
    if "error" in record:
        record = record | {"error": escaped(record["error"])}
    about = {"source": item.shown, "recipe": recipe.digest, "version": recipe.version}
    return about | record | {"seconds": round(seconds, 4)}


def _pool_item(item: Item, recipe: Recipe) -> Record:
    """Read, pool and write one source; the shapes, files and notes of its record.

    Raises:
        PoolvizError: it cannot be read or pooled, or an output cannot be written.
    """
    if recipe.version != __version__:
        cause = (
            f"this worker runs version {__version__}, but the batch was started with"
            f" {recipe.version}"
        )
        raise PoolvizError("poolviz", cause, "install the same version everywhere")
    budget, out = recipe.budget, recipe.order.out
    watch_files()
    feature_map = load(
        Path(item.path),
        **recipe.reading,
        like=recipe.pooling.spec.like,
        max_memory=f"{max(1, budget.limit >> 10)}k",
    )
    if item.name:
        feature_map = replace(feature_map, name=item.name)
    order = replace(recipe.order, out=out / item.folder)
    done = run_job(feature_map, replace(recipe.pooling, budget=budget), order)
    files = [Path(path) for path in done.files.values()]
    return {
        "pooling": done.pictures.result.summary,
        "input_shape": list(feature_map.shape),
        "output_shape": list(done.pictures.result.output_shape),
        "files": [file.relative_to(out).as_posix() for file in files],
        "stamps": [_stamp(file) for file in files],
        "notes": list(feature_map.notes),
    }


def _is_current(earlier: Record, digest: str, item: Item, recipe: Recipe) -> bool:
    """Whether a record is of these bytes, and its files are in their folder and unchanged."""
    out = recipe.order.out
    files = [out / name for name in earlier.get("files", [])]
    stamps = [_stamp(file) for file in files]
    return (
        earlier.get("digest") == digest
        and all(file.parent == out / item.folder for file in files)
        and None not in stamps
        and stamps == earlier.get("stamps", [])
    )


def _stamp(path: Path) -> list[int] | None:
    """The size and time of a file, which change when it is written again; None without a file."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return [status.st_size, status.st_mtime_ns]


def file_digest(path: str) -> str | None:
    """A digest of a regular file's bytes; None if it is not one or cannot be read."""
    digest = hashlib.blake2b(digest_size=16)
    try:
        if not Path(path).is_file():
            return None
        with Path(path).open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except (OSError, ValueError):
        # Reading the source reports why.
        return None
    return digest.hexdigest()
