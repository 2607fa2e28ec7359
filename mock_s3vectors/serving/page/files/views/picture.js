// The view Picture.

import { element } from "../lib/dom.js";

export const title = "Picture";

/** Return the elements of the view. The signal is aborted as soon as another view is shown. */
export const show = async (parameters, signal) => [element("h1", {}, title)];
