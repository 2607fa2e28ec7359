// The calls as they come, with filters. Their table stands still while somebody reads.

import { button, element } from "../lib/dom.js";
import { clientCode, empty } from "../lib/empty.js";
import { ask, read } from "../lib/server.js";
import { count, plural } from "../lib/words.js";
import { callFilters } from "./live_filters.js";
import { LiveCalls } from "./live_model.js";
import { afterQuestion, attempts } from "./live_parts.js";
import { callTable } from "./live_table.js";

const forget = async () => {
  const { calls } = await read("/holdings");
  const question = `Forget ${plural(calls, "call")}? Tests and GET /calls do not see them any more.`;
  await afterQuestion(question, "Forget the calls", () => ask("DELETE", "/calls"), "The calls are forgotten.");
};

/** Make the part. `words(id)` returns the words of a rule; `open(call, back)` shows a call, and calls `back` in the end. */
export const callsPart = (words, open) => {
  const calls = new LiveCalls();
  let isOpen = false;
  const { place, attempt } = attempts();
  const totals = element("ul", { class: "counts", "aria-label": "Calls by outcome" });
  const none = element("p", { class: "empty", hidden: true }, "No call of those that the page keeps is like this.");
  const first = empty("No calls yet.", "Make one, for instance from Python:", `${clientCode()}\nclient.list_vector_buckets()`);
  const pause = button("Pause", () => setPaused(!isPaused()), { "aria-pressed": "false" });
  const more = button("", () => showNew(), { class: "primary", hidden: true });
  const filters = callFilters(() => draw());
  const table = callTable(words, (entry) => openOne(entry));

  const isPaused = () => pause.getAttribute("aria-pressed") === "true";
  const isRead = () => isPaused() || isOpen || table.box.scrollTop > 0 || table.hasFocus();
  const describe = () => {
    const { kept } = calls;
    const shown = table.shown();
    table.name(
      filters.areSet()
        ? `${plural(shown, "call")} of the newest ${count(kept)}, the newest first`
        : `The newest ${plural(shown, "call")}, the newest first`,
    );
    first.hidden = !calls.isEmpty;
    table.box.hidden = !kept;
    none.hidden = !kept || Boolean(shown);
    totals.replaceChildren(
      ...calls.totals.map(([what, number]) => element("li", {}, element("b", {}, what), number !== null && `: ${count(number)}`)),
    );
  };
  const draw = () => {
    table.draw(calls.entries.filter(filters.fits()));
    describe();
  };
  const flush = () => {
    const came = calls.take();
    table.prepend(came.filter(filters.fits()));
    filters.offer(came.filter((entry) => !entry.mark));
    more.hidden = true;
    describe();
  };
  /** Show what is new, or say how much that is. */
  const settle = () => {
    if (!isRead()) {
      flush();
      return;
    }
    const fits = filters.fits();
    const number = calls.waiting.filter((entry) => !entry.mark && fits(entry)).length;
    more.textContent = `${count(number)} new`;
    more.hidden = !number;
    describe();
  };
  const setPaused = (is) => {
    pause.setAttribute("aria-pressed", String(is));
    settle();
  };
  const showNew = () => {
    table.box.scrollTop = 0;
    flush();
    pause.focus();
  };
  const openOne = (entry) => {
    isOpen = true;
    table.choose(entry.key);
    open(entry, () => {
      isOpen = false;
      table.choose(null);
      if (!table.focus(entry.key)) pause.focus();
    });
  };
  table.body.addEventListener("focusout", () => setTimeout(settle));
  table.box.addEventListener("scroll", () => table.box.scrollTop || settle());

  draw();
  return {
    part: element(
      "section",
      { "aria-labelledby": "calls-title" },
      element("h2", { id: "calls-title" }, "Calls"),
      filters.part,
      element("div", { class: "actions" }, pause, more, button("Forget the calls…", () => attempt(forget))),
      place,
      totals,
      first,
      table.box,
      none,
    ),
    onMock: (now) => {
      if (calls.answeredBy(now)) draw();
      settle();
    },
    onCalls: (event) => {
      calls.add(event);
      settle();
    },
  };
};
