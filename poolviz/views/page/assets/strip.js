// A row of small outputs to choose from, if a page has several results.

// The side of a small output in pixels: of a few, and of many.
const STRIP = { few: 6, large: 72, small: 44 };

class Strip {
  constructor(holder, choose) {
    this.holder = holder;
    this.holder.hidden = VARIANTS.length < 2;
    holder.setAttribute("aria-label", "results");
    this.buttons = this.holder.hidden ? [] : VARIANTS.map((variant, at) => this.button(variant, () => choose(at)));
    holder.replaceChildren(...this.buttons.map(({ button }) => button));
  }

  button(variant, choose) {
    const button = document.createElement("button");
    const [name, value] = [document.createElement("span"), document.createElement("b")];
    const drawn = shape("svg", { "aria-hidden": "true" });
    name.textContent = variant.name;
    button.type = "button";
    const words = document.createElement("span");
    words.append(name, value);
    button.append(drawn, words);
    button.addEventListener("click", choose);
    return { button, drawn, value };
  }

  /** Draw the outputs of a channel. */
  draw(chosen, channel, theme) {
    this.buttons.forEach(({ button, drawn }, at) => {
      const parts = partsOf(VARIANTS[at], channel);
      const [{ output }] = parts;
      button.setAttribute("aria-pressed", at === chosen);
      const [width, height] = [output.columns, output.rows].map((count) => count * stripCell(output));
      change(drawn, { viewBox: `-2 -2 ${width + 4} ${height + 4}`, width: width + 4, height: height + 4 });
      drawn.replaceChildren(planePixels(parts, "output", 0, 0, width, height, output.rows, output.columns, theme));
    });
  }

  clear() {
    for (const { drawn, value } of this.buttons) {
      while (drawn.children.length > 1) drawn.lastChild.remove();
      value.textContent = "\u00a0";
    }
  }

  /** Mark the output cell in a row and column in each output, and show its value. */
  mark([row, column], channel, theme, colors) {
    this.clear();
    this.buttons.forEach(({ drawn, value }, at) => {
      const known = VARIANTS[at].channels[channel];
      const place = [row - known.rowAxis.firstWindow, column - known.columnAxis.firstWindow];
      const { output } = known;
      const [rows, columns] = [output.rows, output.columns];
      const exists = bounded(place[0], rows) === place[0] && bounded(place[1], columns) === place[1];
      value.textContent = exists ? look(output, known.stepAt(...place), theme).text : "–";
      if (exists) drawn.append(...cellOutline(place, output, colors));
    });
  }
}

/** The side of a cell of an output in the strip. */
function stripCell(output) {
  return (VARIANTS.length > STRIP.few ? STRIP.small : STRIP.large) / Math.max(output.rows, output.columns);
}

function cellOutline([row, column], output, colors) {
  const cell = stripCell(output);
  const [x, y, side] = [column * cell - 1, row * cell - 1, cell + 2];
  return [outline(x - 1, y - 1, side + 2, side + 2, colors.halo, 3), outline(x, y, side, side, colors.accent, 2)];
}
