// Texts about steps and cells.

const MOST_NAMED = 6;

/** `2–5`, or `−1 to 2`, because a dash next to a negative number would look like a sign. */
function span(coordinates) {
  const [first, last] = [coordinates[0], coordinates.at(-1)];
  if (first === last) return minus(first);
  const gaps = last - first >= coordinates.length;
  if (gaps) return minus(coordinates.join(", "));
  return first < 0 ? `${minus(first)} to ${minus(last)}` : `${first}–${last}`;
}

function minus(number) {
  return `${number}`.replaceAll("-", "−");
}

function placeOf(step) {
  const words = (name, cells) => `${name}${cells.length > 1 ? "s" : ""} ${span(cells)}`;
  return `output (${step.index.join(", ")}) reads ${words("row", step.rows)}, ${words("column", step.columns)}${winnerOf(step)}`;
}

function winnerOf(step) {
  if (!step.winner) return "";
  const ties = step.ties.map((tie) => `(${tie.join(", ")})`);
  return `; (${step.winner.join(", ")}) wins${ties.length ? `, tied with ${listed(ties)}` : ""}`;
}

function listed(items) {
  return items.length > MOST_NAMED ? `${items.slice(0, MOST_NAMED).join(", ")}, …` : items.join(", ");
}

/** Texts about an input cell: its value, and the windows that read it, with wins or shares. */
function cellWords(channel, place, readers, theme, padding) {
  const kind = channel.kind(...place);
  const cell = channel.cell(...place);
  const names = { [KIND.padding]: padding ? `padding, counts as ${padding}` : "padding, left out", [KIND.overhang]: "overhang, never counted" };
  const value = cell === null ? `(${minus(place.join(", "))}): ${names[kind]}` : `(${place.join(", ")}) = ${look(channel.input, cell, theme).text}`;
  const count = `${readers.length} window${readers.length === 1 ? "" : "s"}`;
  return { value: `input ${value}`, read: readers.length ? `read by ${count}${gains(place, readers)}` : "not read by any window" };
}

function gains(place, readers) {
  const named = (steps) => listed(steps.map((step) => `(${step.index.join(", ")})`));
  const won = readers.filter((step) => samePlace(place, step.winner));
  const tied = readers.filter((step) => step.ties.some((tie) => samePlace(place, tie)));
  if (readers.some((step) => step.winner)) {
    const ties = tied.length ? `, ties in ${tied.length}: ${named(tied)}` : "";
    return `${won.length ? `, wins in ${won.length}: ${named(won)}` : ", wins in none"}${ties}`;
  }
  const shares = readers.flatMap((step) => step.shares?.[numberIn(step, place)] ?? []);
  return shares.length ? `, its share: ${minus(listed([...new Set(shares)]))}` : "";
}

function numberIn(step, [row, column]) {
  return step.rows.indexOf(row) * step.columns.length + step.columns.indexOf(column);
}
