// The keys of the page. Whoever types into a box types, and whoever wants none of them switches them off.

import { showDialog } from "./dialog.js";
import { button, element } from "./dom.js";
import { keep, kept } from "./kept.js";

const VIEWS = ["browse", "query", "picture", "live"];
const SHOWN = [
  ["1", "Browse"],
  ["2", "Query"],
  ["3", "Picture"],
  ["4", "Live"],
  ["/", "Go to the search box of the view"],
  ["?", "Show these keys"],
];
const TYPED_INTO = "input, select, textarea, [contenteditable]";

const areOn = () => kept("keys", "on") === "on";

/** Show the keys, and a switch for them. */
export const showKeys = () => {
  const dialog = element(
    "dialog",
    { "aria-labelledby": "keys-title" },
    element("h2", { id: "keys-title" }, "Keys"),
    element(
      "table",
      {},
      element(
        "tbody",
        {},
        SHOWN.map(([key, what]) => element("tr", {}, element("th", { scope: "row" }, element("kbd", {}, key)), element("td", {}, what))),
      ),
    ),
    element(
      "p",
      {},
      element(
        "label",
        {},
        element("input", { type: "checkbox", checked: areOn(), on: { change: (event) => keep("keys", event.target.checked ? "on" : "off") } }),
        "Use these keys",
      ),
    ),
    element("div", { class: "actions" }, button("Close", () => dialog.close())),
  );
  return showDialog(dialog);
};

const search = () => {
  const box = document.querySelector("main [data-search]");
  if (box === null) return;
  box.focus();
  box.select?.();
};

addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches(TYPED_INTO);
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (document.querySelector("dialog[open]") || !areOn()) return;
  const view = VIEWS[Number(event.key) - 1];
  const act = view ? () => (location.hash = `#/${view}`) : { "/": search, "?": showKeys }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
