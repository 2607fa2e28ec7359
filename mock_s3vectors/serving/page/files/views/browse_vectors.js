// Browse: the vectors of an index, a page at a time, with a filter, and a box to find one by its key.

import { address, go } from "../lib/address.js";
import { data } from "../lib/data.js";
import { button, element } from "../lib/dom.js";
import { empty } from "../lib/empty.js";
import { parseJson, readableJson } from "../lib/json.js";
import { pageOf, pager } from "../lib/pager.js";
import { refused } from "../lib/refusals.js";
import { searchForm } from "../lib/search.js";
import { read, Refusal } from "../lib/server.js";
import { table } from "../lib/table.js";
import { bytes, count, plural } from "../lib/words.js";

const CHANGES =
  "Vectors are in the order in which they were first put; a deleted one leaves its place to the last. A page shows what is there when it opens: if vectors come or go meanwhile, others move into their places.";

const EXAMPLES = {
  number: (value) => ({ $gte: value }),
  string: (value) => ({ $eq: value }),
  boolean: (value) => ({ $eq: value }),
  array: (value) => ({ $in: [value] }),
};

/** Return a filter that a vector of the sample matches, or null if there is no metadata for one. */
const exampleFilter = (keys) => {
  const key = keys.find(({ name, filterable, types, example }) => filterable && example !== undefined && types.length && !name.startsWith("$"));
  return key ? { [key.name]: EXAMPLES[key.types[0]](key.example) } : null;
};

const filterForm = (index, parameters, refusal) => {
  const text = parameters.get("filter") ?? "";
  const example = exampleFilter(index.metadataKeys);
  const apply = (filter) => go("browse", { index: index.arn, size: parameters.get("size"), filter });
  const input = element("textarea", { id: "filter", rows: 2, spellcheck: "false", value: text, "aria-describedby": "filter-fault" });
  const fault = element("div", { id: "filter-fault" }, refusal && refused(refusal));
  if (refusal) input.setAttribute("aria-invalid", "true");
  const submit = (event) => {
    event.preventDefault();
    if (!input.value.trim()) return apply("");
    try {
      parseJson(input.value);
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
      fault.replaceChildren(refused(error));
      return input.focus();
    }
    return apply(input.value);
  };
  const fill = () => {
    input.value = JSON.stringify(example);
    input.focus();
  };
  return element(
    "form",
    { "aria-label": "Filter", on: { submit } },
    element("div", { class: "field" }, element("label", { for: "filter" }, "Filter, as in QueryVectors"), input),
    fault,
    element(
      "div",
      { class: "actions" },
      element("button", { type: "submit" }, "Apply"),
      example && button("Example", fill),
      text && button("Clear", () => apply("")),
    ),
  );
};

const vectorsTable = (arn, vectors) =>
  table(
    "Vectors",
    [
      { title: "Key", cell: ({ key }) => element("a", { class: "short", href: address("browse", { index: arn, key }) }, data(key)) },
      {
        title: "Metadata",
        cell: ({ metadata, isCut }) => element("span", { class: "data" }, readableJson(metadata), isCut && " ..."),
      },
      { title: "Size", cell: ({ bytes: size }) => bytes(size), numeric: true },
    ],
    vectors,
  );

const noVectors = ({ bucket, name, dimension }) =>
  empty(
    "There are no vectors in this index.",
    "Put one from Python:",
    `client.put_vectors(vectorBucketName="${bucket}", indexName="${name}", vectors=[
    {"key": "first", "data": {"float32": [0.1] * ${dimension}}, "metadata": {"year": 1979}}])`,
  );

const found = (answer, parameters, page, arn) => [
  element(
    "p",
    { role: "status" },
    parameters.get("filter")
      ? `${count(answer.total)} of ${plural(answer.count, "vector")} ${answer.total === 1 ? "matches" : "match"} the filter.`
      : `${plural(answer.count, "vector")}.`,
  ),
  answer.vectors.length ? vectorsTable(arn, answer.vectors) : element("p", { class: "empty" }, answer.total ? "This page is past the end." : "No vector matches."),
  pager("vectors", "browse", parameters, page, answer.vectors.length, answer.total),
  element("p", { class: "hint" }, CHANGES),
];

/** Return the section of the vectors. */
export const showVectors = async (index, parameters, signal) => {
  const heading = element("h2", { "data-focus": parameters.size > 1 }, "Vectors");
  const filter = parameters.get("filter");
  if (!index.vectors && !filter) return [heading, noVectors(index)];
  const page = pageOf(parameters);
  let answer;
  let refusal;
  try {
    const asked = { index: index.arn, ...page, ...(filter ? { filter: parseJson(filter) } : {}) };
    answer = await read("/vectors", { document: asked, signal });
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof SyntaxError)) throw error;
    refusal = error;
  }
  return [
    heading,
    element(
      "div",
      { class: "finders" },
      searchForm("Find a key", "Find", "", (key) => key && go("browse", { index: index.arn, key })),
      filterForm(index, parameters, refusal),
    ),
    answer && found(answer, parameters, page, index.arn),
  ];
};
