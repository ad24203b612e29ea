// Shapes, in the pixels of a panel. They contain their colours, so that a copied picture
// looks as it does on the page.

const NAMESPACE = "http://www.w3.org/2000/svg";
const FONT = "DejaVu Sans, Verdana, Segoe UI, sans-serif";

function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(NAMESPACE, name);
  change(made, attributes);
  made.append(...children);
  return made;
}

function change(drawn, attributes) {
  for (const [name, value] of Object.entries(attributes)) drawn.setAttribute(name, value);
}

function box(x, y, width, height, attributes) {
  return shape("rect", { x, y, width, height, ...attributes });
}

/** An outline inside its box. */
function outline(x, y, width, height, color, line, attributes = {}) {
  const half = line / 2;
  return box(x + half, y + half, Math.max(0, width - line), Math.max(0, height - line), {
    fill: "none", stroke: color, "stroke-width": line, ...attributes,
  });
}

function label(x, y, text, size, color, attributes = {}) {
  const drawn = shape("text", {
    x, y, fill: color, "font-size": size, "font-family": FONT,
    "text-anchor": "middle", "dominant-baseline": "central", ...attributes,
  });
  drawn.textContent = text;
  return drawn;
}

/** The colours of the current theme by their purpose. */
function palette() {
  const style = getComputedStyle(document.documentElement);
  const names = ["background", "ink", "muted", "grid", "unvisited", "accent", "halo"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Dark lines with a light edge, for cells of any colour that no window reads. */
function hatching(id) {
  const d = "M-2 2l4-4M0 8l8-8M6 10l4-4";
  const lines = [["#ffffff", 3], ["#000000", 1.5]].map(([stroke, width]) => shape("path", { d, stroke, "stroke-width": width }));
  return shape("pattern", { id, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, ...lines);
}

const SCALE = { height: 14, part: 5, size: 14, gap: 8 };

/** The items of a value scale, from x on, with their middle at y: shapes, and where they end. */
function scaleItems(scale, x, y, theme, colors) {
  const { height, part, size, gap } = SCALE;
  const items = [];
  const place = (width, drawn, before = gap) => {
    const at = items.length ? items.at(-1).end + before : x;
    items.push({ drawn: drawn(at), end: at + width });
  };
  const words = (text) => place(textWidth(text, size), (at) => [label(at, y, text, size, colors.muted, { "text-anchor": "start" })]);
  const bar = themed(scale.colors, theme);
  const steps = Array.from({ length: bar.length / 6 }, (_, at) => colorAt(bar, at));
  if (scale.low === scale.high) {
    // All values are equal.
    place(height, (at) => [box(at, y - height / 2, height, height, { fill: steps[0], stroke: colors.muted })]);
  } else {
    words(scale.low);
    place(part * steps.length, (at) => [
      ...steps.map((color, step) => box(at + step * part, y - height / 2, part + 0.5, height, { fill: color })),
      ...(scale.zero === null ? [] : [tick(at + scale.zero * part * steps.length, y, colors)]),
    ]);
  }
  words(scale.high);
  for (const { text, colors: looks } of scale.outside) {
    const color = colorAt(themed(looks, theme), 0);
    place(height, (at) => [box(at, y - height / 2, height, height, { fill: color, stroke: colors.muted })], 3 * gap);
    words(text);
  }
  return items;
}

/** The mark at 0 on a value scale. */
function tick(x, y, colors) {
  const half = SCALE.height / 2 + 3;
  return shape("path", { d: `M${x} ${y - half}V${y + half}`, stroke: colors.ink, "stroke-width": 1.5, class: "zero" });
}

const measure = document.createElement("canvas").getContext("2d");

function textWidth(text, size, bold = false) {
  measure.font = `${bold ? "bold " : ""}${size}px ${FONT}`;
  return measure.measureText(text).width;
}

/** Cells too small for text, as an image with one pixel for each. */
function pixels(x, y, width, height, rows, columns, color) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  for (let at = 0; at < rows * columns; at += 1) {
    const packed = parseInt(color(at).slice(1), 16);
    image.data.set([packed >> 16, (packed >> 8) & 255, packed & 255, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
  return shape("image", {
    x, y, width, height, href: canvas.toDataURL(), preserveAspectRatio: "none",
    "image-rendering": "pixelated",
  });
}

/** A cell in its value's colour, with digits where they are legible. */
function valueCell(x, y, side, known, digits, { hatch = null, bold = false } = {}) {
  const gap = side >= 4 ? 1 : 0;
  const drawn = [box(x, y, side - gap, side - gap, { fill: known.color })];
  if (hatch) drawn.push(box(x, y, side - gap, side - gap, { fill: hatch }));
  if (digits && hatch) drawn.push(plate(x, y, side, known, digits));
  if (digits) {
    const weight = bold ? { "font-weight": "bold" } : {};
    drawn.push(label(x + side / 2, y + side / 2, known.text, digits, known.ink, weight));
  }
  return drawn;
}

/** A plain background for the digits of a hatched cell. */
function plate(x, y, side, known, digits) {
  const width = Math.min(side - 4, known.text.length * digits * 0.65 + 6);
  const height = digits + 6;
  return box(x + (side - width) / 2, y + (side - height) / 2, width, height, { fill: known.color });
}

/** Padding is dashed, with its value; overhang is dotted and empty. */
function outsideCell(x, y, side, kind, digits, padding, colors) {
  if (kind === KIND.padding) {
    const drawn = [outline(x, y, side - 1, side - 1, colors.grid, 1)];
    if (digits && padding) drawn.push(label(x + side / 2, y + side / 2, padding, 0.6 * digits, colors.muted));
    return drawn;
  }
  const inner = Math.max(1, side - 7);
  const at = (side - inner) / 2;
  return [
    box(x + at, y + at, inner, inner, { fill: colors.unvisited }),
    outline(x + at, y + at, inner, inner, colors.muted, 1, { "stroke-dasharray": "2 3" }),
  ];
}
