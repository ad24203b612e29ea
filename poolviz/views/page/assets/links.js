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
    const shifted = ([x, y]) => [x - origin.left, y - origin.top];
    const wedges = places.slice(1).map((place, at) => linesBetween(places[at], place).map((line) => line.map(shifted)));
    this.drawn.replaceChildren(...wedges.flatMap((lines) => wedge(lines, colors)));
  }
}

/** A translucent wedge, so that digits below it stay legible, and its two edges. */
function wedge(lines, colors) {
  const [[start, end], [otherStart, otherEnd]] = lines;
  const points = [start, end, otherEnd, otherStart].map((point) => point.join(",")).join(" ");
  return [shape("polygon", { points, fill: colors.accent, opacity: 0.1 }), ...lines.map((line) => linkLine(line, colors))];
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
