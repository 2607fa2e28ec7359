// A box with a button, for a text that the address keeps.

import { element } from "./dom.js";

/** Make a form with a labelled box; `submit` is told its text. The key / leads to the first on a page. */
export const searchForm = (label, verb, value, submit) => {
  const id = `search-${label.toLowerCase().replace(/\W+/g, "-")}`;
  const input = element("input", { type: "search", id, value, autocomplete: "off", spellcheck: "false", "data-search": true });
  return element(
    "form",
    {
      role: "search",
      class: "fields",
      "aria-label": label,
      on: {
        submit: (event) => {
          event.preventDefault();
          submit(input.value);
        },
      },
    },
    element("div", { class: "field wide" }, element("label", { for: id }, label), input),
    element("button", { type: "submit" }, verb),
  );
};
