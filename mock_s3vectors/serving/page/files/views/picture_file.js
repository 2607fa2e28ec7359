// The picture as a PNG file: with a title, a background and a legend.

import { count } from "../lib/words.js";
import { draw, drawQuery } from "./picture_drawing.js";
import { trace } from "./picture_groups.js";

const PADDING = 16;
const TITLE = 60;
const LINE = 22;
const COLUMN = 220;

const FONT = "system-ui, sans-serif";

/** Return a text that fits into a width, cut if it must be. */
const fitting = (context, text, width) => {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length && context.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
};

const entriesOf = ({ groups, hidden, hits, query }) => [
  ...groups
    .filter((_, number) => !hidden.has(number))
    .map((group) => ({ group, text: `${group.name} (${count(group.count)})` })),
  ...(hits.size ? [{ isHit: true, text: `hits (${count(hits.size)})` }] : []),
  ...(query ? [{ isQuery: true, text: "query" }] : []),
];

const drawSign = (context, entry, x, y, resolve) => {
  if (entry.isQuery) {
    drawQuery(context, x, y, resolve, 5);
    return;
  }
  context.beginPath();
  if (entry.isHit) {
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.lineWidth = 2.5;
    context.strokeStyle = resolve("var(--text)");
    context.stroke();
    return;
  }
  trace(context, entry.group.shape, x, y, Math.max(4, entry.group.radius));
  context.fillStyle = resolve(entry.group.colour);
  context.fill();
};

/** Return a promise of a blob: a PNG of a plot as it is on the screen. */
export const fileOf = ({ scene, view, size, resolve }, title, subtitle) => {
  const ratio = Math.max(2, devicePixelRatio || 1);
  const entries = entriesOf(scene);
  const columns = Math.max(1, Math.floor((size.width - 2 * PADDING) / COLUMN));
  const rows = Math.ceil(entries.length / columns);
  const height = TITLE + size.height + rows * LINE + 2 * PADDING;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.fillStyle = resolve("var(--ground)");
  context.fillRect(0, 0, size.width, height);
  context.textBaseline = "middle";
  context.fillStyle = resolve("var(--text)");
  context.font = `600 18px ${FONT}`;
  context.fillText(fitting(context, title, size.width - 2 * PADDING), PADDING, 22);
  context.font = `13px ${FONT}`;
  context.fillStyle = resolve("var(--muted)");
  context.fillText(fitting(context, subtitle, size.width - 2 * PADDING), PADDING, 44);

  context.save();
  context.translate(0, TITLE);
  context.beginPath();
  context.rect(0, 0, size.width, size.height);
  context.clip();
  draw(context, scene, view, { ...size, ratio, resolve });
  context.restore();

  context.font = `13px ${FONT}`;
  entries.forEach((entry, place) => {
    const x = PADDING + (place % columns) * COLUMN;
    const y = TITLE + size.height + PADDING + (Math.floor(place / columns) + 0.5) * LINE;
    drawSign(context, entry, x + 9, y, resolve);
    context.fillStyle = resolve("var(--text)");
    context.fillText(fitting(context, entry.text, Math.min(COLUMN, size.width - 2 * PADDING) - 34), x + 26, y);
  });
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
};

/** Have the browser keep a blob as a file. */
export const keep = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};
