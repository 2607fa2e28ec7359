// Copying text, with a notice.

import { element } from "./dom.js";
import { say } from "./notices.js";

/** Copy a text to the clipboard, and say so. */
export const copy = async (text, called) => {
  try {
    await navigator.clipboard.writeText(text);
    say(`Copied ${called}.`);
  } catch {
    // Browsers have no clipboard for pages that come over plain HTTP from another machine.
    say(`The browser does not let this page copy. Select ${called} instead.`);
  }
};

/** Make a button that copies: `copyButton(arn, "the ARN")`. The text may be a function that makes it. */
export const copyButton = (text, called) =>
  element(
    "button",
    {
      type: "button",
      class: "small",
      "aria-label": `Copy ${called}`,
      on: { click: () => copy(typeof text === "function" ? text() : text, called) },
    },
    "Copy",
  );

/** Make a block of code with a button that copies it. */
export const codeBlock = (text, called = "the code") =>
  element("div", { class: "code" }, element("pre", { tabindex: "0" }, element("code", {}, text)), copyButton(text, called));
