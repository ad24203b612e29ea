// Controls: pointer, keyboard and address.

const state = new State();
const view = new View(state);
const player = new Player(state);

function choose(id, names, chosen, change) {
  const select = find(id);
  select.replaceChildren(...names.map((name, at) => new Option(name, at, false, at === chosen)));
  select.addEventListener("change", () => change(select.selectedIndex));
  find(`${id}-choice`).hidden = names.length < 2;
}

choose("variant", VARIANTS.map((each) => each.name), 0, (variant) => state.change({ variant }));
// An image in colour shows its channels together.
const CHANNELS = DATA.colored ? [] : VARIANTS[0].channels.map((each) => each.name);
choose("channel", CHANNELS, state.channel, (channel) => state.change({ channel }));
find("channel-label").textContent = DATA.ranked ? `channel (${DATA.ranked})` : "channel";
find("variant-label").textContent = DATA.label;

const buttons = {
  first: () => state.go(0),
  back: () => state.go(state.step - 1),
  play: () => player.toggle(),
  forward: () => state.go(state.step + 1),
};
for (const [id, act] of Object.entries(buttons)) {
  find(id).addEventListener("click", act);
}
find("step").addEventListener("input", (event) => {
  state.go(event.target.valueAsNumber - 1);
});
// Speeds are named by the time that a step takes: it depends on the number of steps.
const SPEEDS = [0.5, 1, 2, 4, 16];
const pace = (speed) => {
  const delay = Number((DATA.delay / speed).toPrecision(2));
  return delay < 100 ? `${delay} ms a step` : `${delay / 1000} s a step`;
};
find("speed").replaceChildren(...SPEEDS.map((speed) => new Option(pace(speed), speed, speed === 1, speed === 1)));
find("speed").addEventListener("change", (event) => {
  player.speed = Number(event.target.value);
  if (state.playing) player.schedule();
});
find("filling").addEventListener("change", (event) => state.change({ filling: event.target.checked }));
find("theme").addEventListener("change", (event) => state.change({ theme: event.target.value }));

// Pointer: hovering only shows a cell; a click goes to the step of an output or selects an input.
function follows(panel, glance, press) {
  const over = (event) => {
    const place = panel.under(event);
    state.glanceAt(place && glance(place));
  };
  const leave = () => state.glanceAt(null);
  panel.holder.addEventListener("pointermove", over);
  panel.holder.addEventListener("pointerleave", leave);
  panel.holder.addEventListener("pointercancel", leave);
  panel.holder.addEventListener("click", (event) => {
    const place = panel.under(event);
    if (place) press(place);
  });
}

// Beside the grids the key and the notes have room; below them they would push play out of sight.
const TALL = matchMedia("(min-height: 600px)");
const unfold = () => { find("more").open = WIDE.matches && TALL.matches; };
for (const screen of [WIDE, TALL]) screen.addEventListener("change", unfold);
addEventListener("beforeprint", () => { find("more").open = true; });
addEventListener("afterprint", unfold);
find("more").addEventListener("toggle", () => view.mark());
unfold();

const { input, output } = view.panels;
const stepAt = ([row, column]) => state.known.stepAt(row, column);
follows(output, (place) => ({ step: stepAt(place) }), (place) => state.go(stepAt(place)));
follows(input, (cell) => ({ cell }), (cell) => state.watch(cell));

// Keyboard: arrows move over the cells of the focused panel, otherwise from step to step.
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const WALKS = {
  output: ([down, right]) => {
    const { row, column } = state.known.step(state.step);
    const { rowAxis, columnAxis } = state.known;
    state.go(stepAt([bounded(row + down, rowAxis.windows.length), bounded(column + right, columnAxis.windows.length)]));
  },
  input: ([down, right]) => {
    const [row, column] = state.cell ?? startCell();
    const along = (at, axis) => bounded(at - axis.first, axis.count) + axis.first;
    state.watch([along(row + down, state.known.rowAxis), along(column + right, state.known.columnAxis)]);
  },
};

/** The first selected input cell: the winner, or the first cell of the window. */
function startCell() {
  const step = state.known.step(state.step);
  return step.winner ?? [step.rows[0], step.columns[0]];
}

const ANYWHERE = {
  " ": buttons.play,
  ArrowLeft: buttons.back,
  ArrowRight: buttons.forward,
  Home: buttons.first,
  End: () => state.go(state.known.count - 1),
  Escape: () => state.go(state.step),
};

/** The action of a key; null if the focused element handles the key itself. */
function actionOf({ key, repeat }, focused) {
  const walk = WALKS[focused.closest("figure")?.id];
  if (walk && key in ARROWS) return () => walk(ARROWS[key]);
  const own = focused.closest("select, input[type=checkbox]") || (focused.closest("button") && key === " ");
  // Holding space down would toggle play and pause.
  return own || (key === " " && repeat) ? null : ANYWHERE[key];
}

document.addEventListener("keydown", (event) => {
  const act = actionOf(event, document.activeElement ?? document.body);
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});
input.holder.addEventListener("focus", () => {
  if (input.holder.matches(":focus-visible") && !state.cell) state.watch(startCell());
});

// The address, the system's theme, paper.
const hasAddress = location.protocol !== "about:";

// Browsers refuse addresses that change too often, e.g. while a key is held down.
const ADDRESS_DELAY = 150;
let remembering = 0;

function remember() {
  clearTimeout(remembering);
  if (hasAddress && !state.playing) remembering = setTimeout(writeAddress, ADDRESS_DELAY);
}

function writeAddress() {
  if (location.hash !== fragment(state)) history.replaceState(null, "", fragment(state));
}

addEventListener("hashchange", () => {
  state.change({ playing: false, cell: null, glance: null, ...asked(location.hash) });
});
DARK.addEventListener("change", () => view.lay());
addEventListener("beforeprint", () => state.change({ printing: true }));
addEventListener("afterprint", () => state.change({ printing: false }));
function refit() {
  fit(view);
  view.mark();
}
addEventListener("resize", refit);

// Copies: the message is that of the last one.
let copies = 0;

async function copy(dataByType, suffix) {
  const number = (copies += 1);
  find("done").textContent = "";
  const message = await copyOrSave(dataByType, fileName(view, suffix));
  if (number === copies) find("done").textContent = message;
}

find("copy-svg").addEventListener("click", () => {
  const drawn = asSvg(view);
  // As text too, because text editors accept no picture.
  const types = ["image/svg+xml", "text/plain"];
  copy(Object.fromEntries(types.map((type) => [type, new Blob([drawn], { type })])), "svg");
});
find("copy-png").addEventListener("click", () => copy({ "image/png": asPng(view) }, "png"));
find("copy-link").hidden = !hasAddress;
find("copy-link").addEventListener("click", () => {
  const link = location.href.split("#")[0] + fragment(state);
  copy({ "text/plain": new Blob([link], { type: "text/plain" }) }, "txt");
});

function follow(redrawn) {
  // Animate only from step to step: marks that follow the pointer appear at once.
  document.body.classList.toggle("gliding", !redrawn && state.shown.step === state.step);
  if (redrawn) view.lay();
  else view.mark();
  find("variant").selectedIndex = state.variant;
  find("channel").selectedIndex = state.channel;
  find("theme").value = state.theme;
  find("filling").checked = state.filling;
  find("play").setAttribute("aria-label", state.playing ? "pause" : "play");
  document.body.classList.toggle("playing", state.playing);
  remember();
}

document.body.classList.toggle("colored", DATA.colored);
state.change(asked(location.hash));
state.listeners.push(follow);
follow(true);
// A frame may have no size yet when its page is first laid out.
new ResizeObserver(refit).observe(document.querySelector("header"));
