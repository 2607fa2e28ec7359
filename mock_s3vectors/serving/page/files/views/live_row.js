// A call as a row of a table, and what filters ask of it.

import { element } from "../lib/dom.js";
import { count, duration, time } from "../lib/words.js";

export const TITLES = ["Call", "Time", "Operation", "Bucket or index", "Outcome", "Took", "Advice", "Because of"];

/** Return what became of a call: a status, and the code of its error. */
export const outcomeOf = ({ status, error }) =>
  [status ?? (error ? "No answer" : ""), error === String(status) ? "" : error].filter(Boolean).join(" ");

/** Return the time of day, or the moment if it is of another day than that of the browser. */
const shortTime = (seconds) => {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return time(seconds);
  const [day, moment] = at.toISOString().split("T");
  return day === new Date().toISOString().slice(0, 10) ? moment.slice(0, 12) : `${day} ${moment.slice(0, 8)}`;
};

/** Return which rule or decision made a call's outcome. */
const reasons = ({ rule, denied, why, delay, attempt }, words) =>
  [
    rule && `Rule ${rule}${words(rule) ? `: ${words(rule)}` : ""}`,
    why && `${denied ? "Denied" : "Would be denied"} ${why}`,
    delay && `${duration(delay)} later`,
    attempt > 1 && `Attempt ${attempt}`,
  ].filter(Boolean);

/** Return the cells of a call; `words(id)` returns the words of a rule. */
export const cellsOf = (call, name, words) => [
  element("th", { scope: "row" }, name),
  element("td", { class: "numeric" }, shortTime(call.time)),
  element("td", {}, call.operation),
  element("td", { class: "place" }, call.place),
  element("td", { class: "outcome" }, element("span", {}, outcomeOf(call)), call.message && element("small", {}, call.message)),
  element("td", { class: "numeric" }, call.milliseconds === null ? "" : duration(call.milliseconds / 1000)),
  element("td", {}, call.advice ? (call.advice === 1 ? "Advice" : `${call.advice} times`) : ""),
  element("td", { class: "reasons" }, reasons(call, words).map((reason) => element("small", { class: "reason" }, reason))),
];

/** Return whether a call is one of those that a filter asks for. */
export const matches = (call, { operation, place, text, errors }) =>
  (!operation || call.operation === operation) &&
  (!errors || Boolean(call.error)) &&
  call.place.toLowerCase().includes(place) &&
  (!text ||
    [call.operation, call.place, outcomeOf(call), call.message, call.caller, call.region, `#${call.number} #${count(call.number)}`]
      .join("\n")
      .toLowerCase()
      .includes(text));
