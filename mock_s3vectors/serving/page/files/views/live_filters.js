// The filters of the calls.

import { element } from "../lib/dom.js";
import { field, options } from "./live_parts.js";
import { matches } from "./live_row.js";

/** Make the filters; `changed` is told when they ask for other calls. */
export const callFilters = (changed) => {
  const operation = field("Operation", "select", { name: "operation" }, options([["", "All"]]));
  const place = field("Bucket or index", "input", { type: "search" });
  const text = field("Text", "input", { type: "search", "data-search": true });
  const errors = element("input", { type: "checkbox" });
  const choice = operation.lastChild;
  for (const input of [operation, errors]) input.addEventListener("change", changed);
  for (const input of [place, text]) input.addEventListener("input", changed);

  const asked = () => ({
    operation: choice.value,
    place: place.lastChild.value.trim().toLowerCase(),
    text: text.lastChild.value.trim().toLowerCase(),
    errors: errors.checked,
  });
  const areSet = () => Object.values(asked()).some(Boolean);
  return {
    part: element("div", { class: "fields" }, operation, place, text, element("label", {}, errors, "Only errors")),
    areSet,
    /** Return a function that says whether an entry is shown. */
    fits: () => {
      const now = asked();
      const all = !areSet();
      return (entry) => (entry.mark ? all : matches(entry, now));
    },
    /** Have the operations of calls to choose from. */
    offer: (calls) => {
      const known = new Set([...choice.options].map((option) => option.value));
      for (const name of new Set(calls.map((call) => call.operation))) {
        if (known.has(name)) continue;
        const next = [...choice.options].slice(1).find((option) => option.value > name);
        choice.insertBefore(element("option", { value: name }, name), next ?? null);
      }
    },
  };
};
