// Turning the pages of a list.

import { address, go } from "./address.js";
import { element } from "./dom.js";
import { count } from "./words.js";

const PAGE_SIZES = [25, 100];

const turn = (name, href) =>
  href ? element("a", { href, rel: name === "Next" ? "next" : "prev" }, name) : element("a", { role: "link", "aria-disabled": "true", class: "muted" }, name);

/** Return which rows a page shows, and how many, from the parameters of the address. */
export const pageOf = (parameters) => {
  const size = Number(parameters.get("size"));
  const start = Number(parameters.get("start"));
  return {
    start: Number.isSafeInteger(start) && start > 0 ? start : 0,
    limit: PAGE_SIZES.includes(size) ? size : PAGE_SIZES[0],
  };
};

/** Make links to the pages around this one; `what` is what the list has, as in "vectors". */
export const pager = (what, view, parameters, { start, limit }, shown, total) => {
  const given = Object.fromEntries(parameters);
  const to = (changes) => address(view, { ...given, ...changes });
  const previous = start > 0 && to({ start: Math.max(0, Math.min(start, total) - limit) || null });
  const next = start + limit < total && to({ start: start + limit });
  const size = element(
    "select",
    { id: `size-${what}`, on: { change: (event) => go(view, { ...given, start: null, size: event.target.value }) } },
    PAGE_SIZES.map((each) => element("option", { value: each, selected: each === limit }, each)),
  );
  return element(
    "nav",
    { class: "pager", "aria-label": `Pages of ${what}` },
    element("span", {}, shown ? `${count(start + 1)} to ${count(start + shown)} of ${count(total)}` : `None of ${count(total)}`),
    turn("Previous", previous),
    turn("Next", next),
    element("span", { class: "size" }, element("label", { for: `size-${what}` }, "On a page"), " ", size),
  );
};
