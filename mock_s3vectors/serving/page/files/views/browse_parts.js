// Parts that pages of Browse share.

import { address } from "../lib/address.js";
import { copyButton } from "../lib/copy.js";
import { data } from "../lib/data.js";
import { element } from "../lib/dom.js";
import { refused } from "../lib/refusals.js";
import { Refusal } from "../lib/server.js";
import { table } from "../lib/table.js";

/** Return the ARN of the bucket that an index is in. */
export const bucketArn = (arn) => arn.split("/index/")[0];

/** Return the last name in an ARN. */
export const nameIn = (arn) => arn.split("/").at(-1);

/** Make the links to what is around a page: pairs of a name and the parameters of its address. */
export const trail = (...places) =>
  element(
    "nav",
    { class: "trail", "aria-label": "Where you are" },
    element("a", { href: address("browse") }, "Browse"),
    places.map(([name, parameters]) => [
      element("span", { "aria-hidden": "true" }, " / "),
      element("a", { href: address("browse", parameters) }, name),
    ]),
  );

/** Make an ARN, or another text that people need elsewhere, with a button that copies it. */
export const copied = (text, called) => [data(text), " ", copyButton(text, called)];

/** Return an encryption in AWS's words. */
export const encryptionOf = ({ sseType, kmsKeyArn }) => (kmsKeyArn ? `${sseType}, ${kmsKeyArn}` : sseType);

/** Return the elements of a page about what the server refuses to show, with the way to what is around it. */
export const refusedPage = (error, around, name) => {
  if (!(error instanceof Refusal)) throw error;
  return [around, element("h1", { class: "short" }, data(name)), refused(error)];
};

/** Make a section with the tags of a bucket or an index. */
export const tagsOf = (tags) => {
  const pairs = Object.entries(tags);
  return [
    element("h2", {}, "Tags"),
    pairs.length
      ? table(
          "Tags",
          [
            { title: "Key", cell: ([key]) => data(key) },
            { title: "Value", cell: ([, value]) => data(value) },
          ],
          pairs,
        )
      : element("p", { class: "muted" }, "There are no tags."),
  ];
};
