// The clock of the mock: it is seen to run, and can be moved.

import { button, element } from "../lib/dom.js";
import { ask } from "../lib/server.js";
import { time } from "../lib/words.js";
import { attempts, field, listed, options } from "./live_parts.js";

const TICK = 200;
const UNITS = [[1, "seconds"], [60, "minutes"], [3600, "hours"], [86_400, "days"]];

/** Return a long duration in words, by its two largest units: "3 days and 2 hours". */
const long = (seconds) => {
  let left = Math.round(seconds);
  const parts = [];
  for (const [unit, name] of UNITS.toReversed()) {
    const number = Math.floor(left / unit);
    left -= number * unit;
    if (number) parts.push(`${number.toLocaleString("en-US")} ${number === 1 ? name.slice(0, -1) : name}`);
  }
  return listed(parts.slice(0, 2));
};

const described = ({ frozen, ahead }) => {
  if (frozen) return "It is frozen.";
  if (Math.abs(ahead) < 1) return "It follows the clock of the server.";
  return `It goes on, ${long(Math.abs(ahead))} ${ahead > 0 ? "ahead of" : "behind"} the clock of the server.`;
};

/** Make the part. */
export const clockPart = (signal) => {
  let clock = null;
  let since = 0;
  const { place, attempt } = attempts();
  const shown = element("p", { class: "clock" });
  const state = element("p", { class: "hint" });
  const moment = field("Moment (UTC)", "input", { type: "datetime-local", step: "1", required: true });
  const amount = field("Shift by", "input", { inputmode: "decimal", value: "1" });
  const unit = field("Unit", "select", {}, options(UNITS.toReversed()));

  const change = (document) => attempt(async () => onClock({ ...(await ask("POST", "/clock", { document })), ahead: null }));
  const freeze = button("Freeze", () => change({ freeze: true }));
  const follow = button("Follow the server", () => change({ follow: true }));
  const shift = (sign) => {
    const text = amount.lastChild.value.trim();
    const seconds = Number(text) * Number(unit.lastChild.value) * sign;
    return change({ shift: text === "" || Number.isNaN(seconds) ? text : seconds });
  };

  const tick = () => {
    if (!clock) return;
    shown.textContent = time(clock.frozen ? clock.now : clock.now + (performance.now() - since) / 1000);
  };
  const onClock = (now) => {
    // The answer to a change does not tell how far the clock is ahead; the next event does.
    clock = { ...now, ahead: now.ahead ?? clock?.ahead ?? 0 };
    since = performance.now();
    freeze.disabled = clock.frozen;
    if (now.ahead !== null) {
      state.textContent = described(clock);
      follow.disabled = !clock.frozen && Math.abs(clock.ahead) < 1;
    }
    tick();
  };
  const timer = setInterval(tick, TICK);
  signal.addEventListener("abort", () => clearInterval(timer));

  return {
    part: element(
      "section",
      { "aria-labelledby": "clock-title" },
      element("h2", { id: "clock-title" }, "Clock"),
      shown,
      state,
      element("div", { class: "actions" }, freeze, follow),
      element(
        "form",
        {
          class: "fields",
          on: {
            submit: (event) => {
              event.preventDefault();
              change({ move_to: `${moment.lastChild.value}Z` });
            },
          },
        },
        moment,
        element("button", { type: "submit" }, "Move"),
      ),
      element(
        "form",
        { class: "fields", on: { submit: (event) => { event.preventDefault(); shift(1); } } },
        amount,
        unit,
        element("button", { type: "submit" }, "Forward"),
        button("Back", () => shift(-1)),
      ),
      place,
    ),
    onClock,
  };
};
