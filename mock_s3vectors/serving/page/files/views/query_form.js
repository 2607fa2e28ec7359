// Query: the form, which becomes parameters of QueryVectors. The server checks them, with AWS's own words.

import { keyBox } from "../lib/data.js";
import { element } from "../lib/dom.js";
import { parseJson } from "../lib/json.js";
import { read } from "../lib/server.js";

const TOP_K = 10;
// Numbers that JSON cannot write; clients send them as texts.
const SPECIAL = new Set(["NaN", "Infinity", "-Infinity"]);

/** Return the numbers of a text: a JSON array, or numbers with commas or white space between. */
export const numbersOf = (text) =>
  text
    .trim()
    .replace(/^\[|\]$/g, "")
    .split(/[\s,]+/)
    .filter(Boolean)
    .map((word) => {
      if (SPECIAL.has(word)) return word;
      const number = Number(word);
      if (Number.isNaN(number)) throw new Error(`The vector has "${word.slice(0, 40)}", which is no number.`);
      // JSON has no infinity: a number beyond all doubles is one.
      return Number.isFinite(number) ? number : String(number);
    });

const field = (id, label, input, hint) =>
  element("div", { class: "field wide" }, element("label", { for: id }, label), input, hint && element("small", { id: `${id}-hint` }, hint));

const choice = (value, label, checked, change) =>
  element("label", {}, element("input", { type: "radio", name: "query-by", value, checked, on: { change } }), label);

const tick = (name, label, checked = true) => {
  const input = element("input", { type: "checkbox", checked });
  return { name, input, label: element("label", {}, input, label) };
};

/** Return the key of some vector, so that the first query needs no typing; null if there is none. */
const anyKey = async (index, signal) => {
  if (!index.vectors) return null;
  const { vectors } = await read("/vectors", { document: { index: index.arn, limit: 1 }, signal });
  return vectors.length ? vectors[0].key : null;
};

const languageOf = ({ textSearch }) => (textSearch ? `, in the language ${textSearch}` : "");

/** Return `{ element, read }`: the form, and a function that returns its query, and what the address keeps of it. */
export const queryForm = async (index, parameters, signal) => {
  const texts = index.metadataKeys.filter((key) => "textSearch" in key);
  const given = parameters.get("key");
  const key = keyBox(given ?? (await anyKey(index, signal)) ?? "", { id: "query-key", "data-search": true });
  const vector = element("textarea", { id: "query-vector", rows: 3, spellcheck: "false", "aria-describedby": "query-vector-hint" });
  const filter = element("textarea", { id: "query-filter", rows: 2, spellcheck: "false", value: parameters.get("filter") ?? "", "aria-describedby": "query-filter-hint" });
  const topK = element("input", { type: "number", id: "query-top-k", value: parameters.get("top") ?? TOP_K });
  const words = texts.map((one, place) => ({
    name: one.name,
    input: element("input", { type: "text", id: `query-text-${place}`, "aria-describedby": `query-text-${place}-hint` }),
    language: languageOf(one),
  }));
  const returned = [tick("returnDistance", "Distance"), tick("returnMetadata", "Metadata"), ...(texts.length ? [tick("returnScores", "Scores")] : [])];

  let by = "key";
  const keyField = field("query-key", "Key", key.input);
  const vectorField = field("query-vector", "Query vector", vector, `${index.dimension} numbers: a JSON array, or numbers with commas or white space between.`);
  const choose = (chosen) => {
    by = chosen;
    keyField.hidden = by !== "key";
    vectorField.hidden = by !== "vector";
  };
  choose("key");

  const queryOf = () => {
    const params = { indexArn: index.arn };
    const document = { params };
    if (by === "key") document.like = key.read();
    if (by === "vector") params.queryVector = { float32: numbersOf(vector.value) };
    const asked = words.filter(({ input }) => input.value);
    if (asked.length) params.queryTexts = asked.map(({ name, input }) => ({ metadataKey: name, text: input.value }));
    if (topK.value) params.topK = Number(topK.value);
    if (filter.value.trim()) params.filter = parseJson(filter.value);
    for (const { name, input } of returned) if (input.checked && (name !== "returnScores" || asked.length)) params[name] = true;
    return { document, kept: { key: by === "key" ? key.read() : null, top: topK.value, filter: filter.value.trim() } };
  };

  const form = element(
    "form",
    { "aria-label": "Query", novalidate: true },
    element(
      "fieldset",
      { class: "query-by" },
      element("legend", {}, "By vector"),
      element(
        "div",
        { class: "fields" },
        choice("key", "Like a key", true, () => choose("key")),
        choice("vector", "A vector of your own", false, () => choose("vector")),
        texts.length > 0 && choice("none", "By text alone", false, () => choose("none")),
      ),
      keyField,
      vectorField,
    ),
    texts.length > 0 &&
      element(
        "fieldset",
        { class: "query-by" },
        element("legend", {}, "By text"),
        words.map(({ name, input, language }) => field(input.id, name, input, `Words to look for${language}. With a vector, both rankings are fused.`)),
      ),
    field("query-filter", "Filter", filter, 'As in QueryVectors: {"year": {"$gte": 1980}}. Empty for none.'),
    element(
      "div",
      { class: "fields" },
      element("div", { class: "field" }, element("label", { for: "query-top-k" }, "Top K"), topK),
      element("fieldset", {}, element("legend", {}, "Return"), element("div", { class: "ticks" }, returned.map(({ label }) => label))),
    ),
  );
  return { element: form, read: queryOf };
};
