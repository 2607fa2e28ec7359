// The table of calls: the newest first, with filters. It stands still while somebody reads.

import { element } from "../lib/dom.js";
import { empty } from "../lib/empty.js";
import { ask } from "../lib/server.js";
import { count, plural } from "../lib/words.js";
import { afterQuestion, attempts, button, field, options } from "./live_parts.js";
import { cellsOf, matches, outcomeOf, TITLES } from "./live_row.js";

// Calls that the page keeps, and rows that it shows.
const KEPT = 1000;
const SHOWN = 200;

const EXAMPLE = () => `import boto3

client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url="${location.origin}",
                      aws_access_key_id="testing", aws_secret_access_key="testing")
client.list_vector_buckets()`;

/** Make the part. `open(call, back)` shows a call, and `back()` returns the focus to its row. */
export const callsPart = (words, open) => {
  let entries = [];
  let waiting = [];
  let mock;
  let paused = false;
  let isOpen = false;
  const counts = new Map();
  let skipped = 0;
  const { place, attempt } = attempts();

  const totals = element("ul", { class: "counts", "aria-label": "Calls by outcome" });
  const operation = field("Operation", "select", { name: "operation" }, options([["", "All"]]));
  const index = field("Bucket or index", "input", { type: "search" });
  const text = field("Text", "input", { type: "search", "data-search": true });
  const errors = element("input", { type: "checkbox" });
  const body = element("tbody", {});
  const none = element("p", { class: "empty", hidden: true }, "No call of those that the page keeps is like this.");
  const caption = element("caption", {});
  const box = element(
    "div",
    { class: "scroll calls" },
    element("table", {}, caption, element("thead", {}, element("tr", {}, TITLES.map((title) => element("th", { scope: "col" }, title)))), body),
  );
  const first = empty("No calls yet.", "Make one, for instance from Python:", EXAMPLE());
  const pause = button("Pause", () => setPaused(!paused), { "aria-pressed": "false" });
  const more = button("", () => { box.scrollTop = 0; flush(); pause.focus(); }, { class: "primary", hidden: true });

  const filter = () => ({
    operation: operation.lastChild.value,
    place: index.lastChild.value.trim().toLowerCase(),
    text: text.lastChild.value.trim().toLowerCase(),
    errors: errors.checked,
  });
  const isFiltered = () => Object.values(filter()).some(Boolean);
  const fits = (entry) => (entry.mark ? !isFiltered() : matches(entry, filter()));
  const isHeld = () => paused || isOpen || box.scrollTop > 0 || body.contains(document.activeElement);

  const rowOf = (entry) => {
    if (entry.mark) return element("tr", { class: "mark" }, element("td", { colspan: TITLES.length }, entry.mark));
    const name = button(`#${count(entry.number)}`, () => show(entry), {
      class: "small",
      tabindex: "-1",
      "aria-label": `Call ${entry.number}, ${entry.operation}, ${outcomeOf(entry)}`,
      "data-call": `${entry.mock}-${entry.number}`,
    });
    const row = element("tr", { class: entry.error ? "wrong" : null }, cellsOf(entry, name, words));
    row.addEventListener("click", (event) => event.target.closest("button, a") || getSelection().toString() || name.click());
    return row;
  };
  const buttons = () => [...body.querySelectorAll("button[data-call]")];
  // One of the rows is reached by Tab; arrows lead to the others.
  const markOne = (chosen) => {
    const all = buttons();
    const one = chosen ?? all.find((other) => other.tabIndex === 0) ?? all[0];
    for (const other of all) other.tabIndex = other === one ? 0 : -1;
    return one;
  };
  const describe = () => {
    const shown = buttons().length;
    const found = isFiltered() ? entries.filter((entry) => !entry.mark && fits(entry)).length : shown;
    const kept = entries.filter((entry) => !entry.mark).length;
    caption.textContent = isFiltered()
      ? `${plural(found, "call")} of the newest ${count(kept)} that this page keeps${found > shown ? `, the newest ${count(shown)} shown` : ""}`
      : `The newest ${plural(shown, "call")}, the newest first`;
    first.hidden = Boolean(kept || waiting.length || skipped);
    box.hidden = !kept;
    none.hidden = !kept || Boolean(shown);
    totals.replaceChildren(
      ...[...counts].sort().map(([outcome, number]) => element("li", {}, element("b", {}, outcome), ` ${count(number)}`)),
    );
    if (skipped) totals.append(element("li", {}, `${plural(skipped, "call")} ${skipped === 1 ? "is" : "are"} not shown`));
  };
  const draw = () => {
    body.replaceChildren(...entries.filter(fits).slice(0, SHOWN).map(rowOf));
    markOne();
    describe();
  };
  const flush = () => {
    const came = waiting;
    waiting = [];
    more.hidden = true;
    entries = [...came, ...entries].slice(0, KEPT);
    body.prepend(...came.filter(fits).slice(0, SHOWN).map(rowOf));
    while (body.children.length > SHOWN) body.lastChild.remove();
    if (!body.contains(document.activeElement)) markOne(buttons()[0]);
    describe();
  };
  const settle = () => {
    const calls = waiting.filter((entry) => !entry.mark && fits(entry)).length;
    if (!isHeld()) flush();
    else {
      more.textContent = `${count(calls)} new`;
      more.hidden = !calls;
      describe();
    }
  };
  const setPaused = (is) => {
    paused = is;
    pause.setAttribute("aria-pressed", String(is));
    settle();
  };
  const show = (entry) => {
    isOpen = true;
    const key = `${entry.mock}-${entry.number}`;
    markOne(buttons().find((other) => other.dataset.call === key));
    for (const row of body.children) row.classList.toggle("chosen", row.querySelector("[data-call]")?.dataset.call === key);
    open(entry, () => {
      isOpen = false;
      for (const row of body.children) row.classList.remove("chosen");
      const same = buttons().find((other) => other.dataset.call === key);
      (same ?? pause).focus();
    });
  };
  const clear = () => {
    entries = [];
    waiting = [];
    counts.clear();
    skipped = 0;
    more.hidden = true;
    draw();
  };

  const keys = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
  body.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = buttons();
    const next = Math.min(all.length - 1, Math.max(0, all.indexOf(event.target) + keys[event.key]));
    if (!all[next]) return;
    event.preventDefault();
    markOne(all[next]).focus();
    all[next].closest("tr").scrollIntoView({ block: "nearest" });
  });
  body.addEventListener("focusout", () => setTimeout(settle));
  box.addEventListener("scroll", () => { if (!box.scrollTop) settle(); });
  for (const [input, event] of [[operation, "change"], [index, "input"], [text, "input"], [errors, "change"]]) {
    input.addEventListener(event, draw);
  }

  const forget = () =>
    attempt(async () => {
      const kept = (await ask("GET", "/calls")).calls.length;
      const question = `Forget ${plural(kept, "call")}? Tests and GET /calls do not see them any more.`;
      await afterQuestion(question, "Forget the calls", () => ask("DELETE", "/calls"), "The calls are forgotten.");
    });
  const noteOperation = (name) => {
    const known = [...operation.lastChild.options].map((option) => option.value);
    if (known.includes(name)) return;
    const after = [...operation.lastChild.options].slice(1).find((option) => option.value > name);
    operation.lastChild.insertBefore(element("option", { value: name }, name), after ?? null);
  };

  draw();
  return {
    part: element(
      "section",
      { "aria-labelledby": "calls-title" },
      element("h2", { id: "calls-title" }, "Calls"),
      element("div", { class: "fields" }, operation, index, text, element("label", {}, errors, "Only errors")),
      element("div", { class: "actions" }, pause, more, button("Forget the calls…", forget)),
      place,
      totals,
      first,
      box,
      none,
    ),
    /** Another mock answers, or calls were forgotten. */
    onMock: (now) => {
      if (mock && now?.mock === mock.mock && now.before > mock.before) clear();
      else if (mock && now && now.mock !== mock.mock) waiting.unshift({ mark: "Another mock answers from here on." });
      if (now) mock = now;
      settle();
    },
    onCalls: ({ mock: of, skipped: left, calls }) => {
      skipped += left;
      if (left) waiting.unshift({ mark: `${plural(left, "call")} ${left === 1 ? "is" : "are"} not shown.` });
      for (const call of calls) {
        waiting.unshift({ ...call, mock: of });
        counts.set(outcomeOf(call), (counts.get(outcomeOf(call)) ?? 0) + 1);
        noteOperation(call.operation);
      }
      waiting.splice(KEPT);
      settle();
    },
  };
};
