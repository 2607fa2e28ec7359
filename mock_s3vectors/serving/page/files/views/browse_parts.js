// Parts that pages of Browse share.

import { address } from "../lib/address.js";
import { copyButton } from "../lib/copy.js";
import { element } from "../lib/dom.js";
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
export const copied = (text, called) => [element("span", { class: "data", dir: "auto" }, text), " ", copyButton(text, called)];

/** Return an encryption in AWS's words. */
export const encryptionOf = ({ sseType, kmsKeyArn }) => (kmsKeyArn ? `${sseType}, ${kmsKeyArn}` : sseType);

// They would turn around what follows in the same JSON.
const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Return JSON that looks like what it is: marks that turn the direction of text are escapes. */
export const plainJson = (json) => json.replace(TURNING, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);

/** Make a text that users have stored; an empty one is visible. */
export const data = (text) => element("span", { class: "data", dir: "auto" }, text.trim() === "" ? JSON.stringify(text) : text);

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
