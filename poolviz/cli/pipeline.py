"""From a request to what is printed and written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from poolviz.cli import outputs, report
from poolviz.cli.estimate import check_memory
from poolviz.cli.naming import output_name
from poolviz.errors import SpecError
from poolviz.feature_map import FeatureMap
from poolviz.memory import Budget
from poolviz.result import run
from poolviz.spec import DEFAULT_KERNEL_SIZE, PoolSpec, whole
from poolviz.text import size
from poolviz.views.figures import DEFAULT_FIGURE, check_kind
from poolviz.views.pace import Pace
from poolviz.views.style import DEFAULT_THEME, Theme, find_theme


@dataclass(frozen=True)
class Request:
    """What is to be pooled, and how."""

    feature_map: FeatureMap
    spec: PoolSpec
    channel: str | None
    seed: int | None
    threads: int | None
    budget: Budget


@dataclass(frozen=True)
class Look:
    """How pictures look and run; ``region`` as it was typed."""

    theme_name: str
    cmap: str | None
    region: str | None
    scale: int
    pace: Pace

    @cached_property
    def theme(self) -> Theme:
        """The colours."""
        return find_theme(self.theme_name, self.cmap)

    @property
    def words(self) -> list[str]:
        """What differs from the defaults, for names of files."""
        options = {
            "": "" if self.theme_name == DEFAULT_THEME else self.theme_name,
            "cmap-": self.cmap,
            "region-": self.region,
            "x": self.scale if self.scale > 1 else None,
            "every": self.pace.every if self.pace.every > 1 else None,
            "delay": self.pace.delay,
            "hold": self.pace.hold,
        }
        return [f"{name}{value}" for name, value in options.items() if value]


@dataclass(frozen=True)
class Wishes:
    """What is to be printed and written."""

    out: Path
    write: str
    figure: Path | None
    kind: str
    save: Path | None
    as_json: bool
    quiet: bool
    look: Look
    play: bool = False

    def check(self) -> None:
        """Raise SpecError for what cannot be meant, before any work is done."""
        outputs.chosen_kinds(self.write)
        check_kind(self.kind)
        _ = self.look.theme
        whole("scale", self.look.scale, 1)
        if self.figure is not None:
            outputs.figure_suffix(self.figure)
        elif self.kind != DEFAULT_FIGURE:
            raise SpecError("--kind", "it is said of a figure", "give --figure FILE too")
        if self.play and (self.as_json or self.quiet):
            other = "--json" if self.as_json else "--quiet"
            raise SpecError("--play", f"it prints, and {other} does not", f"leave out {other}")
        if self.save is not None:
            outputs.check_array_path(self.save)


def spec_for(input_size: Sequence[int], spec: PoolSpec) -> PoolSpec:
    """``spec``, with the default kernel lying along a map that is a single row."""
    row = input_size[0] == 1 < input_size[1]
    if row and spec.kernel_size is None and not spec.adaptive:
        return replace(spec, kernel_size=(1, DEFAULT_KERNEL_SIZE))
    return spec


def carry_out(request: Request, wishes: Wishes) -> None:
    """Pool, write, then print.

    Raises:
        PoolvizError: the request does not fit, or an output cannot be written.
    """
    feature_map = request.feature_map
    spec = spec_for(feature_map.input_size, request.spec)
    channel = feature_map.channel_index(request.channel)
    drawn = "png" in outputs.chosen_kinds(wishes.write)
    check_memory(feature_map, spec, request.budget, stills=drawn)
    result = run(feature_map, spec, seed=request.seed, threads=request.threads)
    look = wishes.look
    pictures = outputs.Pictures(
        result, channel, look.theme, look.pace, request.budget, look.region, look.scale
    )
    files = _write(pictures, request.seed, wishes)
    if wishes.as_json:
        report.print_json(report.result_document(result, files))
    elif wishes.play:
        from poolviz.cli.play import play

        play(result, channel, pictures.shown, look.theme, look.pace)
    elif not wishes.quiet:
        report.print_result(result, channel, wishes.look.theme)
    if not wishes.quiet:
        for line in (
            *_notes(pictures, wishes),
            *(f"wrote {path}" for path in files.values()),
        ):
            report.note(line)


def _write(pictures: outputs.Pictures, seed: int | None, wishes: Wishes) -> dict[str, str]:
    # A region that does not fit is refused, whatever is written.
    result, _ = pictures.result, pictures.shown
    name = output_name(result, channel=pictures.channel, look=wishes.look.words, seed=seed)
    files: dict[str, tuple[Path, bytes]] = {}
    for kind in outputs.chosen_kinds(wishes.write):
        for ending, data in outputs.KINDS[kind](pictures).items():
            stem = Path(ending).stem
            key = f"{stem}-{kind}" if stem in files else stem
            files[key] = wishes.out / f"{name}-{ending}", data
    if wishes.figure is not None:
        figure = pictures.figure(wishes.kind, outputs.figure_suffix(wishes.figure))
        files["figure"] = (wishes.figure, figure)
    if wishes.save is not None:
        files["save"] = (wishes.save, outputs.array_bytes(result))
    source = Path(result.feature_map.source)
    return outputs.write_all(files, source if source.is_file() else None)


def _notes(pictures: outputs.Pictures, wishes: Wishes) -> list[str]:
    """What was done to the source, and which part of it is shown where."""
    result, feature_map = pictures.result, pictures.result.feature_map
    kind = "RGB" if feature_map.is_rgb else str(feature_map.values.dtype)
    notes = [f"{feature_map.source}: {kind}, {size(feature_map.shape)}"]
    remarks = result.mode.remarks(feature_map.values)
    notes += [f"{feature_map.source}: {note}" for note in (*feature_map.notes, *remarks)]
    if outputs.is_animated(wishes.write) and pictures.place:
        notes.append(f"animation: {pictures.place}; stills: the full size")
    return notes
