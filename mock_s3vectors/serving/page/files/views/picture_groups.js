// Which group a point of the picture is in, by its value of a metadata key; and the look of each group.

import { plural } from "../lib/words.js";

const MOST_CATEGORIES = 10;
const STEPS = 8;
const SHAPES = ["circle", "square", "triangle", "diamond", "cross"];
const NONE = -1;

/** Return a number as people read it, without commas, since it may be a year or an id: 1979, 0.123457, 9.0072e+15. */
const number = (value) => {
  if (Number.isSafeInteger(value)) return String(value);
  const short = Number(value.toPrecision(6));
  // JavaScript does not have all integers of this size: what looks like one would be another.
  return Math.abs(short) > Number.MAX_SAFE_INTEGER ? short.toExponential() : String(short);
};

/** Return a metadata value as people read it. */
export const words = (value) => {
  if (Array.isArray(value)) return value.map(words).join(", ");
  return typeof value === "number" ? number(value) : String(value);
};

const kindOf = (value) => (Array.isArray(value) ? `list of ${typeof value[0]}` : typeof value);

// Corners in a square of the size 2 around (0, 0).
const OUTLINES = {
  circle: null,
  square: [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  triangle: [[0, -1.1], [1.05, 0.85], [-1.05, 0.85]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  cross: [[-0.4, -1.15], [0.4, -1.15], [0.4, -0.4], [1.15, -0.4], [1.15, 0.4], [0.4, 0.4], [0.4, 1.15], [-0.4, 1.15],
    [-0.4, 0.4], [-1.15, 0.4], [-1.15, -0.4], [-0.4, -0.4]],
};

/** Add a shape to a path. */
export const trace = (path, shape, x, y, radius) => {
  const corners = OUTLINES[shape];
  if (corners) {
    corners.forEach(([across, down], place) => path[place ? "lineTo" : "moveTo"](x + across * radius, y + down * radius));
    path.closePath();
  } else {
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
};

/** Return the outline of a shape for SVG. */
export const outline = (shape, radius) => {
  const corners = OUTLINES[shape];
  if (corners) return `M${corners.map(([x, y]) => `${x * radius},${y * radius}`).join("L")}Z`;
  return `M${-radius},0a${radius},${radius} 0 1 0 ${2 * radius},0a${radius},${radius} 0 1 0 ${-2 * radius},0Z`;
};

const ofScale = (place, steps) => {
  const share = steps > 1 ? place / (steps - 1) : 1;
  const [from, to, part] = share < 0.5 ? ["low", "middle", share * 2] : ["middle", "high", share * 2 - 1];
  return {
    colour: `color-mix(in oklab, var(--scale-${to}) ${Math.round(part * 100)}%, var(--scale-${from}))`,
    shape: "circle",
    // A larger number is a larger point: colours are not the only sign.
    radius: 2.5 + 2.5 * share,
  };
};

/** Return steps of a scale, each with the places of its values: of about as many points each. */
const stepsOf = (values, counts) => {
  const order = values.map((_, place) => place).sort((one, other) => values[one] - values[other]);
  if (order.length <= MOST_CATEGORIES) return order.map((place) => [place]);
  const total = counts.reduce((sum, each) => sum + each, 0);
  const steps = Array.from({ length: STEPS }, () => []);
  let before = 0;
  for (const place of order) {
    steps[Math.min(STEPS - 1, Math.floor((before / total) * STEPS))].push(place);
    before += counts[place];
  }
  return steps.filter((step) => step.length);
};

const scaled = (values, counts) => {
  const steps = stepsOf(values, counts);
  return steps.map((step, place) => {
    const [low, high] = [values[step[0]], values[step.at(-1)]];
    return { name: low === high ? number(low) : `${number(low)} to ${number(high)}`, places: step, ...ofScale(place, steps.length) };
  });
};

const categories = (values, counts, name) => {
  const order = values.map((_, place) => place).sort((one, other) => counts[other] - counts[one] || one - other);
  const groups = order.slice(0, MOST_CATEGORIES).map((place, number) => ({
    name: name(values[place]),
    places: [place],
    colour: `var(--group-${number})`,
    shape: SHAPES[number % SHAPES.length],
    radius: 3.5,
  }));
  const others = order.slice(MOST_CATEGORIES);
  if (others.length) {
    groups.push({ name: `others (${plural(others.length, "value")})`, places: others, colour: "var(--others)", shape: "circle", radius: 2, isRest: true });
  }
  return groups;
};

/**
 * Return `{ groups, of }`: the groups, and the group of each point. A group is `{ name, colour, shape, radius,
 * count, isRest }`. Without a metadata key there is one of all vectors.
 */
export const groupsOf = ({ keys, colour }) => {
  if (!colour) {
    const all = { name: "vectors", colour: "var(--group-0)", shape: "circle", radius: 3, count: keys.length };
    return { groups: [all], of: new Int32Array(keys.length) };
  }
  const { values, codes } = colour;
  const counts = new Array(values.length).fill(0);
  for (const code of codes) if (code !== NONE) counts[code] += 1;
  const kinds = new Set(values.map(kindOf));
  const isScale = kinds.size === 1 && kinds.has("number");
  // As JSON where 1 and "1" would look the same.
  const groups = isScale ? scaled(values, counts) : categories(values, counts, kinds.size > 1 ? (value) => JSON.stringify(value) : words);
  const missing = { name: `no ${colour.key}`, places: [], colour: "var(--others)", shape: "cross", radius: 2.5, isRest: true };
  if (codes.includes(NONE)) groups.push(missing);
  const groupOf = new Int32Array(values.length);
  groups.forEach(({ places }, number) => places.forEach((place) => (groupOf[place] = number)));
  const last = groups.length - 1;
  const of = Int32Array.from(codes, (code) => (code === NONE ? last : groupOf[code]));
  for (const group of groups) group.count = 0;
  for (const number of of) groups[number].count += 1;
  return { groups, of };
};
