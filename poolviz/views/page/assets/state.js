// What a page shows at the moment, and its address.

class State {
  constructor() {
    Object.assign(this, {
      variant: 0, channel: DATA.channel, step: DATA.step, theme: DATA.theme,
      filling: false, playing: false, printing: false,
      // The input cell that a reader keeps an eye on; what a pointer is over, for as long as it is.
      cell: null, glance: null,
      // Whether what changed is to be said by a screen reader.
      aloud: false,
    });
    this.listeners = [];
  }

  get known() {
    return VARIANTS[this.variant].channels[this.channel];
  }

  /** The step or the input cell that is looked at. */
  get shown() {
    return this.glance ?? (this.cell ? { cell: this.cell } : { step: this.step });
  }

  /** Take new values, bring the step into their range, and tell who listens. */
  change(values) {
    const { index } = this.known.step(this.step);
    const other = (name) => name in values && values[name] !== this[name];
    const redrawn = ["variant", "channel", "theme", "printing"].some(other);
    const elsewhere = other("variant") && !("step" in values);
    Object.assign(this, { aloud: false }, redrawn ? { cell: null, glance: null } : {}, values);
    if (elsewhere) this.step = this.nearest(index);
    this.step = Math.max(0, Math.min(this.step, this.known.count - 1));
    this.listeners.forEach((listener) => listener(redrawn));
  }

  /** The step of the same output cell in the result that is shown, or of the nearest it has. */
  nearest([row, column]) {
    const { known } = this;
    const within = (at, axis) => bounded(at - axis.firstWindow, axis.windows.length);
    return known.stepAt(within(row, known.rowAxis), within(column, known.columnAxis));
  }

  /** Go to a step as a reader asks: whatever plays stops. */
  go(step) {
    this.change({ step, playing: false, cell: null, glance: null, aloud: true });
  }

  /** Keep an eye on an input cell. */
  watch(cell) {
    this.change({ cell, playing: false, glance: null, aloud: true });
  }

  /** Look at what a pointer is over; null beside all cells. */
  glanceAt(glance) {
    const same = JSON.stringify(glance) === JSON.stringify(this.glance);
    if (!same && !(glance && this.playing)) this.change({ glance });
  }
}

function bounded(at, count) {
  return Math.max(0, Math.min(at, count - 1));
}

/** The state as the address has it: `#step=5&channel=R&mode=max`. */
function fragment(state) {
  const words = new URLSearchParams({ step: state.step + 1 });
  if (VARIANTS[0].channels.length > 1) words.set("channel", state.known.name);
  if (VARIANTS.length > 1) words.set(DATA.label, VARIANTS[state.variant].name);
  return `#${words}`;
}

/** What an address asks for, as far as there is such a thing. */
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
