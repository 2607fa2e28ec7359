// The page: it shows the view that the part of the address behind # names, as in #/query?index=ARN.

import { element } from "./lib/dom.js";
import * as browse from "./views/browse.js";
import * as live from "./views/live.js";
import * as picture from "./views/picture.js";
import * as query from "./views/query.js";

const views = { browse, query, picture, live };
const content = document.getElementById("content");
let leave = new AbortController();

const show = async () => {
  const [, name, search = ""] = /^#\/([a-z]*)\??(.*)$/.exec(location.hash) ?? [, "browse"];
  const view = views[name] ?? browse;
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  for (const link of document.querySelectorAll("nav a")) {
    const isHere = views[link.hash.slice(2)] === view;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  let shown;
  try {
    shown = await view.show(new URLSearchParams(search), signal);
  } catch (error) {
    if (signal.aborted) return;
    shown = [element("h1", {}, view.title), element("p", { class: "refusal", role: "alert" }, error.message)];
  }
  if (signal.aborted) return;
  content.replaceChildren(...[shown].flat());
  document.title = `${view.title} | mock_s3vectors`;
};

addEventListener("hashchange", () => show().then(() => content.focus()));
show();
