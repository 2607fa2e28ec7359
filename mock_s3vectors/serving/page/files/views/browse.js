// The view Browse: what there is, from accounts and Regions down to single vectors.

import { showBucket } from "./browse_bucket.js";
import { showIndex } from "./browse_index.js";
import { showPlaces } from "./browse_places.js";
import { showVector } from "./browse_vector.js";

export const title = "Browse";

/** Return the elements of the view. The signal is aborted as soon as another view is shown. */
export const show = (parameters, signal) => {
  if (parameters.has("index")) return (parameters.has("key") ? showVector : showIndex)(parameters, signal);
  return (parameters.has("bucket") ? showBucket : showPlaces)(parameters, signal);
};
