"""View of the differences between frameworks."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from poolviz import text
from poolviz.analysis.differ import Differences, Outcome
from poolviz.result import PoolResult
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.scene.columns import (
    beside,
    fitted_tile,
    written_alike,
)
from poolviz.views.scene.elements import Block, Scene
from poolviz.views.scene.packing import packed, with_digits
from poolviz.views.scene.sheet import LEAST_MARKED, Sheet, Tile
from poolviz.views.scene.shown import short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import BRACKETS, Grid, Screen, Segments, marked, plane_grid
from poolviz.views.terminal.lines import channel_words, heading, listed, plain, side_by_side


def lines(answer: Differences, screen: Screen) -> Iterable[Segments]:
    """The outputs, then the reasons of each framework that differs or refuses."""
    feature_map, reference = answer.feature_map, answer.reference
    name, size = text.escaped(feature_map.name), text.size(feature_map.input_size)
    channel_note = channel_words(feature_map, answer.channel)
    emulated = " (emulated)" if reference.answer.emulated else ""
    rules = f"with {answer.result.geometry.rule.rules}{emulated}, on a {size} input"
    yield heading(f"{name}: {answer.result.summary}, {rules}{channel_note}")
    yield []
    grids = [list(_grid(group, answer, screen).lines()) for group in answer.groups]
    yield from side_by_side(grids, screen.width)
    if _has_marks(answer):
        yield []
        yield plain(f"{BRACKETS['changed'][0]} differs from {reference.like}")
    for outcome in answer.outcomes:
        yield from _outcome_lines(outcome, answer)
    yield from _evidence_lines(answer)


def _has_marks(answer: Differences) -> bool:
    """Whether an output of the channel that is shown differs at the same place."""
    return any(group[0].differing[answer.channel].any() for group in answer.groups)


def _result(outcome: Outcome) -> PoolResult:
    assert outcome.result is not None  # noqa: S101 - only such outcomes are grouped or differ
    return outcome.result


def _names(group: list[Outcome]) -> str:
    return ", ".join(outcome.title for outcome in group)


def _scale(answer: Differences, group: list[Outcome], theme: Theme) -> ValueScale:
    """One scale for the input and the outputs of a group."""
    feature_map = answer.feature_map
    planes = [_result(outcome).output[answer.channel] for outcome in group]
    return value_scale(
        theme, feature_map.values[answer.channel], *planes, value_range=feature_map.value_range
    )


def _grid(group: list[Outcome], answer: Differences, screen: Screen) -> Grid:
    """The output of a group, with a mark on each cell that differs from the reference."""
    plane = _result(group[0]).output[answer.channel]
    differing = group[0].differing[answer.channel]
    row, column = divmod(int(differing.argmax()), plane.shape[1])
    window = range(row, row + 1), range(column, column + 1)
    scale = _scale(answer, [answer.reference, group[0]], screen.theme)
    title = f"{_names(group)}: {text.size(plane.shape)}"
    return marked(plane_grid(title, plane, scale, screen, window), differing)


def _outcome_lines(outcome: Outcome, answer: Differences) -> Iterator[Segments]:
    """Why a framework differs or refuses; empty if it agrees."""
    if outcome.answer.refusal is not None:
        yield []
        yield plain(_refusal(outcome))
    if not outcome.differs:
        return
    yield []
    yield heading(f"{outcome.like}: {_difference(outcome, answer)}")
    like = answer.reference.like
    for reason in outcome.reasons:
        yield plain(f"  {reason.framework}; {like}: {reason.reference}")
    if not outcome.reasons:
        yield plain("  no single setting or rule explains the difference")
    if outcome.comparable:
        yield from _arithmetic_lines(outcome, answer)


def _refusal(outcome: Outcome) -> str:
    """Why a framework refuses, and whether its output is an emulation."""
    emulated = " (emulated here)" if outcome.answer.emulated else ""
    return f"{outcome.like} refuses {outcome.answer.refusal}{emulated}"


def _difference(outcome: Outcome, answer: Differences) -> str:
    """How many values differ, or why they cannot be compared."""
    if not outcome.comparable:
        size, other = (text.size(each.output_size) for each in (_result(outcome), answer.result))
        return f"its strides differ: {size} outputs instead of {other}; values are not compared"
    values = text.counted(outcome.differing.size, "value")
    return f"differs in {int(outcome.differing.sum()):,} of {values}"


def _arithmetic_lines(outcome: Outcome, answer: Differences) -> Iterator[Segments]:
    """The first output that differs, under both rules."""
    like, channel = answer.reference.like, answer.channel
    place = outcome.first_difference(channel)
    if place is None:
        if outcome.differing.any():
            yield plain(f"  none of these values is in channel {channel}")
        else:
            yield plain(f"  its output is part of the output of {like}")
        return
    row, column = place
    yield plain(f"  at ({row}, {column}): {_result(outcome).step(row, column, channel).arithmetic}")
    height, width = answer.result.output_size
    if row < height and column < width:
        yield plain(f"  {like}: {answer.result.step(row, column, channel).arithmetic}")
    else:
        yield plain(f"  {like} has no such window")


def _evidence_lines(answer: Differences) -> Iterator[Segments]:
    """Remarks, and how the behaviour of each framework is known."""
    names_by_evidence: dict[str, list[str]] = {}
    for outcome in answer.outcomes:
        names_by_evidence.setdefault(outcome.answer.evidence, []).append(outcome.like)
    yield []
    for outcome in answer.outcomes:
        if outcome.no_call is not None:
            yield plain(f"{outcome.like} has no call for this: {outcome.no_call}")
    yield from map(plain, answer.caveats)
    for evidence, names in names_by_evidence.items():
        yield plain(f"{', '.join(names)}: {evidence}")


def document(answer: Differences, *, full: bool = False) -> dict[str, Any]:
    """The outcomes as plain data; large maps are None unless ``full``."""
    return {
        "reference": answer.reference.like,
        "channel": answer.channel,
        "frameworks": {
            outcome.like: _outcome_document(outcome, answer.channel, full=full)
            for outcome in answer.outcomes
        },
    }


def _outcome_document(outcome: Outcome, channel: int, *, full: bool) -> dict[str, Any]:
    answer = outcome.answer
    refusal = {"refusal": str(answer.refusal), "evidence": answer.evidence}
    if outcome.result is None:
        return refusal
    pooled = {
        "output": listed(outcome.result.output[channel], full=full),
        "differing": listed(outcome.differing[channel], full=full),
        "differs": outcome.differs,
        "reasons": [
            {"aspect": reason.aspect, "mine": reason.framework, "theirs": reason.reference}
            for reason in outcome.reasons
        ],
        "formula": outcome.result.formula,
    }
    if answer.emulated:
        return {**refusal, "emulated": pooled}
    return {**pooled, "evidence": answer.evidence, "no_call": outcome.no_call}


# The longest side of the input and of each output in pixels.
INPUT_SIDE, OUTPUT_SIDE = 384, 240
# The cells of maps with digits; maps up to this side always have them.
CELL, WITH_DIGITS = 56, 8


def scene(answer: Differences, theme: Theme, columns: int | None = None) -> Scene:
    """The input, and at its right the outputs with frames around cells that differ.

    ``columns`` of the outputs stand side by side; None chooses a pleasant shape.
    """
    feature_map, channel = answer.feature_map, answer.channel
    scale = _scale(answer, [outcome for group in answer.groups for outcome in group], theme)
    planes = [(f"input {text.size(feature_map.input_size)}", feature_map.values[channel], None)]
    for group in answer.groups:
        result = _result(group[0])
        name = f"{_names(group)} {text.size(result.output_size)}"
        planes.append((name, result.output[channel], group[0].differing[channel]))

    def make(first: int, others: int) -> list[Tile]:
        tiles = []
        for index, (name, plane, differing) in enumerate(planes):
            side = others if index else first
            tile = fitted_tile(name, plane[None], scale, side)
            if differing is not None and max(plane.shape) <= side:
                tile = replace(tile, panel=replace(tile.panel, marked=differing))
            tiles.append(tile)
        return tiles

    longest = max(max(plane.shape) for _, plane, _ in planes)
    captions = [line for outcome in answer.outcomes for line in _captions(outcome, answer)]
    title = answer.result.plan.title
    shapes = f"{text.size(feature_map.shape)} → {text.size(answer.result.output_shape)}"
    source = f"{short_name(feature_map)}, {shapes} in {answer.reference.like}"
    source += channel_words(feature_map, channel)
    sheet = Sheet(title, (), captions, theme, "", scale, source)
    blocks: list[Block]
    if theme.choices.width is None:
        cell = CELL if longest <= WITH_DIGITS else INPUT_SIDE // longest
        tiles = make(INPUT_SIDE, OUTPUT_SIDE)
        written = written_alike([replace(tile, cell=max(1, cell)) for tile in tiles], WITH_DIGITS)
        before, *after = written if written[0].digits else tiles
        blocks = beside(before, after, columns)
    else:
        packing = packed(
            lambda *sides: with_digits(make(*sides), sides, CELL),
            theme,
            sheet.scene().height,
            columns=columns,
        )
        blocks = packing.blocks
        after = [tile for row in packing.rows for tile in row.tiles][1:]
    if _has_marks(answer):
        captions[:0] = _marked_words(
            answer, framed=min(tile.cell for tile in after) >= LEAST_MARKED
        )
    alt = f"{title}: {text.escaped(feature_map.name)}. {'. '.join(captions)}."
    return replace(sheet, rows=blocks, description=alt).scene()


def _marked_words(answer: Differences, *, framed: bool) -> list[str]:
    """What the frames mean; where cells are too small for them, how many values differ."""
    if framed:
        return [f"framed: differs from {answer.reference.like}"]
    return [
        f"{outcome.like}: {_difference(outcome, answer)}, compared with {answer.reference.like}"
        for outcome in answer.outcomes
        if outcome.differs and outcome.comparable
    ]


def _captions(outcome: Outcome, answer: Differences) -> Iterator[str]:
    if outcome.answer.refusal is not None:
        # A reader of the figure has typed no options to change.
        yield f"{outcome.like} refuses: {outcome.answer.refusal.cause}"
    like = answer.reference.like
    for reason in outcome.reasons:
        yield f"{outcome.like}: {reason.framework}; {like}: {reason.reference}"


def page(answer: Differences, theme: Theme) -> PageContent:
    """A page with one variant for each framework."""
    refusals = tuple(
        line
        for outcome in answer.outcomes
        if outcome.result is None
        for line in _captions(outcome, answer)
    )
    variants = [
        Variant(
            outcome.title,
            outcome.result,
            outcome.differing if outcome.comparable else None,
            (*_page_notes(outcome, answer), *refusals),
        )
        for outcome in answer.outcomes
        if outcome.result is not None
    ]
    return PageContent(variants, "rules", answer.channel, theme)


def _page_notes(outcome: Outcome, answer: Differences) -> Iterator[str]:
    like = answer.reference.like
    if outcome is answer.reference:
        yield "the other frameworks are compared with this one"
    elif not outcome.differs:
        yield f"the same as {like}"
    elif not outcome.comparable:
        yield _difference(outcome, answer)
    else:
        yield f"{_difference(outcome, answer)}, compared with {like}: see the marked corners"
    yield from _captions(outcome, answer)
