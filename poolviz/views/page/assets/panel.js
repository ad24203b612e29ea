// A panel: a fixed grid of cells, and marks above it that move.

const EDGE = 6;

class Panel {
  constructor(id) {
    this.figure = document.getElementById(id);
    this.caption = document.createElement("figcaption");
    this.holder = document.createElement("div");
    this.holder.className = "holder";
    this.cells = shape("g");
    this.texts = shape("g", { class: "texts" });
    this.marks = shape("g", { class: "marks" });
    this.frame = shape("g", { class: "frame" });
    // The wedge between window and output lies above the cells and below their digits.
    this.drawn = shape("svg", { "aria-hidden": "true" }, this.cells);
    this.above = shape("svg", { "aria-hidden": "true", class: "above" }, this.texts, this.marks, this.frame);
    this.holder.append(this.drawn, this.above);
    this.figure.append(this.caption, this.holder);
  }

  /** Lay out a grid whose top left cell has the coordinates (top, left). */
  lay({ title, cell, digits, rows, columns }, top, left) {
    Object.assign(this, { title, cell, digits, rows, columns, top, left });
    [this.width, this.height] = [columns * cell, rows * cell];
    this.entitle(title);
    const size = [this.width + 2 * EDGE, this.height + 2 * EDGE];
    for (const drawn of [this.drawn, this.above]) change(drawn, { viewBox: `${-EDGE} ${-EDGE} ${size.join(" ")}` });
    this.figure.style.setProperty("--width", size[0]);
    this.clear();
  }

  /** Write the title, its first part larger: the second says which part of a map is shown. */
  entitle(title) {
    this.title = title;
    const [first, ...rest] = title.split(", ");
    const element = (name, textContent) => Object.assign(document.createElement(name), { textContent });
    this.caption.replaceChildren(element("b", first), ...(rest.length ? [" ", element("small", rest.join(", "))] : []));
    this.figure.classList.toggle("part", rest.join().includes("rows"));
  }

  /** Draw shapes that do not change from step to step: text above the wedge, the rest below it. */
  draw(shapes, options = {}) {
    const isText = (each) => each.tagName === "text";
    const group = (some) => shape("g", options, ...some);
    this.cells.append(group(shapes.filter((each) => !isText(each))));
    this.texts.append(group(shapes.filter(isText)));
  }

  /** Remove all marks. */
  clear() {
    this.marks.replaceChildren();
    this.frame.replaceChildren();
  }

  /** The corner of a cell. */
  corner(row, column) {
    return [(column - this.left) * this.cell, (row - this.top) * this.cell];
  }

  /** (x, y, width, height) of a block of cells, cut at the edges of the panel. */
  area(rows, columns) {
    const [x, y] = this.corner(Math.max(rows[0], this.top), Math.max(columns[0], this.left));
    const [right, below] = this.corner(rows.at(-1) + 1, columns.at(-1) + 1);
    return [x, y, Math.min(right, this.width) - x, Math.min(below, this.height) - y];
  }

  /** The position of the picture in the browser window, and the size of its pixels there. */
  measured() {
    const { left, top, width } = this.drawn.getBoundingClientRect();
    return { left, top, unit: width / (this.width + 2 * EDGE) };
  }

  /** The coordinates of the cell under a pointer; null outside the cells. */
  under(event) {
    const { left, top, unit } = this.measured();
    const column = Math.floor(((event.clientX - left) / unit - EDGE) / this.cell);
    const row = Math.floor(((event.clientY - top) / unit - EDGE) / this.cell);
    const place = [row + this.top, column + this.left];
    return this.has(place) ? place : null;
  }

  /** Whether a cell is shown. */
  has([row, column]) {
    return row >= this.top && column >= this.left && row < this.top + this.rows && column < this.left + this.columns;
  }

  /** The area of cells from (x, y) on, in pixels of the browser window. */
  onPage(x, y, width, height) {
    const { left: originX, top: originY, unit } = this.measured();
    const [left, top] = [originX + (x + EDGE) * unit, originY + (y + EDGE) * unit];
    return { left, top, right: left + width * unit, bottom: top + height * unit };
  }

  /** An outline in the accent colour, with a halo so that it shows on cells of any colour. */
  outlineCells(area, colors) {
    const [x, y, width, height] = area;
    if (!this.frame.children.length) this.frame.append(shape("rect"), shape("rect"));
    const [halo, line] = this.frame.children;
    const place = { x: x - 2, y: y - 2, width: width + 3, height: height + 3, fill: "none" };
    change(halo, { ...place, stroke: colors.halo, "stroke-width": 6 });
    change(line, { ...place, stroke: colors.accent, "stroke-width": 3 });
  }
}

/** A panel with a cursor that the arrow keys move from cell to cell. */
class WalkedPanel extends Panel {
  constructor(id) {
    super(id);
    this.row = document.createElement("div");
    this.active = document.createElement("div");
    this.row.className = "unseen";
    change(this.row, { role: "row" });
    change(this.active, { role: "gridcell", id: `${id}-cell` });
    this.row.append(this.active);
    this.holder.prepend(this.row);
    change(this.holder, { role: "grid", tabindex: 0, "aria-activedescendant": `${id}-cell` });
  }

  lay(known, top, left) {
    super.lay(known, top, left);
    change(this.holder, {
      "aria-label": known.title, "aria-rowcount": known.rows, "aria-colcount": known.columns,
    });
  }

  /** Announce the active cell and its content. */
  say(row, column, words) {
    change(this.row, { "aria-rowindex": row - this.top + 1 });
    change(this.active, { "aria-colindex": column - this.left + 1 });
    this.active.textContent = words;
  }
}

/** The cells of the input, with padding and overhang. */
function drawInput(panel, parts, padding, theme, colors) {
  const [channel] = parts;
  const { rowAxis: rows, columnAxis: columns, input } = channel;
  const drawn = [];
  if (!panel.digits) drawn.push(...inputPixels(panel, parts, theme));
  for (let row = rows.first; row < rows.first + rows.count; row += 1) {
    for (let column = columns.first; column < columns.first + columns.count; column += 1) {
      const [x, y] = panel.corner(row, column);
      const kind = channel.kind(row, column);
      if (kind !== KIND.input) {
        drawn.push(...outsideCell(x, y, panel.cell, kind, panel.digits, padding, colors));
      } else if (panel.digits) {
        const options = { hatch: channel.isUnread(row, column) ? "url(#hatch)" : null };
        drawn.push(...valueCell(x, y, panel.cell, look(input, channel.cell(row, column), theme), panel.digits, options));
      }
    }
  }
  if (rows.kinds.includes(`${KIND.padding}`) || columns.kinds.includes(`${KIND.padding}`)) {
    drawn.push(dashedAround(...panel.area(withPadding(rows), withPadding(columns)), colors));
  }
  panel.cells.replaceChildren(shape("defs", {}, hatching("hatch")));
  panel.texts.replaceChildren();
  panel.draw(drawn);
}

/** The positions of an axis that are not overhang. */
function withPadding(axis) {
  return Array.from({ length: axis.count }, (_, at) => axis.first + at).filter((at) => axis.kind(at) !== KIND.overhang);
}

/** The outline of all padding. */
function dashedAround(x, y, width, height, colors) {
  return outline(x, y, width, height, colors.muted, 1, { "stroke-dasharray": "4 3" });
}

/** An image of the cells, hatched where no window reads them. */
function inputPixels(panel, parts, theme) {
  const { rowAxis: rows, columnAxis: columns } = parts[0];
  const [x, y] = panel.corner(rows.inside, columns.inside);
  const [width, height] = [columns.countInside * panel.cell, rows.countInside * panel.cell];
  const drawn = [planePixels(parts, "input", x, y, width, height, rows.countInside, columns.countInside, theme)];
  const shade = (...place) => drawn.push(box(...place, { fill: "url(#hatch)" }));
  for (const row of rows.unread) shade(x, panel.corner(row, 0)[1], width, panel.cell);
  for (const column of columns.unread) shade(panel.corner(0, column)[0], y, panel.cell, height);
  return drawn;
}

function planePixels(parts, name, x, y, width, height, rows, columns, theme) {
  return pixels(x, y, width, height, rows, columns, (at) => colorOf(parts, name, at, theme));
}

/** The cells of the output: empty cells below, and values above, cut to those reached so far. */
function drawOutput(panel, parts, theme, colors) {
  const [channel] = parts;
  const { cell, rows, columns, digits } = panel;
  const whole = [0, 0, panel.width, panel.height];
  panel.reached = [box(0, 0, 0, 0), box(0, 0, 0, 0)];
  const clip = shape("clipPath", { id: "reached" }, ...panel.reached);
  const above = digits ? [] : [planePixels(parts, "output", ...whole, rows, columns, theme)];
  for (let at = 0; at < rows * columns && digits; at += 1) {
    const [x, y] = [(at % columns) * cell, Math.floor(at / columns) * cell];
    above.push(...valueCell(x, y, cell, look(channel.output, at, theme), digits));
  }
  for (const at of channel.marked) {
    above.push(...corner((at % columns) * cell, Math.floor(at / columns) * cell, cell, colors));
  }
  const below = box(...whole, { fill: "url(#unvisited)" });
  panel.cells.replaceChildren(shape("defs", {}, clip, unvisited(cell, colors)), below);
  panel.texts.replaceChildren();
  panel.draw(above, { "clip-path": "url(#reached)" });
}

/** The whole map as a small picture, with a frame around the part that is shown. */
function drawWhole(panel, whole, part, theme, colors) {
  panel.figure.hidden = !whole;
  if (!whole) return;
  const [width, height] = whole.size;
  panel.lay({ title: whole.title, cell: 1, digits: 0, rows: height, columns: width }, 0, 0);
  const href = `data:image/png;base64,${themed(whole.png, theme)}`;
  panel.cells.replaceChildren(shape("image", { width, height, href, preserveAspectRatio: "none" }));
  panel.outlineCells(located(part, [height, width]), colors);
}

const LEAST_LOCATED = 9;

/** (x, y, width, height) of a part in a small picture of the whole, large enough to be seen. */
function located(part, sides) {
  const [[top, height], [left, width]] = part.map(({ first, count, size }, axis) => {
    const long = Math.max(LEAST_LOCATED, (count * sides[axis]) / size);
    return [Math.max(0, Math.min((first * sides[axis]) / size, sides[axis] - long)), Math.min(long, sides[axis])];
  });
  return [left, top, width, height];
}

/** Empty cells as a pattern: thousands of boxes would double the time to draw the page. */
function unvisited(cell, colors) {
  const gap = cell >= 4 ? 1 : 0;
  return shape(
    "pattern", { id: "unvisited", width: cell, height: cell, patternUnits: "userSpaceOnUse" },
    box(0, 0, cell, cell, { fill: colors.grid }),
    box(0, 0, cell - gap, cell - gap, { fill: colors.unvisited }),
  );
}

/** A marked corner, which a note explains. */
function corner(x, y, side, colors) {
  const size = Math.max(3, side / 4);
  const [right, below] = [x + side - 1, y + size];
  const d = `M${right - size} ${y}H${right}V${below}Z`;
  return [shape("path", { d, class: "marked", fill: colors.accent, stroke: colors.halo })];
}

/** Show only the first `count` outputs. */
function reach(panel, count) {
  const [full, rest] = [Math.floor(count / panel.columns), count % panel.columns];
  const { cell } = panel;
  change(panel.reached[0], { width: panel.width, height: full * cell });
  change(panel.reached[1], { y: full * cell, width: rest * cell, height: rest ? cell : 0 });
}
