// The view of a state: draws the result, the channel, and the step or cell.

const DARK = matchMedia("(prefers-color-scheme: dark)");

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

  /** Draw everything that does not change from step to step. */
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
    fit(this.shown);
    this.mark();
  }

  /** Write the texts around the panels. */
  tell() {
    const { variant } = this;
    find("summary").textContent = variant.operation;
    drawKey(find("key"), keyItems(variant, this.channel, this.colors));
    reserve(find("arithmetic"), this.channel.steps.arithmetic);
    const lines = [`output size: ${variant.formula}`, variant.remaining, ...variant.notes];
    const paragraph = (textContent) => Object.assign(document.createElement("p"), { textContent });
    find("notes").replaceChildren(...lines.map(paragraph));
  }

  /** The visible panels, from left to right. */
  get shown() {
    return Object.values(this.panels).filter((panel) => !panel.figure.hidden);
  }

  /** The number of outputs that are not hidden. */
  get reached() {
    return this.state.filling ? this.state.step + 1 : this.channel.count;
  }

  /** Draw everything that changes from step to step. */
  mark() {
    const { state, channel, panels } = this;
    reach(panels.output, this.reached);
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
    markCell(panels, channel, place, readers, variant.padding, this.theme, colors, this.reached);
    this.outlined = [];
    this.links.clear();
    this.strip.clear();
    const words = cellWords(channel, place, readers, this.theme, variant.padding);
    this.write(words.value, words.read);
    panels.input.say(...place, `${words.value}, ${words.read}`);
    this.say(`${words.value}, ${words.read}`);
  }

  /** Write the large line and the line below it. */
  write(line, below) {
    find("arithmetic").textContent = line;
    find("place").textContent = below;
  }

  /** Update the slider and its counter. */
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

/** The areas to link: window, enlarged window, output cell; each is a panel and an area. */
function outlinedAreas({ input, zoomed, output }, channel, step) {
  const enlarged = channel.window ? [[zoomed, enlargedArea(zoomed, step)]] : [];
  const cell = output.area([step.row], [step.column]);
  return [[input, input.area(step.rows, step.columns)], ...enlarged, [output, cell]];
}

/** Draw the value scale, with a label for screen readers. */
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
