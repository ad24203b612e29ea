// The current step as a picture of its own, and as a link.

const PNG_SCALE = 2;
const PICTURE = { margin: 24, gap: 56, title: 18, text: 14, arithmetic: 20, line: 26 };

/** The picture as a whole: title, panels with their links, arithmetic, step and formula. */
function picture(view) {
  const { margin, gap, title, text, arithmetic, line } = PICTURE;
  const { colors, variant, panels, state, channel } = view;
  const shown = Object.values(panels).filter((panel) => !panel.figure.hidden);
  const widths = shown.map((panel) => Math.max(panel.width, textWidth(panel.title, text)));
  const natural = widths.reduce((sum, width) => sum + width + gap, -gap);
  const heading = `${DATA.name}: ${variant.summary}`;
  const width = Math.max(640, natural + 2 * margin, textWidth(heading, title, true) + 2 * margin);
  const tallest = Math.max(...shown.map((panel) => panel.height));
  const top = margin + 64;
  const parts = [label(margin, margin + 8, heading, title, colors.ink, { "text-anchor": "start", "font-weight": "bold" })];
  let left = margin;
  shown.forEach((panel, at) => {
    const y = top + (tallest - panel.height) / 2;
    parts.push(label(left, y - 16, panel.title, text, colors.muted, { "text-anchor": "start" }));
    const moved = shape("g", { transform: `translate(${left} ${y})` });
    moved.append(...[panel.cells, panel.marks, panel.frame].map((layer) => layer.cloneNode(true)));
    panel.copied = [left, y];
    parts.push(moved);
    left += widths[at] + gap;
  });
  parts.push(...copiedLinks(view, shown, colors));
  let y = top + tallest + margin + line / 2;
  const write = (words, size, color) => {
    for (const each of wrapped(words, size, width - 2 * margin)) {
      parts.push(label(margin, y, each, size, color, { "text-anchor": "start" }));
      y += line;
    }
  };
  write(find("arithmetic").textContent, arithmetic, colors.ink);
  write(`step ${state.step + 1} of ${channel.count} · ${find("place").textContent}`, text, colors.muted);
  write(`output size: ${variant.formula}`, text, colors.muted);
  for (const note of variant.notes) write(note, text, colors.muted);
  const words = [shape("title"), shape("desc")];
  words[0].textContent = heading;
  words[1].textContent = find("said").textContent || find("arithmetic").textContent;
  const height = y + margin - line / 2;
  return shape(
    "svg", { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
    ...words, box(0, 0, width, height, { fill: colors.background }), ...parts,
  );
}

/** The links between the outlined cells of the copied panels. */
function copiedLinks(view, shown, colors) {
  if (view.state.cell) return [];
  const step = view.channel.step(view.state.hovered ?? view.state.step);
  const { input, output } = view.panels;
  const areas = shown.map((panel) => {
    const whole = [0, 0, panel.width, panel.height];
    const area = panel === input ? input.area(step.rows, step.columns) : panel === output ? output.area([step.row], [step.column]) : whole;
    const [x, y] = panel.copied;
    const edges = ([left, top, width, height]) => ({ left: x + left, top: y + top, right: x + left + width, bottom: y + top + height });
    return { cells: edges(area), panel: edges(whole) };
  });
  const lines = areas.slice(1).flatMap((area, at) => linesBetween(areas[at], area));
  const style = { stroke: colors.accent, "stroke-width": 2, fill: "none" };
  return lines.map(([start, end]) => shape("path", { d: `M${start.join(" ")}L${end.join(" ")}`, ...style }));
}

const measure = document.createElement("canvas").getContext("2d");

function textWidth(text, size, bold = false) {
  measure.font = `${bold ? "bold " : ""}${size}px ${FONT}`;
  return measure.measureText(text).width;
}

/** Text in lines of at most so many pixels, broken at blanks. */
function wrapped(text, size, width) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function asSvg(view) {
  return new XMLSerializer().serializeToString(picture(view));
}

/** The picture as a PNG, twice as fine. */
async function asPng(view) {
  const drawn = picture(view);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(drawn))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = PNG_SCALE * drawn.getAttribute("width");
  canvas.height = PNG_SCALE * drawn.getAttribute("height");
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** Copy what `made` will be, or save it as a file where copying is not allowed; what was done. */
async function copyOrSave(type, made, name) {
  try {
    await navigator.clipboard.write([new ClipboardItem({ [type]: made })]);
    return "copied";
  } catch {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await made);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    return `saved as ${name}`;
  }
}

function fileName(view, suffix) {
  const plain = DATA.name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
  return `${plain}-step-${view.state.step + 1}.${suffix}`;
}
