// Browse: a vector bucket, and the indexes in it.

import { address, go } from "../lib/address.js";
import { codeBlock } from "../lib/copy.js";
import { element } from "../lib/dom.js";
import { empty } from "../lib/empty.js";
import { pageOf, pager } from "../lib/pager.js";
import { searchForm } from "../lib/search.js";
import { read } from "../lib/server.js";
import { settings, table } from "../lib/table.js";
import { bytes, count, time } from "../lib/words.js";
import { copied, encryptionOf, nameIn, refusedPage, tagsOf, trail } from "./browse_parts.js";

const INDEXES = [
  { title: "Name", cell: ({ arn, name }) => element("a", { class: "of-row", href: address("browse", { index: arn }) }, name) },
  { title: "Vectors", cell: ({ vectors }) => count(vectors), numeric: true },
  { title: "Size", cell: ({ bytes: size }) => bytes(size), numeric: true },
  { title: "Dimension", cell: ({ dimension }) => count(dimension), numeric: true },
  { title: "Metric", cell: ({ distanceMetric }) => distanceMetric },
  { title: "Mode", cell: ({ mode }) => mode },
];

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const policyOf = (policy) => [
  element("h2", {}, "Policy"),
  policy === null ? element("p", { class: "muted" }, "There is no policy.") : codeBlock(pretty(policy), "the policy", policy),
];

const indexesOf = ({ arn, name, indexes: count_ }, parameters, page, { indexes, found }) => {
  if (!count_) {
    return empty(
      "There are no indexes in this vector bucket.",
      "Create one from Python:",
      `client.create_index(vectorBucketName="${name}", indexName="plots", dataType="float32",
                    dimension=3, distanceMetric="cosine")`,
    );
  }
  return [
    searchForm("Search by name", "Search", parameters.get("search") ?? "", (search) => go("browse", { bucket: arn, search })),
    indexes.length
      ? table("Indexes", INDEXES, indexes)
      : element("p", { class: "empty" }, found ? "This page is past the end." : "No index here has these words in its ARN."),
    pager("indexes", "browse", parameters, page, indexes.length, found),
  ];
};

/** Return the elements of the page. */
export const showBucket = async (parameters, signal) => {
  const arn = parameters.get("bucket");
  const page = pageOf(parameters);
  let bucket;
  let indexes;
  try {
    [bucket, indexes] = await Promise.all([
      read("/bucket", { query: { arn }, signal }),
      read("/indexes", { query: { bucket: arn, search: parameters.get("search") ?? "", ...page }, signal }),
    ]);
  } catch (error) {
    return refusedPage(error, trail(), nameIn(arn));
  }
  return [
    trail(),
    element("h1", {}, bucket.name),
    settings([
      ["ARN", copied(bucket.arn, "the ARN"), "wide"],
      ["Region", bucket.region],
      ["Account", bucket.account],
      ["Created", time(bucket.creationTime)],
      ["Encryption", encryptionOf(bucket.encryptionConfiguration)],
      ["Default index mode", bucket.defaultIndexMode],
      ["Indexes", count(bucket.indexes)],
      ["Vectors", count(bucket.vectors)],
      ["Size", bytes(bucket.bytes)],
    ]),
    element("h2", { "data-focus": parameters.size > 1 }, "Indexes"),
    indexesOf(bucket, parameters, page, indexes),
    tagsOf(bucket.tags),
    policyOf(bucket.policy),
  ];
};
