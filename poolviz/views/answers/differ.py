"""What frameworks make of one request, side by side: on the terminal, as data, as a figure."""

from collections.abc import Iterable, Iterator
from typing import Any

from poolviz import text
from poolviz.analysis.differ import Outcome, caveats, grouped
from poolviz.result import PoolResult
from poolviz.views.page.content import PageContent, Variant
from poolviz.views.scene.elements import Scene
from poolviz.views.scene.sheet import map_panel, panels_scene
from poolviz.views.scene.stage import short_name
from poolviz.views.scene.style import Theme, ValueScale, value_scale
from poolviz.views.terminal.grid import BRACKETS, Grid, Screen, Segments, marked
from poolviz.views.terminal.lines import heading, listed, plain, side_by_side
from poolviz.views.terminal.result import channel_words, plane_grid

Group = list[Outcome]


def difference_lines(found: list[Outcome], channel: int, screen: Screen) -> Iterable[Segments]:
    """The outputs, then for each framework that differs or refuses why."""
    reference, groups = found[0], grouped(found)
    first = _result(reference)
    name, on = text.escaped(first.feature_map.name), text.size(first.feature_map.input_size)
    words = channel_words(first.feature_map, channel)
    yield heading(f"{name}: {first.summary}, as {reference.title} has it on {on}{words}")
    yield []
    grids = [list(_grid(group, reference, channel, screen).lines()) for group in groups]
    yield from side_by_side(grids, screen.width)
    marks = any(group[0].differing[channel].any() for group in groups)
    if marks:
        yield []
        yield plain(f"{BRACKETS['changed'][0]} differs from {reference.like}")
    for outcome in found:
        yield from _told(outcome, reference, channel)
    yield from _evidence(found)


def _result(outcome: Outcome) -> PoolResult:
    assert outcome.result is not None  # noqa: S101 - the reference always has one
    return outcome.result


def _names(group: Group) -> str:
    return ", ".join(outcome.title for outcome in group)


def _scale(group: Group, first: PoolResult, channel: int, theme: Theme) -> ValueScale:
    """One for the input and all outputs."""
    planes = [_result(outcome).output[channel] for outcome in group]
    feature_map = first.feature_map
    return value_scale(
        theme, feature_map.values[channel], *planes, value_range=feature_map.value_range
    )


def _grid(group: Group, reference: Outcome, channel: int, screen: Screen) -> Grid:
    """A group's output, cells marked that the reference has otherwise."""
    result, first = _result(group[0]), _result(reference)
    plane, differing = result.output[channel], group[0].differing[channel]
    at = divmod(int(differing.argmax()), plane.shape[1])
    window = range(at[0], at[0] + 1), range(at[1], at[1] + 1)
    scale = _scale([reference, group[0]], first, channel, screen.theme)
    title = f"{_names(group)}: {text.size(plane.shape)}"
    return marked(plane_grid(title, plane, scale, screen, window), differing)


def _told(outcome: Outcome, reference: Outcome, channel: int) -> Iterator[Segments]:
    """Why a framework differs, or refuses; nothing of one that agrees."""
    if outcome.answer.refusal is not None:
        yield []
        yield plain(_refusal(outcome))
    if not outcome.differs:
        return
    yield []
    yield heading(f"{outcome.like}: {_difference(outcome, reference)}")
    for reason in outcome.reasons:
        yield plain(f"  {reason.mine}; {reference.like}: {reason.theirs}")
    if not outcome.reasons:
        yield plain("  no setting and no trait accounts for it")
    if outcome.comparable:
        yield from _worked_out(outcome, reference, channel)


def _refusal(outcome: Outcome) -> str:
    """Why a framework refuses, and whether what is shown of it is an emulation."""
    emulated = " (emulated here)" if outcome.answer.emulated else ""
    return f"{outcome.like} refuses: {outcome.answer.refusal}{emulated}"


def _difference(outcome: Outcome, reference: Outcome) -> str:
    """How many values differ, where that has a meaning."""
    if not outcome.comparable:
        mine, theirs = (text.size(_result(each).output_size) for each in (outcome, reference))
        return f"windows elsewhere, {mine} outputs against {theirs}; places are not compared"
    values = text.counted(outcome.differing.size, "value")
    return f"differs in {int(outcome.differing.sum()):,} of {values}"


def _worked_out(outcome: Outcome, reference: Outcome, channel: int) -> Iterator[Segments]:
    """The first output that differs, under both rules."""
    place = outcome.place(channel)
    if place is None:
        elsewhere = outcome.differing.any()
        part = f"its output is a part of {reference.like}'s"
        yield plain(f"  {f'none of them in channel {channel}' if elsewhere else part}")
        return
    (row, column), mine, theirs = place, _result(outcome), _result(reference)
    height, width = theirs.output_size
    yield plain(f"  at ({row}, {column}): {mine.step(row, column, channel).arithmetic}")
    there = row < height and column < width
    words = theirs.step(row, column, channel).arithmetic if there else "has no such window"
    yield plain(f"  {reference.like}{':' if there else ''} {words}")


def _evidence(found: list[Outcome]) -> Iterator[Segments]:
    """Which frameworks were not run to find their rules."""
    known: dict[str, list[str]] = {}
    for outcome in found:
        known.setdefault(outcome.answer.evidence, []).append(outcome.like)
    yield []
    for outcome in found:
        if outcome.unsaid is not None:
            yield plain(f"{outcome.like} has no call for it, only its rules: {outcome.unsaid}")
    yield from map(plain, caveats(found))
    for evidence, names in known.items():
        yield plain(f"{', '.join(names)}: {evidence}")


def difference_document(
    found: list[Outcome], channel: int, *, full: bool = False
) -> dict[str, Any]:
    """The outcomes as plain data; maps of many values are None unless ``full``."""
    return {
        "reference": found[0].like,
        "channel": channel,
        "frameworks": {each.like: _outcome_document(each, channel, full=full) for each in found},
    }


def _outcome_document(outcome: Outcome, channel: int, *, full: bool) -> dict[str, Any]:
    answer = outcome.answer
    refused = {"refusal": str(answer.refusal), "evidence": answer.evidence}
    if outcome.result is None:
        return refused
    given = {
        "output": listed(outcome.result.output[channel], full=full),
        "differing": listed(outcome.differing[channel], full=full),
        "differs": outcome.differs,
        "reasons": [vars(reason) for reason in outcome.reasons],
        "formula": outcome.result.formula,
    }
    if answer.emulated:
        return {**refused, "emulated": given}
    return {**given, "evidence": answer.evidence, "no_call": outcome.unsaid}


def difference_scene(found: list[Outcome], channel: int, theme: Theme) -> Scene:
    """Input and outputs, cells outlined that the reference has otherwise, and the reasons."""
    reference, groups = found[0], grouped(found)
    first = _result(reference)
    everything = [outcome for group in groups for outcome in group]
    scale = _scale(everything, first, channel, theme)
    name = f"{short_name(first.feature_map)}: {first.summary}"
    input_title = f"input {text.size(first.feature_map.input_size)}"
    plates = [map_panel(input_title, first.feature_map.values[channel], scale, theme)]
    plates += [
        map_panel(
            f"{_names(group)} {text.size(_result(group[0]).output_size)}",
            _result(group[0]).output[channel],
            scale,
            theme,
            group[0].differing[channel],
        )
        for group in groups
    ]
    captions = [line for outcome in found for line in _caption(outcome, reference)]
    if any(group[0].differing[channel].any() for group in groups):
        captions.insert(0, f"framed: differs from {reference.like}")
    return panels_scene(name, [plates], captions, theme, f"{name}. {'. '.join(captions)}.")


def _caption(outcome: Outcome, reference: Outcome) -> Iterator[str]:
    if outcome.answer.refusal is not None:
        yield _refusal(outcome)
    for reason in outcome.reasons:
        yield f"{outcome.like}: {reason.mine}; {reference.like}: {reason.theirs}"


def difference_page(found: list[Outcome], channel: int, theme: Theme) -> PageContent:
    """The page on which a reader looks at one framework after the other."""
    reference = found[0]
    refusals = tuple(
        line for each in found if each.result is None for line in _caption(each, reference)
    )
    variants = [
        Variant(
            each.title,
            each.result,
            each.differing if each.comparable else None,
            (*_page_notes(each, reference), *refusals),
        )
        for each in found
        if each.result is not None
    ]
    return PageContent(variants, "rules", channel, theme)


def _page_notes(outcome: Outcome, reference: Outcome) -> Iterator[str]:
    if outcome is reference:
        yield "the others are compared with this one"
    elif not outcome.differs:
        yield f"the same as {reference.like}"
    else:
        yield f"{_difference(outcome, reference)} from {reference.like}: marked corners"
    yield from _caption(outcome, reference)
