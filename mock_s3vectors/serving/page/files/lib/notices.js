// Short notices, which screen readers speak too.

import { element } from "./dom.js";

const SHOWN_FOR = 6000;

/** Say a sentence at the bottom of the page for some seconds. */
export const say = (text) => {
  const notice = element("p", { class: "notice" }, text);
  document.getElementById("messages").replaceChildren(notice);
  setTimeout(() => notice.remove(), SHOWN_FOR);
};
