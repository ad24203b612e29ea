// Texts about steps and cells.

const MOST_NAMED = 6;
const COLORS = ["red", "green", "blue"];

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
  if (!step.winner || DATA.colored) return "";
  const ties = step.ties.map((tie) => `(${tie.join(", ")})`);
  const tied = step.flat ? `${step.flat - 1} others` : listed(ties);
  return `; (${step.winner.join(", ")}) wins${tied ? `, tied with ${tied}` : ""}`;
}

/** The arithmetic of a step, with a line for each channel of an image in colour. */
function arithmeticOf(parts, at) {
  const lines = parts.map((part) => part.steps.arithmetic[at]);
  return DATA.colored ? lines.map((line, index) => `${COLORS[index]}: ${line}`).join("\n") : lines[0];
}

function listed(items) {
  return items.length > MOST_NAMED ? `${items.slice(0, MOST_NAMED).join(", ")}, …` : items.join(", ");
}

/** Texts about an input cell: its value, and the windows that read it, with wins or shares. */
function cellWords(parts, place, readers, theme, padding) {
  const [channel] = parts;
  const kind = channel.kind(...place);
  const cell = channel.cell(...place);
  const names = { [KIND.padding]: padding ? `padding, counts as ${padding}` : "padding, left out", [KIND.overhang]: "overhang, never counted" };
  const value = cell === null ? `(${minus(place.join(", "))}): ${names[kind]}` : `(${place.join(", ")}) = ${valueWords(parts, cell, theme)}`;
  const count = `${readers.length} window${readers.length === 1 ? "" : "s"}`;
  return { value: `input ${value}`, read: readers.length ? `read by ${count}${gainWords(parts, place, readers)}` : "not read by any window" };
}

/** A value, or those of red, green and blue. */
function valueWords(parts, cell, theme) {
  const texts = parts.map((part) => look(part.input, cell, theme).text);
  return DATA.colored ? texts.map((text, index) => `${COLORS[index]} ${text}`).join(", ") : texts[0];
}

function gainWords(parts, place, readers) {
  if (!DATA.colored) return gains(parts[0], place, readers);
  const own = (part) => readers.map(({ at }) => part.step(at));
  return parts.map((part, index) => gains(part, place, own(part)).replace(", ", `; ${COLORS[index]} `)).join("");
}

function gains(channel, place, readers) {
  const named = (steps) => listed(steps.map((step) => `(${step.index.join(", ")})`));
  const won = readers.filter((step) => samePlace(place, step.winner));
  const isTied = (step) => step.flat && !samePlace(place, step.winner) && channel.isEqual(place, step.winner);
  const tied = readers.filter((step) => isTied(step) || step.ties.some((tie) => samePlace(place, tie)));
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
