// The size of panels: side by side if there is room.

// Limits for panels side by side: the zoom, the least height of digits in pixels, and the most
// height as a fraction of the screen. If these cannot be met, panels stand below each other.
const ZOOM = { least: 0.38, most: 1.8, digits: 6.5, height: 0.58 };
// A frame in another page, e.g. in a notebook, does not grow with its content.
const FRAMED = window.parent !== window;
const BESIDE_PANELS = 420;

/** Make panels as large as a row allows; if they do not fit, put the input above the others. */
function fit(panels) {
  const tallest = Math.max(...panels.map((panel) => panel.height)) + 2 * EDGE;
  const high = FRAMED ? (innerHeight - BESIDE_PANELS) / tallest : Math.max(1, (ZOOM.height * innerHeight) / tallest);
  if (fitInRow(panels, high)) return;
  const [input, ...others] = panels;
  fitInRow([input], 1);
  if (!fitInRow(others, 1)) others.forEach((panel) => fitInRow([panel], 1));
}

/** Zoom panels to stand side by side, at most by `most`; return whether they are large enough. */
function fitInRow(panels, most) {
  const digits = Math.min(...panels.map((panel) => panel.digits || Infinity));
  const least = Math.max(ZOOM.least, ZOOM.digits / digits);
  const wide = sideBySide(panels);
  const zoom = Math.min(ZOOM.most, wide, Math.max(least, most));
  for (const { figure } of panels) figure.style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
  return wide >= least;
}

/** The zoom at which panels fill a row; panels narrower than their captions do not zoom. */
function sideBySide(panels) {
  const holder = find("panels");
  const gap = parseFloat(getComputedStyle(holder).columnGap) || 0;
  const narrowest = 6 * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [fixed, zoomed] = panels.reduce(
    ([sum, zoomed], panel) => (panel.width < narrowest ? [sum + narrowest, zoomed] : [sum, zoomed + panel.width + 2 * EDGE]),
    [gap * (panels.length - 1), 0],
  );
  return zoomed ? (holder.clientWidth - fixed) / zoomed : 1;
}
