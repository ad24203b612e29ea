// Plays: moves from step to step.

class Player {
  constructor(state) {
    this.state = state;
    this.speed = 1;
  }

  toggle() {
    if (this.state.playing) this.state.change({ playing: false });
    else this.play();
  }

  play() {
    const { state } = this;
    // The page opens at an example; from there the whole is played, not the rest.
    const first = state.opening || state.step >= state.known.count - 1;
    state.change({ playing: true, filling: true, cell: null, glance: null, step: first ? 0 : state.step });
    this.schedule();
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.advance(), DATA.delay / this.speed);
  }

  advance() {
    const { state } = this;
    if (!state.playing) return;
    const step = state.step + 1;
    state.change({ step, playing: step < state.known.count - 1 });
    if (state.playing) this.schedule();
  }
}
