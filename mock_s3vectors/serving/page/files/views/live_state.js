// The whole state of the mock: reset, save, load.

import { button, element } from "../lib/dom.js";
import { ask, read, urlOf } from "../lib/server.js";
import { afterQuestion, attempts, field, holdings, listed } from "./live_parts.js";

const STATE = ["vectorBuckets", "indexes", "vectors", "identities", "keys"];

/** Make the part; `init` tells what files the server began with, as GET /init has it. */
export const statePart = (init) => {
  const { place, attempt } = attempts();
  const file = field("State file", "input", { type: "file", accept: ".db" });
  const load = button("Load…", () => attempt(take), { disabled: true });
  const chosen = () => file.lastChild.files[0];
  file.addEventListener("change", () => {
    load.disabled = !chosen();
  });

  const reset = async (query, then) => {
    const lost = holdings(await read("/holdings"), [...STATE, "rules", "calls"]);
    const what = lost ? `${lost} will be lost` : "There is nothing to lose";
    await afterQuestion(
      `Reset the mock? ${what}, and its clock follows the server again. ${then}`,
      "Reset",
      () => ask("POST", "/reset", { query }),
      "The mock is reset.",
    );
  };
  const empty = () => reset({}, "What the command line has given stays.");
  const again = () => reset({ init: 1 }, `Then ${listed(init.scripts.map(({ name }) => name))} will run again.`);
  const take = async () => {
    const body = chosen();
    const lost = holdings(await read("/holdings"), STATE);
    const what = lost ? `${lost} will be lost.` : "The mock is empty, so nothing is lost.";
    await afterQuestion(
      `Load ${body.name}? The mock then holds what is in the file. ${what}`,
      "Load",
      () => ask("PUT", "/state", { body }),
      `${body.name} is loaded.`,
    );
  };

  return element(
    "section",
    { "aria-labelledby": "state-title" },
    element("h2", { id: "state-title" }, "State"),
    element("p", { class: "hint" }, "A state file has the vector buckets with all that is in them, the identities and the KMS keys."),
    element(
      "div",
      { class: "actions" },
      element("a", { href: urlOf("/state"), download: "state.db" }, "Save to a file"),
      button("Reset…", () => attempt(empty), { class: "danger" }),
      init.status !== "none" && button("Reset and run --init again…", () => attempt(again), { class: "danger" }),
    ),
    element("div", { class: "fields" }, file, load),
    place,
  );
};
