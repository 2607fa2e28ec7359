// The picture on a canvas, on the screen or in a file.

import { trace } from "./picture_groups.js";

const RING = 8;
const ARM = 9;
const EDGE = 12;

/** Return a function that tells the colour, as a canvas takes it, of a CSS value such as `var(--text)`. */
export const colourOf = (probe) => {
  const known = new Map();
  return (value) => {
    if (!known.has(value)) {
      probe.style.setProperty("color", value);
      known.set(value, getComputedStyle(probe).color);
    }
    return known.get(value);
  };
};

/** Return a picture of a group's shape, which is drawn thousands of times. */
const stampOf = ({ colour, shape, radius }, { ratio, resolve }) => {
  const size = Math.ceil(radius * 1.3 + 2) * 2;
  const stamp = document.createElement("canvas");
  stamp.width = stamp.height = size * ratio;
  const context = stamp.getContext("2d");
  context.scale(ratio, ratio);
  context.beginPath();
  trace(context, shape, size / 2, size / 2, radius);
  // A thin edge, so that points upon points stay apart.
  context.strokeStyle = resolve("var(--ground)");
  context.lineWidth = 1.5;
  context.stroke();
  context.fillStyle = resolve(colour);
  context.fill();
  return { stamp, size };
};

/** Return where the query is drawn: at the border if it is outside. */
const placeOfQuery = ({ x, y }, view, { width, height }) => {
  const [left, top] = view.toScreen(x, y);
  const within = (place, size) => Math.min(size - EDGE, Math.max(EDGE, place));
  return [within(left, width), within(top, height)];
};

const drawRing = (context, x, y, resolve) => {
  for (const [width, colour] of [[5, "var(--ground)"], [2.5, "var(--text)"]]) {
    context.lineWidth = width;
    context.strokeStyle = resolve(colour);
    context.beginPath();
    context.arc(x, y, RING, 0, 2 * Math.PI);
    context.stroke();
  }
};

/** Draw the mark of the query, an X. */
export const drawQuery = (context, x, y, resolve, arm = ARM) => {
  context.lineCap = "round";
  for (const [width, colour] of [[arm * 0.9, "var(--ground)"], [arm * 0.45, "var(--text)"]]) {
    context.lineWidth = width;
    context.strokeStyle = resolve(colour);
    context.beginPath();
    for (const slope of [1, -1]) {
      context.moveTo(x - arm, y - slope * arm);
      context.lineTo(x + arm, y + slope * arm);
    }
    context.stroke();
  }
};

/**
 * Draw a scene: `{ x, y, of, groups, order, hidden, hits, query }`.
 *
 * `view.toScreen(x, y)` returns a place in a box of `width` x `height` CSS pixels, each of `ratio` pixels of the
 * canvas; `resolve` is of `colourOf`.
 */
export const draw = (context, scene, view, { width, height, ratio, resolve }) => {
  const { x, y, of, groups, order, hidden, hits, query } = scene;
  const stamps = groups.map((group) => stampOf(group, { ratio, resolve }));
  const put = (point) => {
    const [left, top] = view.toScreen(x[point], y[point]);
    if (left < -EDGE || top < -EDGE || left > width + EDGE || top > height + EDGE) return;
    const { stamp, size } = stamps[of[point]];
    context.drawImage(stamp, left - size / 2, top - size / 2, size, size);
  };
  for (const point of order) if (!hidden.has(of[point])) put(point);
  for (const point of hits.keys()) {
    drawRing(context, ...view.toScreen(x[point], y[point]), resolve);
    put(point);
  }
  if (query) drawQuery(context, ...placeOfQuery(query, view, { width, height }), resolve);
};
