// What a reader does, by pointer, keyboard and address.

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
choose("channel", VARIANTS[0].channels.map((each) => each.name), state.channel, (channel) => state.change({ channel }));
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
find("step").addEventListener("input", (event) => state.go(event.target.valueAsNumber - 1));
find("speed").addEventListener("change", (event) => {
  player.speed = Number(event.target.value);
  if (state.playing) player.schedule();
});
find("filling").addEventListener("change", (event) => state.change({ filling: event.target.checked }));
find("theme").addEventListener("change", (event) => state.change({ theme: event.target.value }));

// Pointer: to look at a cell changes no step, to press on an output goes to its step.
function watch(panel, lookAt, press) {
  const seen = (event) => {
    const place = panel.under(event);
    if (place) lookAt(place);
    else leave();
  };
  panel.holder.addEventListener("pointermove", seen);
  panel.holder.addEventListener("pointerdown", (event) => {
    const place = panel.under(event);
    if (place) press(place);
  });
  panel.holder.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") leave();
  });
}

function leave() {
  if (state.hovered !== null || state.cell) state.change({ hovered: null, cell: null });
}

function lookAtOutput([row, column]) {
  const hovered = state.known.stepAt(row, column);
  if (!state.playing && hovered !== state.hovered) state.change({ hovered, cell: null });
}

function lookAtInput(cell) {
  if (!state.playing && !samePlace(cell, state.cell)) state.change({ cell, hovered: null });
}

const { input, output } = view.panels;
watch(output, lookAtOutput, ([row, column]) => state.go(state.known.stepAt(row, column)));
watch(input, lookAtInput, (cell) => {
  player.pause();
  lookAtInput(cell);
});

// Keyboard: arrows walk over the cells of the panel that has the focus, else from step to step.
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
const WALKED = {
  output: ([down, right]) => {
    const { row, column } = state.known.step(state.step);
    const [rows, columns] = [state.known.rowAxis.windows.length, state.known.columnAxis.windows.length];
    state.go(state.known.stepAt(bounded(row + down, rows), bounded(column + right, columns)));
  },
  input: ([down, right]) => {
    const [row, column] = state.cell ?? startCell();
    const [rows, columns] = [state.known.rowAxis, state.known.columnAxis];
    const moved = [
      bounded(row + down - rows.first, rows.count) + rows.first,
      bounded(column + right - columns.first, columns.count) + columns.first,
    ];
    state.change({ cell: moved, hovered: null });
  },
};

function bounded(at, count) {
  return Math.max(0, Math.min(at, count - 1));
}

/** Where a walk over the input begins: at the winner, or the window's first cell. */
function startCell() {
  const step = state.known.step(state.step);
  return step.winner ?? [step.rows[0], step.columns[0]];
}

const ANYWHERE = {
  " ": () => player.toggle(),
  ArrowLeft: buttons.back,
  ArrowRight: buttons.forward,
  Home: buttons.first,
  End: () => state.go(state.known.count - 1),
  Escape: leave,
};

/** What a key does where the focus is; nothing where it has a meaning of its own. */
function deed(key, focused) {
  const walk = { input: WALKED.input, output: WALKED.output }[focused.closest("figure")?.id];
  if (walk && key in ARROWS) return () => walk(ARROWS[key]);
  const own = focused.closest("select, input[type=checkbox]") || (focused.closest("button") && key === " ");
  return own ? null : ANYWHERE[key];
}

document.addEventListener("keydown", (event) => {
  const act = deed(event.key, document.activeElement ?? document.body);
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (state.playing && event.key !== " ") player.pause();
  act();
});
input.holder.addEventListener("focus", () => {
  if (input.holder.matches(":focus-visible") && !state.cell) lookAtInput(startCell());
});
input.holder.addEventListener("blur", leave);

// The address, the system's theme, paper.
const hasAddress = location.protocol !== "about:";

// Browsers refuse addresses that change too often, as with a key that is held down.
const ADDRESS_DELAY = 150;
let remembering = 0;

function remember() {
  clearTimeout(remembering);
  if (hasAddress && !state.playing) remembering = setTimeout(writeAddress, ADDRESS_DELAY);
}

function writeAddress() {
  if (location.hash !== fragment(state)) history.replaceState(null, "", fragment(state));
}

addEventListener("hashchange", () => state.change(asked(location.hash)));
DARK.addEventListener("change", () => view.lay());
addEventListener("beforeprint", () => state.change({ printing: true }));
addEventListener("afterprint", () => state.change({ printing: false }));
addEventListener("resize", () => {
  view.fit();
  view.mark();
});

// Copies.
async function tellCopy(made) {
  find("done").textContent = "";
  find("done").textContent = await made;
}
find("copy-svg").addEventListener("click", () => {
  const made = new Blob([asSvg(view)], { type: "image/svg+xml" });
  tellCopy(copyOrSave("image/svg+xml", made, fileName(view, "svg")));
});
find("copy-png").addEventListener("click", () => tellCopy(copyOrSave("image/png", asPng(view), fileName(view, "png"))));
find("copy-link").hidden = !hasAddress;
find("copy-link").addEventListener("click", () => {
  const link = location.href.split("#")[0] + fragment(state);
  tellCopy(copyOrSave("text/plain", new Blob([link], { type: "text/plain" }), fileName(view, "txt")));
});

function follow(drawn) {
  // Only from step to step: what follows a pointer is to be there at once.
  const glides = !drawn && state.hovered === null && !state.cell;
  document.body.classList.toggle("gliding", glides);
  if (drawn) view.lay();
  else view.mark();
  find("variant").selectedIndex = state.variant;
  find("channel").selectedIndex = state.channel;
  find("theme").value = state.theme;
  find("filling").checked = state.filling;
  find("play").setAttribute("aria-label", state.playing ? "pause" : "play");
  document.body.classList.toggle("playing", state.playing);
  remember();
}

state.change(asked(location.hash));
state.listeners.push(follow);
follow(true);
