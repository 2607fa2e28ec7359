// The view Browse.

import { element } from "../lib/dom.js";

export const title = "Browse";

/** Return the elements of the view. The signal is aborted as soon as another view is shown. */
export const show = async (parameters, signal) => [element("h1", {}, title)];
