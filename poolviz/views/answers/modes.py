"""The modes as lines and as data: all in short, or one in full with a worked example."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from inspect import getdoc
from typing import Any

from poolviz.analysis.explain import explain
from poolviz.modes._mode import Mode, option_defaults
from poolviz.result import PoolResult
from poolviz.views.answers.explain import working_lines
from poolviz.views.terminal.grid import Screen, Segments
from poolviz.views.terminal.lines import heading, paragraph, plain
from poolviz.views.terminal.result import ResultView


def list_lines(kinds: list[type[Mode]]) -> Iterable[Segments]:
    """A line for each mode."""
    width = max(len(kind.name()) for kind in kinds)
    for kind in kinds:
        also = f" (also {', '.join(kind.aliases)})" if kind.aliases else ""
        yield plain(f"{kind.name():{width}}  {kind.summary}{also}")
    yield []
    yield plain("Use global-MODE to pool the whole map. Most modes also accept --output-size.")


@dataclass(frozen=True)
class ModeDescription:
    """One mode in full, with a worked example."""

    mode: type[Mode]
    example: PoolResult


def lines(answer: ModeDescription, screen: Screen) -> Iterable[Segments]:
    """One mode in full: its description, then a worked example."""
    kind, example = answer.mode, answer.example
    about, parameters = _about(kind)
    yield heading(f"{kind.name()}: {kind.summary}")
    yield plain(f"formula: {kind.formula}")
    yield plain(f"citation: {kind.citation}")
    defaults = option_defaults(kind)
    yield plain("parameters:" if defaults else "parameters: none")
    for name, default in defaults.items():
        words = f": {parameters[name]}" if name in parameters else ""
        yield from paragraph(f"  {name}={default}{words}", screen.width)
    for words in about:
        yield []
        yield from paragraph(words, screen.width)
    yield []
    yield heading(f"worked example: {example.summary}")
    yield []
    explanation = explain(example, 0, 0)
    view = ResultView(example, explanation.step, screen)
    yield from view.input().lines()
    yield from view.key()
    yield []
    yield from working_lines(explanation, view.numbers)
    yield []
    yield from view.output().lines()


def _about(kind: type[Mode]) -> tuple[list[str], dict[str, str]]:
    """The paragraphs of a mode's docstring below its first line, and its parameters."""
    body = (getdoc(kind) or "").partition("Args:")[0]
    paragraphs = [_unmarked(part) for part in body.split("\n\n")[1:]]
    parameters: dict[str, str] = {}
    for ancestor in reversed(kind.__mro__):
        parameters |= _parameters((ancestor.__doc__ or "").partition("Args:")[2])
    typed_names = {field.name: field.metadata.get("option", field.name) for field in fields(kind)}
    parameters = {typed_names.get(name, name): words for name, words in parameters.items()}
    # The formula is printed on a line of its own.
    parts = (part.removeprefix(kind.formula).strip() for part in paragraphs)
    return [part for part in parts if part], parameters


def _parameters(section: str) -> dict[str, str]:
    """The parameters in a docstring's Args section."""
    parameters: dict[str, str] = {}
    for line in section.strip().splitlines():
        name, colon, words = line.strip().partition(": ")
        if colon and name.isidentifier():
            parameters[name] = _unmarked(words)
        elif parameters:
            parameters[next(reversed(parameters))] += f" {_unmarked(line)}"
    return {
        name: words.replace("; None means the framework's rule", "")
        for name, words in parameters.items()
    }


def _unmarked(words: str) -> str:
    """The text on one line, without the marks of code."""
    return " ".join(words.replace("`", "").split())


def document(answer: ModeDescription, *, full: bool = False) -> dict[str, Any]:
    """A mode in full as plain data; its maps are small, so ``full`` adds nothing."""
    del full
    example = answer.example
    return summary(answer.mode) | {
        "example": {
            "input": example.feature_map.values[0].tolist(),
            "output": example.output[0].tolist(),
            "arithmetic": example.step(0, 0).arithmetic,
        }
    }


def summary(kind: type[Mode]) -> dict[str, Any]:
    """A mode in short, as plain data."""
    return {
        "name": kind.name(),
        "aliases": list(kind.aliases),
        "summary": kind.summary,
        "formula": kind.formula,
        "citation": kind.citation,
        "parameters": option_defaults(kind),
    }
