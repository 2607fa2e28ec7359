// The panel with all that is known of one call.

import { address } from "../lib/address.js";
import { codeBlock } from "../lib/copy.js";
import { button, element, replace } from "../lib/dom.js";
import { parseExactly } from "../lib/json.js";
import { read } from "../lib/server.js";
import { settings } from "../lib/table.js";
import { count, duration, time } from "../lib/words.js";
import { outcomeOf } from "./live_row.js";

/** Return the ARN of the index that a call names by its names or by its ARN; null if it names none. */
const indexOf = ({ params, region, account }) => {
  if (typeof params?.indexArn === "string") return params.indexArn;
  const { vectorBucketName: bucket, indexName: name } = params ?? {};
  if (typeof bucket !== "string" || typeof name !== "string") return null;
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:s3vectors:${region}:${account}:bucket/${bucket}/index/${name}`;
};

const about = (call) => {
  const arn = indexOf(call);
  return settings([
    ["Outcome", outcomeOf(call)],
    ["Time, by the mock's clock", time(call.time)],
    ["Took", call.milliseconds === null ? null : duration(call.milliseconds / 1000)],
    ["Delay", call.delay ? duration(call.delay) : null],
    ["Bucket or index", call.place ? (arn ? element("a", { href: address("browse", { index: arn }) }, call.place) : call.place) : null],
    ["Region", call.region],
    ["Account", call.account],
    ["Caller", call.caller],
    ["Attempt", String(call.attempt)],
    ["Request id", call.requestId ?? null],
  ]);
};

const rest = (call) => [
  call.message && [element("h3", {}, "Message"), element("p", { class: "data" }, call.message)],
  call.rule?.words && [element("h3", {}, "Rule"), element("p", {}, `Rule ${call.rule.id}: ${call.rule.words}.`)],
  Array.isArray(call.advice) && call.advice.length > 0 && [
    element("h3", {}, "Advice"),
    call.advice.map((text) => element("p", { class: "card" }, text)),
  ],
  call.params && [element("h3", {}, "Parameters"), codeBlock(JSON.stringify(call.params, null, 2), "the parameters")],
  call.explanation && [element("h3", {}, "Policies"), element("p", { class: "data card" }, call.explanation)],
];

/** Make the panel, empty at first. */
export const callPanel = (signal) => {
  let back = () => {};
  let turn = 0;
  const panel = element("section", { class: "panel card", hidden: true, tabindex: "-1", "aria-labelledby": "call-title" });
  const close = () => {
    turn += 1;
    panel.hidden = true;
    panel.replaceChildren();
    back();
  };
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  const fill = (call, ...more) =>
    replace(
      panel,
      element(
        "div",
        { class: "actions apart" },
        element("h2", { id: "call-title" }, `Call #${count(call.number)}: ${call.operation}`),
        button("Close", close),
      ),
      about(call),
      rest(call),
      more,
    );

  const open = async (call, whenClosed) => {
    back = whenClosed;
    const mine = (turn += 1);
    fill({ ...call, rule: null });
    panel.hidden = false;
    panel.focus();
    panel.scrollIntoView({ block: "nearest" });
    let found;
    try {
      found = [await read("/call", { query: { number: call.number, mock: call.mock }, signal, parse: parseExactly })];
    } catch (error) {
      found = [{ ...call, rule: null }, element("p", { class: "hint" }, error.message)];
    }
    if (mine !== turn || signal.aborted) return;
    const held = document.activeElement;
    fill(...found);
    if (!panel.contains(document.activeElement) && !held?.isConnected) panel.focus();
  };
  return { panel, open };
};
