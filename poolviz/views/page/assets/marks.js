// The marks of one step: window, winner or shares, output cell.

const SMALLEST_RING = 9;

/** Mark a step on the panels: its window, its winner or shares, and its output cell. */
function markStep(panels, parts, step, padding, theme, colors) {
  const { input, output } = panels;
  input.outlineCells(input.area(step.rows, step.columns), colors);
  const skipped = skippedCells(input, step, colors);
  const shares = parts.flatMap((part) => sharesOnInput(input, part, part.step(step.at), theme, colors));
  input.marks.replaceChildren(...skipped, ...shares);
  markWindows(panels, parts, step.at, padding, theme, colors);
  output.outlineCells(output.area([step.row], [step.column]), colors);
  output.marks.replaceChildren(...outputCell(output, parts, step.at, theme));
}

/** Draw the window of a step enlarged, for each channel, and the colour that comes of them. */
function markWindows({ windows, made }, parts, at, padding, theme, colors) {
  if (!parts[0].window) return;
  parts.forEach((part, index) => {
    const [panel, step] = [windows[index], part.step(at)];
    panel.marks.replaceChildren(...windowCells(panel, part, step, padding, theme, colors));
    panel.outlineCells(enlargedArea(panel, step), colors);
    panel.entitle(`${part.window.title}, → ${look(part.output, at, theme).text}`);
  });
  if (made.figure.hidden) return;
  made.marks.replaceChildren(box(0, 0, made.width, made.height, { fill: colorOf(parts, "output", at, theme) }));
  made.outlineCells([0, 0, made.width, made.height], colors);
}

/** Dim the cells that a dilated window skips. */
function skippedCells(panel, step, colors) {
  const [rows, columns] = [new Set(step.rows), new Set(step.columns)];
  const drawn = [];
  for (let row = step.rows[0]; row <= step.rows.at(-1); row += 1) {
    for (let column = step.columns[0]; column <= step.columns.at(-1); column += 1) {
      if (rows.has(row) && columns.has(column)) continue;
      const place = { fill: colors.background, opacity: 0.72, class: "skipped" };
      drawn.push(box(...panel.corner(row, column), panel.cell, panel.cell, place));
    }
  }
  return drawn;
}

function outputCell(panel, parts, at, theme) {
  const [x, y] = panel.corner(Math.floor(at / panel.columns), at % panel.columns);
  const known = { ...look(parts[0].output, at, theme), color: colorOf(parts, "output", at, theme) };
  return valueCell(x, y, panel.cell, known, panel.digits, { bold: true });
}

/** The part of the window panel that a step's window takes; the panel fits the largest. */
function enlargedArea(panel, step) {
  return panel.area([0, step.rows.length - 1], [0, step.columns.length - 1]);
}

/** The winner and its ties, or the share of each cell that lies in the input. */
function sharesOnInput(panel, channel, step, theme, colors) {
  // If the window is shown enlarged, its winner is marked there.
  if (!panel.digits) return step.winner && !channel.window && panel.has(step.winner) ? ring(panel, step.winner, colors) : [];
  const drawn = [];
  eachCell(step, (place, number) => {
    if (samePlace(place, step.winner)) {
      const known = look(channel.input, channel.cell(...place), theme);
      drawn.push(...valueCell(...panel.corner(...place), panel.cell, known, panel.digits, { bold: true }));
    }
    drawn.push(...share(panel, place, place, number, step, colors));
  });
  return drawn;
}

/** The enlarged window, with the marks that its cells would have on the input. */
function windowCells(panel, channel, step, padding, theme, colors) {
  const drawn = [];
  eachCell(step, (place, number) => {
    const at = [Math.floor(number / step.columns.length), number % step.columns.length];
    if (at[0] >= panel.rows || at[1] >= panel.columns) return;
    const [x, y] = panel.corner(...at);
    const cell = channel.cell(...place);
    if (cell === null) {
      drawn.push(...outsideCell(x, y, panel.cell, channel.kind(...place), panel.digits, padding, colors));
      drawn.push(...share(panel, at, place, number, step, colors));
    } else {
      const bold = samePlace(place, step.winner);
      drawn.push(...valueCell(x, y, panel.cell, look(channel.input, cell, theme), panel.digits, { bold }));
      drawn.push(...share(panel, at, place, number, step, colors));
    }
  });
  return drawn;
}

function eachCell(step, visit) {
  step.rows.forEach((row, down) =>
    step.columns.forEach((column, right) => visit([row, column], down * step.columns.length + right)),
  );
}

function samePlace(place, other) {
  return other !== null && place[0] === other[0] && place[1] === other[1];
}

/** The mark of one cell: a ring for the winner, a dashed ring for a tie, otherwise a bar. */
function share(panel, at, place, number, step, colors) {
  if (samePlace(place, step.winner)) return ring(panel, at, colors);
  if (step.ties.some((tie) => samePlace(place, tie))) return ring(panel, at, colors, true);
  const part = step.shares?.[number] ?? 0;
  return part > 0 ? bar(panel, at, part, colors) : [];
}

/** A ring in a cell, or around a small cell. */
function ring(panel, at, colors, dashed = false) {
  const side = Math.max(panel.cell - 3, SMALLEST_RING);
  const [x, y] = panel.corner(...at).map((corner) => corner + (panel.cell - 1 - side) / 2);
  const dash = { rx: side / 3, ...(dashed ? { "stroke-dasharray": "5 3" } : {}) };
  const line = panel.digits ? 3 : 1.5;
  return [
    outline(x, y, side, side, colors.halo, line + 1, { rx: side / 3 }),
    outline(x, y, side, side, colors.accent, line, { class: dashed ? "tie" : "winner", ...dash }),
  ];
}

/** A bar at the foot of a cell: its share of the window's result, on a track that is the whole. */
function bar(panel, at, part, colors) {
  const [x, y] = panel.corner(...at);
  const height = Math.max(3, Math.floor(panel.cell / 12));
  const full = panel.cell - 10;
  const top = y + panel.cell - height - 4;
  const width = Math.max(1, full * Math.min(part, 1));
  return [
    box(x + 4, top - 1, full + 2, height + 2, { fill: colors.halo }),
    box(x + 5, top, full, height, { fill: colors.background, stroke: colors.muted, "stroke-width": 0.5, class: "track" }),
    box(x + 5, top, width, height, { fill: colors.accent, class: "share" }),
  ];
}

/** An input cell, every window that reads it, and every output that it wins. */
function markCell(panels, parts, place, readers, padding, theme, colors, reached) {
  const { input, output, windows, made } = panels;
  const [first] = readers;
  input.outlineCells(input.area([place[0]], [place[1]]), colors);
  input.marks.replaceChildren(...windowOutlines(input, readers, colors));
  for (const panel of [...windows, made]) panel.clear();
  if (first) {
    markWindows(panels, parts, first.at, padding, theme, colors);
    const at = [[first.rows.indexOf(place[0])], [first.columns.indexOf(place[1])]];
    for (const panel of windows) if (!panel.figure.hidden) panel.outlineCells(panel.area(...at), colors);
  }
  output.clear();
  output.marks.replaceChildren(...readers.flatMap((step) => readerCell(output, parts, place, step, theme, colors, reached)));
}

/** An output whose window reads the cell, with a ring if the cell wins there. */
function readerCell(panel, parts, place, step, theme, colors, reached) {
  const area = panel.area([step.row], [step.column]);
  const dash = { "stroke-dasharray": "4 3", class: "reader" };
  const wins = parts.some((part) => samePlace(place, part.step(step.at).winner));
  return [
    ...(step.at < reached ? outputCell(panel, parts, step.at, theme) : []),
    outline(...area, colors.halo, 3), outline(...area, colors.accent, 1.5, dash),
    ...(wins ? ring(panel, [step.row, step.column], colors) : []),
  ];
}

function windowOutlines(panel, readers, colors) {
  const dash = { "stroke-dasharray": "4 3", class: "reader" };
  return readers.flatMap((step) => {
    const area = panel.area(step.rows, step.columns);
    return [outline(...area, colors.halo, 3), outline(...area, colors.accent, 1.5, dash)];
  });
}
