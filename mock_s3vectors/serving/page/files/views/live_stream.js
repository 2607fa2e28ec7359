// The server-sent events of the view Live.

import { urlOf } from "../lib/server.js";

// In milliseconds: how long to wait before a stream that the server has refused is tried again.
const PAUSE = 1000;

/**
 * Follow the events until the signal is aborted. `listeners` has a function for the data of each event;
 * `tell(state)` is told "open", "lost", or "resting" while nobody sees the page: browsers open few connections to
 * one server, which pages that nobody sees leave to those that are seen.
 */
export const follow = (listeners, tell, signal) => {
  let source;
  let last = "";
  let timer;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    source = new EventSource(urlOf(`/ui/live${last && `?after=${last}`}`));
    for (const [name, listen] of Object.entries(listeners)) {
      source.addEventListener(name, (event) => {
        last = event.lastEventId || last;
        listen(JSON.parse(event.data));
      });
    }
    source.addEventListener("open", () => {
      dispatchEvent(new CustomEvent("server-found"));
      tell("open");
    });
    source.addEventListener("error", () => {
      dispatchEvent(new CustomEvent("server-lost"));
      tell("lost");
      // A browser tries again by itself unless the server has refused.
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, PAUSE);
    });
  };
  const look = () => {
    if (document.hidden) {
      close();
      tell("resting");
    } else {
      open();
    }
  };
  document.addEventListener("visibilitychange", look, { signal });
  signal.addEventListener("abort", close);
  look();
};
