// The page: it shows the view that the part of the address behind # names, as in #/query?index=ARN.

import { here } from "./lib/address.js";
import { button, element, replace } from "./lib/dom.js";
import { showKeys } from "./lib/keys.js";
import { refused } from "./lib/refusals.js";
import { read } from "./lib/server.js";
import { chooseThemeBy } from "./lib/theme.js";
import * as browse from "./views/browse.js";
import * as live from "./views/live.js";
import * as picture from "./views/picture.js";
import * as query from "./views/query.js";

const views = { browse, query, picture, live };
const content = document.getElementById("content");
const lost = document.getElementById("lost");
let leave = new AbortController();

/** Show the view of the address. Whatever the view before was about to show comes too late. */
const show = async () => {
  const { view: name, parameters } = here();
  const view = Object.hasOwn(views, name) ? views[name] : browse;
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  for (const link of document.querySelectorAll("nav a")) {
    if (views[link.hash.slice(2)] === view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  content.setAttribute("aria-busy", "true");
  let shown;
  try {
    shown = await view.show(parameters, signal);
  } catch (error) {
    shown = [element("h1", {}, view.title), refused(error)];
  }
  if (signal.aborted) return false;
  replace(content, shown);
  content.setAttribute("aria-busy", "false");
  document.title = `${view.title} | mock_s3vectors`;
  return true;
};

/** Move the focus to what is new: where a view marks nothing with `data-focus`, to its heading. */
const focusOnNew = () => {
  const target = content.querySelector("[data-focus]") ?? content.querySelector("h1") ?? content;
  if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
  if (target.localName === "h1") scrollTo(0, 0);
  target.focus();
};

/** Say at the top what the server runs. */
const showServer = async () => {
  const { searchEngine, state } = await read("/server");
  document.getElementById("runs").textContent = `${searchEngine} search, ${state ? `kept in ${state}` : "in memory"}`;
};

const start = () => Promise.all([show(), showServer().catch(() => {})]);

addEventListener("hashchange", async () => {
  if (await show()) focusOnNew();
});
addEventListener("server-lost", () => {
  if (!lost.hidden) return;
  lost.replaceChildren(
    "The server does not answer: it has ended, or is not up yet. ",
    button("Try again", start, { class: "small" }),
  );
  lost.hidden = false;
});
addEventListener("server-found", () => {
  lost.hidden = true;
});
document.querySelector(".skip").addEventListener("click", (event) => {
  // The part behind # names a view.
  event.preventDefault();
  content.focus();
});
document.getElementById("keys").addEventListener("click", showKeys);
chooseThemeBy(document.getElementById("theme"));
// A view may take a second, the first picture for instance.
content.replaceChildren(element("p", { class: "hint" }, "Loading…"));
start();
