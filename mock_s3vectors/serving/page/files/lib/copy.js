// Copying text, with a notice.

import { showDialog } from "./dialog.js";
import { button, element } from "./dom.js";
import { say } from "./notices.js";

/** Copy as browsers did before there was `navigator.clipboard`, and return whether this one still does. */
const copyTheOldWay = (text) => {
  const give = (event) => {
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  };
  document.addEventListener("copy", give);
  const isCopied = document.execCommand("copy");
  document.removeEventListener("copy", give);
  return isCopied;
};

/** Show a text, selected, for people to copy. */
const showToCopy = (text, called) => {
  const box = element("textarea", { id: "to-copy", rows: 8, readonly: true, spellcheck: "false", value: text });
  const dialog = element(
    "dialog",
    { "aria-labelledby": "to-copy-title" },
    element("p", { id: "to-copy-title" }, "The browser does not let this page copy. Copy the selected text yourself."),
    element("div", { class: "field" }, element("label", { for: "to-copy" }, `${called[0].toUpperCase()}${called.slice(1)}`), box),
    element("div", { class: "actions" }, button("Close", () => dialog.close())),
  );
  const closed = showDialog(dialog);
  box.focus();
  box.select();
  return closed;
};

/** Copy a text to the clipboard, and say so. */
export const copy = async (text, called) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no `navigator.clipboard` for pages that come over plain HTTP from another machine.
    if (!copyTheOldWay(text)) return showToCopy(text, called);
  }
  return say(`Copied ${called}.`);
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
