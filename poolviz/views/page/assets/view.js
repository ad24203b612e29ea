// The whole picture of a state: which result, channel and step, and what a reader looks at.

const DARK = matchMedia("(prefers-color-scheme: dark)");
// Panels stand side by side at these sizes, digits at least so many pixels high, and all no
// higher than a part of the screen; where there is no room for that, one below the other.
const ZOOM = { least: 0.38, most: 1.8, digits: 6.5, height: 0.58 };
// A frame of another page, as in a notebook, does not grow with what is in it.
const FRAMED = window.parent !== window;
const BESIDE_PANELS = 420;

function find(id) {
  return document.getElementById(id);
}

class View {
  constructor(state) {
    this.state = state;
    this.panels = { input: new WalkedPanel("input"), zoomed: new Panel("window"), output: new WalkedPanel("output") };
    this.links = new Links(find("panels"));
    this.strip = new Strip(find("strip"), (at) => state.change({ variant: at }));
  }

  get variant() {
    return VARIANTS[this.state.variant];
  }

  get channel() {
    return this.variant.channels[this.state.channel];
  }

  get theme() {
    const { theme, printing } = this.state;
    if (printing) return "light";
    return theme === "auto" ? (DARK.matches ? "dark" : "light") : theme;
  }

  /** Draw all that stands still. */
  lay() {
    document.documentElement.dataset.theme = this.theme;
    this.colors = palette();
    const { channel, variant, panels } = this;
    const { input, zoomed, output } = panels;
    input.lay(channel.input, channel.rowAxis.first, channel.columnAxis.first);
    output.lay(channel.output, 0, 0);
    zoomed.figure.hidden = !channel.window;
    if (channel.window) zoomed.lay(channel.window, 0, 0);
    drawInput(input, channel, variant.padding, this.theme, this.colors);
    drawOutput(output, channel, this.theme, this.colors);
    this.strip.draw(this.state.variant, this.state.channel, this.theme);
    drawScale(find("scale"), channel.scale, this.theme, this.colors);
    this.tell();
    this.fit();
    this.mark();
  }

  /** The words around the panels. */
  tell() {
    const { variant } = this;
    find("summary").textContent = variant.summary;
    const lines = [`output size: ${variant.formula}`, variant.remaining, ...variant.notes];
    const paragraph = (textContent) => Object.assign(document.createElement("p"), { textContent });
    find("notes").replaceChildren(...lines.map(paragraph));
  }

  /** Let the panels be as large as they may be side by side; else the input above the others. */
  fit() {
    const shown = Object.values(this.panels).filter((panel) => !panel.figure.hidden);
    const tallest = Math.max(...shown.map((panel) => panel.height)) + 2 * EDGE;
    const high = FRAMED ? (innerHeight - BESIDE_PANELS) / tallest : Math.max(1, (ZOOM.height * innerHeight) / tallest);
    const [input, ...others] = shown;
    if (!fitInRow(shown, high)) {
      fitInRow([input], 1);
      if (!fitInRow(others, 1)) others.forEach((panel) => fitInRow([panel], 1));
    }
  }

  /** Draw what changes from step to step. */
  mark() {
    const { state, channel, panels } = this;
    reach(panels.output, state.filling ? state.step + 1 : channel.count);
    this.count(channel.step(state.step));
    if ("cell" in state.shown) this.showCell(state.shown.cell);
    else this.showStep(channel.step(state.shown.step));
  }

  showStep(step) {
    const { panels, channel, colors, variant } = this;
    markStep(panels, channel, step, variant.padding, this.theme, colors);
    this.outlined = outlinedAreas(panels, channel, step);
    this.links.draw(this.outlined, colors);
    this.strip.mark(step.index, this.state.channel, this.theme, colors);
    this.write(step.arithmetic, placeOf(step));
    panels.output.say(step.row, step.column, look(channel.output, step.at, this.theme).text);
    this.say(`Step ${step.at + 1} of ${channel.count}. ${step.arithmetic}. ${placeOf(step)}.`);
  }

  showCell(place) {
    const { panels, channel, colors, variant } = this;
    const readers = channel.readers(...place).map((at) => channel.step(at));
    markCell(panels, channel, place, readers, variant.padding, this.theme, colors);
    this.outlined = [];
    this.links.clear();
    this.strip.clear();
    const words = cellWords(channel, place, readers, this.theme, variant.padding);
    this.write(words.value, words.read);
    panels.input.say(...place, `${words.value}, ${words.read}`);
    this.say(`${words.value}, ${words.read}`);
  }

  /** The large line and the one below it. */
  write(line, below) {
    find("arithmetic").textContent = line;
    find("place").textContent = below;
  }

  /** What the slider and its counter show. */
  count(step) {
    const slider = find("step");
    slider.max = this.channel.count;
    slider.value = step.at + 1;
    slider.setAttribute("aria-valuetext", `step ${step.at + 1} of ${this.channel.count}: ${step.arithmetic}`);
    find("counter").textContent = `${step.at + 1} / ${this.channel.count}`;
  }

  say(words) {
    if (this.state.aloud) find("said").textContent = words;
  }
}

/** Zoom panels to stand side by side, no more than `most`; whether they are large enough so. */
function fitInRow(panels, most) {
  const digits = Math.min(...panels.map((panel) => panel.digits || Infinity));
  const least = Math.max(ZOOM.least, ZOOM.digits / digits);
  const wide = sideBySide(panels);
  const zoom = Math.min(ZOOM.most, wide, Math.max(least, most));
  for (const { figure } of panels) figure.style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
  return wide >= least;
}

/** The zoom at which panels stand side by side: all their widths, but for those of captions. */
function sideBySide(panels) {
  const holder = find("panels");
  const gap = parseFloat(getComputedStyle(holder).columnGap) || 0;
  const narrowest = 6 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [fixed, zoomed] = panels.reduce(
    ([sum, zoomed], panel) => (panel.width < narrowest ? [sum + narrowest, zoomed] : [sum, zoomed + panel.width + 2 * EDGE]),
    [gap * (panels.length - 1), 0],
  );
  return zoomed ? (holder.clientWidth - fixed) / zoomed : 1;
}

/** What is linked: the window, the same enlarged, its output cell; each a panel and an area. */
function outlinedAreas({ input, zoomed, output }, channel, step) {
  const enlarged = channel.window ? [[zoomed, [0, 0, zoomed.width, zoomed.height]]] : [];
  const cell = output.area([step.row], [step.column]);
  return [[input, input.area(step.rows, step.columns)], ...enlarged, [output, cell]];
}

/** From the first to the last of coordinates; a dash would read as a sign beside negative ones. */
function span(coordinates) {
  const [first, last] = [coordinates[0], coordinates.at(-1)];
  if (first === last) return minus(first);
  const gaps = last - first >= coordinates.length;
  if (gaps) return minus(coordinates.join(" + "));
  return first < 0 ? `${minus(first)} to ${minus(last)}` : `${first}–${last}`;
}

function minus(number) {
  return `${number}`.replaceAll("-", "−");
}

function placeOf(step) {
  const words = (name, cells) => `${name}${cells.length > 1 ? "s" : ""} ${span(cells)}`;
  return `output (${step.index.join(", ")}) reads ${words("row", step.rows)}, ${words("column", step.columns)}${winnerOf(step)}`;
}

function winnerOf(step) {
  if (!step.winner) return "";
  const ties = step.ties.map((tie) => `(${tie.join(", ")})`);
  return `; (${step.winner.join(", ")}) wins${ties.length ? `, tied with ${listed(ties)}` : ""}`;
}

const MOST_NAMED = 6;

function listed(items) {
  return items.length > MOST_NAMED ? `${items.slice(0, MOST_NAMED).join(", ")}, …` : items.join(", ");
}

/** An input cell in words: its value, who reads it, what it wins or which share it has. */
function cellWords(channel, place, readers, theme, padding) {
  const kind = channel.kind(...place);
  const cell = channel.cell(...place);
  const names = { [KIND.padding]: padding ? `padding, as ${padding}` : "padding, left out", [KIND.overhang]: "overhang, never counted" };
  const value = cell === null ? `(${minus(place.join(", "))}): ${names[kind]}` : `(${place.join(", ")}) = ${look(channel.input, cell, theme).text}`;
  const count = `${readers.length} window${readers.length === 1 ? "" : "s"}`;
  return { value: `input ${value}`, read: readers.length ? `read by ${count}${gains(place, readers)}` : "read by no window" };
}

function gains(place, readers) {
  const named = (steps) => listed(steps.map((step) => `(${step.index.join(", ")})`));
  const won = readers.filter((step) => samePlace(place, step.winner));
  const tied = readers.filter((step) => step.ties.some((tie) => samePlace(place, tie)));
  if (readers.some((step) => step.winner)) {
    const ties = tied.length ? `, ties in ${tied.length}: ${named(tied)}` : "";
    return `${won.length ? `, wins ${won.length}: ${named(won)}` : ", wins none"}${ties}`;
  }
  const shares = readers.flatMap((step) => step.shares?.[numberIn(step, place)] ?? []);
  return shares.length ? `, its share: ${minus(listed([...new Set(shares)]))}` : "";
}

function numberIn(step, [row, column]) {
  return step.rows.indexOf(row) * step.columns.length + step.columns.indexOf(column);
}

/** The scale of the values as a picture with its words. */
function drawScale(figure, scale, theme, colors) {
  const items = scaleItems(scale, 0, SCALE.height, theme, colors);
  const width = items.at(-1).end;
  const drawn = shape(
    "svg", { viewBox: `0 0 ${width} ${2 * SCALE.height}`, width, height: 2 * SCALE.height, "aria-hidden": "true" },
    ...items.flatMap((item) => item.drawn),
  );
  figure.setAttribute("aria-label", `value scale from ${scale.low} to ${scale.high}`);
  figure.replaceChildren(drawn);
}
