// The size of panels: all of them and the controls fit the screen.

// The most zoom, the least zoom, and the least side of a cell with digits in pixels.
const ZOOM = { most: 2.4, least: 0.2, cell: 13 };
// The most and the least zoom of enlarged windows, their least digits in pixels, and the parts of
// the height and, beside the output, of the width that they may take.
const WINDOWS = { most: 1, least: 0.05, digits: 7.5, height: 0.3, width: 0.66 };
// The most zoom of the whole map, and the part of the width that it may take.
const WHOLE = { most: 1.25, width: 0.2 };
const BELOW = 16;
// The style sheet puts the controls beside the grids on the same screens.
const WIDE = matchMedia("(min-width: 900px), (min-width: 640px) and (max-height: 640px)");
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
  const [all, height] = room();
  const narrow = !WIDE.matches;
  const gapOf = (id) => parseFloat(getComputedStyle(find(id)).columnGap) || 0;
  const width = all - (wholes.length ? fitWholes(wholes, all, height) + gapOf("panels") : 0);
  const caption = alignCaptions([input.caption, output.caption]) + 4;
  const sizes = { input, output, enlarged, width, height, caption, gap: gapOf("grids") };
  const [row, stacked] = [rowZoom(sizes), stackedZoom(sizes)];
  // A sequence is compared column by column, so its rows stand above each other.
  const below = (narrow || input.rows === 1) && stacked > row;
  find("grids").classList.toggle("stacked", below);
  fitWindows(enlarged, below && narrow ? width * WINDOWS.width : width, height, narrow && !below);
  const zoom = Math.min(ZOOM.most, Math.max(leastZoom([input, output], width), below ? stacked : row));
  for (const { figure } of [input, output]) setZoom(figure, zoom);
}

/** The zoom of input and output side by side, above the enlarged windows. */
function rowZoom({ input, output, enlarged, width, height, caption, gap }) {
  const free = width - gap;
  const both = free / total([input, output]);
  const wide = total([output]) * both < least(output) ? (free - least(output)) / total([input]) : both;
  const windows = fitWindows(enlarged, width, height, !WIDE.matches);
  return Math.min(wide, (height - caption - windows) / tallest([input, output]));
}

/** The zoom of the input above the output, which stands beside the enlarged windows if they fit. */
function stackedZoom({ input, output, enlarged, width, height, caption, gap }) {
  const windows = fitWindows(enlarged, width * WINDOWS.width, height);
  const taken = enlarged.length && !WIDE.matches ? Math.min(width * WINDOWS.width, total(enlarged) * zoomOf(enlarged[0])) + gap : 0;
  const free = height - 2 * caption - BELOW;
  return Math.min(
    width / total([input]), (width - taken) / Math.max(total([output]), 1),
    free / (tallest([input]) + tallest([output])), (free + caption - windows) / tallest([input]),
  );
}

/** Fit the whole maps into a column; return its width. */
function fitWholes(wholes, width, height) {
  const captions = wholes.reduce((sum, panel) => sum + panel.caption.offsetHeight + BELOW, 0);
  const tall = wholes.reduce((sum, panel) => sum + tallest([panel]), 0);
  const widest = Math.max(...wholes.map((panel) => total([panel])));
  const zoom = Math.min(WHOLE.most, (WHOLE.width * width) / widest, (height - captions) / tall);
  for (const { figure } of wholes) setZoom(figure, Math.max(ZOOM.least, zoom));
  return Math.ceil(find("whole").getBoundingClientRect().width);
}

/** Give captions the same height, so that the grids below them begin at the same; return it. */
function alignCaptions(captions) {
  for (const { style } of captions) style.minHeight = "";
  const height = Math.max(...captions.map((each) => each.offsetHeight));
  for (const { style } of captions) style.minHeight = `${height}px`;
  return height;
}

/** Fit the enlarged windows into a width, without digits or scrolling if they must; return their height. */
function fitWindows(enlarged, width, height, mayBePlain = false) {
  if (!enlarged.length) return 0;
  const [first] = enlarged;
  const gap = parseFloat(getComputedStyle(find("windows")).columnGap) || 0;
  const free = width - gap * (enlarged.length - 1);
  const taken = (zoom) => enlarged.reduce((sum, panel) => sum + Math.max(total([panel]) * zoom, least(panel)), 0);
  const legible = first.digits ? WINDOWS.digits / first.digits : ZOOM.least;
  let zoom = Math.min(WINDOWS.most, (WINDOWS.height * height) / tallest(enlarged));
  while (zoom > legible && taken(zoom) > free) zoom *= 0.97;
  zoom = Math.min(Math.max(zoom, legible), width / total([first]));
  // On a phone windows of many cells are shown side by side without digits, rather than cut.
  const plain = mayBePlain && taken(zoom) > free;
  while (plain && zoom > WINDOWS.least && taken(zoom) > free) zoom *= 0.97;
  find("windows").classList.toggle("plain", plain);
  for (const { figure } of enlarged) setZoom(figure, zoom);
  const scrolls = taken(zoom) > free;
  change(find("windows"), { tabindex: scrolls ? 0 : -1 });
  return find("windows").offsetHeight + BELOW;
}

function setZoom(figure, zoom) {
  figure.style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
}

function zoomOf({ figure }) {
  return Number(figure.style.getPropertyValue("--zoom"));
}

/** The least width of a panel, for its title. */
function least({ figure, caption }) {
  const unbroken = [caption, caption.firstChild].find((each) => getComputedStyle(each).whiteSpace === "nowrap");
  const words = unbroken === caption ? [...caption.children] : [unbroken].filter(Boolean);
  const width = words.reduce((sum, word) => sum + word.offsetWidth + EDGE, 0);
  return Math.max(parseFloat(getComputedStyle(figure).minWidth) || 0, width);
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
  const top = find("stage").getBoundingClientRect().top + scrollY;
  const strip = find("strip").hidden ? 0 : find("strip").offsetHeight + 1.5 * BELOW;
  const below = WIDE.matches ? strip : strip + find("dock").offsetHeight + find("more").querySelector("summary").offsetHeight + BELOW;
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
