// The view of a state: draws the result, the channel, and the step or cell.

const DARK = matchMedia("(prefers-color-scheme: dark)");

function find(id) {
  return document.getElementById(id);
}

class View {
  constructor(state) {
    this.state = state;
    const panel = (id) => new Panel(id);
    this.panels = {
      input: new WalkedPanel("input"), output: new WalkedPanel("output"), made: panel("made"),
      windows: ["window", "window-2", "window-3"].map(panel), wholes: ["whole-input", "whole-output"].map(panel),
    };
    this.links = new Links(find("panels"));
    this.strip = new Strip(find("strip"), (at) => state.change({ variant: at }));
  }

  get variant() {
    return VARIANTS[this.state.variant];
  }

  get channel() {
    return this.variant.channels[this.state.channel];
  }

  /** The channels that the picture shows. */
  get parts() {
    return partsOf(this.variant, this.state.channel);
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
    const { channel, parts, variant, panels } = this;
    const { input, output } = panels;
    input.lay(channel.input, channel.rowAxis.first, channel.columnAxis.first);
    output.lay(channel.output, 0, 0);
    drawInput(input, parts, variant.padding, this.theme, this.colors);
    drawOutput(output, parts, this.theme, this.colors);
    this.layWindows();
    this.layWholes();
    this.strip.draw(this.state.variant, this.state.channel, this.theme);
    // The colours of an image in colour are its own.
    find("scale").hidden = DATA.colored;
    drawScale(find("scale"), channel.scale, this.theme, this.colors);
    this.tell();
    fit(this);
    this.mark();
  }

  /** Lay out the enlarged windows, and the square in the colour that comes of red, green, blue. */
  layWindows() {
    const { parts, panels } = this;
    panels.windows.forEach((panel, index) => {
      const known = parts[index]?.window;
      panel.figure.hidden = !known;
      if (known) panel.lay(known, 0, 0);
    });
    const [first] = panels.windows;
    panels.made.figure.hidden = parts.length === 1 || first.figure.hidden;
    if (!panels.made.figure.hidden) panels.made.lay({ title: "output", cell: first.cell, digits: 0, rows: 1, columns: 1 }, 0, 0);
  }

  /** Draw the whole input and output, if only a part of them is shown. */
  layWholes() {
    const [first] = this.parts;
    const axes = [first.rowAxis, first.columnAxis];
    const inputs = axes.map((axis) => ({ first: axis.inside, count: axis.countInside, size: axis.size }));
    const outputs = axes.map((axis) => ({ first: axis.firstWindow, count: axis.windows.length, size: axis.outputSize }));
    const [input, output] = this.panels.wholes;
    drawWhole(input, first.input.whole, inputs, this.theme, this.colors);
    drawWhole(output, first.output.whole, outputs, this.theme, this.colors);
  }

  /** Write the texts around the panels. */
  tell() {
    const { variant } = this;
    find("summary").textContent = variant.operation;
    drawKey(find("key"), keyItems(variant, this.channel, this.colors));
    reserve(find("arithmetic"), this.channel.steps.arithmetic.map((_, at) => arithmeticOf(this.parts, at)));
    const lines = [`output size: ${variant.formula}`, variant.remaining, ...variant.notes];
    const paragraph = (textContent) => Object.assign(document.createElement("p"), { textContent });
    find("notes").replaceChildren(...lines.map(paragraph));
  }

  /** The enlarged windows that are shown, and the colour that comes of them. */
  get enlarged() {
    return [...this.panels.windows, this.panels.made].filter((panel) => !panel.figure.hidden);
  }

  /** The whole maps that are shown. */
  get wholes() {
    return this.panels.wholes.filter((panel) => !panel.figure.hidden);
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
    const { panels, channel, parts, colors, variant } = this;
    const arithmetic = arithmeticOf(parts, step.at);
    markStep(panels, parts, step, variant.padding, this.theme, colors);
    this.outlined = outlinedAreas(panels, step);
    this.links.draw(this.outlined, colors);
    this.strip.mark(step.index, this.state.channel, this.theme, colors);
    this.write(arithmetic, placeOf(step));
    panels.output.say(step.row, step.column, parts.map((part) => look(part.output, step.at, this.theme).text).join(", "));
    this.say(`Step ${step.at + 1} of ${channel.count}. ${arithmetic}. ${placeOf(step)}.`);
  }

  showCell(place) {
    const { panels, channel, parts, colors, variant } = this;
    const readers = channel.readers(...place).map((at) => channel.step(at));
    markCell(panels, parts, place, readers, variant.padding, this.theme, colors, this.reached);
    this.outlined = [];
    this.links.clear();
    this.strip.clear();
    const words = cellWords(parts, place, readers, this.theme, variant.padding);
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
    slider.setAttribute("aria-valuetext", `step ${step.at + 1} of ${this.channel.count}: ${arithmeticOf(this.parts, step.at)}`);
    find("counter").textContent = `${step.at + 1} / ${this.channel.count}`;
  }

  say(words) {
    if (this.state.aloud) find("said").textContent = words;
  }
}

/** The areas to link, window and output cell; each is a panel and an area. */
function outlinedAreas({ input, output }, step) {
  return [[input, input.area(step.rows, step.columns)], [output, output.area([step.row], [step.column])]];
}

/** Draw the value scale, with a label for screen readers. */
function drawScale(figure, scale, theme, colors) {
  const items = scaleItems(scale, 0, SCALE.height, theme, colors);
  const width = items.at(-1).end;
  const drawn = shape(
    "svg", { viewBox: `0 0 ${width} ${2 * SCALE.height}`, width, height: 2 * SCALE.height, "aria-hidden": "true" },
    ...items.flatMap((item) => item.drawn),
  );
  const same = scale.low === scale.high;
  figure.setAttribute("aria-label", same ? `all values are ${scale.low}` : `value scale from ${scale.low} to ${scale.high}`);
  figure.replaceChildren(drawn);
}
