"""Memory budgets: a limit for each command, so that no input can take all memory."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from poolviz.checks import shown
from poolviz.errors import SourceError, SpecError

# The default budget, as a share of the memory that is free when poolviz starts.
SHARE = 0.5
# Bytes that are assumed to be free where the system gives no number.
ASSUMED = 1 << 30
REMEDY = "or raise max_memory"
# A smaller share of what is needed is not listed.
LEAST_PART = 0.01
# Amounts that need more digits to be told apart are written in bytes.
MOST_DECIMALS = 5
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)\s*([kmgt]?)i?b?", re.ASCII | re.IGNORECASE)
_FREE = re.compile(r"^MemAvailable:\s*(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Budget:
    """A limit, in bytes, on memory for values."""

    limit: int

    def check_source(self, source: str, needed: int, remedy: str) -> None:
        """Raise SourceError if reading a source needs more than the limit."""
        if needed > self.limit:
            amount, limit = self._amounts(needed)
            cause = f"needs about {amount} of memory, but the limit is {limit}"
            raise SourceError(source, cause, f"{remedy}, {REMEDY}")

    def check_work(self, parts: Mapping[str, int], remedy: str) -> None:
        """Raise SpecError if the work needs more than the limit.

        Args:
            parts: the bytes that it needs, by what they are for, such as ``the page``.
            remedy: what to do.
        """
        needed = sum(parts.values())
        if needed > self.limit:
            large = {part: size for part, size in parts.items() if size >= needed * LEAST_PART}
            listing = ", ".join(f"{format_bytes(size)} for {part}" for part, size in large.items())
            use = f" ({listing})" if len(large) > 1 else f" for {next(iter(large))}"
            amount, limit = self._amounts(needed)
            cause = f"about {amount} is needed{use}, but the limit is {limit}"
            raise SpecError("memory", cause, f"{remedy}, {REMEDY}")

    def _amounts(self, needed: int) -> tuple[str, str]:
        """A number of bytes and the limit, with as many digits as it takes to tell them apart."""
        pairs = (
            (format_bytes(needed, decimals), format_bytes(self.limit, decimals))
            for decimals in range(1, MOST_DECIMALS)
        )
        exact = f"{needed:,} bytes", f"{self.limit:,} bytes"
        return next((pair for pair in pairs if pair[0] != pair[1]), exact)


def parse_budget(amount: str | None) -> Budget:
    """The budget for an ``amount`` such as ``2G``; for None half of the free memory.

    Raises:
        SpecError: it is not an amount of at least one byte.

    Example:
        >>> parse_budget("1.5G").limit == 3 << 29
        True
    """
    if amount is None:
        return Budget(int(_free() * SHARE))
    match = _SIZE.fullmatch(amount.strip())
    limit = min(int(float(match[1]) * _UNITS[match[2].lower()]) if match else 0, sys.maxsize)
    if limit < 1:
        cause = f"{shown(amount)} is not an amount of memory"
        raise SpecError("max_memory", cause, "use e.g. 500M or 2G")
    return Budget(limit)


def _free() -> int:
    """The free memory in bytes, as far as the system reports it."""
    try:
        match = _FREE.search(Path("/proc/meminfo").read_text(encoding="ascii"))
    except OSError:
        match = None
    if match:
        free = int(match[1]) << 10
    else:
        try:
            free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        except (AttributeError, ValueError, OSError):
            free = ASSUMED
    return min([free, *_limits()])


def _limits() -> list[int]:
    """The limits of the process, and of the container that it runs in, if they have any."""
    limits = []
    try:
        import resource  # noqa: PLC0415 - not on Windows

        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        limits += [soft] if soft != resource.RLIM_INFINITY else []
        maximum = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
        limits += [int(maximum)] if maximum.isdecimal() else []
    except (ImportError, OSError):
        pass
    return limits


def format_bytes(count: int, decimals: int = 1) -> str:
    """A number of bytes as text, with at most ``decimals`` digits after the point.

    Example:
        >>> format_bytes(1536), format_bytes(3 << 30)
        ('1.5 kB', '3 GB')
        >>> format_bytes(1 << 66)
        '67,108,864 TB'
    """
    value, units = float(count), ["byte" if count == 1 else "bytes", "kB", "MB", "GB", "TB"]
    while value >= 1024 and len(units) > 1:  # noqa: PLR2004 - bytes in a kB
        value, units = value / 1024, units[1:]
    digits = decimals - (value >= 10)  # noqa: PLR2004 - 9.5 GB, but 11 GB
    amount = f"{value:,.{digits}f}"
    return f"{amount.rstrip('0').rstrip('.') if '.' in amount else amount} {units[0]}"
