// Query: the hits, with bars beside their numbers.

import { address } from "../lib/address.js";
import { bar, longest } from "../lib/bars.js";
import { data } from "../lib/data.js";
import { element } from "../lib/dom.js";
import { plainJson, readableJson } from "../lib/json.js";
import { leaveQuery } from "../lib/kept.js";
import { refused } from "../lib/refusals.js";
import { read } from "../lib/server.js";
import { settings, table } from "../lib/table.js";
import { duration, numeral, plural } from "../lib/words.js";

// A longer text of metadata is folded.
const SHORT = 100;

const METRICS = {
  euclidean: "Distances are squared euclidean ones, as AWS returns them: 0 is the query itself, and (3, 4) is 25 from the origin.",
  cosine: "Distances are cosine ones, 1 - cos: 0 is the direction of the query, 1 at right angles to it, 2 the opposite.",
};

const distanceOf = ({ distance, scores }) => distance ?? scores?.vectorDistance;

const scoreOf = (hit, name) => hit.scores?.bm25Scores?.find(({ metadataKey }) => metadataKey === name)?.score;

const isThere = (value) => value !== undefined;

/** Return a column of numbers with bars; null if no hit has one. */
const measured = (title, hits, valueOf, none) => {
  const values = hits.map(valueOf);
  if (!values.some(isThere)) return null;
  const most = longest(values);
  return {
    title,
    numeric: true,
    cell: (hit) => (isThere(valueOf(hit)) ? bar(valueOf(hit), most, numeral(valueOf(hit))) : element("span", { class: "muted" }, none)),
  };
};

/** Make the cell of metadata: folded if it is long. All of it is asked for when somebody unfolds it. */
const metadataCell = (index, { key, metadata, isCut }, signal) => {
  if (!isCut && metadata.length <= SHORT) return element("span", { class: "data" }, readableJson(metadata));
  const all = element("div", {}, "Loading ...");
  let isAsked = false;
  const unfold = async () => {
    if (isAsked) return;
    isAsked = true;
    try {
      const vector = await read("/vector", { query: { index: index.arn, key }, signal });
      all.replaceChildren(settings(vector.metadata.map(({ name, json }) => [data(name), element("span", { class: "data" }, plainJson(json))])));
    } catch (error) {
      isAsked = false;
      if (!signal.aborted) all.replaceChildren(refused(error));
    }
  };
  const summary = element("summary", {}, element("span", { class: "data" }, `${readableJson(metadata.slice(0, SHORT))} ...`));
  return element("details", { on: { toggle: unfold } }, summary, all);
};

const linksOf = (index, { key }, kept) =>
  element(
    "span",
    { class: "links" },
    element("a", { href: address("query", { index: index.arn, ...kept, key }), "aria-label": `Like this one: ${key}` }, "Like this one"),
    element("a", { href: address("browse", { index: index.arn, key }), "aria-label": `Browse: ${key}` }, "Browse"),
  );

const hitsTable = (index, hits, document, kept, signal) => {
  const texts = (document.params.queryTexts ?? []).map(({ metadataKey }) => metadataKey);
  const columns = [
    { title: "Rank", cell: (hit) => hit.rank, numeric: true },
    { title: "Key", cell: ({ key }) => data(key) },
    measured("Distance", hits, distanceOf, "not ranked by vector"),
    measured("Fused score", hits, (hit) => hit.scores?.fused, "none"),
    ...texts.map((name) => measured(`BM25 of ${name}`, hits, (hit) => scoreOf(hit, name), "no match")),
    document.params.returnMetadata && { title: "Metadata", cell: (hit) => metadataCell(index, hit, signal) },
    { title: "Links", cell: (hit) => linksOf(index, hit, kept) },
  ];
  return table("Hits, the best first. A bar is a share of the greatest number of its column.", columns.filter(Boolean), hits);
};

/** Make the link to the picture. A query like a key is named by it; of any other the browser keeps the hits. */
const pictureLink = (index, { like, params }, hits, { top }) => {
  const isNamed = isThere(like) && !params.filter && !params.queryTexts;
  const named = isNamed ? { key: like, top } : { query: "kept", top };
  const vector = params.queryVector?.float32 ?? null;
  const keep = () => isNamed || leaveQuery({ index: index.arn, vector, hits: hits.map(({ key }) => key) });
  return element("a", { href: address("picture", { index: index.arn, ...named }), on: { click: keep, auxclick: keep } }, "Show in the picture");
};

/** Ask a query, and return its hits. */
export const hitsOf = async (index, document, signal) => {
  const { topK, filter } = document.params;
  const kept = { top: topK, filter: filter && JSON.stringify(filter) };
  const place = element("div", {});
  const more = element("button", { type: "button" }, "More hits");
  const hits = [];
  const ask = async () => {
    const answer = await read("/query", { document: { ...document, start: hits.length }, signal });
    hits.push(...answer.vectors.map((hit, number) => ({ ...hit, rank: answer.start + number + 1 })));
    more.hidden = hits.length >= answer.total || !answer.vectors.length;
    place.replaceChildren(hits.length ? hitsTable(index, hits, document, kept, signal) : element("p", { class: "empty" }, index.vectors ? "No vector matches." : "This index has no vectors."));
    return answer;
  };
  let isAsked = false;
  more.addEventListener("click", async () => {
    // A second click would ask for the same hits again.
    if (isAsked) return;
    isAsked = true;
    await ask().catch((error) => signal.aborted || place.append(refused(error)));
    isAsked = false;
  });
  const { total, seconds, distanceMetric } = await ask();
  return [
    element("h2", {}, "Hits"),
    element("p", { role: "status" }, `${plural(total, "hit")} in ${duration(seconds)}. `, total > 0 && pictureLink(index, document, hits, kept)),
    document.params.queryVector || isThere(document.like) ? element("p", { class: "hint" }, METRICS[distanceMetric]) : null,
    place,
    more,
  ];
};
