"""Lessons: what they say is what is computed."""

import csv
from pathlib import Path

import numpy as np
import pytest

from poolviz.errors import SpecError
from poolviz.lessons._lesson import TEACHING, Lesson, Note, Planes, Table, find_lesson, lessons

SAMPLE = Path(__file__).parents[2] / "samples" / "teaching.csv"


def tables(topic: str) -> list[Table]:
    """The tables of a lesson."""
    return [each for each in find_lesson(topic).exhibits() if isinstance(each, Table)]


def test_lessons_and_the_sample_show_the_same_map() -> None:
    """What a reader tries with sample:teaching is what the lesson showed."""
    with SAMPLE.open(encoding="utf-8") as file:
        assert tuple(tuple(map(int, row)) for row in csv.reader(file)) == TEACHING


def test_numbers_follow_each_other() -> None:
    """From 1 on, without a gap; a lesson is found by name and number."""
    found = lessons()
    assert [lesson.number for lesson in found] == list(range(1, len(found) + 1))
    number = [lesson.topic for lesson in found].index("padding") + 1
    assert find_lesson(str(number)) == find_lesson("padding") == found[number - 1]


def test_unknown_lesson_is_refused() -> None:
    """With the nearest name."""
    with pytest.raises(SpecError, match="did you mean gradient"):
        find_lesson("gradients")


@pytest.mark.parametrize("number", ["0", "99", "-1"])
def test_number_without_a_lesson_is_refused(number: str) -> None:
    """The error says so, and which numbers there are."""
    expected = (
        rf"^lesson: there is no lesson {number}; choose a number from 1 to {len(lessons())}, "
    )
    with pytest.raises(SpecError, match=expected):
        find_lesson(number)


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.topic)
def test_lesson_is_short_and_computes(lesson: Lesson) -> None:
    """A few sentences, and at least one exhibit that is more than words."""
    words = " ".join(lesson.paragraphs)
    assert 30 <= len(words.split()) <= 110
    assert any(not isinstance(exhibit, Note) for exhibit in lesson.exhibits())


def test_noise_is_divided_by_the_size() -> None:
    """Average over k×k cells leaves 1/k of the noise, max more, and is off by more than that."""
    (table,) = tables("noise")
    figures = {
        name: (float(off.replace("−", "-")), float(spread)) for name, off, spread in table.rows
    }
    for size in (2, 3, 4):
        assert figures[f"average {size}×{size}"][1] == pytest.approx(1 / size, rel=0.05)
        error, spread = figures[f"max {size}×{size}"]
        assert 1 / size < spread < 1
        assert error > spread


def test_places_that_are_lost() -> None:
    """Each 2×2 layer makes four times as many places indistinguishable."""
    (table,) = tables("what-is-lost")
    assert [row[1] for row in table.rows] == ["1", "4", "16", "64"]


def test_convolution_is_average_pooling() -> None:
    """The convolution's map is the pooled one, and its cost is counted by hand."""
    exhibits = list(find_lesson("strided-convolution").exhibits())
    table = next(each for each in exhibits if isinstance(each, Table))
    planes = next(each for each in exhibits if isinstance(each, Planes))
    np.testing.assert_allclose(planes.planes[0].values, planes.planes[1].values)
    assert table.rows[2][1:] == ("64×28×28", "36,928", "28,901,376")
    assert 64 * 64 * 9 + 64 == 36_928
    assert 64 * 64 * 9 * 28 * 28 == 28_901_376


def test_frameworks_disagree_as_the_lesson_says() -> None:
    """3 5, 3 5 6 and 2 4 6."""
    (table,) = tables("frameworks")
    expected = {
        "torch": "3, 5", "caffe": "3, 5, 6", "darknet": "2, 4, 6", "jax": "3, 5",
        "keras": "3, 5", "onnx": "3, 5", "skimage": "refuses",
    }  # fmt: skip
    assert expected.items() <= {row[0]: row[1] for row in table.rows}.items()


def test_invariance_is_a_matter_of_degree() -> None:
    """On random numbers max keeps most of its outputs under a shift of one, and ever fewer."""
    (table,) = tables("translation")
    kept = [float(row[2].removesuffix(" %")) for row in table.rows]
    assert kept[0] == 100
    assert kept == sorted(kept, reverse=True)
    assert 50 < kept[1] < 75
