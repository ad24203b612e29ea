// The size of panels: all of them and the controls fit the screen.

// The most zoom, the least zoom, and the least side of a cell with digits in pixels.
const ZOOM = { most: 2.4, least: 0.2, cell: 13 };
const BELOW = 16;
// The arithmetic takes at most this part of the screen's height before it scrolls.
const MOST_WORDS = 0.3;

/** Make panels as large as the screen allows: in a row, or with the input above the others. */
function fit(panels) {
  document.documentElement.style.setProperty("--above", `${find("work").getBoundingClientRect().top + scrollY + BELOW}px`);
  const [width, height] = room();
  const caption = panels[0].caption.offsetHeight + 4;
  const [input, ...others] = panels;
  const gap = parseFloat(getComputedStyle(find("panels")).columnGap) || 0;
  const inRow = (some) => Math.min((width - gap * (some.length - 1)) / total(some), (height - caption) / tallest(some));
  const row = inRow(panels);
  const stacked = Math.min(
    width / total([input]), (width - gap * (others.length - 1)) / total(others),
    (height - 2 * caption - BELOW) / (tallest([input]) + tallest(others)),
  );
  // A sequence is compared column by column, so its rows stand above each other.
  const below = (innerWidth < 900 || input.rows === 1) && stacked > row;
  const zoom = Math.min(ZOOM.most, Math.max(leastZoom(panels), below ? stacked : row));
  find("panels").classList.toggle("stacked", below);
  for (const { figure } of panels) figure.style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
}

/** Zoom at which digits can still be read, unless the panels are wider than the screen. */
function leastZoom(panels) {
  const wide = room()[0] / Math.max(...panels.map((panel) => total([panel])));
  const cells = panels.filter((panel) => panel.digits).map((panel) => panel.cell);
  return Math.min(wide, cells.length ? ZOOM.cell / Math.min(...cells) : ZOOM.least);
}

function total(panels) {
  return panels.reduce((sum, panel) => sum + panel.width + 2 * EDGE, 0);
}

function tallest(panels) {
  return Math.max(...panels.map((panel) => panel.height)) + 2 * EDGE;
}

/** The width and height that the panels can take. */
function room() {
  const wide = matchMedia("(min-width: 900px)").matches;
  const top = find("stage").getBoundingClientRect().top + scrollY;
  const strip = find("strip").hidden ? 0 : find("strip").offsetHeight + BELOW;
  const below = wide ? strip : strip + find("dock").offsetHeight + find("more").querySelector("summary").offsetHeight + BELOW;
  return [find("stage").clientWidth, innerHeight - top - below - BELOW];
}

/** Keep room for the longest of some texts, so that the buttons below stay where they are. */
function reserve(element, texts) {
  const longest = texts.reduce((most, each) => (each.length > most.length ? each : most), "");
  const before = element.textContent;
  element.style.minHeight = "";
  element.textContent = longest;
  element.style.minHeight = `${Math.min(element.offsetHeight, MOST_WORDS * innerHeight)}px`;
  element.textContent = before;
}
