// The size of panels: all of them and the controls fit the screen.

// The most zoom, the least zoom, and the least side of a cell with digits in pixels.
const ZOOM = { most: 2.4, least: 0.2, cell: 13 };
// The most zoom of enlarged windows, their least digits in pixels, and the parts of the height
// and, beside the output, of the width that they may take.
const WINDOWS = { most: 1, digits: 9, height: 0.3, width: 0.66 };
// The most zoom of the whole map, and the part of the width that it may take.
const WHOLE = { most: 1.25, width: 0.2 };
// A panel that shows a part of a map is at least so wide, for its title.
const TITLED = 136;
const BELOW = 16;
// The arithmetic takes at most this part of the screen's height before it scrolls.
const MOST_WORDS = 0.3;

/** Make panels as large as the screen allows: in a row, or with the input above the others. */
function fit(view) {
  document.documentElement.style.setProperty("--above", `${find("work").getBoundingClientRect().top + scrollY + BELOW}px`);
  find("whole").hidden = !view.wholes.length;
  find("windows").hidden = !view.enlarged.length;
  // The titles' lines depend on the size.
  for (let pass = 0; pass < 2; pass += 1) fitOnce(view);
}

function fitOnce({ panels: { input, output }, wholes, enlarged }) {
  const [width, height] = room();
  const gap = parseFloat(getComputedStyle(find("panels")).columnGap) || 0;
  const beside = wholes.length ? fitWholes(wholes, width, height) + gap : 0;
  const caption = Math.max(input.caption.offsetHeight, output.caption.offsetHeight) + 4;
  const stacked = stackedZoom(input, output, enlarged, { width, height, gap, beside, caption });
  const row = rowZoom(input, output, enlarged, { width, height, gap, beside, caption });
  // A sequence is compared column by column, so its rows stand above each other.
  const below = (innerWidth < 900 || input.rows === 1) && stacked > row;
  find("panels").classList.toggle("stacked", below);
  const windowsHeight = fitWindows(enlarged, below && innerWidth < 900 ? width * WINDOWS.width : width, height);
  const zoom = below ? stacked : Math.min(row, (height - caption - windowsHeight) / tallest([input, output]));
  const least = leastZoom([input, output], width - beside);
  for (const { figure } of [input, output]) setZoom(figure, Math.min(ZOOM.most, Math.max(least, zoom)));
}

/** The zoom of input and output side by side. */
function rowZoom(input, output, enlarged, { width, height, gap, beside, caption }) {
  const free = width - beside - gap;
  const both = free / total([input, output]);
  const wide = total([output]) * both < least(output) ? (free - least(output)) / total([input]) : both;
  const windowsHeight = fitWindows(enlarged, width, height);
  return Math.min(wide, (height - caption - windowsHeight) / tallest([input, output]));
}

/** The zoom of the input above the output, which stands beside the enlarged windows. */
function stackedZoom(input, output, enlarged, { width, height, gap, beside, caption }) {
  const windowsHeight = fitWindows(enlarged, width * WINDOWS.width, height);
  const taken = enlarged.length && innerWidth < 900 ? find("windows").offsetWidth + gap : 0;
  const free = height - 2 * caption - BELOW;
  return Math.min(
    (width - beside) / total([input]), (width - (taken < width ? taken : 0)) / total([output]),
    free / (tallest([input]) + tallest([output])), (free + caption - windowsHeight) / tallest([input]),
  );
}

/** Fit the whole maps into a column; return its width. */
function fitWholes(wholes, width, height) {
  const captions = wholes.reduce((sum, panel) => sum + panel.caption.offsetHeight + BELOW, 0);
  const tall = wholes.reduce((sum, panel) => sum + tallest([panel]), 0);
  const widest = Math.max(...wholes.map((panel) => total([panel])));
  const zoom = Math.min(WHOLE.most, (WHOLE.width * width) / widest, (height - captions) / tall);
  for (const { figure } of wholes) setZoom(figure, Math.max(ZOOM.least, zoom));
  return find("whole").offsetWidth;
}

/** Fit the enlarged windows into a width; return the height that they take. */
function fitWindows(enlarged, width, height) {
  if (!enlarged.length) return 0;
  const [first] = enlarged;
  const gap = parseFloat(getComputedStyle(find("windows")).columnGap) || 0;
  const ideal = Math.min((width - gap * (enlarged.length - 1)) / total(enlarged), (WINDOWS.height * height) / tallest(enlarged));
  const legible = first.digits ? WINDOWS.digits / first.digits : 0;
  const zoom = Math.min(WINDOWS.most, Math.max(legible, ideal), width / total([first]));
  for (const { figure } of enlarged) setZoom(figure, zoom);
  return find("windows").offsetHeight + BELOW;
}

function setZoom(figure, zoom) {
  figure.style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
}

/** The least width of a panel: that of the title of a part. */
function least(panel) {
  return panel.figure.classList.contains("part") ? TITLED : 0;
}

/** Zoom at which digits can still be read, unless the panels are wider than the room. */
function leastZoom(panels, width) {
  const wide = width / Math.max(...panels.map((panel) => total([panel])));
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
