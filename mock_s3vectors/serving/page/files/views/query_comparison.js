// Query: the same query by each search engine, side by side.

import { data } from "../lib/data.js";
import { button, element, replace } from "../lib/dom.js";
import { readLines } from "../lib/stream.js";
import { table } from "../lib/table.js";
import { count, duration as long, numeral, plural } from "../lib/words.js";

const NAMES = { flat: "Flat", quantized: "Quantized", hnsw: "HNSW" };
const ABOUT = {
  flat: "compares the query with every vector: exact",
  quantized: "compares it with every vector, held as 8 bits for each number",
  hnsw: "walks a graph of near neighbours",
};
const TEXTS = "Engines search by vector. The texts of the query are left out here.";

const duration = (seconds) => (seconds < 0.01 ? `${Number((seconds * 1000).toPrecision(2))} ms` : long(seconds));

const percent = (share) => `${(share * 100).toFixed(share === 1 ? 0 : 1)} %`;

const precisionOf = ({ right, exact }) => (exact ? right / exact : 1);

const ratio = (number) => (number >= 10 ? count(Math.round(number)) : number.toFixed(1));

const speedOf = (engine, flat) => {
  const times = flat.seconds / engine.seconds;
  if (times > 0.8 && times < 1.25) return "about as fast as flat";
  return times > 1 ? `${ratio(times)} times as fast as flat` : `in ${ratio(1 / times)} times the time of flat`;
};

const differing = (engine, flat) => {
  const exact = new Map(flat.hits.map(({ key, distance }) => [key, distance]));
  return engine.hits.filter(({ key, distance }) => exact.has(key) && exact.get(key) !== distance).length;
};

const sentenceOf = (engine, flat) => {
  const name = NAMES[engine.engine];
  if (engine === flat) return `${name} ${ABOUT.flat}. A query took ${duration(flat.seconds)}.`;
  const moved = differing(engine, flat);
  const built =
    engine.engine === "hnsw" && !engine.hasGraph
      ? "So few vectors need no graph: it scanned them."
      : `To build it took ${duration(engine.buildingSeconds)}, as long as ${count(Math.max(1, Math.round(engine.buildingSeconds / flat.seconds)))} flat queries.`;
  return [
    `${name} ${ABOUT[engine.engine]}.`,
    `It found ${count(engine.right)} of the ${plural(engine.exact, "nearest vector")}, ${speedOf(engine, flat)}.`,
    moved ? `${plural(moved, "distance")} of its hits ${moved === 1 ? "differs" : "differ"} from the exact one.` : "",
    built,
  ].join(" ");
};

const modeNote = ({ mode }) =>
  mode === "ENHANCED"
    ? "AWS answers an ENHANCED index, as this one is, from quantized vectors. This server does if its search engine is quantized."
    : "This index is CLASSIC: the search engine quantized leaves it exact. Its column shows how an ENHANCED index would answer.";

const engineTable = ({ engines, inUse, topK }, flat) =>
  table(
    "Engines",
    [
      { title: "Engine", cell: ({ engine }) => [NAMES[engine], engine === inUse && " (answers QueryVectors here)"] },
      { title: `Precision@${flat.exact || topK}`, cell: (engine) => percent(precisionOf(engine)), numeric: true },
      { title: "Query", cell: ({ seconds }) => duration(seconds), numeric: true },
      { title: "Building", cell: ({ buildingSeconds }) => duration(buildingSeconds), numeric: true },
      { title: "Missing", cell: ({ missingCount }) => count(missingCount), numeric: true },
    ],
    engines,
  );

const hitCell = (hit, exact, missingIn) => {
  if (!hit) return element("span", { class: "muted" }, "none");
  const marks = [hit.isExtra && "extra", ...missingIn.map((name) => `missing in ${name}`)].filter(Boolean);
  const isOther = exact !== undefined && exact !== hit.distance;
  return [
    data(hit.key),
    element("br"),
    element("small", {}, numeral(hit.distance), isOther && ` (exact: ${numeral(exact)})`),
    marks.map((mark) => [" ", element("strong", { class: "remark" }, mark)]),
  ];
};

const rankTable = ({ engines }, flat) => {
  const exact = new Map(flat.hits.map(({ key, distance }) => [key, distance]));
  const missing = engines.map(({ engine, missing: keys }) => [NAMES[engine], new Set(keys.map(({ key }) => key))]);
  const missingIn = (hit) => (hit ? missing.filter(([, keys]) => keys.has(hit.key)).map(([name]) => name) : []);
  const rows = Array.from({ length: Math.max(...engines.map(({ hits }) => hits.length)) }, (_, place) => place);
  return table(
    "Hits of each engine. A hit is extra if it is none of the exact ones, which misses one of them.",
    [
      { title: "Rank", cell: (place) => place + 1, numeric: true },
      ...engines.map((engine) => ({
        title: NAMES[engine.engine],
        cell: (place) => {
          const hit = engine.hits[place];
          return hitCell(hit, hit && exact.get(hit.key), engine === flat ? missingIn(hit) : []);
        },
      })),
    ],
    rows,
  );
};

const outcomeOf = (index, outcome) => {
  const [flat] = outcome.engines;
  return [
    engineTable(outcome, flat),
    element("ul", {}, outcome.engines.map((engine) => element("li", {}, sentenceOf(engine, flat)))),
    element("p", { class: "hint" }, modeNote(index)),
    flat.hits.length > 0 && rankTable(outcome, flat),
  ];
};

const progressText = ({ engine, linked, of, seconds }) => {
  if (engine === null) return "Waiting for another comparison to end ...";
  if (engine !== "hnsw" || !linked) return `${NAMES[engine]} is being built ... (${duration(seconds)})`;
  return `${NAMES[engine]}: ${count(linked)} of ${plural(of, "vector")} linked ... (${duration(seconds)})`;
};

/** Make the section. `readQuery` returns the query of the form; the comparison ends when the view is left. */
export const comparison = (index, readQuery, refusedQuery, signal) => {
  const place = element("div", {});
  const status = element("p", { role: "status" });
  const meter = element("progress", { "aria-label": "Vectors linked", max: 1, value: 0, hidden: true });
  let work = null;
  const report = (progress) => {
    status.textContent = progressText(progress);
    meter.value = progress.of ? progress.linked / progress.of : 0;
  };
  const follow = async () => {
    const { document } = readQuery();
    for await (const { progress, outcome, refusal } of readLines("/query/compare", document, work.signal)) {
      if (refusal) throw new Error(refusal);
      if (outcome) return [document.params.queryTexts && element("p", { class: "hint" }, TEXTS), outcomeOf(index, outcome)];
      report(progress);
    }
    return element("p", {}, "The comparison was ended by the server.");
  };
  const start = async () => {
    work = new AbortController();
    start.button.disabled = true;
    stop.button.hidden = meter.hidden = false;
    place.replaceChildren();
    let shown;
    try {
      shown = await follow();
    } catch (error) {
      shown = work.signal.aborted ? element("p", {}, "Stopped.") : refusedQuery(error);
    }
    status.textContent = "";
    start.button.disabled = false;
    stop.button.hidden = meter.hidden = true;
    replace(place, shown);
  };
  const stop = () => work?.abort();
  start.button = button("Compare engines", start);
  stop.button = button("Stop", stop, { hidden: true });
  signal.addEventListener("abort", stop);
  return element(
    "section",
    { "aria-labelledby": "comparison" },
    element("h2", { id: "comparison" }, "What approximation costs"),
    element(
      "p",
      {},
      "The query of the form by each engine, over a copy of the vectors. A graph of many vectors takes minutes to build; it is dropped afterwards.",
    ),
    element("div", { class: "actions" }, start.button, stop.button, meter),
    status,
    place,
  );
};
