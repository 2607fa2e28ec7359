// Pieces that the parts of the view Live share.

import { confirm } from "../lib/dialog.js";
import { element } from "../lib/dom.js";
import { say } from "../lib/notices.js";
import { refused } from "../lib/refusals.js";
import { plural } from "../lib/words.js";

/** Make a place for refusals, and a function that does something and shows there why it was refused. */
export const attempts = () => {
  const place = element("div", {});
  const running = new Set();
  const attempt = async (action) => {
    // Whoever clicks twice on a button that asks is asked once.
    if (running.has(action)) return undefined;
    running.add(action);
    place.replaceChildren();
    try {
      return await action();
    } catch (error) {
      place.replaceChildren(refused(error));
      return undefined;
    } finally {
      running.delete(action);
    }
  };
  return { place, attempt };
};

let made = 0;

/** Make an input with its label: `field("Index name", "input", { name: "indexName" })`. */
export const field = (label, tag, attributes = {}, ...children) => {
  const id = `live-${(made += 1)}`;
  return element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    element(tag, { id, ...(tag === "input" && { type: "text", autocomplete: "off", spellcheck: "false" }), ...attributes }, ...children),
  );
};

/** Make the options of a choice from pairs of a value and a text. */
export const options = (pairs) => pairs.map(([value, text]) => element("option", { value }, text));

/** Ask whether to do what loses something; if so, do it and say that it is done. */
export const afterQuestion = async (question, verb, action, done) => {
  if (!(await confirm(question, verb))) return;
  await action();
  say(done);
};

/** Return a list in words: "a, b and c". */
export const listed = (parts) =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;

/** Return in words what a mock holds, of what there is any: "1 vector bucket and 2 calls". */
export const holdings = (held, names) => {
  const words = {
    vectorBuckets: ["vector bucket"],
    indexes: ["index", "indexes"],
    vectors: ["vector"],
    identities: ["identity", "identities"],
    keys: ["KMS key"],
    rules: ["rule"],
    calls: ["call"],
  };
  return listed(names.filter((name) => held[name]).map((name) => plural(held[name], ...words[name])));
};
