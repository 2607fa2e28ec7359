// Questions to whoever looks at the page.

import { element } from "./dom.js";

/** Show a dialog until it is closed, and return its `returnValue`. It closes by Escape as well. */
export const showDialog = (dialog) =>
  new Promise((resolve) => {
    const before = document.activeElement;
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(dialog.returnValue);
    });
    document.body.append(dialog);
    dialog.showModal();
  });

/** Ask a question, and return whether the answer is the verb: `await confirm("Drop all?", "Drop")`. */
export const confirm = async (question, verb) => {
  const dialog = element(
    "dialog",
    { "aria-labelledby": "question" },
    element("p", { id: "question" }, question),
    element(
      "div",
      { class: "actions" },
      element("button", { type: "button", on: { click: () => dialog.close("") } }, "Cancel"),
      element("button", { type: "button", class: "danger", on: { click: () => dialog.close("yes") } }, verb),
    ),
  );
  return (await showDialog(dialog)) === "yes";
};
