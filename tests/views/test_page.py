"""The interactive page, as far as it can be told without a browser."""

import base64
import hashlib
import io
import json
import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from pictures import TEACHING, noise, photo, result_of, with_holes
from PIL import Image

from poolviz import PoolResult, SpecError
from poolviz.analysis.example import best_window
from poolviz.text import Numbers
from poolviz.views.page import PageContent, Variant, as_json, content, page
from poolviz.views.page.document import document
from poolviz.views.paint.formats import Pace
from poolviz.views.scene.style import SCREEN_THEMES, THEMES, find_theme

TITLE = "</title></script>&amp;<b>\u2028\u2029"


def content_of(result: PoolResult, **options: Any) -> PageContent:
    """A page of one result."""
    return PageContent([Variant("mode", result)], **options)


class Parts(HTMLParser):
    """The contents of a page's elements, by their names and ids, and what it refers to."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.content: dict[str, str] = {}
        self.policy = ""
        self.references: list[str] = []
        self._open = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a name, and what it refers to."""
        found = {name: value or "" for name, value in attrs}
        self._open = found.get("id") or tag
        self.references += [found[name] for name in ("src", "href", "srcset") if name in found]
        if found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found["content"]

    def handle_endtag(self, tag: str) -> None:
        """What follows belongs to no element that is asked for."""
        del tag
        self._open = ""

    def handle_data(self, data: str) -> None:
        """Note the content."""
        self.content[self._open] = self.content.get(self._open, "") + data


def known(result: PoolResult, **options: Any) -> dict[str, Any]:
    """What a page of a result knows, read back from its bytes."""
    found: dict[str, Any] = json.loads(Parts(page(content_of(result, **options))).content["data"])
    return found


def channel_of(result: PoolResult, at: int = 0, **options: Any) -> dict[str, Any]:
    """What a page knows of one channel."""
    found: dict[str, Any] = known(result, **options)["variants"][0]["channels"][at]
    return found


def places(plane: dict[str, Any]) -> list[int]:
    """Each cell's place among the values of a plane, read from its hexadecimal digits."""
    digits = len(f"{len(plane['texts']) - 1:x}")
    written = plane["at"]
    return [int(written[at : at + digits], 16) for at in range(0, len(written), digits)]


def mixed(channels: list[dict[str, Any]], name: str) -> np.ndarray[Any, Any]:
    """(cells, 3): the colours that the red, green and blue greys of a page make."""
    greys = [
        [int(plane["colors"]["light"][6 * which : 6 * which + 2], 16) for which in places(plane)]
        for plane in (channel[name] for channel in channels)
    ]
    return np.array(greys).T


def test_page_refers_to_nothing() -> None:
    """No address stands in it but that of SVG's namespace."""
    data = page(content_of(result_of(TEACHING)))
    assert Parts(data).references == []
    assert set(re.findall(rb"https?:[^\s\"'`]*", data)) == {b"http://www.w3.org/2000/svg"}
    assert b"@import" not in data
    assert b"url(" not in data.replace(b"url(#", b"")


def test_policy_allows_its_own_script_and_style_alone() -> None:
    """By their digests; a change of either would be refused."""
    parts = Parts(page(content_of(result_of(TEACHING))))
    rules = dict(rule.strip().split(" ", 1) for rule in parts.policy.split(";"))
    assert rules["default-src"] == "'none'"
    for name, element in (("script-src", "script"), ("style-src", "style")):
        digest = hashlib.sha256(parts.content[element].encode()).digest()
        assert rules[name] == f"'sha256-{base64.b64encode(digest).decode()}'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"


def test_names_end_no_element() -> None:
    """Whatever a name holds, it stays text in the title, and data in the script."""
    result = result_of(TEACHING, name=TITLE, channel_names=(TITLE,))
    data = page(content_of(result))
    assert TITLE.encode() not in data
    # Separators of lines are written as escapes, as for the terminal.
    name = TITLE.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    assert Parts(data).content["title"] == f"{name}: max 2×2, stride 2"
    assert known(result)["name"] == name


def test_json_has_no_sign_that_html_or_javascript_acts_on() -> None:
    """They are written as escapes, and come back as they were."""
    words = {"a": "<>&\u2028\u2029 \\u003c", "b": ["</script>", "<!--"]}
    written = as_json(words)
    assert not set("<>&\u2028\u2029") & set(written)
    assert json.loads(written) == words


@pytest.mark.slow
@pytest.mark.parametrize("size", [2, 3, 5, 7])
@pytest.mark.parametrize("mode", ["max", "average", "softpool", "lp:p=3", "lse", "gem", "ordinal"])
def test_page_of_a_small_map_can_be_mailed(mode: str, size: int) -> None:
    """Of 28×28 cells it has less than 300 kB, however large the windows, at stride 1."""
    values = np.abs(noise(28, 28)) if mode == "gem" else noise(28, 28)
    result = result_of(values, mode, size, stride=1)
    assert len(page(content_of(result))) < 300_000


def test_page_of_the_usual_map_can_be_mailed() -> None:
    """28×28 cells under 3×3 windows: far less than 300 kB."""
    assert len(page(content_of(result_of(noise(28, 28), "max", 3, stride=2)))) < 200_000


@pytest.mark.slow
def test_large_maps_do_not_make_large_pages() -> None:
    """Cells are bounded too: a part with fewer windows is shown where they stand far apart."""
    far = result_of(np.zeros((4000, 4000)), "max", 2, stride=63)
    assert len(page(content_of(far))) < 1_500_000
    large = result_of(noise(512, 512), "max", 8)
    assert len(page(content_of(large))) < 2_200_000
    assert len(large._repr_html_()) < 1_000_000


@pytest.mark.slow
def test_few_windows_far_apart_are_cut_where_the_values_vary() -> None:
    """64×64 windows are few enough, their cells are not."""
    values = np.zeros((4096, 4096))
    values[2048:2112, 3200:3300] = 1
    found = known(result_of(values, "max", 64))["variants"][0]
    rows, columns = found["rows"], found["columns"]
    assert rows["first"] <= 2048 < rows["first"] + len(rows["kinds"]) <= rows["first"] + 320
    assert columns["first"] <= 3200 < columns["first"] + len(columns["kinds"])


def test_results_with_the_same_windows_show_the_same_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever the values of each vary most."""
    monkeypatch.setattr(content, "MOST_WINDOWS", 64)
    values = noise(40, 40)
    results = [result_of(values, mode, 2) for mode in ("max", "min")]
    found = document(PageContent([Variant(str(at), result) for at, result in enumerate(results)]))
    firsts = [(each["rows"]["first"], each["columns"]["first"]) for each in found["variants"]]
    assert len(set(firsts)) == 1
    assert [each["channels"][0]["input"] is None for each in found["variants"]] == [False, True]


def test_remarks_and_legend_and_seed_are_told() -> None:
    """What was done to the source, what the mode says of the values, what looks mean."""
    drawn = result_of(np.abs(TEACHING), "stochastic", 2)
    assert "drawn with seed 0" in known(drawn)["variants"][0]["notes"]
    padded = result_of(TEACHING, "max", 3, stride=2, padding=1)
    assert known(padded)["variants"][0]["legend"] == "dashed: padding, counts as −∞"
    negative = known(result_of(TEACHING, "stochastic", 2))["variants"][0]["notes"]
    assert "negative cells count as 0 in stochastic pooling" in negative


def test_names_of_results_are_escaped() -> None:
    """No terminal's or browser's directions stand in a name."""
    found = document(PageContent([Variant("a\u202eb", result_of(TEACHING))]))
    assert found["variants"][0]["name"] == "a\\u202eb"


def test_other_channels_share_the_scale_of_all_results() -> None:
    """Not that of their own alone."""
    results = [result_of(noise(2, 6, 6), mode, 2) for mode in ("max", "sum")]
    found = document(PageContent([Variant("a", results[0]), Variant("b", results[1])]))
    first, second = (variant["channels"][1]["scale"] for variant in found["variants"])
    assert first == second


@pytest.mark.slow
def test_output_of_a_photograph_has_its_colours_too() -> None:
    """All three channels pooled."""
    values = photo(40, 40)
    result = result_of(values, "max", 2, channel_names=("R", "G", "B"), value_range=(0, 255))
    channels = known(result)["variants"][0]["channels"]
    assert np.array_equal(mixed(channels, "output"), result.output.reshape(3, -1).T)


def test_values_that_are_not_finite_have_no_share() -> None:
    """A window with NaN has a value, and no bars."""
    values = np.arange(16.0).reshape(4, 4)
    values[0, 0] = np.nan
    steps = channel_of(result_of(values, "softpool", 2))["steps"]
    largest, parts = steps["shares"][steps["share"][0]]
    assert (largest, set(parts)) == (0.0, {"0"})


def test_inks_are_legible() -> None:
    """White on dark cells, black on light ones."""
    plane = channel_of(result_of(np.arange(36.0).reshape(6, 6)))["input"]
    # The lowest value of viridis is a dark violet, its highest a bright yellow.
    assert (plane["inks"]["light"][0], plane["inks"]["light"][-1]) == ("1", "0")


def test_steps_are_those_of_the_result() -> None:
    """Line, winner, ties, shares of every step, and what each window reads."""
    # Whole numbers as they are; values below 10 with two decimals, as the cells have.
    for mode, numbers in (("max", Numbers()), ("average", Numbers(2)), ("softpool", Numbers(2))):
        result = result_of(TEACHING, mode, 3, stride=2, padding=1)
        steps = channel_of(result)["steps"]
        for at, step in enumerate(result.steps()):
            assert steps["arithmetic"][at] == step.written(numbers)
            cells = [(row, column) for row in step.rows for column in step.columns]
            number = steps["winners"][at]
            assert (None if number is None else cells[number]) == step.winner
            assert {cells[tie] for tie in steps["ties"].get(str(at), [])} == step.ties
            if not step.picks:
                largest, parts = steps["shares"][steps["share"][at]]
                told = [int(parts[first : first + 3], 16) for first in range(0, len(parts), 3)]
                shares = largest * np.array(told) / 4095
                assert shares == pytest.approx(step.shares.ravel(), abs=largest / 4000)


def test_windows_and_kinds_of_cells() -> None:
    """Hand-worked: 6 cells, 3/2 with padding 1, and ceil mode that reaches over the edge."""
    rows = known(result_of(TEACHING, "max", 3, stride=2, padding=1, ceil_mode=True))
    axis = rows["variants"][0]["rows"]
    assert axis["first"] == -1
    assert axis["windows"] == [[-1, 3, 1], [1, 3, 1], [3, 3, 1], [5, 3, 1]]
    assert axis["kinds"] == "100000012"[: len(axis["kinds"])]
    dropped = known(result_of(TEACHING, "max", 4))["variants"][0]["columns"]
    assert dropped["unread"] == [4, 5]


def test_cells_have_texts_and_colours_of_both_themes() -> None:
    """A cell's look is that of its value on the theme's own scale."""
    result = result_of(with_holes(), "max", 2)
    plane = channel_of(result)["input"]
    for theme_name in SCREEN_THEMES:
        theme = THEMES[theme_name]
        from poolviz.views.scene.style import value_scale

        scale = value_scale(theme, result.feature_map.values, result.output, value_range=None)
        colors = plane["colors"][theme_name]
        for value, which in zip(result.feature_map.values.ravel(), places(plane), strict=True):
            expected = "{:02x}{:02x}{:02x}".format(*scale.color(float(value)))
            assert colors[6 * which : 6 * which + 6] == expected
    assert {"NaN", "∞", "−∞", "−9", "25"} <= set(plane["texts"])


def test_looks_that_themes_share_are_told_once() -> None:
    """Where nothing is below zero both themes have the same colours."""
    plane = channel_of(result_of(np.abs(TEACHING)))["input"]
    assert set(plane["colors"]) == {"light"}


@pytest.mark.slow
def test_all_windows_of_4096_are_there() -> None:
    """So many a page has room for."""
    whole = known(result_of(noise(65, 65), "max", 2, stride=1))["variants"][0]
    assert len(whole["channels"][0]["steps"]["winners"]) == 64 * 64
    assert not [note for note in whole["notes"] if "shown" in note]


@pytest.mark.slow
def test_a_part_of_more_windows_is_shown() -> None:
    """It shows 32×32 around the values that vary, says so, and begins at the best of them."""
    values = np.zeros((300, 300))
    values[200:210, 130:140] = noise(10, 10)
    result = result_of(values, "max", 2)
    data = known(result)
    part = data["variants"][0]
    assert len(part["channels"][0]["steps"]["winners"]) == 32 * 32
    assert "shown: rows 172–235, columns 104–167 of 300×300" in part["notes"]
    row, column = best_window(result, 0)
    assert data["step"] == (row - 172 // 2) * 32 + column - 104 // 2


@pytest.mark.slow
def test_windows_far_apart_are_all_within_the_page() -> None:
    """With large strides fewer are shown: all their cells have values in the page."""
    found = known(result_of(noise(500, 500), "max", 2, stride=20))["variants"][0]
    for axis in (found["rows"], found["columns"]):
        start, count, apart = axis["windows"][-1]
        assert start + (count - 1) * apart < axis["first"] + len(axis["kinds"])


def test_asked_region_is_shown_or_refused() -> None:
    """As for animations; too many windows for a page are an error that says so."""
    result = result_of(noise(100, 100), "max", 2, stride=1)
    found = known(result, region="8x8+10+20")["variants"][0]
    assert len(found["channels"][0]["steps"]["winners"]) == 49
    assert found["rows"]["firstWindow"] == 10
    with pytest.raises(SpecError, match="8,281 windows are too many for a page"):
        page(content_of(result, region="92x92+0+0"))


@pytest.mark.slow
def test_page_opens_at_a_cell() -> None:
    """Also at one that the usual part does not have."""
    small = known(result_of(TEACHING), first_output=(1, 2))
    assert small["step"] == 5
    large = known(result_of(noise(400, 400), "max", 2), first_output=(199, 3))
    axis = large["variants"][0]["rows"]
    row, column = divmod(large["step"], len(large["variants"][0]["columns"]["windows"]))
    assert (row + axis["firstWindow"], column) == (199, 3)


@pytest.mark.slow
def test_channels_are_taken_in_while_there_is_room() -> None:
    """The one that is shown first is among them; which they are is said."""
    result = result_of(noise(64, 24, 24), "max", 2)
    found = known(result, channel=40)
    variant = found["variants"][0]
    names = [channel["name"] for channel in variant["channels"]]
    assert 1 < len(names) < 64
    assert names[found["channel"]] == "40"
    assert f"{len(names)} of 64 channels, those with most contrast" in " ".join(variant["notes"])
    assert len(page(content_of(result, channel=40))) < 1_300_000


def test_image_has_its_own_colours() -> None:
    """The greys of its channels make a photograph's pixels, also where there is little room."""
    values = photo(20, 20)
    found = known(colored(values), most_characters=1)
    channels = found["variants"][0]["channels"]
    assert found["colored"]
    assert np.array_equal(mixed(channels, "input"), values.reshape(3, -1).T)


def colored(values: np.ndarray[Any, Any], size: int = 2) -> PoolResult:
    """An image in colour, pooled."""
    return result_of(values, "max", size, channel_names=("R", "G", "B"), value_range=(0, 255))


def whole(plane: dict[str, Any]) -> np.ndarray[Any, Any]:
    """The pixels of the small picture of a whole map."""
    data = base64.b64decode(plane["whole"]["png"]["light"])
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.slow
def test_whole_photograph_is_there_where_a_part_is_shown() -> None:
    """Small and resampled: its quarters have their colours; no map that is shown whole has it."""
    quarters = np.zeros((3, 400, 200), np.uint8)
    quarters[0, :200, :100] = quarters[1, 200:, :100] = quarters[2, 200:, 100:] = 250
    first, *others = known(colored(quarters))["variants"][0]["channels"]
    for plane, title in ((first["input"], "400×200"), (first["output"], "200×100")):
        pixels = whole(plane)
        assert pixels.shape == (160, 80, 3)
        assert plane["whole"]["size"] == [80, 160]
        assert title in plane["whole"]["title"]
        seen = pixels[20, 20], pixels[20, 60], pixels[140, 20], pixels[140, 60]
        wanted = [[250, 0, 0], [0, 0, 0], [0, 250, 0], [0, 0, 250]]
        assert np.abs(np.array(seen, int) - wanted).max() <= 4
    assert all(each["input"]["whole"] is None for each in others)
    assert channel_of(result_of(TEACHING))["input"]["whole"] is None


@pytest.mark.slow
def test_whole_map_of_a_large_map_has_the_colours_of_the_theme() -> None:
    """Around zero they differ between the themes."""
    plane = channel_of(result_of(noise(300, 300)))["input"]
    assert set(plane["whole"]["png"]) == {"light", "dark"}


@pytest.mark.slow
def test_enlarged_windows_of_an_image_are_of_one_size() -> None:
    """One for each of red, green and blue, also where one channel has shorter numbers."""
    values = photo(300, 300)
    values[2] %= 10
    windows = [each["window"] for each in known(colored(values))["variants"][0]["channels"]]
    assert [window.pop("title") for window in windows] == ["red", "green", "blue"]
    assert windows[0] == windows[1] == windows[2]
    assert windows[0]["digits"] > 0


@pytest.mark.slow
def test_page_of_a_photograph_can_be_mailed() -> None:
    """The windows of 600×512 pixels that are shown, all channels, and the whole of it."""
    assert len(page(content_of(colored(photo(600, 512))))) < 400_000


@pytest.mark.parametrize("channel", [0, 11])
def test_many_channels_are_in_the_order_of_their_contrast(channel: int) -> None:
    """Channel n varies by n mod 7: 6 and 13 most, 0 and 7 least; the menu says so."""
    scale = np.arange(14) % 7
    result = result_of(np.eye(6) * scale[:, None, None], "max", 2)
    found = known(result, channel=channel)
    names = [int(each["name"]) for each in found["variants"][0]["channels"]]
    assert names == [6, 13, 5, 12, 4, 11, 3, 10, 2, 9, 1, 8, 0, 7]
    assert names[found["channel"]] == channel
    assert found["ranked"] == "14, most contrast first"


def test_few_channels_keep_their_order() -> None:
    """Nothing is said of it."""
    found = known(result_of(np.eye(6) * np.arange(5)[:, None, None], "max", 2))
    assert [each["name"] for each in found["variants"][0]["channels"]] == list("01234")
    assert found["ranked"] == ""


def test_channels_of_most_contrast_are_taken() -> None:
    """Where there is no room for all; the one that is shown first is among them."""
    result = result_of(noise(20, 12, 12) * np.arange(1, 21)[:, None, None], "max", 2)
    found = known(result, channel=3, most_characters=60_000)
    names = [int(each["name"]) for each in found["variants"][0]["channels"]]
    assert 3 < len(names) < 20
    assert names[-1] == 3
    deviations = result.feature_map.values.std(axis=(1, 2))
    assert names[:-1] == np.argsort(-deviations)[: len(names) - 1].tolist()
    assert found["ranked"] == f"{len(names)} of 20, most contrast first"


def test_value_scale_has_a_mark_at_zero() -> None:
    """In the middle where the scale is symmetric; none where no value is negative."""
    assert channel_of(result_of(TEACHING))["scale"]["zero"] == 0.5
    assert channel_of(result_of(np.abs(TEACHING)))["scale"]["zero"] is None
    equal = channel_of(result_of(np.full((4, 4), 3)))["scale"]
    assert (equal["low"], equal["high"], equal["zero"]) == ("3", "3", None)


def test_ties_of_a_constant_map_are_counted_only() -> None:
    """Four equal cells: to mark each would say nothing."""
    steps = channel_of(result_of(np.full((4, 4), 3)))["steps"]
    assert steps["ties"] == {}
    assert set(steps["flat"].values()) == {4}
    few = channel_of(result_of([[5, 5], [1, 2]]))["steps"]
    assert (few["ties"], few["flat"]) == ({"0": [1]}, {})


@pytest.mark.parametrize(
    ("theme", "words"), [(THEMES["light"], "auto"), (find_theme("dark", "magma"), "dark")]
)
def test_dark_page_stays_dark(theme: Any, words: str) -> None:
    """A light one, which is the default, follows its reader's system."""
    assert known(result_of(TEACHING), theme=theme)["theme"] == words


def test_several_results_share_one_scale() -> None:
    """So that the same colour is the same value in all of them."""
    results = [result_of(TEACHING, mode, 2) for mode in ("max", "sum")]
    found = document(PageContent([Variant("a", results[0]), Variant("b", results[1])]))
    scales = [variant["channels"][0]["scale"] for variant in found["variants"]]
    assert scales[0] == scales[1]
    # The sums reach from −16 to 17, which the inputs do not.
    assert float(scales[0]["high"]) == max(abs(results[1].output).max(), 9)


def test_page_plays_at_the_pace_of_animations() -> None:
    """The delay that was asked for, or slower for fewer windows."""
    assert known(result_of(TEACHING), pace=Pace(delay=120))["delay"] == 120
    assert known(result_of(TEACHING))["delay"] == 900


def test_same_bytes_each_time() -> None:
    """Nothing of the moment is in a page."""
    assert page(content_of(result_of(TEACHING))) == page(content_of(result_of(TEACHING)))


@pytest.mark.parametrize(
    ("values", "mode", "texts"),
    [
        ([[0.5, -0.004], [0.25, 2.0]], "max", {"0.50", "0.00", "0.25", "2.00"}),
        ([[1, 3], [6, 2]], "max", {"1", "3", "6", "2"}),
        ([[0.5e-7, 2e-7], [1e-7, 3e-7]], "max", {"0.5", "2.0", "1.0", "3.0"}),
    ],
)
def test_cells_have_one_number_of_decimals(
    values: list[list[float]], mode: str, texts: set[str]
) -> None:
    """As few as they need; the title has the unit of very small ones."""
    channel = known(result_of(np.array(values), mode, 2))["variants"][0]["channels"][0]
    assert set(channel["input"]["texts"]) == texts
    assert ("in units of 10⁻⁷" in channel["input"]["title"]) == (values[0][0] == 0.5e-7)


def test_title_is_the_operation() -> None:
    """Mode first, then its settings."""
    variant = known(result_of(TEACHING, "max", 3, stride=2, padding=1))["variants"][0]
    assert variant["operation"] == "Max pooling, 3×3, stride 2, padding 1"
