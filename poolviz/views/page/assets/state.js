// What the page shows, and its address.

class State {
  constructor() {
    Object.assign(this, {
      variant: 0, channel: DATA.channel, step: DATA.step, theme: DATA.theme,
      filling: false, playing: false, printing: false,
      // Whether the page still shows the step at which it opened.
      opening: true,
      // The input cell that the reader has selected, and whatever the pointer is over.
      cell: null, glance: null,
      // Whether a screen reader announces the change.
      aloud: false,
    });
    this.listeners = [];
  }

  get known() {
    return VARIANTS[this.variant].channels[this.channel];
  }

  /** The step or the input cell to show. */
  get shown() {
    return this.glance ?? (this.cell ? { cell: this.cell } : { step: this.step });
  }

  /** Take new values, keep the step within range, and call the listeners. */
  change(values) {
    const { index } = this.known.step(this.step);
    const other = (name) => name in values && values[name] !== this[name];
    const redrawn = ["variant", "channel", "theme", "printing"].some(other);
    const elsewhere = other("variant") && !("step" in values);
    if ("step" in values) this.opening = false;
    Object.assign(this, { aloud: false }, redrawn ? { cell: null, glance: null } : {}, values);
    if (elsewhere) this.step = this.nearest(index);
    this.step = Math.max(0, Math.min(this.step, this.known.count - 1));
    this.listeners.forEach((listener) => listener(redrawn));
  }

  /** The step of the same output cell in the shown result, or of the nearest one. */
  nearest([row, column]) {
    const { known } = this;
    const within = (at, axis) => bounded(at - axis.firstWindow, axis.windows.length);
    return known.stepAt(within(row, known.rowAxis), within(column, known.columnAxis));
  }

  /** Go to a step that the reader has chosen, and stop playing. */
  go(step) {
    this.change({ step, playing: false, cell: null, glance: null, aloud: true });
  }

  /** Select an input cell. */
  watch(cell) {
    this.change({ cell, playing: false, glance: null, aloud: true });
  }

  /** Show what the pointer is over; null outside the cells. */
  glanceAt(glance) {
    const same = JSON.stringify(glance) === JSON.stringify(this.glance);
    if (!same && !(glance && this.playing)) this.change({ glance });
  }
}

function bounded(at, count) {
  return Math.max(0, Math.min(at, count - 1));
}

/** The state as part of the address: `#step=5&channel=R&mode=max`. */
function fragment(state) {
  const words = new URLSearchParams({ step: state.step + 1 });
  if (VARIANTS[0].channels.length > 1 && !DATA.colored) words.set("channel", state.known.name);
  if (VARIANTS.length > 1) words.set(DATA.label, VARIANTS[state.variant].name);
  return `#${words}`;
}

/** The state in an address, as far as the page has it. */
function asked(address) {
  const words = new URLSearchParams(address.slice(1));
  const found = {};
  const among = (names, name) => (names.includes(words.get(name)) ? names.indexOf(words.get(name)) : null);
  const variant = among(VARIANTS.map((each) => each.name), DATA.label);
  const channel = among(VARIANTS[0].channels.map((each) => each.name), "channel");
  const step = Number.parseInt(words.get("step"), 10);
  if (variant !== null) found.variant = variant;
  if (channel !== null) found.channel = channel;
  if (step >= 1) found.step = step - 1;
  return found;
}
