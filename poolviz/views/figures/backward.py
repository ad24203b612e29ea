"""The gradient of each input cell when the upstream gradient is 1 everywhere."""

import math
from dataclasses import replace

import numpy as np

from poolviz import text
from poolviz.engine.gradients import backward
from poolviz.engine.pooling import as_values
from poolviz.result import PoolResult
from poolviz.views.figures._maps import (
    MapFigure,
    Words,
    borders,
    fitting,
    overview,
    part_of,
    spoken,
)
from poolviz.views.figures._motion import Returning
from poolviz.views.figures._poster import (
    GAP,
    HEADING,
    NOTHING,
    Poster,
    cells,
    digits,
    dotted,
    links,
    one_hue,
    shrunk,
)
from poolviz.views.paint.script import Motion
from poolviz.views.scene.elements import Panel, Pixels, Scene
from poolviz.views.scene.region import Region
from poolviz.views.scene.style import Theme, ValueScale
from poolviz.windows import Array

TITLE = "Gradient at the input if each output sends 1"
# A sum so close to a whole number is one, but for rounding.
EXACT = 1e-6
LARGEST_DENOMINATOR = 144


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """Outputs that send 1 each, and what arrives at each input cell, on one scale of one hue."""
    maps = MapFigure(result, channel, region, theme)
    gradient = np.asarray(result.gradient[channel])
    # Where outputs are drawn with the 1 that they send, it is on the scale.
    scale = one_hue(theme, gradient, 1.0 if _digits(maps, gradient) else 0.0)
    poster = Poster(TITLE, maps.subtitle, theme)
    y = HEADING
    if maps.has_detail or not maps.has_cells:
        y += _whole(poster, maps, gradient, scale, y) + HEADING + GAP // 2
    if maps.has_cells:
        _cells(poster, maps, gradient, scale, y)
    reached, total = int((gradient != 0).sum()), float(gradient.sum())
    sent = result.output[channel].size
    arrives = f"{round(total):,}" if abs(total - round(total)) < EXACT else text.number(total)
    count = (
        f"{text.counted(sent, 'output')} {'sends' if sent == 1 else 'send'} 1 each;"
        f" the input receives {arrives} in all, at"
        f" {text.counted(reached, 'cell')} of {gradient.size:,}"
    )
    poster.notes = [count]
    if not maps.is_disjoint:
        poster.notes.append("where windows overlap, a cell receives the sum")
    finite = gradient[np.isfinite(gradient)]
    if not _digits(maps, gradient) and finite.size:
        least, most = _fractions(np.array([finite.min(), finite.max()]))
        least = "0" if least == NOTHING else least
        alike = f"every cell receives {most}"
        poster.notes.append(alike if least == most else f"a cell receives {least} to {most}")
    if maps.place():
        poster.notes.append(f"cell by cell: {maps.place()}")
    poster.scales = [("gradient", scale)]
    alt = (
        f"The gradient at each cell of a {text.size(result.feature_map.input_size)} input, if each"
        f" of {text.counted(sent, 'output')} sends 1: {spoken(gradient, Words.of(gradient))}."
        f" {count}."
    )
    return poster.scene(alt)


def motion(result: PoolResult, channel: int, theme: Theme) -> Motion:
    """The 1 of each output travels back, and the sums grow where windows overlap."""
    values = as_values(result.feature_map.values, 2)[channel]
    gradient = np.asarray(result.gradient[channel])

    def arrived(count: int) -> tuple[Array, Array]:
        upstream = np.arange(result.output[channel].size) < count
        upstream = upstream.reshape(result.output_size).astype(float)
        received = np.asarray(backward(values, upstream, result.plan))
        return received, received != 0

    scale = one_hue(theme, gradient, 1.0)
    maps = MapFigure(result, channel, None, theme)
    sent = np.ones(result.output_size)
    names = "each output sends 1", "what arrives"
    return Returning(
        result, channel, theme, TITLE, maps.subtitle, names, sent, arrived, scale
    ).motion


def _whole(poster: Poster, maps: MapFigure, gradient: Array, scale: ValueScale, y: int) -> int:
    """The whole input and the whole gradient, each as large; their height."""
    size = overview(poster, maps, (0, y))
    x, below = (0, y + size[1] + HEADING + GAP // 2) if maps.is_below else (size[0] + GAP, y)
    poster.heading(x, below, "gradient", quiet=text.size(gradient.shape))
    colors = shrunk(gradient.shape, size, lambda part: scale.colors(part_of(gradient, part)))
    if maps.result.mode.picks and maps.is_sparse:
        blank = np.full((1, 1, 3), scale.color(0.0), np.uint8)
        places = np.flatnonzero(gradient)
        colors = dotted(blank, size, places, maps.result.feature_map.input_size, scale.color(1.0))
    poster.add(Pixels(x, below, *size, colors))
    return below + size[1] - y


def _cells(poster: Poster, maps: MapFigure, gradient: Array, scale: ValueScale, y: int) -> None:
    """The outputs of the detail, a 1 in each, and the gradient that arrives."""
    theme, arrived = maps.theme, part_of(gradient, maps.inside)
    words, cell, size = _fractions(arrived), maps.cell, _digits(maps, gradient)
    before = Panel(0, y, cell, *maps.inside, size, "")
    ground = scale.colors(arrived)
    if size:
        sources = [replace(each, digits=size) for each in maps.outputs_at((0, y), before)]
        heading, sent = "each output sends 1", np.ones(maps.after.shape)
        colors = [scale.colors(maps.of_output(sent, each)) for each in sources]
    else:
        # Of outputs without digits one would see no more than that they are alike.
        sources, heading = [before], "input"
        colors = [maps.colors(maps.result.feature_map.values, maps.inside)]
    x, below = maps.beside(sources[-1], heading)
    arrives = replace(before, x=x, y=below)
    poster.heading(0, y, heading, quiet="" if size else "detail" * maps.has_detail)
    poster.heading(*maps.under(arrives), "what arrives", quiet=maps.channel_words)
    for panel, own in zip(sources, colors, strict=True):
        poster.add(*cells(panel, own, theme))
    poster.add(*cells(arrives, ground, theme))
    for panel in (arrives,) if size else (*sources, arrives):
        poster.add(*(borders(panel, maps) if maps.is_disjoint else ()))
    winners = maps.winners() if maps.result.mode.picks else {}
    has_arrows = bool(size) and 0 < len(winners) <= maps.most_links
    if has_arrows:
        poster.add(*links(sources, arrives, winners, theme, upright=maps.is_below))
    for panel, own in zip(sources, colors, strict=True):
        ones = np.full(own.shape[:2], "1", object)
        poster.add(*digits(panel, ones, own, theme, plates=has_arrows))
    poster.add(*digits(arrives, words, ground, theme, plates=has_arrows))


def _digits(maps: MapFigure, gradient: Array) -> int:
    """The size of digits in pixels; 0 where the gradient has none."""
    if not maps.has_cells:
        return 0
    return fitting(set(_fractions(part_of(gradient, maps.inside)).ravel()), maps.cell)


def _fractions(values: Array) -> Array:
    """Texts of weights: ``1/9``, where all of them are simple fractions, else decimals; · for 0."""
    wide = np.asarray(values, np.float64)
    found = [_fraction(value) for value in np.unique(wide)]
    words = Words.of(wide)
    if all(found):
        spelt = dict(zip(np.unique(wide).tolist(), found, strict=True))
        written = [spelt[value] for value in wide.ravel().tolist()]
    else:
        written = [words.text(value) for value in wide.ravel()]
    texts = [
        NOTHING if not value else word for value, word in zip(wide.ravel(), written, strict=True)
    ]
    return np.array(texts, object).reshape(wide.shape)


def _fraction(value: float) -> str:
    """``4/9``, or nothing if the value is not a fraction with a small denominator."""
    if not math.isfinite(value):
        return ""
    for bottom in range(1, LARGEST_DENOMINATOR + 1):
        top = round(value * bottom)
        if abs(value * bottom - top) < 1e-6 * bottom:
            sign = text.MINUS if top < 0 else ""
            return f"{sign}{abs(top)}" + (f"/{bottom}" if bottom > 1 else "")
    return ""
