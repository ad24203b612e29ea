"""``poolviz demo``: pooling in one screen."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from poolviz.cli.commands.demo import TRY
from poolviz.cli.terminal import console, fitted, pages
from poolviz.lessons._lesson import Lesson, lessons
from poolviz.views.answers.lesson import lines
from poolviz.views.scene.style import find_theme
from poolviz.views.terminal.grid import Screen


def test_demo_shows_pooling_and_writes_nothing(poolviz: Any, folder: Path) -> None:
    """The demo has both grids, the arithmetic, the formula and what remains; no file."""
    done = poolviz("demo")
    assert done.code == 0
    assert done.err == ""
    for words in (
        "input 6×6\n",
        "output 3×3, max 2×2, stride 2\n",
        "max(1, 3, 6, 2) = 6\n",
        "output size: ⌊(6 − 2) / 2⌋ + 1 = 3\n",
        "36 → 9 values, 75 % fewer\n",
    ):
        assert words in done.out
    assert list(folder.iterdir()) == []


def test_demo_is_the_run_of_its_sample(poolviz: Any) -> None:
    """The demo prints what ``run`` prints, three commands, and how to go on."""
    demo = poolviz("demo").out
    run = poolviz("run", "sample:teaching", "--write", "none").out
    assert demo.startswith(run)
    assert [line.strip() for line in demo.splitlines()[-4:-1]] == list(TRY)
    assert demo.splitlines()[-1] == "Lessons: poolviz demo --list"


@pytest.mark.slow
@pytest.mark.parametrize("line", TRY)
def test_commands_to_copy_work(line: str, poolviz: Any) -> None:
    """Each command that the demo suggests runs as it stands."""
    name, *arguments = shlex.split(line)
    assert name == "poolviz"
    assert poolviz(*arguments).code == 0


def test_unknown_topic_names_the_nearest(poolviz: Any) -> None:
    """A topic that there is not is refused, with the nearest that there is."""
    done = poolviz("demo", "pading")
    assert done.code == 2
    assert done.failure.startswith("lesson: there is no lesson 'pading'; did you mean padding?")


TOPICS = [lesson.topic for lesson in lessons()]


def test_lessons_stand_in_their_order(poolviz: Any) -> None:
    """The list begins with what pooling is, and numbers the lessons from 1 on."""
    rows = poolviz("demo", "--list").out.splitlines()
    assert [row.split()[:2] for row in rows[: len(TOPICS)]] == [
        [str(number), topic] for number, topic in enumerate(TOPICS, 1)
    ]
    assert TOPICS[0] == "what-pooling-is"
    assert len(TOPICS) >= 15


@pytest.fixture
def screen(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80×24."""
    del folder
    for name, value in {"FORCE_COLOR": "1", "COLUMNS": "80", "LINES": "24"}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("arguments", [[], ["--list"]])
def test_demo_fits_one_screen(arguments: list[str], poolviz: Any) -> None:
    """With the line of the shell below it, nothing has scrolled away."""
    out = poolviz("demo", *arguments).out
    assert 10 < out.count("\n") < 24


@pytest.mark.usefixtures("screen")
@pytest.mark.parametrize("lesson", lessons(), ids=TOPICS)
def test_pages_of_a_lesson_fit_the_screen(lesson: Lesson) -> None:
    """Nothing is lost between them, and each leaves room for the words about the keys."""
    shown = Screen(find_theme("light"), 80)
    found = list(pages(lines(lesson, shown)))
    heights = [sum(len(fitted(line, console())) for line in page) for page in found]
    assert max(heights) <= 22
    assert [line for page in found for line in page if line] == [
        line for line in lines(lesson, shown) if line
    ]


@pytest.mark.parametrize("topic", TOPICS)
def test_lesson_says_computes_and_suggests(topic: str, poolviz: Any, folder: Path) -> None:
    """Piped, a lesson prints its title, sentences, figures and what to try, and ends."""
    done = poolviz("demo", topic)
    assert (done.code, done.err) == (0, "")
    title, *rest = done.out.splitlines()
    assert title.startswith(f"{TOPICS.index(topic) + 1} of {len(TOPICS)}: ")
    assert rest[-1].startswith("Try: poolviz ")
    assert any(sign.isdigit() for line in rest[:-1] for sign in line)
    assert max(map(len, rest)) <= 100
    assert poolviz("demo", TOPICS.index(topic) + 1).out == done.out
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("lesson", lessons(), ids=TOPICS)
def test_what_a_lesson_suggests_runs(lesson: Lesson, poolviz: Any) -> None:
    """The command to try works as it stands."""
    name, *arguments = shlex.split(lesson.suggestion)
    assert name == "poolviz"
    assert poolviz(*arguments).code == 0


@pytest.mark.parametrize("topic", TOPICS)
def test_lesson_as_data(topic: str, poolviz: Any) -> None:
    """The same as JSON, with at least one exhibit."""
    document = json.loads(poolviz("demo", topic, "--json").out)
    assert document["topic"] == topic
    assert document["exhibits"]
    assert all(document["text"])


def test_demo_and_list_as_data(poolviz: Any) -> None:
    """The one screen and the list of lessons are data too."""
    assert json.loads(poolviz("demo", "--json").out)["output"][0] == [6, 4, -2]
    listed = json.loads(poolviz("demo", "--list", "--json").out)["lessons"]
    assert [each["topic"] for each in listed] == TOPICS
