"""Rows of a sheet: maps under headings, in columns, none over another."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from pictures import extent, of_kind, overlapping, texts

from poolviz.views.scene.elements import Box, Label, Panel, Pixels, Scene, Stroke
from poolviz.views.scene.sheet import APART, PAIR_GAP, GridPanel, Row, Sheet, Tile
from poolviz.views.scene.style import THEMES, value_scale

THEME = THEMES["light"]
SIDE = 128


def plate(rows: int, columns: int, title: str = "", step: float = 1) -> GridPanel:
    """A map that counts."""
    values = np.arange(rows * columns).reshape(rows, columns) * step
    return GridPanel(title, values, value_scale(THEME, values, value_range=None), THEME)


def row(
    *tiles: Tile, heading: str = "pool", lines: tuple[str, ...] = ("words",), **options: Any
) -> Row:
    """Maps side by side."""
    return Row(heading, lines, tiles, options.pop("side", SIDE), **options)


def areas(panels: list[Panel]) -> list[tuple[int, int, int, int]]:
    """(left, top, right, bottom) of panels."""
    return [(each.x, each.y, each.x + each.width, each.y + each.height) for each in panels]


def meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two areas share anything."""
    beside = one[2] <= other[0] or other[2] <= one[0]
    return not (beside or one[3] <= other[1] or other[3] <= one[1])


def pairs(count: int, size: int, slots: tuple[int, int] = (0, 0)) -> list[Tile]:
    """Maps before and after pooling."""
    return [
        tile
        for channel in range(count)
        for tile in (
            Tile(plate(size, size, f"channel {channel}"), paired=True, slot=slots[0]),
            Tile(plate(size // 2, size // 2), slot=slots[1]),
        )
    ]


def test_a_slot_makes_columns() -> None:
    """Rows of maps of other sizes stand below each other where slots are kept."""
    large, small = (row(*pairs(3, size, (200, 150))) for size in (32, 8))
    assert [panel.x for panel in large.panels] == [panel.x for panel in small.panels]
    # From each map to the next its slot, and what is between.
    expected = [0, 200 + PAIR_GAP, 350 + PAIR_GAP + APART]
    assert [panel.x for panel in large.panels[:3]] == expected


def test_without_slots_maps_follow_each_other() -> None:
    """As wide as they are, or their titles."""
    panels = row(Tile(plate(8, 8)), Tile(plate(8, 4), paired=True), Tile(plate(8, 8))).panels
    assert [panel.x for panel in panels] == [0, SIDE + APART, SIDE + APART + SIDE // 2 + PAIR_GAP]


def test_titles_and_notes_keep_their_room() -> None:
    """What is wider than the map moves the next."""
    long = "a title that is much longer than its map is wide"
    for tile in (Tile(plate(2, 2, long)), Tile(plate(2, 2), notes=(long,))):
        panels = row(tile, Tile(plate(2, 2)), side=32).panels
        assert panels[1].x > 200
    bar = row(Tile(plate(2, 2), bar=True), Tile(plate(2, 2)), side=32).panels
    assert bar[1].x > 128


@pytest.mark.parametrize(
    ("longest", "every", "cell"),
    [(2, 1, 64), (1, 1, 64), (3, 1, 42), (128, 1, 1), (65, 1, 1), (64, 1, 2), (129, 2, 1),
     (256, 2, 1), (257, 3, 1), (1000, 8, 1)],
)  # fmt: skip
def test_cells_are_of_one_size(longest: int, every: int, cell: int) -> None:
    """As large as the side allows; of maps with more cells than pixels one of every n is shown."""
    built = row(Tile(plate(longest, 1)), Tile(plate(2, longest)))
    assert (built.sampled, built.cell(built.tiles[0])) == (every, cell)
    first, last = built.panels
    assert len(first.rows) == len(last.columns) == -(-longest // every)
    assert max(first.height, last.width) <= SIDE
    assert first.cell == last.cell == cell


def test_one_of_every_n_rows_and_columns_is_drawn() -> None:
    """Values, marks and colours from the same places."""
    values = np.arange(300 * 2).reshape(300, 2)
    colors = np.stack([values % 251] * 3, axis=-1).astype(np.uint8)
    shown = GridPanel(
        "", values, value_scale(THEME, values, value_range=None), THEME, colors=colors
    )
    built = row(Tile(shown))
    assert built.sampled == 3
    drawn = of_kind(built.items(0, 0, THEME), Pixels)[0]
    np.testing.assert_array_equal(drawn.colors, colors[::3, ::3])


def test_digits_are_of_one_size() -> None:
    """The smallest that any of the maps needs; a picture in colours has none."""
    narrow, wide = plate(2, 2), plate(2, 2, step=1234567)
    alone = row(Tile(narrow)).panels[0].digits
    both = [panel.digits for panel in row(Tile(narrow), Tile(wide)).panels]
    assert both[0] == both[1]
    assert 0 < both[0] < alone
    colors = np.zeros((2, 2, 3), np.uint8)
    photo = GridPanel("", narrow.values, narrow.scale, THEME, colors=colors)
    panels = row(Tile(photo), Tile(narrow)).panels
    assert (panels[0].digits, panels[1].digits) == (0, alone)


def test_small_cells_have_no_digits() -> None:
    """Of 16 cells along 128 pixels each is 8 wide: colours only."""
    built = row(Tile(plate(16, 16)))
    assert built.panels[0].digits == 0
    assert len(of_kind(built.items(0, 0, THEME), Pixels)) == 1


def bars(built: Row) -> list[Pixels]:
    """The value scales."""
    return [each for each in of_kind(built.items(0, 0, THEME), Pixels) if len(each.colors) == 1]


def test_bars_stand_below() -> None:
    """One below its own map, or one below all; none unless asked for."""
    tiles = (Tile(plate(16, 16)), Tile(plate(16, 16), bar=True))
    none, own, shared = row(tiles[0]), row(*tiles), row(tiles[0], tiles[0], bar=True)
    assert bars(none) == []
    (one,) = bars(own)
    assert one.x > own.panels[1].x
    (all_,) = bars(shared)
    assert all_.x < shared.panels[1].x
    for built, bar in ((own, one), (shared, all_)):
        assert bar.y > max(area[3] for area in areas(built.panels))
        assert bar.y + bar.height < built.height
    assert none.height < shared.height


def rows() -> list[Row]:
    """Of all sorts."""
    return [
        row(Tile(plate(60, 80), bar=True), heading="picture"),
        row(*pairs(3, 32, (SIDE, 64)), bar=True),
        row(*pairs(2, 4), heading="a heading that is longer than its maps " * 3),
        row(Tile(plate(1, 1), notes=("one note", "another that is long")), lines=("a", "b", "c")),
        row(Tile(plate(500, 3)), Tile(plate(3, 500, "wide"), bar=True), lines=()),
        row(Tile(plate(2, 2, step=-1e-9)), Tile(plate(2, 2, step=1e30)), bar=True),
    ]


def sheet(
    theme: str = "light", captions: tuple[str, ...] = ("a caption " * 40, "the end")
) -> Scene:
    """All of them on one sheet."""
    return Sheet("title", rows(), list(captions), THEMES[theme], "description").scene()


def test_no_two_maps_meet() -> None:
    """Neither in a row nor from row to row."""
    found, y = [], 0
    for each in rows():
        assert all(area[3] <= each.height for area in areas(each.panels))
        assert all(area[2] <= each.width for area in areas(each.panels))
        found += [(a, b + y, c, d + y) for a, b, c, d in areas(each.panels)]
        y += each.height
    assert len(found) == sum(len(each.tiles) for each in rows())
    assert not [both for both in combinations(found, 2) if meet(*both)]


def test_no_two_texts_overlap() -> None:
    """On the whole sheet."""
    assert overlapping(of_kind(sheet().items, Label)) == []


def test_no_text_lies_over_a_map() -> None:
    """Nor over the pixels of a scale; digits stand in cells."""
    scene = sheet()
    pixels = [(each.x, each.y, each.x + each.width, each.y + each.height)
              for each in of_kind(scene.items, Pixels)]  # fmt: skip
    assert len(pixels) > 5
    for label in of_kind(scene.items, Label):
        assert not [area for area in pixels if meet(extent(label), area)], label.text


def test_all_stays_on_the_sheet() -> None:
    """No item reaches beyond the edges."""
    scene = sheet()
    for item in scene.items:
        if isinstance(item, Label):
            left, top, right, bottom = extent(item)
        elif isinstance(item, Stroke):
            (left, top), (right, bottom) = item.start, item.end
        else:
            assert isinstance(item, (Box, Pixels))
            left, top = item.x, item.y
            right, bottom = left + item.width, top + item.height
        assert left >= 0
        assert top >= 0
        assert right <= scene.width
        assert bottom <= scene.height


def test_everything_is_written() -> None:
    """Title, headings, lines, titles of maps, notes and captions."""
    written = texts(sheet())
    expected = {"title", "pool", "picture", "words", "a", "b", "c", "channel 2", "one note", "wide"}
    assert expected <= set(written)
    assert " ".join(written).count("a caption") == 40
    assert written[-1] == "the end"


def test_a_row_that_is_too_wide_continues_below() -> None:
    """Every map has its place, the heading stands above the first part only."""
    long = row(*pairs(5, 64))
    parts = long.split(400)
    assert [tile for part in parts for tile in part.tiles] == list(long.tiles)
    assert len(parts) > 1
    assert all(part.width <= 400 for part in parts)
    assert [bool(part.heading) for part in parts] == [True, *[False] * (len(parts) - 1)]
    assert [len(part.tiles) for part in long.split(1)] == [1] * 10


def test_a_sheet_of_no_rows_is_a_title_and_captions() -> None:
    """Of a network without maps of two axes."""
    scene = Sheet("title", [], ["nothing"], THEME, "description").scene()
    assert texts(scene) == ["title", "nothing"]
    assert (scene.title, scene.description) == ("title", "description")


def test_a_single_cell_may_be_larger_than_others() -> None:
    """Its least side holds where the row's cells are smaller, else theirs does."""
    small, alone = plate(32, 32), plate(1, 1)
    built = Row("", (), (Tile(small), Tile(alone, least_cell=40)), 128)
    assert [panel.cell for panel in built.panels] == [4, 40]
    built = Row("", (), (Tile(alone), Tile(alone, least_cell=40)), 128)
    assert [panel.cell for panel in built.panels] == [64, 64]
