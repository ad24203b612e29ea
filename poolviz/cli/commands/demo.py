"""``poolviz demo``: pooling on one screen, and lesson by lesson."""

from typing import Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.options import AsJson
from poolviz.cli.printing import print_answer, print_json, print_result, result_document
from poolviz.cli.terminal import Keys, keyboard, pages, screen_of, show
from poolviz.errors import SpecError
from poolviz.lessons._lesson import find_lesson, lessons
from poolviz.result import run
from poolviz.sources import load
from poolviz.spec import PoolSpec
from poolviz.views.answers.lesson import lines as lesson_lines
from poolviz.views.answers.lesson import list_lines
from poolviz.views.scene.style import DEFAULT_THEME, find_theme
from poolviz.views.terminal.grid import Segments
from poolviz.views.terminal.lines import plain

TRY = (
    "poolviz run sample:scene --mode max --size 4",
    "poolviz run sample:teaching --mode average --size 3 --stride 2 --padding 1",
    'poolviz run --data "1 3 2 4; 5 6 1 2; 0 1 3 1; 2 4 5 2" --figure pooling.svg',
)
# The keys that a page of a lesson ends with, and its last page.
MORE = "space next page, n next lesson, p previous, q quit"
END = "n next, p previous, q quit"
# Erases the line of the cursor.
ERASE = "\r\x1b[2K"


def command(
    lesson: Annotated[
        str | None,
        typer.Argument(autocompletion=complete.topics, help="Lesson, by name or number."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the lessons.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show max pooling on a 6×6 map, or a lesson, without writing a file.

    In a terminal, press space for the next page of a lesson, n for the next lesson, p for the
    previous one, or q to quit.

    Examples:
      poolviz demo

      poolviz demo --list

      poolviz demo padding
    """
    if listing and lesson is not None:
        raise SpecError("--list", "cannot be combined with a lesson", "omit one of them")
    if lesson is not None:
        _teach(lesson, as_json=as_json)
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
            lines = lesson_lines(lessons()[index], screen_of(find_theme(DEFAULT_THEME)))
            if keys is None:
                show(lines)
                return
            index = _next_lesson(index, list(pages(lines)), keys)


def _next_lesson(index: int, shown: list[list[Segments]], keys: Keys) -> int | None:
    """Show the pages of a lesson; the index of the lesson that a key asks for, None to end."""
    for number, page in enumerate(shown, 1):
        is_last = number == len(shown)
        show(page)
        print(f"\n{END}" if is_last else MORE, end="", flush=True)  # noqa: T201 - this is the command's output
        key = _pressed(keys)
        print(ERASE, end="", flush=True)  # noqa: T201 - this is the command's output
        if key == "quit":
            return None
        if is_last or key != "pause":
            following = max(index + (-1 if key == "previous" else 1), 0)
            return following if following < len(lessons()) else None
    return None


def _pressed(keys: Keys) -> str:
    """The next key that means something."""
    while (key := keys.pressed(None)) not in ("pause", "next", "previous", "quit"):
        pass
    return key
