"""``poolviz demo``: pooling in one screen, and lesson by lesson."""

from typing import TYPE_CHECKING, Annotated

import typer

from poolviz.cli import complete
from poolviz.cli.options import AsJson

if TYPE_CHECKING:
    from poolviz.cli.terminal import Keys

TRY = (
    "poolviz run sample:scene --mode max --size 4",
    "poolviz run sample:teaching --mode average --size 3 --stride 2 --padding 1",
    'poolviz run --data "1 3 2 4; 5 6 1 2; 0 1 3 1; 2 4 5 2" --figure pooling.svg',
)


def command(
    topic: Annotated[
        str | None,
        typer.Argument(autocompletion=complete.topics, help="A lesson, by its name or number."),
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the lessons.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show max pooling on a built-in 6×6 map, or a lesson; writes nothing.

    On a terminal lessons follow each other: n next, p previous, q quit.

    Examples:
      poolviz demo

      poolviz demo --list

      poolviz demo padding
    """
    if listing and topic is not None:
        from poolviz.errors import SpecError

        raise SpecError("--list", "it lists all lessons", "leave out the topic")
    if listing:
        _list(as_json=as_json)
    elif topic is not None:
        _teach(topic, as_json=as_json)
    else:
        _show(as_json=as_json)


def _show(*, as_json: bool) -> None:
    from poolviz.cli.answer import print_json, print_result, result_document
    from poolviz.cli.terminal import show
    from poolviz.result import run
    from poolviz.sources import load
    from poolviz.spec import PoolSpec
    from poolviz.views.scene.style import DEFAULT_THEME, find_theme
    from poolviz.views.terminal.lines import plain

    result = run(load("sample:teaching"), PoolSpec("max", 2))
    if as_json:
        print_json(result_document(result, {}))
        return
    print_result(result, 0, find_theme(DEFAULT_THEME))
    lines = ["", "Now try:", *(f"  {line}" for line in TRY), "Lessons: poolviz demo --list"]
    show(map(plain, lines))


def _list(*, as_json: bool) -> None:
    from poolviz.cli.answer import print_json
    from poolviz.cli.terminal import show
    from poolviz.lessons._lesson import lessons
    from poolviz.views.answers.lessons import contents_lines

    found = lessons()
    if as_json:
        rows = [{"topic": each.topic, "number": each.number, "title": each.title} for each in found]
        print_json({"lessons": rows})
    else:
        show(contents_lines(found))


def _teach(topic: str, *, as_json: bool) -> None:
    from poolviz.cli.answer import print_json
    from poolviz.cli.terminal import keyboard, screen_of, show
    from poolviz.lessons._lesson import find_lesson, lessons
    from poolviz.views.answers.lessons import lesson_document, lesson_lines
    from poolviz.views.scene.style import DEFAULT_THEME, find_theme

    lesson, found = find_lesson(topic), lessons()
    if as_json:
        print_json(lesson_document(lesson))
        return
    with keyboard() as keys:
        at: int | None = lesson.number - 1
        while at is not None:
            show(lesson_lines(found[at], len(found), screen_of(find_theme(DEFAULT_THEME))))
            at = _turned(at, len(found), keys) if keys else None


def _turned(at: int, total: int, keys: "Keys") -> int | None:
    """The lesson that follows by the next key; None to end."""
    print("\nn next, p previous, q quit", flush=True)  # noqa: T201 - as above
    steps = {"next": 1, "pause": 1, "previous": -1}
    while True:
        key = keys.pressed(None)
        if key == "quit":
            return None
        if key in steps:
            to = at + steps[key]
            return None if to >= total else max(to, 0)
