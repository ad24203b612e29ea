"""A contact sheet of steps, for print, where an animation cannot go."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from poolviz.result import PoolResult, Step
from poolviz.views.paint.animation import description
from poolviz.views.scene import parts
from poolviz.views.scene.elements import Item, Label, Scene, placed, wrapped
from poolviz.views.scene.parts import marks
from poolviz.views.scene.region import Region, default_region, refuse_many
from poolviz.views.scene.stage import LINE, MARGIN, TEXT_SIZE, TITLE_SIZE, Stage, stage_of
from poolviz.views.scene.style import Theme

MOST_STEPS = 64
# The longest side of a tile's input.
TILE_SIDE = 336
TILE_GAP = 40
# A sheet is about so many times as wide as high.
SHEET_RATIO = 1.4
# Marks reach beyond the panels' edges.
EDGE = 6


def scene(result: PoolResult, channel: int, region: Region | None, theme: Theme) -> Scene:
    """One tile for each window: input, output so far, arithmetic.

    Raises:
        SpecError: the region has too many windows.
    """
    shown = region or default_region(result, channel)
    refuse_many(shown, MOST_STEPS, "for a sheet")
    return _Sheet(stage_of(result, channel, shown, theme, TILE_SIDE)).scene()


@dataclass(frozen=True)
class _Sheet:
    """The steps of a stage as tiles, row by row."""

    stage: Stage

    @cached_property
    def panels(self) -> tuple[int, int, int]:
        """Of a tile's panels: the top on the stage, the width, the height."""
        stage = self.stage
        panels = stage.input_panel, stage.window_panel, stage.output_panel
        shown = [panel for panel in panels if panel is not None]
        top = min(panel.y for panel in shown)
        right = stage.output_panel.x + stage.output_panel.width
        return top, right - MARGIN, max(panel.y + panel.height for panel in shown) - top

    @cached_property
    def tile(self) -> tuple[int, int]:
        """(width, height) of a tile."""
        _, width, height = self.panels
        lines = max(len(self._arithmetic(step)) for step in self.stage.steps)
        return width, LINE + height + lines * LINE + EDGE

    @cached_property
    def across(self) -> int:
        """Tiles in a row."""
        width, height = (side + TILE_GAP for side in self.tile)
        count = len(self.stage.steps)
        return max(1, min(count, round(math.sqrt(count * SHEET_RATIO * height / width))))

    def scene(self) -> Scene:
        """The whole sheet."""
        stage, (width, height) = self.stage, self.tile
        items: list[Item] = [
            Label(
                MARGIN, MARGIN + 8, stage.title, TITLE_SIZE, stage.theme.ink,
                bold=True, anchor="left",
            )
        ]  # fmt: skip
        top = MARGIN + LINE + TEXT_SIZE
        for at, step in enumerate(stage.steps):
            x = MARGIN + at % self.across * (width + TILE_GAP)
            y = top + at // self.across * (height + TILE_GAP)
            items += [placed(item, x - MARGIN, y) for item in self._tile(at, step)]
        down = -(-len(stage.steps) // self.across)
        foot = top + down * (height + TILE_GAP)
        captions = list(parts.captions(stage))
        items += [placed(item, 0, foot - stage.captions_y) for item in captions]
        right = max(MARGIN + self.across * (width + TILE_GAP) - TILE_GAP, stage.width - MARGIN)
        words = f"{description(stage)} All {len(stage.steps)} steps, one beside the other."
        size = right + MARGIN, foot + stage.height - stage.captions_y
        return Scene(*size, stage.theme.background, tuple(items), stage.alt_title, words)

    def _arithmetic(self, step: Step) -> list[str]:
        return wrapped(step.arithmetic, TEXT_SIZE, self.panels[1])

    def _tile(self, at: int, step: Step) -> Iterator[Item]:
        """A tile whose left edge is the stage's margin and whose top is 0."""
        stage, (top, _, height) = self.stage, self.panels
        muted, ink = stage.theme.muted, stage.theme.ink
        yield Label(MARGIN, TEXT_SIZE // 2, f"step {at + 1}", TEXT_SIZE, muted, anchor="left")
        cells = (
            *parts.input_cells(stage),
            *parts.unvisited_output(stage),
            *parts.output_cells(stage, stage.steps[: at + 1]),
            *marks(stage, step),
        )
        yield from (placed(item, 0, LINE - top) for item in cells)
        for number, line in enumerate(self._arithmetic(step)):
            y = LINE + height + EDGE + LINE // 2 + number * LINE
            yield Label(MARGIN, y, line, TEXT_SIZE, ink, anchor="left")
