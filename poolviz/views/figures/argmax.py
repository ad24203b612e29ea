"""Where each output value comes from: the winning cells, marked in the input."""

from collections import Counter

import numpy as np

from poolviz import text
from poolviz.result import PoolResult
from poolviz.views.figures._maps import MapFigure, borders, overview, spoken
from poolviz.views.figures._poster import (
    GAP,
    HEADING,
    LARGE_CELL,
    Poster,
    cells,
    digits,
    dimmed,
    fit,
    links,
    ring,
)
from poolviz.views.scene.elements import Box, Label, Panel, Pixels, Scene, one
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme, text_on

# Alt texts say where the values of up to so many windows come from.
MOST_SPOKEN = 24
COUNT_SIZE = 10


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """The winners on the input, with arrows from the outputs where these are few.

    Raises:
        SpecError: the mode's value is not one of the cells.
    """
    maps = MapFigure(result, channel, region, theme)
    maps.refuse_without_winner()
    poster = Poster("Where each output value comes from", maps.subtitle, theme)
    wins = result.wins(channel)
    winning, most = int((wins > 0).sum()), int(wins.max())
    verb = "wins" if winning == 1 else "win"
    count = (
        f"{text.counted(winning, 'cell')} of {wins.size:,} {verb}"
        f" ({text.percent(winning / wins.size)}); one cell wins at most"
        f" {text.counted(most, 'window')}"
    )
    poster.notes = [f"each output is {result.mode.summary}", count]
    y = HEADING
    if maps.has_detail or not maps.has_cells:
        y += _whole(poster, maps, y) + HEADING + GAP // 2
    if maps.has_cells:
        _cells(poster, maps, y)
    if maps.place():
        poster.notes.append(f"cell by cell: {maps.place()}")
    poster.scales = [("value", maps.shared_scale)]
    return poster.scene(_alt(maps, count))


def _whole(poster: Poster, maps: MapFigure, y: int) -> int:
    """The whole input with a dot for each winner, and the output as large; their height."""
    result = maps.result
    down, across = result.output_size
    size = fit(result.feature_map.input_size, maps.overview_side)
    won = np.unique(result.winners[maps.channel])
    overview(poster, maps, (0, y), won[won >= 0] if maps.is_sparse else None)
    if maps.is_sparse:
        poster.notes.append("each dot is the winner of a window")
    else:
        poster.notes.append("on the whole input the winners would lie too close to be told apart")
    x, below = (0, y + size[1] + HEADING + GAP // 2) if maps.is_below else (size[0] + GAP, y)
    poster.heading(x, below, "output", quiet=f"{text.size((down, across))}, as large as the input")
    poster.add(Pixels(x, below, *size, maps.whole(result.output, *size)))
    return below + size[1] - y


def _cells(poster: Poster, maps: MapFigure, y: int) -> None:
    """The cells of the detail: rings or dots on the winners, arrows where these are few."""
    theme, words, winners = maps.theme, maps.words, maps.winners()
    before = maps.panel_at((0, y), maps.inside)
    corner = maps.beside(before)
    after = maps.outputs_at(corner, before) if maps.digits else [maps.as_large(corner, before)]
    poster.heading(0, y, "detail" if maps.has_detail else "input", quiet=words.factor)
    heading = "its output" if maps.has_detail else "output"
    below = maps.under(maps.panel_at(corner, maps.windows))
    poster.heading(*below, heading, quiet=words.factor)
    ground = maps.colors(maps.result.feature_map.values, maps.inside)
    quiet = ground if maps.digits else dimmed(ground, theme)
    pooled = maps.colors(maps.result.output, maps.windows)
    poster.add(*cells(before, quiet, theme))
    for panel in after:
        poster.add(*cells(panel, maps.of_output(pooled, panel), theme))
    if not maps.digits and maps.is_disjoint:
        poster.add(*borders(before, maps))
    flat = {winners[index] for index in winners if maps.is_flat(index)}
    for place in set(winners.values()) - flat:
        if place[0] in before.rows and place[1] in before.columns:
            poster.add(*ring(before, place, theme))
    has_arrows = maps.digits and len(winners) <= maps.most_links
    if flat:
        marked = "no ring" if maps.digits else "no dot"
        poster.notes.append(f"{marked} where all cells of a window are equal: the first one counts")
    if has_arrows:
        linked = {index: place for index, place in winners.items() if place not in flat}
        poster.add(*links(after, before, linked, theme, upright=maps.is_below))
    for panel in (before, *after) if maps.digits else ():
        of_input = panel is before
        values = maps.before if of_input else maps.of_output(maps.after, panel)
        colors = ground if of_input else maps.of_output(pooled, panel)
        plates = bool(has_arrows)
        poster.add(*digits(panel, words.texts(values), colors, theme, plates=plates))
    if maps.digits and not has_arrows and maps.cell >= LARGE_CELL:
        poster.add(*_counts(before, Counter(winners.values()), theme))


def _counts(panel: Panel, won: "Counter[tuple[int, int]]", theme: Theme) -> "list[Box | Label]":
    """``×3`` in the corner of a cell that wins three windows."""
    items: list[Box | Label] = []
    for place, count in sorted(won.items()):
        if count > 1 and place[0] in panel.rows and place[1] in panel.columns:
            x, y, side, _ = panel.area(*one(place))
            width, height = 8 + 7 * len(str(count)) + 4, COUNT_SIZE + 4
            left, color = x + side - width, text_on(theme.accent)
            items.append(Box(left, y, width, height, fill=theme.accent))
            middle_of = left + width // 2, y + height // 2
            items.append(Label(*middle_of, f"×{count}", COUNT_SIZE, color, bold=True))
    return items


def _alt(maps: MapFigure, count: str) -> str:
    """Which cell each output takes, as far as one would read it out."""
    words, winners = maps.words, maps.winners()
    feature_map, output = maps.result.feature_map, maps.result.output[maps.channel]
    sizes = text.size(feature_map.input_size), text.size(maps.result.output_size)
    whole = spoken(np.asarray(output), words)
    parts = [f"A {sizes[0]} map, its winning cells marked, and its {sizes[1]} output: {whole}."]
    if len(winners) <= MOST_SPOKEN:
        parts += [
            f"Output ({row}, {column}) takes {words.text(output[row, column])}"
            f" from row {place[0]}, column {place[1]}."
            for (row, column), place in winners.items()
        ]
    return " ".join([*parts, f"{count}."])
