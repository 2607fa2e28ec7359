// The view Live: calls as they come, rules, the clock, the state.

import { element } from "../lib/dom.js";
import { ask, read } from "../lib/server.js";
import { callPanel } from "./live_call.js";
import { callsPart } from "./live_calls.js";
import { clockPart } from "./live_clock.js";
import { rulesPart } from "./live_rules.js";
import { statePart } from "./live_state.js";
import { follow } from "./live_stream.js";

export const title = "Live";

const STATES = {
  open: "Connected: calls appear as they come.",
  lost: "The connection is lost. The page tries to connect again.",
  resting: "The page rests while nobody sees it.",
};

/** Return the elements of the view. The signal is aborted as soon as another view is shown. */
export const show = async (parameters, signal) => {
  const state = element("p", { class: "hint", role: "status" }, "Connecting…");
  const { panel, open } = callPanel(signal);
  const [choices, init] = await Promise.all([read("/operations", { signal }), ask("GET", "/init", { signal })]);
  const rules = rulesPart(choices);
  const clock = clockPart(signal);
  const calls = callsPart(rules.words, open);
  let connection = "";
  let mock;
  const tell = () => {
    const advice = mock?.advice ? "" : " Advice is off: the option advice switches it on.";
    state.textContent = mock === null ? "No mock is on: the server answers no calls." : `${STATES[connection] ?? ""}${advice}`;
  };

  follow(
    {
      mock: (now) => {
        mock = now;
        calls.onMock(now);
        tell();
      },
      rules: rules.onRules,
      clock: clock.onClock,
      calls: calls.onCalls,
    },
    (now) => {
      connection = now;
      tell();
    },
    signal,
  );
  return [
    element("h1", {}, title),
    state,
    element("div", { class: "live" }, calls.part, element("div", { class: "side" }, panel, clock.part, rules.part, statePart(init))),
  ];
};
