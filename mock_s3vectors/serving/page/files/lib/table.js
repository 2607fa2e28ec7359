// Tables that scroll in a box of their own where they are too wide, and lists of settings.

import { element } from "./dom.js";

let made = 0;

const classOf = ({ numeric, whole }) => (numeric ? "numeric" : whole && "whole");

/**
 * Make a table. Its caption is for screen readers; a heading above it is for all.
 *
 * A column is `{ title, cell, numeric, whole }`: `cell(row)` returns text or an element, which breaks into no
 * lines if it is `whole`. The cell of the first column names its row.
 */
export const table = (caption, columns, rows) => {
  const id = `table-${(made += 1)}`;
  return element(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-labelledby": id },
    element(
      "table",
      {},
      element("caption", { id, class: "unseen" }, caption),
      element(
        "thead",
        {},
        element("tr", {}, columns.map((column) => element("th", { scope: "col", class: classOf(column) }, column.title))),
      ),
      element(
        "tbody",
        {},
        rows.map((row) =>
          element(
            "tr",
            {},
            columns.map((column, place) =>
              element(place ? "td" : "th", { scope: place ? null : "row", class: classOf(column) }, column.cell(row)),
            ),
          ),
        ),
      ),
    ),
  );
};

/** Make a list of settings: each is a name, a text or an element, and "wide" if it is long. Those of null are left out. */
export const settings = (pairs) =>
  element(
    "dl",
    { class: "settings" },
    pairs
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value, width]) => element("div", { class: width }, element("dt", {}, name), element("dd", {}, value))),
  );
