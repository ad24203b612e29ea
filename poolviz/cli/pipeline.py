"""From a request to what is printed and written."""

from dataclasses import dataclass, field
from math import prod
from typing import Any

from poolviz.cli import report
from poolviz.cli.progress import counted_values, watched
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.output.job import Done, Order, Pooling, carry_out
from poolviz.output.pictures import is_animated
from poolviz.result import PoolResult
from poolviz.text import size
from poolviz.views.still_size import drawn_words, still_steps


@dataclass(frozen=True)
class Print:
    """What is printed of a result, and what else is said of it: in JSON, and as notes."""

    as_json: bool
    quiet: bool
    play: bool
    full: bool
    document: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def check(self) -> None:
        """Raise SpecError for what cannot be meant, before any work is done."""
        if self.play and (self.as_json or self.quiet):
            other = "--json" if self.as_json else "--quiet"
            raise SpecError("--play", f"it prints, and {other} does not", f"leave out {other}")
        if self.full and (self.play or (self.quiet and not self.as_json)):
            other = "--play" if self.play else "--quiet"
            raise SpecError("--full", f"{other} prints no grids", "leave out one of the two")


def pool_and_print(feature_map: FeatureMap, pooling: Pooling, order: Order, printed: Print) -> None:
    """Pool, write, then print.

    Raises:
        PoolvizError: the request does not fit, or an output cannot be written.
    """
    with counted_values(feature_map) as told:
        done = carry_out(feature_map, pooling, order, watched, told)
    pictures, theme = done.pictures, order.look.theme
    if printed.as_json:
        document = report.result_document(pictures.result, done.files, full=printed.full)
        report.print_json(document | printed.document)
    elif printed.play:
        from poolviz.cli.play import play

        play(pictures.result, pictures.channel, pictures.shown, theme, order.look.pace)
    elif not printed.quiet:
        report.print_result(pictures.result, pictures.channel, theme, full=printed.full)
    if not printed.quiet:
        for line in (
            *_notes(done, order),
            *printed.notes,
            *_cut_notes(pictures.result, printed),
            *(f"wrote {path}" for path in done.files.values()),
        ):
            report.note(line)


def _cut_notes(result: PoolResult, printed: Print) -> list[str]:
    if printed.play:
        return []
    size = result.output.size if printed.as_json else prod(result.feature_map.input_size)
    return report.cut_notes(size, as_json=printed.as_json, full=printed.full)


def _notes(done: Done, order: Order) -> list[str]:
    """What was done to the source, and which part of it is shown where."""
    pictures = done.pictures
    result, feature_map = pictures.result, pictures.result.feature_map
    kind = "RGB" if feature_map.is_rgb else str(feature_map.values.dtype)
    notes = [f"{feature_map.source}: {kind}, {size(feature_map.shape)}"]
    notes += [f"{feature_map.source}: {note}" for note in result.notes]
    stills = _drawn(result)
    if is_animated(order.write) and pictures.place:
        notes.append(f"animation: {pictures.place}; stills: {stills}")
    elif stills != drawn_words(1) and "png" in order.write:
        notes.append(f"stills: {stills}")
    return notes


def _drawn(result: PoolResult) -> str:
    """How much of input and output the stills show."""
    steps = still_steps(result.feature_map.values.shape, result.output.shape)
    before, after = map(drawn_words, steps)
    return before if before == after else f"{before} of the input, {after} of the output"
