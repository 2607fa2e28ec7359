// The calls that the page keeps: those that its table has, and the newer ones that wait while somebody reads.

import { plural } from "../lib/words.js";
import { outcomeOf } from "./live_row.js";

const KEPT = 1000;

const areNotShown = (number) => `${plural(number, "call")} ${number === 1 ? "is" : "are"} not shown`;

/** Calls, the newest first. Among them are marks, `{ mark: text }`, of what happened between two calls. */
export class LiveCalls {
  constructor() {
    this.entries = [];
    this.waiting = [];
    // How many calls there were, by outcome, and how many were not sent.
    this.counts = new Map();
    this.skipped = 0;
    this.mock = null;
  }

  get kept() {
    return this.entries.filter((entry) => !entry.mark).length;
  }

  get isEmpty() {
    return !this.kept && !this.waiting.length && !this.skipped;
  }

  /** Return the counts in words, as pairs of an outcome and a number. */
  get totals() {
    const totals = [...this.counts].sort();
    return this.skipped ? [...totals, [areNotShown(this.skipped), null]] : totals;
  }

  /** Note which mock answers, and return whether its calls were forgotten. */
  answeredBy(now) {
    const before = this.mock;
    this.mock = now ?? before;
    if (!before || !now) return false;
    if (now.mock !== before.mock) this.waiting.unshift({ mark: "Another mock answers from here on." });
    const isForgotten = now.mock === before.mock && now.before > before.before;
    if (isForgotten) this.clear();
    return isForgotten;
  }

  /** Have calls wait, as an event has them. */
  add({ mock, skipped, calls }) {
    this.skipped += skipped;
    if (skipped) this.waiting.unshift({ mark: `${areNotShown(skipped)}.` });
    for (const call of calls) {
      const outcome = outcomeOf(call);
      this.waiting.unshift({ ...call, mock, key: `${mock}-${call.number}` });
      this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1);
    }
    this.waiting.splice(KEPT);
  }

  /** Return what waited, which is among the entries from now on. */
  take() {
    const came = this.waiting;
    this.waiting = [];
    this.entries = [...came, ...this.entries].slice(0, KEPT);
    return came;
  }

  clear() {
    this.entries = [];
    this.waiting = [];
    this.counts.clear();
    this.skipped = 0;
  }
}
