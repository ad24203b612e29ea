"""Completion: what a shell offers for a value that is being typed."""

from collections.abc import Iterable


def modes(incomplete: str) -> list[str]:
    """Modes; in a list, behind the last comma."""
    from poolviz.modes import available_modes

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(available_modes(), last)]


def rules(incomplete: str) -> list[str]:
    """Frameworks."""
    from poolviz.frameworks import available_rules

    return _beginning(available_rules(), incomplete)


def calls(incomplete: str) -> list[str]:
    """Frameworks that code is written for."""
    from poolviz.frameworks import available_calls

    return _beginning(available_calls(), incomplete)


def figures(incomplete: str) -> list[str]:
    """Kinds of figures."""
    from poolviz.views.figures import available_figures

    return _beginning(available_figures(), incomplete)


def themes(incomplete: str) -> list[str]:
    """Themes."""
    from poolviz.views.scene.style import THEMES

    return _beginning(THEMES, incomplete)


def topics(incomplete: str) -> list[str]:
    """Lessons."""
    from poolviz.lessons._lesson import lessons

    return _beginning([lesson.topic for lesson in lessons()], incomplete)


def sources(incomplete: str) -> list[str]:
    """Samples, and the files that begin so."""
    from poolviz.sources import available_samples

    return _samples_and_files(available_samples(), incomplete)


def networks(incomplete: str) -> list[str]:
    """Sample networks, and the files that begin so."""
    from poolviz.sources import available_networks

    return _samples_and_files(available_networks(), incomplete)


def _samples_and_files(names: Iterable[str], incomplete: str) -> list[str]:
    from glob import escape, glob

    samples = [f"sample:{name}" for name in names]
    return [*_beginning(samples, incomplete), *sorted(glob(f"{escape(incomplete)}*"))]  # noqa: PTH207 - the text is kept as typed


def _beginning(names: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
