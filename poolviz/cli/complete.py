"""Completion: what a shell offers for a value that is being typed."""

from collections.abc import Iterable
from glob import escape, glob

from poolviz.frameworks import available_calls, available_rules
from poolviz.lessons._lesson import lessons
from poolviz.modes import available_modes
from poolviz.sources import available_networks, available_samples
from poolviz.views.figures import available_figures
from poolviz.views.scene.style import THEMES


def modes(incomplete: str) -> list[str]:
    """Modes; in a list, what follows the last comma."""
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _starting(available_modes(), last)]


def rules(incomplete: str) -> list[str]:
    """Frameworks."""
    return _starting(available_rules(), incomplete)


def calls(incomplete: str) -> list[str]:
    """Frameworks for which code is written."""
    return _starting(available_calls(), incomplete)


def figures(incomplete: str) -> list[str]:
    """Kinds of figures."""
    return _starting(available_figures(), incomplete)


def themes(incomplete: str) -> list[str]:
    """Themes."""
    return _starting(THEMES, incomplete)


def topics(incomplete: str) -> list[str]:
    """Lessons."""
    return _starting([lesson.topic for lesson in lessons()], incomplete)


def sources(incomplete: str) -> list[str]:
    """Samples and files."""
    return _samples_and_files(available_samples(), incomplete)


def networks(incomplete: str) -> list[str]:
    """Sample networks and files."""
    return _samples_and_files(available_networks(), incomplete)


def _samples_and_files(names: Iterable[str], incomplete: str) -> list[str]:
    samples = [f"sample:{name}" for name in names]
    return [*_starting(samples, incomplete), *sorted(glob(f"{escape(incomplete)}*"))]  # noqa: PTH207 - the text is kept as typed


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
