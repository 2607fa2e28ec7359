// Numbers with bars. A bar is a decoration: the number beside it says the same.

import { element } from "./dom.js";

/** Return a number that a server may write as a text: "Infinity". */
const size = (value) => (Number.isFinite(Number(value)) ? Math.abs(Number(value)) : Infinity);

/** Return the longest of the bars of some numbers; those that are missing have none. */
export const longest = (values) => Math.max(0, ...values.filter((value) => value !== undefined).map(size).filter(Number.isFinite));

/** Make a number with a bar, as long as its share of `most`. */
export const bar = (value, most, text) => {
  const share = most > 0 ? Math.min(1, size(value) / most) : 0;
  return element(
    "span",
    { class: "with-bar" },
    element("span", { class: "bar", "aria-hidden": "true" }, element("span", { style: { width: `${share * 100}%` } })),
    element("span", {}, text),
  );
};
