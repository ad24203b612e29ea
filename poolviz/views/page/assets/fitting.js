// How large panels are: side by side if they may be.

// Panels stand side by side at these sizes, digits at least so many pixels high, and all no
// higher than a part of the screen; where there is no room for that, one below the other.
const ZOOM = { least: 0.38, most: 1.8, digits: 6.5, height: 0.58 };
// A frame of another page, as in a notebook, does not grow with what is in it.
const FRAMED = window.parent !== window;
const BESIDE_PANELS = 420;

/** Let panels be as large as they may be in a row; else the input above the others. */
function fit(panels) {
  const tallest = Math.max(...panels.map((panel) => panel.height)) + 2 * EDGE;
  const high = FRAMED ? (innerHeight - BESIDE_PANELS) / tallest : Math.max(1, (ZOOM.height * innerHeight) / tallest);
  if (fitInRow(panels, high)) return;
  const [input, ...others] = panels;
  fitInRow([input], 1);
  if (!fitInRow(others, 1)) others.forEach((panel) => fitInRow([panel], 1));
}

/** Zoom panels to stand side by side, no more than `most`; whether they are large enough so. */
function fitInRow(panels, most) {
  const digits = Math.min(...panels.map((panel) => panel.digits || Infinity));
  const least = Math.max(ZOOM.least, ZOOM.digits / digits);
  const wide = sideBySide(panels);
  const zoom = Math.min(ZOOM.most, wide, Math.max(least, most));
  for (const { figure } of panels) figure.style.setProperty("--zoom", Math.floor(1000 * zoom) / 1000);
  return wide >= least;
}

/** The zoom at which panels stand side by side: all their widths, but for those of captions. */
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
