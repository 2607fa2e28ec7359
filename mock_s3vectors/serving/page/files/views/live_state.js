// The whole state of the mock: reset, save, load.

import { element } from "../lib/dom.js";
import { ask, read, urlOf } from "../lib/server.js";
import { afterQuestion, attempts, button, field, holdings } from "./live_parts.js";

const STATE = ["vectorBuckets", "indexes", "vectors", "identities", "keys"];

/** Make the part. */
export const statePart = () => {
  const { place, attempt } = attempts();
  const file = field("State file", "input", { type: "file", accept: ".db" });
  const load = button("Load…", () => attempt(take), { disabled: true });
  const chosen = () => file.lastChild.files[0];
  file.addEventListener("change", () => {
    load.disabled = !chosen();
  });

  const reset = async () => {
    const lost = holdings(await read("/holdings"), [...STATE, "rules", "calls"]);
    const what = lost ? `${lost} will be lost` : "There is nothing to lose";
    await afterQuestion(
      `Reset the mock? ${what}, and its clock follows the server again. What the command line has given stays.`,
      "Reset",
      () => ask("POST", "/reset"),
      "The mock is reset.",
    );
  };
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
      button("Reset…", () => attempt(reset), { class: "danger" }),
    ),
    element("div", { class: "fields" }, file, load),
    place,
  );
};
