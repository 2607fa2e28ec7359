// The legend of the picture, whose boxes hide groups; and the picture in words and tables.

import { address } from "../lib/address.js";
import { data } from "../lib/data.js";
import { drawing, element } from "../lib/dom.js";
import { table } from "../lib/table.js";
import { count, numeral } from "../lib/words.js";
import { outline, words } from "./picture_groups.js";

const sign = (...content) => drawing("svg", { class: "sign", viewBox: "-9 -9 18 18", "aria-hidden": "true" }, ...content);

const signOf = ({ colour, shape, radius }) =>
  sign(drawing("path", { d: outline(shape, Math.max(4, radius * 1.3)), style: { fill: colour } }));

const HIT = () => sign(drawing("circle", { r: "7", style: { fill: "none", stroke: "var(--text)", "stroke-width": "2.5" } }));
const QUERY = () =>
  sign(drawing("path", { d: "M-7,-7L7,7M-7,7L7,-7", style: { stroke: "var(--text)", "stroke-width": "4", "stroke-linecap": "round" } }));

const named = (picked, name, number) => [picked, element("span", { class: "name" }, element("bdi", { class: "data", title: name }, name)), number];

/** Make the legend. `changed()` is told when groups are hidden or shown. */
export const legendOf = ({ colour, query, hits }, scene, changed) => {
  const { groups, hidden } = scene;
  const entry = (group, number) => {
    const toggle = ({ target }) => {
      if (target.checked) hidden.delete(number);
      else hidden.add(number);
      changed();
    };
    return element(
      "li",
      {},
      element(
        "label",
        {},
        element("input", { type: "checkbox", checked: true, on: { change: toggle } }),
        named(signOf(group), group.name, element("span", { class: "numeric" }, count(group.count))),
      ),
    );
  };
  const marks = [
    hits.length > 0 && element("li", { class: "mark" }, named(HIT(), "hits", element("span", { class: "numeric" }, count(hits.length)))),
    query && element("li", { class: "mark" }, named(QUERY(), "query")),
  ];
  return element(
    "fieldset",
    {},
    element("legend", { title: colour?.key }, colour ? colour.key : "Points"),
    element("ul", { class: "groups" }, groups.map(entry), marks),
  );
};

/** Make the picture in tables: how many points each group has, and the hits. */
export const tablesOf = (index, { colour, keys, hits }, { groups }) => {
  const valueOf = (point) => {
    const code = colour.codes[point];
    return code < 0 ? "" : words(colour.values[code]);
  };
  const found = hits.map(({ point, distance }, place) => ({ point, distance, rank: place + 1 }));
  return [
    element(
      "details",
      { open: hits.length > 0 },
      element("summary", {}, "As tables"),
      hits.length > 0 && element("h2", {}, "Hits"),
      hits.length > 0 &&
        table(
          "Hits, the best first",
          [
            { title: "Key", cell: ({ point }) => element("a", { href: address("browse", { index: index.arn, key: keys[point] }) }, data(keys[point])) },
            { title: "Rank", numeric: true, cell: ({ rank }) => count(rank) },
            { title: "Distance", numeric: true, cell: ({ distance }) => numeral(distance ?? "") },
            ...(colour ? [{ title: colour.key, cell: ({ point }) => element("bdi", { class: "data" }, valueOf(point)) }] : []),
          ],
          found,
        ),
      element("h2", {}, "Points"),
      table(
        "Points in the picture",
        [
          { title: colour ? colour.key : "Group", cell: ({ name }) => element("bdi", { class: "data" }, name) },
          { title: "Vectors", numeric: true, cell: (group) => count(group.count) },
        ],
        groups,
      ),
    ),
  ];
};
