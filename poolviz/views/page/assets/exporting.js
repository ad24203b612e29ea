// Copies of the current step: as a picture and as a link.

const PNG_SCALE = 2;
const PICTURE = { margin: 24, gap: 56, header: 64, least: 640, title: 18, text: 14, arithmetic: 20, line: 26 };
const START = { "text-anchor": "start" };

/** A picture of a view: title, panels with links, arithmetic, step, formula, value scale. */
class Picture {
  constructor(view) {
    const { margin, gap, title, text, least } = PICTURE;
    this.view = view;
    this.heading = `${view.variant.operation} · ${DATA.name}`;
    const { input, output } = view.panels;
    this.rows = [[...view.wholes, input, output], view.enlarged].filter((row) => row.length);
    this.widthOf = (panel) => Math.max(panel.width, textWidth(panel.title, text, true));
    const natural = Math.max(...this.rows.map((row) => row.reduce((sum, panel) => sum + this.widthOf(panel) + gap, -gap)));
    this.width = Math.ceil(Math.max(least, natural + 2 * margin, textWidth(this.heading, title, true) + 2 * margin));
    this.parts = [];
    // What lies above the wedge, and the corner of each panel.
    this.above = [];
    this.corners = new Map();
    this.y = margin;
  }

  drawn() {
    const { colors } = this.view;
    this.write(this.heading, PICTURE.title, colors.ink, { "font-weight": "bold" });
    this.y = PICTURE.margin + PICTURE.header;
    this.rows.forEach((row) => this.place(row));
    this.link();
    this.parts.push(...this.above);
    this.tell();
    const [width, height] = [this.width, this.y + PICTURE.margin];
    const words = [shape("title"), shape("desc")];
    words[0].textContent = this.heading;
    words[1].textContent = `${find("arithmetic").textContent}. ${find("place").textContent}`;
    return shape(
      "svg", { xmlns: NAMESPACE, width, height, viewBox: `0 0 ${width} ${height}`, role: "img" },
      ...words, box(0, 0, width, height, { fill: colors.background }), ...this.parts,
    );
  }

  /** Place panels side by side, as they are on the page. */
  place(row) {
    const top = this.y;
    let left = PICTURE.margin;
    for (const panel of row) {
      const group = (layers) => shape("g", { transform: `translate(${left} ${top})` }, ...layers.map((layer) => layer.cloneNode(true)));
      const weight = { ...START, "font-weight": "bold" };
      this.parts.push(label(left, top - 16, panel.title.replace(", →", " →"), PICTURE.text, this.view.colors.ink, weight), group([panel.cells]));
      this.above.push(group([panel.texts, panel.marks, panel.frame]));
      this.corners.set(panel, [left, top]);
      left += this.widthOf(panel) + PICTURE.gap;
    }
    this.y += Math.max(...row.map((panel) => panel.height)) + PICTURE.margin + PICTURE.line;
  }

  link() {
    const edges = ([x, y], [left, top, width, height]) =>
      ({ left: x + left, top: y + top, right: x + left + width, bottom: y + top + height });
    const areas = this.view.outlined.map(([panel, area]) => {
      const corner = this.corners.get(panel);
      return { cells: edges(corner, area), panel: edges(corner, [0, 0, panel.width, panel.height]) };
    });
    this.parts.push(...linked(areas, this.view.colors));
  }

  tell() {
    const { colors, variant, state, channel, theme } = this.view;
    const { text, arithmetic, margin } = PICTURE;
    for (const line of find("arithmetic").textContent.split("\n")) this.write(line, arithmetic, colors.ink);
    const place = find("place").textContent;
    const { step } = state.shown;
    this.write(step === undefined ? place : `step ${step + 1} of ${channel.count} · ${place}`, text, colors.muted);
    for (const line of [`output size: ${variant.formula}`, variant.legend, ...variant.notes].filter(Boolean)) this.write(line, text, colors.muted);
    if (!DATA.colored) this.parts.push(...scaleItems(channel.scale, margin, this.y, theme, colors).flatMap((item) => item.drawn));
  }

  /** Write text in lines that fit, from the current height on. */
  write(words, size, color, attributes = {}) {
    for (const line of wrapText(words, size, this.width - 2 * PICTURE.margin)) {
      this.parts.push(label(PICTURE.margin, this.y, line, size, color, { ...START, ...attributes }));
      this.y += PICTURE.line;
    }
  }
}

/** Lines of text of at most `width` pixels, broken at spaces. */
function wrapText(text, size, width) {
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function asSvg(view) {
  return new XMLSerializer().serializeToString(new Picture(view).drawn());
}

/** The picture as a PNG, at twice the resolution. */
async function asPng(view) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asSvg(view))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [PNG_SCALE * image.width, PNG_SCALE * image.height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("the picture is too large"))), "image/png");
  });
}

/** Copy data by type, or save the first as a file if copying is not allowed; return a message. */
async function copyOrSave(dataByType, name) {
  try {
    await navigator.clipboard.write([new ClipboardItem(dataByType)]);
    return "copied";
  } catch {
    // If the data cannot be made, it cannot be saved either.
    return Promise.resolve(Object.values(dataByType)[0]).then((data) => save(data, name), (error) => `not copied: ${error.message}`);
  }
}

function save(data, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  return `saved as ${name}`;
}

function fileName(view, suffix) {
  const plain = DATA.name.replace(/[^\p{L}\p{N}._-]+/gu, "_");
  const { step, cell } = view.state.shown;
  return `${plain}-${cell ? `cell-${cell.join("-")}` : `step-${step + 1}`}.${suffix}`;
}
