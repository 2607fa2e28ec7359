// Refusals by the server, as AWS words them.

import { element } from "./dom.js";
import { Refusal } from "./server.js";

/** Make a note of an error: of a refusal its code, and its text to the letter. */
export const refused = (error) => {
  if (error instanceof Refusal && error.code === "ServiceUnavailableException") {
    return element(
      "p",
      { class: "refusal", role: "alert" },
      "No mock is on: the server answers, and has nothing to show. In Python, start one around it.",
    );
  }
  return element(
    "p",
    { class: "refusal", role: "alert" },
    error instanceof Refusal ? [element("strong", {}, error.code), element("br"), element("span", {}, error.message)] : error.message,
  );
};
