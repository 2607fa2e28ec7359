// Notes where there is nothing yet: they say what to do first, with lines to copy.

import { codeBlock } from "./copy.js";
import { element } from "./dom.js";

/** Make a note about an empty place: `empty("There are no vectors.", "Put one:", code)`. */
export const empty = (what, first, code) =>
  element(
    "section",
    { class: "empty" },
    element("p", { class: "what" }, what),
    first && element("p", {}, first),
    code && codeBlock(code),
  );

/** Return a program that has a client of this server. */
export const clientCode = () => `import boto3

client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url="${location.origin}",
                      aws_access_key_id="testing", aws_secret_access_key="testing")`;

const CREATE = () => `${clientCode()}
client.create_vector_bucket(vectorBucketName="films")
client.create_index(vectorBucketName="films", indexName="plots", dataType="float32",
                    dimension=3, distanceMetric="cosine")
client.put_vectors(vectorBucketName="films", indexName="plots", vectors=[
    {"key": "alien", "data": {"float32": [0.1, 0.9, 0.2]}, "metadata": {"year": 1979}}])`;

/** Say that the server has nothing, and how to fill it. */
export const noBuckets = () =>
  empty("There are no vector buckets yet.", "Create one, with an index and a vector in it, from Python:", CREATE());

/** Say that no bucket has an index, and how to make one. */
export const noIndexes = () =>
  empty("There are no indexes yet.", "Create a vector bucket with an index and a vector in it, from Python:", CREATE());
