// Browse: an index, and the vectors in it.

import { address } from "../lib/address.js";
import { data } from "../lib/data.js";
import { element } from "../lib/dom.js";
import { read } from "../lib/server.js";
import { settings, table } from "../lib/table.js";
import { bytes, count, time } from "../lib/words.js";
import { bucketArn, copied, encryptionOf, nameIn, refusedPage, tagsOf, trail } from "./browse_parts.js";
import { showVectors } from "./browse_vectors.js";

const metadataKeys = ({ metadataKeys: keys, metadataConfiguration, vectors }) => {
  const heading = element("h2", {}, "Metadata keys");
  if (!keys.length) {
    return [heading, element("p", { class: "muted" }, "No metadata key is configured, and no vector has metadata.")];
  }
  const configurations = metadataConfiguration?.textSearchConfigurations ?? [];
  const states = Object.fromEntries(configurations.map(({ metadataKey, status }) => [metadataKey, status]));
  const text = (key) => (key.textSearch === undefined ? "no" : `${key.textSearch ?? "standard analyzer"}, ${states[key.name]}`);
  return [
    heading,
    element("p", { class: "hint" }, vectors ? "Those that are configured, and those that a sample of the vectors has." : "Those that are configured."),
    table(
      "Metadata keys",
      [
        { title: "Key", cell: ({ name }) => data(name) },
        { title: "In filters", cell: ({ filterable }) => (filterable ? "yes" : "no, non-filterable") },
        { title: "Text search", cell: text },
        { title: "Types of values", cell: ({ types }) => types.join(", ") || "none seen" },
      ],
      keys,
    ),
  ];
};

/** Return the elements of the page. */
export const showIndex = async (parameters, signal) => {
  const arn = parameters.get("index");
  let index;
  try {
    index = await read("/index", { query: { arn }, signal });
  } catch (error) {
    return refusedPage(error, trail([nameIn(bucketArn(arn)), { bucket: bucketArn(arn) }]), nameIn(arn));
  }
  return [
    trail([index.bucket, { bucket: index.bucketArn }]),
    element("h1", {}, index.name),
    element(
      "p",
      { class: "actions" },
      element("a", { href: address("query", { index: arn }) }, "Query this index"),
      element("a", { href: address("picture", { index: arn }) }, "Picture"),
    ),
    settings([
      ["ARN", copied(index.arn, "the ARN"), "wide"],
      ["Region", index.region],
      ["Account", index.account],
      ["Created", time(index.creationTime)],
      ["Vectors", count(index.vectors)],
      ["Size", bytes(index.bytes)],
      ["Dimension", `${count(index.dimension)}, ${index.dataType}`],
      ["Distance metric", index.distanceMetric],
      ["Mode", index.mode],
      ["Encryption", encryptionOf(index.encryptionConfiguration)],
    ]),
    await showVectors(index, parameters, signal),
    metadataKeys(index),
    tagsOf(index.tags),
  ];
};
