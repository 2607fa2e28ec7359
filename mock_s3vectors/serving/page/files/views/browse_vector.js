// Browse: a vector.

import { address } from "../lib/address.js";
import { copyButton } from "../lib/copy.js";
import { data } from "../lib/data.js";
import { drawing, element } from "../lib/dom.js";
import { plainJson } from "../lib/json.js";
import { read } from "../lib/server.js";
import { settings, table } from "../lib/table.js";
import { bytes, count, decimal, plural } from "../lib/words.js";
import { bucketArn, copied, nameIn, refusedPage, trail } from "./browse_parts.js";

const FIRST = 24;
const WIDTH = 1000;
const HEIGHT = 160;
const WIDEST = 60;

/** Draw a bar for each number, up or down from a line at zero. */
const plot = (numbers) => {
  const least = Math.min(0, ...numbers);
  const greatest = Math.max(0, ...numbers);
  const span = greatest - least || 1;
  const y = (number) => ((greatest - number) / span) * HEIGHT;
  const step = WIDTH / numbers.length;
  const bar = step > 3 ? Math.min(step * 0.8, WIDEST) : step;
  const zero = y(0);
  const path = numbers
    .map((number, place) => `M${(place * step + (step - bar) / 2).toFixed(2)} ${zero.toFixed(2)}h${bar.toFixed(2)}V${y(number).toFixed(2)}h${(-bar).toFixed(2)}z`)
    .join("");
  const label = `${plural(numbers.length, "number")} from ${decimal(Math.min(...numbers))} to ${decimal(Math.max(...numbers))}`;
  return element(
    "figure",
    { class: "plot" },
    drawing(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": label },
      drawing("path", { d: path, class: "bars" }),
      drawing("path", { d: `M0 ${zero.toFixed(2)}h${WIDTH}`, class: "zero" }),
    ),
    element("figcaption", {}, `${label}; a bar for each, up or down from zero`),
  );
};

const numbersOf = (numbers) => [
  element("h2", {}, "Numbers"),
  plot(numbers),
  element(
    "p",
    { class: "data" },
    numbers.slice(0, FIRST).join(", "),
    numbers.length > FIRST && `, and ${count(numbers.length - FIRST)} more`,
  ),
  element("p", { class: "actions" }, copyButton(JSON.stringify(numbers), "all numbers", "Copy all as JSON")),
];

/** Return a value as people read it: the text of a string, else JSON. */
const valueOf = ({ type, json }) => data(type === "string" ? JSON.parse(json) : plainJson(json));

const metadataOf = (entries) => [
  element("h2", {}, "Metadata"),
  entries.length
    ? [
        table(
          "Metadata by key",
          [
            { title: "Key", cell: ({ name }) => data(name) },
            { title: "Value", cell: valueOf },
            { title: "Type", cell: ({ type }) => type },
            { title: "In filters", cell: ({ filterable }) => (filterable ? "yes" : "no, non-filterable") },
          ],
          entries,
        ),
        element(
          "p",
          { class: "actions" },
          copyButton(`{${entries.map(({ name, json }) => `${JSON.stringify(name)}: ${json}`).join(", ")}}`, "all metadata", "Copy all as JSON"),
        ),
      ]
    : element("p", { class: "muted" }, "There is no metadata."),
];

/** Return the elements of the page. */
export const showVector = async (parameters, signal) => {
  const { index, key } = Object.fromEntries(parameters);
  const around = trail([nameIn(bucketArn(index)), { bucket: bucketArn(index) }], [nameIn(index), { index }]);
  let vector;
  try {
    vector = await read("/vector", { query: { index, key }, signal });
  } catch (error) {
    return refusedPage(error, around, key);
  }
  return [
    around,
    element("h1", { class: "short" }, data(key)),
    element(
      "p",
      { class: "actions" },
      element("a", { href: address("query", { index, key }) }, "Query like this"),
      element("a", { href: address("picture", { index, key }) }, "Picture"),
    ),
    settings([
      ["Key", copied(vector.key, "the key"), "wide"],
      ["Size", bytes(vector.bytes)],
      ["Dimension", count(vector.data.length)],
      ["Norm", decimal(vector.norm)],
    ]),
    metadataOf(vector.metadata),
    numbersOf(vector.data),
  ];
};
