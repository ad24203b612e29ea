// Wedges from the corners of the outlined cells of each panel to those of the next.

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
    const places = outlined.map(([panel, area]) => ({
      cells: panel.onPage(...area), panel: panel.onPage(0, 0, panel.width, panel.height),
    }));
    const inStage = ({ left, right, top, bottom }) =>
      ({ left: left - origin.left, right: right - origin.left, top: top - origin.top, bottom: bottom - origin.top });
    const areas = places.map(({ cells, panel }) => ({ cells: inStage(cells), panel: inStage(panel) }));
    this.drawn.replaceChildren(...linked(areas, colors));
  }
}

/** What joins each area to the next one. */
function linked(areas, colors) {
  return areas.slice(1).flatMap((area, at) => wedge(linesBetween(areas[at], area), gutterBetween(areas[at], area), colors));
}

/** Two lines from corners to corners, and between the panels, where no cell lies, what they enclose. */
function wedge(lines, gutter, colors) {
  const [[start, end], [otherStart, otherEnd]] = lines.map((line) => cutAt(line, gutter));
  const points = [start, end, otherEnd, otherStart].map((point) => point.join(",")).join(" ");
  return [shape("polygon", { points, fill: colors.accent, opacity: 0.1 }), ...lines.map((line) => linkLine(line, colors))];
}

/** The part of a line between two edges, x (axis 0) or y (axis 1). */
function cutAt([start, end], { axis, edges }) {
  return edges.map((edge) => {
    const share = Math.min(Math.max((edge - start[axis]) / (end[axis] - start[axis] || 1), 0), 1);
    return start.map((from, at) => from + (end[at] - from) * share);
  });
}

/** The gap between two panels: beside each other, or above each other. */
function gutterBetween({ panel }, { panel: next }) {
  return next.left >= panel.right ? { axis: 0, edges: [panel.right, next.left] } : { axis: 1, edges: [panel.bottom, next.top] };
}

function linkLine([[x1, y1], [x2, y2]], colors) {
  return shape("line", { x1, y1, x2, y2, stroke: colors.accent, "stroke-width": 1.5, opacity: 0.45 });
}

/** The two edges of a wedge: from corners to corners, on the sides that face each other. */
function linesBetween({ cells: from, panel }, { cells: to, panel: next }) {
  if (next.left >= panel.right) {
    return [
      [[from.right, from.top], [to.left, to.top]],
      [[from.right, from.bottom], [to.left, to.bottom]],
    ];
  }
  return [
    [[from.left, from.bottom], [to.left, to.top]],
    [[from.right, from.bottom], [to.right, to.top]],
  ];
}
