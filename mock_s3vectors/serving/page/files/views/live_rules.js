// The rules: what they do, how often they did, and a form to add one.

import { copy } from "../lib/copy.js";
import { button, element } from "../lib/dom.js";
import { say } from "../lib/notices.js";
import { ask } from "../lib/server.js";
import { count, plural } from "../lib/words.js";
import { afterQuestion, attempts } from "./live_parts.js";
import { asCurl, documentOf, ruleForm } from "./live_rule_form.js";

/** Make the part; `choices` are operations and ways to lose an answer, as the server names them. */
export const rulesPart = (choices) => {
  let rules = [];
  const words = new Map();
  const rows = new Map();
  const outside = attempts();
  const inside = attempts();
  const none = element("p", { class: "hint" }, "No rules: every call is carried out. Add one below, and the calls that it is about fail, wait or lose their answers.");
  const list = element("ul", { class: "rules", "aria-label": "Rules, in the order in which they look at a call" });
  const more = element("p", { class: "hint" });
  const all = button("Remove all…", () => outside.attempt(removeAll), { class: "danger" });
  const heading = element("h2", { id: "rules-title", tabindex: "-1" }, "Rules");

  const remove = async (rule) => {
    await afterQuestion(`Remove the rule "${rule.words}"?`, "Remove", () => ask("DELETE", `/rules/${rule.id}`), "The rule is removed.");
  };
  const removeAll = async () => {
    const number = plural(rules.length, "rule");
    await afterQuestion(`Remove ${number}? Calls are carried out as usual then.`, `Remove ${number}`, () => ask("DELETE", "/rules"), "All rules are removed.");
  };
  const rowOf = (rule) => {
    const hits = element("b", {});
    const row = element(
      "li",
      {},
      element("p", {}, `${rule.words}.`),
      element(
        "div",
        { class: "actions" },
        element("span", {}, `Rule ${rule.id}: `, hits),
        button("Copy as curl", () => copy(asCurl(documentOf(rule)), `rule ${rule.id} as a curl command`), {
          class: "small",
          "aria-label": `Copy as curl: rule ${rule.id}`,
        }),
        button("Remove…", () => outside.attempt(() => remove(rule)), { class: "small danger", "aria-label": `Remove rule ${rule.id}…` }),
      ),
    );
    return { row, hits };
  };
  const draw = (number) => {
    for (const [id, { row }] of rows) {
      if (rules.some((rule) => rule.id === id)) continue;
      // A row that somebody is in must not take the focus with it.
      if (row.contains(document.activeElement)) heading.focus();
      row.remove();
      rows.delete(id);
    }
    rules.forEach((rule, place) => {
      if (!rows.has(rule.id)) rows.set(rule.id, rowOf(rule));
      const { row, hits } = rows.get(rule.id);
      hits.textContent = plural(rule.hits, "hit");
      if (list.children[place] !== row) list.insertBefore(row, list.children[place] ?? null);
    });
    none.hidden = rules.length > 0;
    all.hidden = !rules.length;
    more.hidden = number <= rules.length;
    more.textContent = `${count(number - rules.length)} more rules are not shown: GET /_mock_s3vectors/rules lists them.`;
  };
  const add = async (document) => {
    await ask("POST", "/rules", { document });
    say("The rule is added.");
  };

  return {
    part: element(
      "section",
      { "aria-labelledby": "rules-title" },
      heading,
      none,
      list,
      more,
      all,
      outside.place,
      element("details", { class: "card" }, element("summary", {}, "Add a rule"), ruleForm(choices, add, inside.attempt), inside.place),
    ),
    /** Return the words of a rule that was ever seen. */
    words: (id) => words.get(id) ?? "",
    onRules: ({ rules: now, count: number }) => {
      rules = now;
      for (const rule of now) words.set(rule.id, rule.words);
      draw(number);
    },
  };
};
