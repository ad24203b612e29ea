// Lines from the outlined cells of each panel to those of the next.

const LINK_MARGIN = 8;

class Links {
  constructor(stage) {
    this.stage = stage;
    this.drawn = shape("svg", { id: "links", "aria-hidden": "true" });
    stage.append(this.drawn);
  }

  clear() {
    this.drawn.replaceChildren();
  }

  /** Link the outlined areas; each is a panel and (x, y, width, height) in it. */
  draw(outlined, colors) {
    const origin = this.stage.getBoundingClientRect();
    const lines = outlined.slice(1).flatMap(([panel, area], at) => {
      const [before, areaBefore] = outlined[at];
      return linesBetween(
        { cells: before.onPage(...areaBefore), panel: before.onPage(0, 0, before.width, before.height) },
        { cells: panel.onPage(...area), panel: panel.onPage(0, 0, panel.width, panel.height) },
      );
    });
    const shifted = ([x, y]) => [x - origin.left, y - origin.top];
    this.drawn.replaceChildren(...lines.map((line) => linkLine(line.map(shifted), colors)));
  }
}

function linkLine([[x1, y1], [x2, y2]], colors) {
  return shape("line", { x1, y1, x2, y2, stroke: colors.accent, "stroke-width": 2 });
}

/** Two lines in the gap between panels; on cells they would strike out the text. */
function linesBetween(first, second) {
  if (second.panel.left > first.panel.right) {
    const [start, end] = [first.panel.right + LINK_MARGIN, second.panel.left - LINK_MARGIN];
    return [
      [[start, first.cells.top], [end, second.cells.top]],
      [[start, first.cells.bottom], [end, second.cells.bottom]],
    ];
  }
  return [];
}
