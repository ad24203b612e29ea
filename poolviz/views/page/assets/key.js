// The key: a swatch and a word for each mark that the page has.

const SWATCH = 20;

/** Pairs of a swatch's shapes and its words, for the marks of a channel. */
function keyItems(variant, channel, colors) {
  const { rowAxis: rows, columnAxis: columns, steps } = channel;
  const has = (kind) => [rows, columns].some((axis) => axis.kinds.includes(kind));
  const place = { digits: 12, cell: SWATCH, corner: () => [0, 0] };
  const cell = box(0, 0, SWATCH - 1, SWATCH - 1, { fill: colors.unvisited });
  const outside = (kind) => outsideCell(0, 0, SWATCH, kind, 0, "", colors);
  const counted = variant.padding ? `padding, counts as ${variant.padding}` : "padding, not counted";
  const wins = steps.winners.some((winner) => winner !== null);
  const items = [
    [wins, [cell, ...ring(place, [0, 0], colors)], "the cell that gives the output"],
    [Object.keys(steps.ties).length, [cell, ...ring(place, [0, 0], colors, true)], "equal cells"],
    [steps.shares.length, [cell, ...bar(place, [0, 0], 0.5, colors)], "the cell's share of the output"],
    [has(`${KIND.padding}`), [...outside(KIND.padding), dashedAround(0, 0, SWATCH - 1, SWATCH - 1, colors)], counted],
    [has(`${KIND.overhang}`), outside(KIND.overhang), "overhang, never counted"],
    [rows.unread.size || columns.unread.size, [hatching("key-hatch"), box(0, 0, SWATCH, SWATCH, { fill: "url(#key-hatch)" })], "not read by any window"],
  ];
  return items.filter(([shown]) => shown).map(([, drawn, words]) => ({ drawn, words }));
}

function drawKey(holder, items) {
  holder.replaceChildren(...items.map(({ drawn, words }) => {
    const item = document.createElement("li");
    const swatch = shape("svg", { width: SWATCH, height: SWATCH, "aria-hidden": "true" });
    swatch.append(...drawn.map((each) => each.cloneNode(true)));
    item.append(swatch, words);
    return item;
  }));
  holder.hidden = !items.length;
}
