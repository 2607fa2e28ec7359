// Copying text, with a notice.

import { button, element } from "./dom.js";
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
export const copyButton = (text, called, label = "Copy") =>
  button(label, () => copy(typeof text === "function" ? text() : text, called), {
    class: "small",
    "aria-label": label === "Copy" ? `Copy ${called}` : null,
  });

/** Make a block of code with a button that copies it, or a text that the code shows in another form. */
export const codeBlock = (text, called = "the code", copied = text) =>
  element(
    "div",
    { class: "code" },
    element("pre", { tabindex: "0", role: "region", "aria-label": called }, element("code", {}, text)),
    copyButton(copied, called),
  );
