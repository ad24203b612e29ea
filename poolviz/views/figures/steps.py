"""A contact sheet of steps, for print, where an animation cannot go."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from poolviz.result import PoolResult, Step
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Item, Label, Scene, place_item, wrap_text
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import Region, check_window_count, default_region
from poolviz.views.scene.sheet import TITLE_RISE, Sheet, tiles_across
from poolviz.views.scene.stage import LINE, MARGIN, TEXT_SIZE, Stage, stage_of
from poolviz.views.scene.style import Theme

MOST_STEPS = 64
# The longest side of a tile's input, and the gap between tiles, in pixels.
TILE_SIDE, TILE_GAP = 336, 40
# Marks reach this far beyond the panels' edges.
EDGE = 6


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """One tile for each window: input, output so far, arithmetic.

    Raises:
        SpecError: the region has too many windows.
    """
    shown = region or default_region(result, channel)
    check_window_count(shown, MOST_STEPS, "for a sheet")
    stage = stage_of(result, channel, shown, theme, side=TILE_SIDE)
    count = len(stage.steps)
    tile = StepRow(stage, range(count))
    step = tiles_across(count, tile.tile_width + TILE_GAP, tile.height)
    rows = [StepRow(stage, range(count)[first : first + step]) for first in range(0, count, step)]
    captions = [*stage.note_texts, *([stage.legend] if stage.legend else [])]
    alt = f"{stage.describe()} The {count} steps are shown side by side."
    sheet = Sheet(stage.title, rows, captions, theme, alt, stage.scale).scene()
    return replace(sheet, title=stage.alt_title)


@dataclass(frozen=True)
class StepRow:
    """Some steps of a stage side by side, a tile for each."""

    stage: Stage
    indices: range
    below: int = TILE_GAP
    heading: str = ""
    has_bars: bool = False

    @cached_property
    def _panels(self) -> tuple[int, int, int]:
        """The top of a tile's panels on the stage, their width and their height."""
        stage = self.stage
        panels = filter(None, (stage.input_panel, stage.window_panel, stage.output_panel))
        edges = [(panel.y, panel.y + panel.height) for panel in panels]
        top = min(first for first, _ in edges)
        right = stage.output_panel.x + stage.output_panel.width
        return top, right - MARGIN, max(last for _, last in edges) - top

    @property
    def tile_width(self) -> int:
        """The width of a tile in pixels."""
        return self._panels[1]

    @property
    def width(self) -> int:
        """In pixels."""
        return len(self.indices) * (self.tile_width + TILE_GAP) - TILE_GAP

    @cached_property
    def height(self) -> int:
        """In pixels, with the gap below; rows of one stage are equally high."""
        lines = max(len(self._arithmetic(step)) for step in self.stage.steps)
        return LINE + self._panels[2] + lines * LINE + EDGE + self.below

    def _arithmetic(self, step: Step) -> list[str]:
        return wrap_text(step.arithmetic, TEXT_SIZE, self.tile_width)

    def items(self, x: int, y: int, theme: Theme) -> Iterator[Item]:
        """The tiles, the first with its top left corner at (x, y)."""
        for index in self.indices:
            for item in self._tile(index, theme):
                yield place_item(item, x - MARGIN, y)
            x += self.tile_width + TILE_GAP

    def _tile(self, index: int, theme: Theme) -> Iterator[Item]:
        """A tile whose left edge is the stage's margin and whose top is 0."""
        stage, (top, _, height), step = self.stage, self._panels, self.stage.steps[index]
        title_y = LINE - TITLE_RISE
        yield Label(MARGIN, title_y, f"step {index + 1}", TEXT_SIZE, theme.muted, anchor="left")
        cells = (
            *parts.input_cells(stage),
            *parts.unvisited_output(stage),
            *parts.output_cells(stage, stage.steps[: index + 1]),
            *marks(stage, step),
        )
        yield from (place_item(item, 0, LINE - top) for item in cells)
        for number, line in enumerate(self._arithmetic(step)):
            y = LINE + height + EDGE + LINE // 2 + number * LINE
            yield Label(MARGIN, y, line, TEXT_SIZE, theme.ink, anchor="left")
