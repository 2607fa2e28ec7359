// Tables that scroll in a box of their own where they are too wide, and lists of settings.

import { element } from "./dom.js";

let made = 0;

/**
 * Make a table.
 *
 * A column is `{ title, cell, numeric }`: `cell(row)` returns text or an element. The cell of the first column
 * names its row.
 */
export const table = (caption, columns, rows) => {
  const id = `table-${(made += 1)}`;
  return element(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-labelledby": id },
    element(
      "table",
      {},
      element("caption", { id }, caption),
      element(
        "thead",
        {},
        element("tr", {}, columns.map(({ title, numeric }) => element("th", { scope: "col", class: numeric && "numeric" }, title))),
      ),
      element(
        "tbody",
        {},
        rows.map((row) =>
          element(
            "tr",
            {},
            columns.map(({ cell, numeric }, place) =>
              element(place ? "td" : "th", { scope: place ? null : "row", class: numeric && "numeric" }, cell(row)),
            ),
          ),
        ),
      ),
    ),
  );
};

/** Make a list of settings from pairs of a name and a text or an element; those of null are left out. */
export const settings = (pairs) =>
  element(
    "dl",
    { class: "settings" },
    pairs
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
