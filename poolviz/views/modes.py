"""The modes as lines and as data: all in short, or one in full with a worked example."""

from collections.abc import Iterable
from inspect import getdoc
from typing import Any

from poolviz.modes import Mode
from poolviz.modes._options import option_defaults
from poolviz.result import PoolResult
from poolviz.teach.explanation import explain
from poolviz.views.grid import Screen, Segments
from poolviz.views.lines import heading, plain
from poolviz.views.terminal import ResultView


def list_lines(kinds: list[type[Mode]]) -> Iterable[Segments]:
    """A line for each mode."""
    width = max(len(kind.name()) for kind in kinds)
    for kind in kinds:
        also = f" (also {', '.join(kind.aliases)})" if kind.aliases else ""
        yield plain(f"{kind.name():{width}}  {kind.summary}{also}")
    yield []
    yield plain("Also as global-MODE and with --output-size, where that has a meaning.")


def mode_lines(kind: type[Mode], example: PoolResult, screen: Screen) -> Iterable[Segments]:
    """All of one mode: what it is, then a window worked out."""
    yield heading(f"{kind.name()}: {kind.summary}")
    yield plain(f"formula: {kind.formula}")
    defaults = option_defaults(kind).items()
    yield plain(f"parameters: {', '.join(f'{name}={value}' for name, value in defaults) or 'none'}")
    yield plain(f"citation: {kind.citation}")
    yield []
    yield from map(plain, (getdoc(kind) or "").splitlines())
    yield []
    yield heading("worked out")
    yield []
    found = explain(example, 0, 0)
    view = ResultView(example, found.step, screen)
    yield from view.input().lines()
    yield []
    width = max(len(name) for name, _ in found.working)
    for name, words in found.working:
        yield plain(f"{name:{width}}  {words}")
    yield []
    yield from view.output().lines()


def mode_document(kind: type[Mode], example: PoolResult | None = None) -> dict[str, Any]:
    """A mode as plain data."""
    document = {
        "name": kind.name(),
        "aliases": list(kind.aliases),
        "summary": kind.summary,
        "formula": kind.formula,
        "citation": kind.citation,
        "parameters": option_defaults(kind),
    }
    if example is not None:
        document["example"] = {
            "input": example.feature_map.values[0].tolist(),
            "output": example.output[0].tolist(),
            "arithmetic": example.step(0, 0).arithmetic,
        }
    return document
