// A box to choose an index of any account and Region, by a search. The address has it as index=ARN.

import { go, here } from "./address.js";
import { element } from "./dom.js";
import { noIndexes } from "./empty.js";
import { read, Refusal } from "./server.js";
import { count, plural } from "./words.js";

const SHOWN = 20;
const PAUSE = 150;

/** Return the name of an index for people: bucket/index. */
export const nameOf = ({ bucket, name }) => `${bucket}/${name}`;

const about = ({ region, account, vectors, dimension, distanceMetric, mode }) =>
  `${region}, ${account}: ${plural(vectors, "vector")} of ${plural(dimension, "number")}, ${distanceMetric}, ${mode}`;

const optionOf = (index, place, pick) =>
  element(
    "li",
    { role: "option", id: `index-option-${place}`, "aria-selected": "false", on: { mousedown: (event) => event.preventDefault(), click: () => pick(index) } },
    element("span", {}, nameOf(index)),
    element("small", {}, about(index)),
  );

/** Make the box. `chosen` is the index that it shows, or null; `choose` is told the ARN of another one. */
const box = (chosen, choose, signal) => {
  let found = [];
  let place = -1;
  let asked = 0;
  let timer;
  const list = element("ul", { role: "listbox", id: "index-options", "aria-label": "Indexes", hidden: true });
  const status = element("p", { class: "hint", role: "status" });
  const input = element("input", {
    type: "text",
    id: "index-chooser",
    role: "combobox",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Search for an index",
    "aria-expanded": "false",
    "aria-controls": "index-options",
    "aria-autocomplete": "list",
    "data-search": true,
    value: chosen ? nameOf(chosen) : "",
  });

  const close = () => {
    // Whatever is still on its way comes too late.
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    place = -1;
    status.textContent = "";
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const leave = () => {
    close();
    input.value = chosen ? nameOf(chosen) : "";
  };
  const pick = (index) => {
    close();
    input.value = nameOf(index);
    choose(index.arn);
  };
  const mark = (next) => {
    place = next;
    [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === place)));
    if (place < 0) return;
    input.setAttribute("aria-activedescendant", list.children[place].id);
    list.children[place].scrollIntoView({ block: "nearest" });
  };
  const search = async (text) => {
    const turn = (asked += 1);
    let answer;
    try {
      answer = await read("/indexes", { query: { search: text, limit: SHOWN }, signal });
    } catch (error) {
      if (turn === asked) status.textContent = error.message;
      return;
    }
    if (turn !== asked) return;
    found = answer.indexes;
    list.replaceChildren(...found.map((index, number) => optionOf(index, number, pick)));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
    input.removeAttribute("aria-activedescendant");
    const more = answer.found - found.length;
    status.textContent = found.length
      ? `${plural(answer.found, "index", "indexes")}${more ? `, ${count(found.length)} of them shown: search for more words` : ""}.`
      : "No index has these words in its ARN.";
    mark(found.length && text ? 0 : -1);
  };
  const keys = {
    ArrowDown: () => (list.hidden ? search("") : mark((place + 1) % found.length)),
    ArrowUp: () => list.hidden || mark((place + found.length - (place < 0 ? 0 : 1)) % found.length),
    Enter: () => list.hidden || place < 0 || pick(found[place]),
    Escape: leave,
  };
  input.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(input.value), PAUSE);
  });
  input.addEventListener("click", () => list.hidden && search(""));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", leave);
  return element(
    "div",
    { class: "chooser" },
    element("label", { for: "index-chooser" }, "Index"),
    element("div", { class: "combobox" }, input, list),
    chosen ? element("p", { class: "hint" }, about(chosen)) : null,
    status,
  );
};

/**
 * Return `{ chooser, index }`: the elements to show, and the description of the index that the address names, as
 * GET /ui/data/index has it; null if it names none. To choose another one changes `index=` in the address, and
 * so shows the view anew; a view that does something else gives `choose(arn)`.
 */
export const indexChooser = async (parameters, signal, choose = (arn) => go(here().view, { index: arn })) => {
  const arn = parameters.get("index");
  if (arn) {
    try {
      const index = await read("/index", { query: { arn }, signal });
      return { chooser: box(index, choose, signal), index };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      const text = element("p", { class: "refusal", role: "alert" }, `${error.message}: ${arn}`);
      return { chooser: element("div", {}, box(null, choose, signal), text), index: null };
    }
  }
  const { found } = await read("/indexes", { query: { limit: 1 }, signal });
  return { chooser: found ? box(null, choose, signal) : noIndexes(), index: null };
};
