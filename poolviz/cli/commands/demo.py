"""``poolviz demo``: pooling on one screen, and lesson by lesson."""

from typing import Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.options import AsJson
from poolviz.cli.printing import print_answer, print_json, print_result, result_document
from poolviz.cli.terminal import Keys, keyboard, show
from poolviz.errors import SpecError
from poolviz.lessons._lesson import find_lesson, lessons
from poolviz.result import run
from poolviz.sources import load
from poolviz.spec import PoolSpec
from poolviz.views.answers.lesson import list_lines
from poolviz.views.scene.style import DEFAULT_THEME, find_theme
from poolviz.views.terminal.lines import plain

TRY = (
    "poolviz run sample:scene --mode max --size 4",
    "poolviz run sample:teaching --mode average --size 3 --stride 2 --padding 1",
    'poolviz run --data "1 3 2 4; 5 6 1 2; 0 1 3 1; 2 4 5 2" --figure pooling.svg',
)
# What a key does to the number of the lesson.
STEPS = {"next": 1, "pause": 1, "previous": -1}


def command(
    topic: Annotated[
        str | None,
        typer.Argument(autocompletion=complete.topics, help="Lesson, by name or number."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the lessons.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show max pooling on a 6×6 map, or a lesson, without writing a file.

    In a terminal, press n for the next lesson, p for the previous one, or q to quit.

    Examples:
      poolviz demo

      poolviz demo --list

      poolviz demo padding
    """
    if listing and topic is not None:
        raise SpecError("--list", "it cannot be combined with a lesson", "omit one of them")
    if topic is not None:
        _teach(topic, as_json=as_json)
        return
    if listing and as_json:
        keys = ("topic", "number", "title")
        rows = [{key: getattr(lesson, key) for key in keys} for lesson in lessons()]
        print_json({"lessons": rows})
        return
    if listing:
        show(list_lines(lessons()))
        return
    result = run(load("sample:teaching"), PoolSpec("max", 2))
    if as_json:
        print_json(result_document(result, {}))
        return
    print_result(result, 0, find_theme(DEFAULT_THEME))
    lines = ["", "Now try:", *(f"  {line}" for line in TRY), "Lessons: poolviz demo --list"]
    show(map(plain, lines))


def _teach(topic: str, *, as_json: bool) -> None:
    lesson = find_lesson(topic)
    if as_json:
        print_answer(lesson, as_json=True)
        return
    with keyboard() as keys:
        index: int | None = lesson.number - 1
        while index is not None:
            print_answer(lessons()[index], as_json=False)
            index = _next_lesson(index, keys) if keys else None


def _next_lesson(index: int, keys: Keys) -> int | None:
    """The index of the lesson that the next key asks for; None to end."""
    print("\nn next, p previous, q quit", flush=True)  # noqa: T201 - this is the command's output
    while (key := keys.pressed(None)) != "quit":
        if key in STEPS:
            following = max(index + STEPS[key], 0)
            return following if following < len(lessons()) else None
    return None
