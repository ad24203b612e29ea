// The data of the page. Nothing is pooled here: every number, text and colour was computed
// in advance.

const KIND = { input: 0, padding: 1, overhang: 2 };
const DATA = JSON.parse(document.getElementById("data").textContent);

/** The coordinates that a window reads along an axis: `count` of them, `distance` apart. */
function coordinates([start, count, distance]) {
  return Array.from({ length: count }, (_, at) => start + at * distance);
}

/** Cells and windows along one axis, by coordinates in the input. */
class Axis {
  constructor(known) {
    this.size = known.size;
    this.first = known.first;
    this.count = known.kinds.length;
    this.kinds = known.kinds;
    this.unread = new Set(known.unread);
    this.outputSize = known.outputSize;
    this.firstWindow = known.firstWindow;
    this.windows = known.windows;
    this.inside = Math.max(0, known.first);
    this.countInside = Math.min(known.size, known.first + this.count) - this.inside;
  }

  kind(at) {
    return Number(this.kinds[at - this.first]);
  }

  window(index) {
    return coordinates(this.windows[index]);
  }

  /** The windows that read the cell at a coordinate. */
  readers(at) {
    const reads = ([start, count, distance]) =>
      at >= start && at <= start + (count - 1) * distance && (at - start) % distance === 0;
    return this.windows.flatMap((window, index) => (reads(window) ? [index] : []));
  }
}

/** One channel of one result. */
class Channel {
  constructor(known, rows, columns) {
    Object.assign(this, known);
    this.rowAxis = rows;
    this.columnAxis = columns;
    this.count = known.steps.arithmetic.length;
    this.across = columns.windows.length;
  }

  /** The step of the output cell in a shown row and column. */
  stepAt(row, column) {
    return row * this.across + column;
  }

  step(at) {
    const [row, column] = [Math.floor(at / this.across), at % this.across];
    const rows = this.rowAxis.window(row);
    const columns = this.columnAxis.window(column);
    const place = (number) =>
      number === null ? null : [rows[Math.floor(number / columns.length)], columns[number % columns.length]];
    return {
      at, row, column, rows, columns,
      index: [row + this.rowAxis.firstWindow, column + this.columnAxis.firstWindow],
      arithmetic: this.steps.arithmetic[at],
      winner: place(this.steps.winners[at]),
      ties: (this.steps.ties[at] ?? []).map(place),
      // How many cells equal the winner where they are too many to be marked; otherwise 0.
      flat: this.steps.flat[at] ?? 0,
      shares: sharesOf(this.steps.shares[this.steps.share[at]]),
    };
  }

  /** The number of an input cell among those that have a value; null outside the input. */
  cell(row, column) {
    const [rows, columns] = [this.rowAxis, this.columnAxis];
    const [down, right] = [row - rows.inside, column - columns.inside];
    const inside = down >= 0 && right >= 0 && down < rows.countInside && right < columns.countInside;
    return inside ? down * columns.countInside + right : null;
  }

  kind(row, column) {
    return Math.max(this.rowAxis.kind(row), this.columnAxis.kind(column));
  }

  isUnread(row, column) {
    return this.rowAxis.unread.has(row) || this.columnAxis.unread.has(column);
  }

  /** Whether two input cells have the same value. */
  isEqual(place, other) {
    const [first, second] = [place, other].map((each) => this.cell(...each));
    return first !== null && second !== null && placeIn(this.input, first) === placeIn(this.input, second);
  }

  /** The steps whose windows read an input cell. */
  readers(row, column) {
    const columns = this.columnAxis.readers(column);
    return this.rowAxis.readers(row).flatMap((down) => columns.map((right) => this.stepAt(down, right)));
  }
}

const LARGEST = 0xfff;

/** Shares as numbers: the data has the largest, and three digits for each cell's fraction of it. */
function sharesOf(data) {
  if (!data) return null;
  const [largest, parts] = data;
  return Array.from({ length: parts.length / 3 }, (_, at) => {
    const part = parseInt(parts.slice(3 * at, 3 * at + 3), 16) / LARGEST;
    return Number((largest * part).toPrecision(3));
  });
}

const VARIANTS = DATA.variants.map((known) => {
  const [rows, columns] = [new Axis(known.rows), new Axis(known.columns)];
  const channel = (each, at) => {
    // An input that equals that of the first result is stored only there.
    const input = each.input ?? DATA.variants[0].channels[at].input;
    return new Channel({ ...each, input, marked: new Set(known.marked[at]) }, rows, columns);
  };
  return { ...known, channels: known.channels.map(channel) };
});

/** The channels that a picture shows: all of an image in colour, otherwise one. */
function partsOf(variant, channel) {
  return DATA.colored ? variant.channels : [variant.channels[channel]];
}

/** A theme's value; it is stored once where the themes agree. */
function themed(looks, theme) {
  return looks[theme] ?? looks.light;
}

/** One of many colours in a row, six digits each. */
function colorAt(colors, at) {
  return `#${colors.slice(6 * at, 6 * at + 6)}`;
}

/** The place of a cell's value among the distinct values of its plane. */
function placeIn(plane, cell) {
  const digits = (plane.texts.length - 1).toString(16).length;
  return parseInt(plane.at.slice(digits * cell, digits * (cell + 1)), 16);
}

/** The text, colour and ink of a cell of a plane. */
function look(plane, cell, theme) {
  const which = placeIn(plane, cell);
  return {
    text: plane.texts[which],
    color: colorAt(themed(plane.colors, theme), which),
    ink: themed(plane.inks, theme)[which] === "1" ? "#ffffff" : "#000000",
  };
}

/** The colour of a cell of the inputs or outputs of some channels, which may be red, green, blue. */
function colorOf(parts, name, cell, theme) {
  const colors = parts.map((part) => look(part[name], cell, theme).color);
  return parts.length === 1 ? colors[0] : `#${colors.map((color) => color.slice(1, 3)).join("")}`;
}
