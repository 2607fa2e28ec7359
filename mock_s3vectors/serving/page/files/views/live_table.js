// The table of calls. Tab leads to one of its rows, arrows to the others, Enter opens one.

import { button, element } from "../lib/dom.js";
import { count } from "../lib/words.js";
import { cellsOf, outcomeOf, TITLES } from "./live_row.js";

const SHOWN = 200;
// By how many rows a key leads on.
const KEYS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/** Make the table; `words(id)` returns the words of a rule, and `open(entry)` is told which call to show. */
export const callTable = (words, open) => {
  const body = element("tbody", {});
  const caption = element("caption", {});
  const head = element("tr", {}, TITLES.map((title) => element("th", { scope: "col" }, title)));
  const box = element("div", { class: "scroll calls" }, element("table", {}, caption, element("thead", {}, head), body));

  const buttons = () => [...body.querySelectorAll("button[data-call]")];
  const buttonOf = (key) => buttons().find((other) => other.dataset.call === key);
  const reach = (one) => {
    for (const other of buttons()) other.tabIndex = other === one ? 0 : -1;
    return one;
  };
  const rowOf = (entry) => {
    if (entry.mark) return element("tr", { class: "mark" }, element("td", { colspan: TITLES.length }, entry.mark));
    const name = button(`#${count(entry.number)}`, () => open(entry), {
      class: "small",
      tabindex: "-1",
      "aria-label": `Call #${count(entry.number)}, ${entry.operation}, ${outcomeOf(entry)}`,
      "data-call": entry.key,
    });
    const row = element("tr", { class: entry.error ? "wrong" : null }, cellsOf(entry, name, words));
    // Whoever selects a text, or clicks on a button, does not mean the row.
    row.addEventListener("click", (event) => event.target.closest("button") || String(getSelection()) || name.click());
    return row;
  };
  const hasFocus = () => body.contains(document.activeElement);

  body.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = buttons();
    const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(event.target) + KEYS[event.key]))];
    event.preventDefault();
    reach(next).focus();
    next.closest("tr").scrollIntoView({ block: "nearest" });
  });
  return {
    box,
    body,
    hasFocus,
    /** Return how many calls it shows. */
    shown: () => buttons().length,
    name: (text) => {
      caption.textContent = text;
    },
    /** Show these entries and no others. */
    draw: (entries) => {
      body.replaceChildren(...entries.slice(0, SHOWN).map(rowOf));
      reach(buttons()[0]);
    },
    /** Show these entries before the others. */
    prepend: (entries) => {
      body.prepend(...entries.slice(0, SHOWN).map(rowOf));
      while (body.children.length > SHOWN) body.lastChild.remove();
      if (!hasFocus()) reach(buttons()[0]);
    },
    /** Mark the row of the call that is open; null: of none. */
    choose: (key) => {
      const one = key && buttonOf(key);
      for (const row of body.children) row.classList.toggle("chosen", Boolean(one) && row.contains(one));
      if (one) reach(one);
    },
    /** Move the focus to a call, and return whether it is there. */
    focus: (key) => {
      const one = buttonOf(key);
      if (one) reach(one).focus();
      return Boolean(one);
    },
  };
};
