// The whole picture of a state: which result, channel and step, and what a reader looks at.

const DARK = matchMedia("(prefers-color-scheme: dark)");
// Panels stand side by side at these sizes; where that is too small, one below the other.
const ZOOM = { least: 0.62, most: 1.8 };

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
    find("formula").textContent = `output size: ${variant.formula} · ${variant.remaining}`;
    find("notes").replaceChildren(...variant.notes.map((note) => Object.assign(document.createElement("p"), { textContent: note })));
  }

  /** Let the panels be as large as they may be side by side. */
  fit() {
    const shown = Object.values(this.panels).filter((panel) => !panel.figure.hidden);
    const natural = shown.reduce((sum, panel) => sum + panel.width + 2 * EDGE, 0);
    const gap = parseFloat(getComputedStyle(find("panels")).columnGap) || 0;
    const room = find("panels").clientWidth - gap * (shown.length - 1);
    const tallest = Math.max(...shown.map((panel) => panel.height)) + 2 * EDGE;
    const [wide, high] = [room / natural, Math.max(1, (0.6 * innerHeight) / tallest)];
    const zoom = wide < ZOOM.least ? 1 : Math.min(ZOOM.most, wide, high);
    find("panels").style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
  }

  /** Draw what changes from step to step. */
  mark() {
    const { state, channel, panels } = this;
    reach(panels.output, state.filling ? state.step + 1 : channel.count);
    if (state.cell) this.markCell(state.cell);
    else this.markStep(channel.step(state.hovered ?? state.step));
  }

  markStep(step) {
    const { panels, channel, colors, variant } = this;
    markStep(panels, channel, step, variant.padding, this.theme, colors);
    this.outlined = outlinedAreas(panels, channel, step);
    this.links.draw(this.outlined, colors);
    this.strip.mark(step.index, this.state.channel, this.theme, colors);
    find("arithmetic").textContent = step.arithmetic;
    find("place").textContent = placeOf(step);
    panels.output.say(step.row, step.column, look(channel.output, step.at, this.theme).text);
    if (this.state.hovered === null) this.count(step);
    this.say(`Step ${step.at + 1} of ${channel.count}. ${placeOf(step)}. ${step.arithmetic}${winnerOf(step)}`);
  }

  /** What the slider and its counter show. */
  count(step) {
    const slider = find("step");
    slider.max = this.channel.count;
    slider.value = step.at + 1;
    slider.setAttribute("aria-valuetext", `step ${step.at + 1} of ${this.channel.count}: ${step.arithmetic}`);
    find("counter").textContent = `${step.at + 1} / ${this.channel.count}`;
  }

  markCell(place) {
    const { panels, channel, colors } = this;
    const readers = channel.readers(...place).map((at) => channel.step(at));
    markCell(panels, channel, place, readers, this.theme, colors);
    panels.zoomed.clear();
    this.outlined = [];
    this.links.clear();
    this.strip.clear();
    const words = cellWords(channel, place, readers, this.theme, this.variant.padding);
    find("arithmetic").textContent = words.value;
    find("place").textContent = words.read;
    panels.input.say(...place, `${words.value}, ${words.read}`);
    this.say(`${words.value}, ${words.read}`);
  }

  say(words) {
    if (!this.state.playing) find("said").textContent = words;
  }
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
  return first < 0 ? `${minus(first)} to ${minus(last)}` : `${first}–${last}`;
}

function minus(number) {
  return `${number}`.replaceAll("-", "−");
}

function placeOf(step) {
  const words = (name, cells) => `${name}${cells.length > 1 ? "s" : ""} ${span(cells)}`;
  return `output (${step.index.join(", ")}) reads ${words("row", step.rows)}, ${words("column", step.columns)}`;
}

function winnerOf(step) {
  if (!step.winner) return "";
  const ties = step.ties.length ? `, tied with ${step.ties.map((tie) => `(${tie.join(", ")})`).join(", ")}` : "";
  return `. The winner is at (${step.winner.join(", ")})${ties}.`;
}

const MOST_NAMED = 6;

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
  const listed = (items) => (items.length > MOST_NAMED ? `${items.slice(0, MOST_NAMED).join(", ")}, …` : items.join(", "));
  const won = readers.filter((step) => samePlace(place, step.winner)).map((step) => `(${step.index.join(", ")})`);
  if (readers.some((step) => step.winner)) return won.length ? `, wins ${won.length}: ${listed(won)}` : ", wins none";
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
