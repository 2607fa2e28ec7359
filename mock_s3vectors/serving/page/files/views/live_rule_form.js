// The form that makes a rule: its fields, and the document that POST /_mock_s3vectors/rules takes.

import { copy } from "../lib/copy.js";
import { button, element } from "../lib/dom.js";
import { parseJson } from "../lib/json.js";
import { urlOf } from "../lib/server.js";
import { field, options } from "./live_parts.js";

/** Return a number, or the text as it is, which the server refuses with a reason; undefined if it is empty. */
const number = (text) => (text.trim() === "" ? undefined : Number.isNaN(Number(text)) ? text : Number(text));
const given = (text) => (text.trim() === "" ? undefined : text.trim());

const codes = (operations) => [...new Set(operations.flatMap(({ errors }) => errors))].sort();

/** The verbs: what they are called, their fields, and the document that the values of these make. */
const verbs = ({ operations, disconnects }) => ({
  fail: {
    called: "Fail with an error",
    fields: [
      field("Error code or status", "input", { name: "code", list: "rule-codes", value: "TooManyRequestsException" }),
      field("Message", "input", { name: "message", placeholder: "the usual one" }),
      element("datalist", { id: "rule-codes" }, options([...codes(operations), "500", "503"].map((code) => [code, code]))),
    ],
    value: ({ code, message }) => ({ code: code.trim(), message: given(message) }),
  },
  delay: {
    called: "Answer later",
    fields: [field("Seconds", "input", { name: "least", inputmode: "decimal", value: "1" }), field("Up to seconds", "input", { name: "most", inputmode: "decimal" })],
    value: ({ least, most }) => (given(most) ? [number(least), number(most)] : number(least) ?? null),
  },
  limit: {
    called: "Limit the rate",
    fields: [
      field("Requests", "input", { name: "requests", inputmode: "numeric", value: "5" }),
      field("Vectors", "input", { name: "vectors", inputmode: "numeric" }),
      field("In seconds", "input", { name: "per", inputmode: "decimal", value: "1" }),
    ],
    value: ({ requests, vectors, per }) => ({ requests: number(requests), vectors: number(vectors), per: number(per) }),
  },
  disconnect: {
    called: "Lose the answer",
    fields: [
      field("How", "select", { name: "kind" }, options(Object.entries(disconnects).map(([kind, text]) => [kind, text[0].toUpperCase() + text.slice(1)]))),
      element("label", {}, element("input", { type: "checkbox", name: "applied" }), "The call is carried out all the same"),
    ],
    value: ({ kind, applied }) => ({ kind, applied: applied === "on" || undefined }),
  },
  answer: {
    called: "Answer with a result",
    fields: [field("Output of the operation, in JSON", "textarea", { name: "output", rows: "5", spellcheck: "false" })],
    value: ({ output }) => parseJson(output, "The output"),
  },
});

/** Return a line for a shell that adds a rule. */
export const asCurl = (document) =>
  `curl -X POST ${location.origin}${urlOf("/rules")} -d '${JSON.stringify(document).replaceAll("'", "'\\''")}'`;

/** Return what makes a rule that the server has described, without what is usual. */
export const documentOf = ({ id, hits, words, ...document }) => {
  const usual = { region: null, account: null, members: {}, times: null, after: 0, probability: 1, seed: null, optional: true };
  const isUsual = ([name, value]) => name in usual && JSON.stringify(usual[name]) === JSON.stringify(value);
  return Object.fromEntries(Object.entries(document).filter((entry) => !isUsual(entry)));
};

/** Return the rule that a form describes, without what is left empty. */
const documentFrom = (form, known) => {
  const values = Object.fromEntries(new FormData(form));
  const members = {
    vectorBucketName: given(values.vectorBucketName),
    indexName: given(values.indexName),
    ...(values.member && { [values.member]: values.value }),
  };
  const document = {
    operation: values.operation,
    members: Object.values(members).some((value) => value !== undefined) ? members : undefined,
    region: given(values.region),
    account: given(values.account),
    [values.verb]: known[values.verb].value(values),
    times: number(values.times),
    after: number(values.after),
    probability: number(values.probability),
  };
  return JSON.parse(JSON.stringify(document));
};

const aboutCalls = (operations) => {
  const members = [...new Set(operations.flatMap((operation) => operation.members))].sort();
  return [
    element(
      "div",
      { class: "fields" },
      field("Operation", "select", { name: "operation" }, options([["*", "All"], ...operations.map(({ name }) => [name, name])])),
      field("Vector bucket name", "input", { name: "vectorBucketName" }),
      field("Index name", "input", { name: "indexName" }),
    ),
    element(
      "details",
      {},
      element("summary", {}, "More about the calls"),
      element(
        "div",
        { class: "fields" },
        field("Region", "input", { name: "region" }),
        field("Account", "input", { name: "account", inputmode: "numeric" }),
        field("Another parameter", "select", { name: "member" }, options([["", "None"], ...members.map((name) => [name, name])])),
        field("Its value", "input", { name: "value" }),
      ),
    ),
  ];
};

/** Make a choice of a verb, and the fields of the one that is chosen. */
const aboutVerb = (known) => {
  const named = Object.entries(known);
  const verb = field("What happens", "select", { name: "verb" }, options(named.map(([name, { called }]) => [name, called])));
  const fieldsets = named.map(([name, { called, fields }]) =>
    element("fieldset", { "data-verb": name }, element("legend", {}, called), element("div", { class: "fields" }, fields)),
  );
  const choose = () => {
    // A form does not have what is disabled.
    for (const one of fieldsets) one.hidden = one.disabled = one.dataset.verb !== verb.lastChild.value;
  };
  verb.addEventListener("change", choose);
  choose();
  return [element("div", { class: "fields" }, verb), fieldsets];
};

const occasions = () =>
  element(
    "div",
    { class: "fields" },
    field("At most so many times", "input", { name: "times", inputmode: "numeric" }),
    field("After so many calls", "input", { name: "after", inputmode: "numeric" }),
    field("Probability", "input", { name: "probability", inputmode: "decimal" }),
  );

/** Make the form. `add(document)` makes the rule; `attempt(action)` does something, and shows why it was refused. */
export const ruleForm = (choices, add, attempt) => {
  const known = verbs(choices);
  const submit = (event) => {
    event.preventDefault();
    attempt(() => add(documentFrom(form, known)));
  };
  const copyIt = () => attempt(() => copy(asCurl(documentFrom(form, known)), "the rule as a curl command"));
  const form = element(
    "form",
    { on: { submit } },
    aboutCalls(choices.operations),
    aboutVerb(known),
    occasions(),
    element(
      "div",
      { class: "actions" },
      element("button", { type: "submit", class: "primary" }, "Add the rule"),
      button("Copy as curl", copyIt),
    ),
  );
  return form;
};
