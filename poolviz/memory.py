"""Memory: how much may be used, so that no input can eat all of it."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from poolviz.checks import shown
from poolviz.errors import SourceError, SpecError

# Of what is free when poolviz starts.
SHARE = 0.5
# Where the system tells nothing.
USUAL = 1 << 30
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*([kmgt]?)i?b?", re.ASCII | re.IGNORECASE)
_FREE = re.compile(r"^MemAvailable:\s*(\d+) kB$", re.MULTILINE)
REMEDY = "or allow more with --max-memory"


@dataclass(frozen=True)
class Budget:
    """So many bytes may be allocated for values."""

    limit: int

    def check_source(self, shown: str, wanted: int, remedy: str) -> None:
        """Raise SourceError if a source needs more."""
        if wanted > self.limit:
            raise SourceError(shown, self._cause(wanted), f"{remedy}, {REMEDY}")

    def check_work(self, wanted: int, parts: str, remedy: str) -> None:
        """Raise SpecError if the work needs more; ``parts`` say what for."""
        if wanted > self.limit:
            raise SpecError("memory", f"{self._cause(wanted)} ({parts})", f"{remedy}, {REMEDY}")

    def _cause(self, wanted: int) -> str:
        return f"it needs about {spelled(wanted)} of memory, {spelled(self.limit)} may be used"


def asked_budget(words: str | None) -> Budget:
    """The budget that ``words`` such as ``2G`` ask for; half of what is free unless given.

    Raises:
        SpecError: they are no such text, or ask for nothing.

    Example:
        >>> asked_budget("1.5G").limit == 3 << 29
        True
    """
    if words is None:
        return Budget(int(_free() * SHARE))
    match = _SIZE.fullmatch(words.strip())
    limit = min(int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0, sys.maxsize)
    if limit < 1:
        raise SpecError("max_memory", f"{shown(words)} is no amount of memory", "write 500M or 2G")
    return Budget(limit)


def _free() -> int:
    """Bytes that can be had, as far as the system tells."""
    try:
        match = _FREE.search(Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        match = None
    free = int(match[1]) << 10 if match else _installed()
    return min(free, *_limits(), free)


def _installed() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return USUAL


def _limits() -> list[int]:
    """What the process, or the container that it runs in, may use at most."""
    found = []
    try:
        import resource  # noqa: PLC0415 - not on Windows

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        found += [soft] if soft != resource.RLIM_INFINITY else []
        words = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        found += [int(words)] if words.isdecimal() else []
    except (ImportError, OSError):
        pass
    return found


def spelled(count: int) -> str:
    """Bytes as a person would say them.

    Example:
        >>> spelled(1536), spelled(3 << 30)
        ('1.5 kB', '3 GB')
    """
    value, units = float(count), ["bytes", "kB", "MB", "GB", "TB"]
    while value >= 1024 and len(units) > 1:  # noqa: PLR2004 - a kB
        value, units = value / 1024, units[1:]
    return f"{round(value, 1 if value < 10 else 0):g} {units[0]}"  # noqa: PLR2004 - two digits
