// The view Query: a form, its hits, the query as code, and the same query by other engines.

import { note } from "../lib/address.js";
import { copy, codeBlock } from "../lib/copy.js";
import { button, element, replace } from "../lib/dom.js";
import { indexChooser } from "../lib/index_chooser.js";
import { refused } from "../lib/refusals.js";
import { read } from "../lib/server.js";
import { comparison } from "./query_comparison.js";
import { queryForm } from "./query_form.js";
import { hitsOf } from "./query_hits.js";

export const title = "Query";

/** Make a note of a refusal, with what it says about each field. */
const refusedQuery = (error) => {
  const fields = (error.fields ?? []).filter(({ message }) => !error.message.includes(message));
  return element(
    "div",
    {},
    refused(error),
    fields.length > 0 &&
      element("ul", { class: "refused-fields", "aria-label": "Fields" }, fields.map(({ path, message }) => element("li", {}, element("code", {}, path), `: ${message}`))),
  );
};

/** Return a function that shows what a promise makes in a place, or why it fails; only the last call counts. */
const shower = (place, signal) => {
  let turn = 0;
  return async (make) => {
    const mine = (turn += 1);
    place.setAttribute("aria-busy", "true");
    let made;
    try {
      made = await make();
    } catch (error) {
      if (signal.aborted) return;
      made = refusedQuery(error);
    }
    if (signal.aborted || mine !== turn) return;
    replace(place, made);
    place.removeAttribute("aria-busy");
  };
};

const CODES = { boto3: "boto3", cli: "CLI" };

/** Return the elements of the view. The signal is aborted as soon as another view is shown. */
export const show = async (parameters, signal) => {
  const { chooser, index } = await indexChooser(parameters, signal);
  const heading = element("h1", {}, title);
  if (!index) return [heading, chooser];

  const hits = element("div", {});
  const code = element("div", {});
  const showHits = shower(hits, signal);
  const showCode = shower(code, signal);
  const form = await queryForm(index, parameters, signal);
  const run = () =>
    showHits(async () => {
      code.replaceChildren();
      const { document, kept } = form.read();
      note({ key: null, top: null, filter: null, ...kept });
      return hitsOf(index, document, signal);
    });
  const copyAs = (kind) => () =>
    showCode(async () => {
      const { document } = form.read();
      const text = (await read("/query/code", { document: { ...document, endpoint: location.origin }, signal }))[kind];
      await copy(text, `the query for ${CODES[kind]}`);
      return codeBlock(text, `the query for ${CODES[kind]}`);
    });
  const actions = element(
    "div",
    { class: "actions" },
    element("button", { type: "submit", class: "primary" }, "Query"),
    Object.entries(CODES).map(([kind, name]) => button(`Copy as ${name}`, copyAs(kind))),
  );
  form.element.append(actions);
  form.element.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  if (parameters.get("key")) await run();
  return [
    heading,
    chooser,
    element("div", { class: "query" }, form.element, element("div", {}, code, hits, comparison(index, form.read, refusedQuery, signal))),
  ];
};
