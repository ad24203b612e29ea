"""Memory budgets: how they are parsed, and what they refuse."""

import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from poolviz import FeatureMap, PoolSpec, memory
from poolviz.errors import SourceError, SpecError
from poolviz.memory import Budget, format_bytes, parse_budget
from poolviz.output.estimate import check_memory, check_outputs
from poolviz.plan import make_plan


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("1", 1), ("1000", 1000), ("1k", 1024), ("2K", 2048), ("1.5M", 3 << 19), ("2G", 2 << 30),
        ("2GB", 2 << 30), ("2GiB", 2 << 30), (" 3 m ", 3 << 20), ("1T", 1 << 40),
    ],
)  # fmt: skip
def test_amounts(words: str, limit: int) -> None:
    """Bytes, or with a unit of 1024."""
    assert parse_budget(words).limit == limit


@pytest.mark.parametrize("words", ["", "0", "-1", "2Q", "G", "1e9", "nan", "0.0001k", "1" * 40])
def test_other_texts_are_refused(words: str) -> None:
    """Nothing, negative amounts, and texts that are not amounts."""
    with pytest.raises(SpecError, match=r"not an amount of memory; use e\.g\. 500M or 2G"):
        parse_budget(words)


def test_exactly_the_limit_is_allowed() -> None:
    """One byte more is not; the source or the parts of the work are named."""
    budget = Budget(1 << 20)
    remedy = "use a smaller region"
    budget.check_source("a.npy", 1 << 20, remedy)
    budget.check_work({"the page": 1 << 20}, remedy)
    amounts = "1,048,577 bytes", "but the limit is 1,048,576 bytes; use a smaller region"
    words = f"a.npy: needs about {amounts[0]} of memory, {amounts[1]}, or raise max_memory"
    with pytest.raises(SourceError, match=words):
        budget.check_source("a.npy", (1 << 20) + 1, remedy)
    with pytest.raises(SpecError, match=f"about {amounts[0]} is needed for the page, {amounts[1]}"):
        budget.check_work({"the page": (1 << 20) + 1}, remedy)


@pytest.mark.parametrize(
    ("limit", "needed", "amounts"),
    [
        (1 << 20, 3 << 20, ("3 MB", "1 MB")),
        (1 << 20, 1_100_000, ("1.05 MB", "1 MB")),
        ((1 << 20) - 1024, (1 << 20) + 2000, ("1 MB", "1,023 kB")),
        (15 << 20, (15 << 20) + 50_000, ("15.05 MB", "15 MB")),
    ],
)
def test_an_amount_that_is_refused_differs_from_the_limit(
    limit: int, needed: int, amounts: tuple[str, str]
) -> None:
    """Digits are added until it does."""
    words = f"needs about {amounts[0]} of memory, but the limit is {amounts[1]};"
    with pytest.raises(SourceError, match=words):
        Budget(limit).check_source("a.npy", needed, "save less")


def test_parts_that_are_small_or_empty_are_not_listed() -> None:
    """Nor is a part that is all there is."""
    parts = {"the output": 3 << 20, "the pictures": 0, "scratch space": 5 << 20, "the window": 90}
    words = r"about 8 MB is needed \(3 MB for the output, 5 MB for scratch space\), but"
    with pytest.raises(SpecError, match=words):
        Budget(1 << 20).check_work(parts, "use a larger stride")


def test_half_of_what_is_free_unless_given() -> None:
    """It is a sensible share: at least some MB, less than what the machine has."""
    limit = parse_budget(None).limit
    assert 1 << 24 < limit < 1 << 45


def test_limit_of_the_process_counts() -> None:
    """A process that may use little offers half of that."""
    few = 3 << 30
    program = "from poolviz.memory import parse_budget; print(parse_budget(None).limit)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (few, few)),
        capture_output=True,
        check=True,
    )
    assert int(done.stdout) <= few / 2


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 bytes"), (1023, "1,023 bytes"), (1536, "1.5 kB"), (1024, "1 kB"), (3 << 30, "3 GB")],
)
def test_amounts_in_words(count: int, words: str) -> None:
    """Three digits and a unit."""
    assert format_bytes(count) == words


@pytest.mark.parametrize(
    ("meminfo", "cgroup", "expected"),
    [
        ("MemTotal: 8000 kB\nMemAvailable:    4000 kB\n", "max\n", 2000 << 10),
        ("MemTotal: 8000 kB\nMemAvailable:    4000 kB\n", f"{1000 << 10}\n", 500 << 10),
    ],
)
def test_half_of_what_the_system_tells(
    meminfo: str, cgroup: str, expected: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Of what is free, or of what the container may use, whichever is less."""
    texts = {"/proc/meminfo": meminfo, "/sys/fs/cgroup/memory.max": cgroup}
    for at, (name, text) in enumerate(texts.items()):
        (tmp_path / str(at)).write_text(text)
        texts[name] = str(tmp_path / str(at))
    monkeypatch.setattr(memory, "Path", lambda name: Path(texts[name]))
    assert parse_budget(None).limit == expected


class Recorder(Budget):
    """A budget that writes down what it is asked for."""

    def check_work(self, parts: Mapping[str, int], remedy: str) -> None:
        """Every amount, without a refusal."""
        del remedy
        NEEDED.append(sum(parts.values()))


NEEDED: list[int] = []


def test_outputs_that_are_compared_by_hand() -> None:
    """Two outputs of 4 float64 and 4 marks, 16 bytes to compare each value, 64 per input cell."""
    NEEDED.clear()
    requests = [PoolSpec("max"), PoolSpec("average"), PoolSpec("max", 5)]
    check_outputs(FeatureMap(np.eye(4)), requests, Recorder(0))
    assert [needed for needed in NEEDED if needed] == [2 * 4 * (8 + 1) + 4 * 16 + 64 * 16]


@pytest.mark.parametrize(("is_rgb", "stills"), [(False, 0), (False, 2), (True, 2)])
def test_pooling_by_hand(is_rgb: bool, stills: int) -> None:
    """Colour is one still of three channels; otherwise each channel is a tile of its own."""
    NEEDED.clear()
    names = ("R", "G", "B") if is_rgb else ()
    feature_map = FeatureMap(np.zeros((3, 300, 300), np.uint8), "a", "a", names, (0, 255))
    assert feature_map.is_rgb == is_rgb
    plan = make_plan(PoolSpec("max"), (300, 300))
    check_memory(feature_map, plan, Recorder(0), stills=bool(stills), scale=stills or None)
    cells, windows = 300 * 300, 150 * 150
    output, scratch, window = 16 * 3 * windows, 64 * 3 * cells, 4 * 300
    colours = 64 * (cells + windows) * (3 if is_rgb else 1)
    # One map, or two rows of two maps, twice as large.
    pixels = 8 * 2**2 * (300**2 if is_rgb else 600**2)
    drawn = colours + pixels if stills else 0
    assert [output + scratch + window + drawn] == NEEDED
