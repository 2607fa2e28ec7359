// Questions to whoever looks at the page.

import { button, element } from "./dom.js";

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
      button("Cancel", () => dialog.close("")),
      button(verb, () => dialog.close("yes"), { class: "danger" }),
    ),
  );
  return (await showDialog(dialog)) === "yes";
};
