// The state, and what moves it: steps, playing, the address.

class State {
  constructor() {
    Object.assign(this, {
      variant: 0, channel: DATA.channel, step: DATA.step, theme: DATA.theme,
      hovered: null, cell: null, filling: false, playing: false, printing: false,
    });
    this.listeners = [];
  }

  get known() {
    return VARIANTS[this.variant].channels[this.channel];
  }

  /** Take new values, bring the step into their range, and tell who listens. */
  change(values) {
    const index = this.known.step(this.step).index;
    const drawn = ["variant", "channel", "theme", "printing"].some((name) => name in values && values[name] !== this[name]);
    const another = "variant" in values && values.variant !== this.variant;
    Object.assign(this, values);
    if (another && !("step" in values)) this.step = this.nearest(index);
    if (drawn) Object.assign(this, { hovered: null, cell: null });
    this.step = Math.max(0, Math.min(this.step, this.known.count - 1));
    this.listeners.forEach((listener) => listener(drawn));
  }

  /** The step of the same output cell in another result, or of the nearest that it has. */
  nearest([row, column]) {
    const { rowAxis, columnAxis, known } = { known: this.known, ...this.known };
    const within = (at, axis) => Math.max(0, Math.min(at - axis.firstWindow, axis.windows.length - 1));
    return known.stepAt(within(row, rowAxis), within(column, columnAxis));
  }

  go(step) {
    this.change({ step, hovered: null, cell: null });
  }
}

class Player {
  constructor(state) {
    this.state = state;
    this.speed = 1;
  }

  toggle() {
    if (this.state.playing) this.pause();
    else this.play();
  }

  play() {
    const { state } = this;
    const ended = state.step >= state.known.count - 1;
    state.change({ playing: true, filling: true, hovered: null, cell: null, step: ended ? 0 : state.step });
    this.schedule();
  }

  pause() {
    clearTimeout(this.timer);
    this.state.change({ playing: false });
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.advance(), DATA.delay / this.speed);
  }

  advance() {
    const { state } = this;
    if (!state.playing) return;
    state.go(state.step + 1);
    if (state.step >= state.known.count - 1) this.pause();
    else this.schedule();
  }
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
