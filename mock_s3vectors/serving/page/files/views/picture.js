// The view Picture: an index in two dimensions.

import { address, go, note } from "../lib/address.js";
import { data, keyBox } from "../lib/data.js";
import { button, element } from "../lib/dom.js";
import { empty } from "../lib/empty.js";
import { indexChooser, nameOf } from "../lib/index_chooser.js";
import { leftQuery } from "../lib/kept.js";
import { say } from "../lib/notices.js";
import { refused } from "../lib/refusals.js";
import { read } from "../lib/server.js";
import { count, decimal, numeral, plural } from "../lib/words.js";
import { fileOf, keep } from "./picture_file.js";
import { groupsOf, words } from "./picture_groups.js";
import { legendOf, tablesOf } from "./picture_legend.js";
import { isFar, Plot } from "./picture_plot.js";

export const title = "Picture";

const TOP_K = 10;

const percent = (share) => `${decimal(Number((100 * share).toPrecision(3)))} %`;

/** Return the metadata key that colours the points: the one of the address, else the first that may group them. */
const colourOf = (parameters, { metadataKeys }) => {
  if (parameters.has("colour")) return parameters.get("colour");
  if (parameters.has("plain")) return null;
  const grouping = metadataKeys.find(({ filterable, types }) => filterable && types.length === 1 && types[0] !== "array");
  return (grouping ?? metadataKeys[0])?.name ?? null;
};

/** Return the members of the question that are about the query; null if there is none. */
const queryOf = (parameters, index) => {
  const topK = Number(parameters.get("top")) || TOP_K;
  if (parameters.has("key")) return { key: parameters.get("key"), topK };
  if (!parameters.has("query")) return null;
  const kept = leftQuery();
  if (kept?.index !== index.arn) return null;
  return { vector: kept.vector ?? null, hits: kept.hits ?? null, topK };
};

const sceneOf = (picture) => {
  const { groups, of } = groupsOf(picture);
  // Small groups upon much larger ones, and these upon the rest; else as they come, so that none hides another.
  const turn = groups.map((group) => (group.isRest ? -Infinity : -Math.round(Math.log2(group.count))));
  const order = Array.from(of.keys()).sort((one, other) => (turn[of[one]] < turn[of[other]] ? -1 : turn[of[one]] > turn[of[other]] ? 1 : one - other));
  const hits = new Map(picture.hits.map(({ point }, place) => [point, place]));
  return { x: picture.x, y: picture.y, of, groups, order, hidden: new Set(), hits, query: picture.query };
};

/** Return what is known of a point, as a text: its key, its value, and which hit it is. */
const aboutPoint = (picture, scene, point) => {
  const { keys, colour, hits, query } = picture;
  const code = colour ? colour.codes[point] : -1;
  const value = colour && (code < 0 ? `no ${colour.key}` : `${colour.key}: ${words(colour.values[code])}`);
  const rank = scene.hits.get(point);
  const distance = rank !== undefined && hits[rank].distance;
  const hit =
    rank !== undefined &&
    `hit ${rank + 1}${distance === null ? "" : `, at distance ${numeral(distance)}`}`;
  return { key: keys[point], more: [value, hit, query?.key === keys[point] && "the query"].filter(Boolean).join("; ") };
};

const summaryOf = (picture) => {
  const [across, up] = picture.sharesOfVariance.map(percent);
  const all = picture.sampled === picture.total;
  return [
    all ? `All ${plural(picture.total, "vector")} of the index.` : `${count(picture.sampled)} of ${plural(picture.total, "vector")}, a random sample that stays the same.`,
    picture.sharesOfVariance[0]
      ? `Of ${plural(picture.dimension, "dimension")}, the two principal components: the horizontal one has ${across} of the variance, the vertical one ${up}.`
      : "All of them are equal, so they are one point.",
    picture.normalised ? "The metric is cosine, so each vector was brought to length 1 first." : "",
  ];
};

/** Return the line below the title of a file. */
const subtitleOf = ({ sampled, total, sharesOfVariance }) =>
  `${count(sampled)} of ${plural(total, "vector")}; principal components: ${sharesOfVariance.map(percent).join(" and ")} of the variance`;

const queryLine = (picture, index, parameters) => {
  const query = picture.query || picture.hits.length;
  if (!query) return null;
  const what = picture.query?.key ? ["Query: like ", data(picture.query.key)] : "Query";
  const gone = picture.gone.length > 0 && `, ${count(picture.gone.length)} more not in the index any more`;
  return element(
    "p",
    {},
    what,
    `, ${plural(picture.hits.length, "hit")}`,
    gone,
    ". ",
    picture.query && isFar(picture.query) && "It is far from all vectors, and so at the border of the picture. ",
    element("a", { href: address("picture", { index: index.arn, colour: parameters.get("colour"), plain: parameters.get("plain") }) }, "Remove the query"),
  );
};

/** Make the form above the picture: what colours the points, and a query whose hits are marked. */
const controls = (index, parameters, colours) => {
  const key = keyBox(parameters.get("key") ?? "", { id: "picture-key", required: true });
  const top = element("input", { type: "number", id: "picture-top", min: "1", max: "10000", value: parameters.get("top") ?? TOP_K });
  const submit = (event) => {
    event.preventDefault();
    go("picture", { index: index.arn, colour: parameters.get("colour"), plain: parameters.get("plain"), key: key.read(), top: top.value });
  };
  return element(
    "form",
    { class: "fields", on: { submit } },
    colours,
    element("div", { class: "field wide" }, element("label", { for: "picture-key" }, "Mark the hits of a query like this key"), key.input),
    element("div", { class: "field" }, element("label", { for: "picture-top" }, "Top K"), top),
    element("button", { type: "submit" }, "Mark"),
  );
};

const colourChoice = (index, chosen, change) => {
  const names = index.metadataKeys.map(({ name }) => name);
  if (chosen !== null && !names.includes(chosen)) names.push(chosen);
  const select = element(
    "select",
    { id: "picture-colour", on: { change: () => change(names[select.selectedIndex - 1] ?? null) } },
    element("option", { value: "" }, "nothing"),
    names.map((name, place) => element("option", { value: String(place), selected: name === chosen }, name)),
  );
  return element("div", { class: "field" }, element("label", { for: "picture-colour" }, "Colour by"), select);
};

const noPicture = (index, picture) => {
  if (!picture.total) {
    return empty(
      "This index has no vectors yet.",
      "Put some, and open this view again:",
      `client.put_vectors(indexArn="${index.arn}", vectors=[\n    {"key": "first", "data": {"float32": [0.1] * ${index.dimension}}}])`,
    );
  }
  const [key] = picture.keys;
  return element(
    "section",
    { class: "empty" },
    element("p", { class: "what" }, "This index has one vector: a picture needs two."),
    element("p", {}, "It is ", element("a", { href: address("browse", { index: index.arn, key }) }, data(key)), "."),
  );
};

/** Make the plot with its hints. Returns its elements, and `show(picture)`, which shows another picture. */
const plotOf = (index, signal) => {
  let picture;
  const canvas = element("canvas", {
    id: "picture-canvas",
    tabindex: "0",
    role: "application",
    "aria-roledescription": "picture",
    "aria-label": `Index ${nameOf(index)} in two dimensions`,
    "aria-describedby": "picture-keys",
  });
  const marker = element("div", { class: "marker", hidden: true });
  const hint = element("div", { class: "hint-box", "aria-hidden": "true", hidden: true });
  const probe = element("span", { hidden: true });
  const about = element("p", { class: "point", role: "status" });
  const mark = (point, left, top) => {
    marker.hidden = hint.hidden = point < 0;
    if (point < 0) {
      about.replaceChildren();
      return;
    }
    const { key, more } = aboutPoint(picture, plot.scene, point);
    const text = () => [data(key), more && ` (${more})`].filter(Boolean);
    // Spoken only if it is another point, not if the view of it changes.
    if (about.dataset.point !== String(point) || !about.hasChildNodes()) {
      about.replaceChildren(...text());
      hint.replaceChildren(...text());
      about.dataset.point = point;
    }
    marker.style.setProperty("transform", `translate(${left}px, ${top}px)`);
    const isRight = left > canvas.clientWidth / 2;
    const isLow = top > canvas.clientHeight / 2;
    hint.style.setProperty(
      "transform",
      `translate(${left + (isRight ? -14 : 14)}px, ${top + (isLow ? -14 : 14)}px) translate(${isRight ? -100 : 0}%, ${isLow ? -100 : 0}%)`,
    );
  };
  const open = (point) => go("browse", { index: index.arn, key: picture.keys[point] });
  const plot = new Plot(canvas, probe, { mark, open, signal });
  const download = async () => {
    const name = nameOf(index);
    const blob = await fileOf(plot, picture.colour ? `${name} by ${picture.colour.key}` : name, subtitleOf(picture));
    keep(blob, `${name.replace("/", "-")}.png`);
    say("Saved the picture as a PNG file.");
  };
  const elements = element(
    "div",
    {},
    element("div", { class: "plot" }, canvas, marker, hint, probe),
    about,
    element(
      "div",
      { class: "actions" },
      button("+", () => plot.zoomIn(), { "aria-label": "Zoom in" }),
      button("−", () => plot.zoomOut(), { "aria-label": "Zoom out" }),
      button("Reset", () => plot.reset(), { "aria-label": "Reset the zoom" }),
      button("Download PNG", download),
    ),
    element(
      "p",
      { class: "hint", id: "picture-keys" },
      "Point at a vector to see its key, click to open it. Turn the wheel to zoom, drag to move. With keys: the arrows go to the nearest vector, Enter opens it, + and − zoom, 0 resets.",
    ),
  );
  const show = (next) => {
    picture = next;
    plot.show(sceneOf(next));
  };
  return { elements, show, plot };
};

/** Return the elements of the view. The signal is aborted as soon as another view is shown. */
export const show = async (parameters, signal) => {
  const { chooser, index } = await indexChooser(parameters, signal);
  const heading = element("h1", {}, title);
  if (!index) return [heading, element("p", { class: "hint" }, "Choose an index to see it in two dimensions."), chooser];

  let query = queryOf(parameters, index);
  let colour = colourOf(parameters, index);
  let refusal = null;
  const ask = () => read("/picture", { document: { index: index.arn, colour, ...query }, signal });
  let picture;
  try {
    picture = await ask();
  } catch (error) {
    if (!query) throw error;
    // The picture is fine without its query.
    refusal = refused(error);
    query = null;
    picture = await ask();
  }
  if (picture.keys.length < 2) return [heading, chooser, noPicture(index, picture)];

  const { elements, show: showPicture, plot } = plotOf(index, signal);
  const legend = element("div", {});
  const tables = element("div", {});
  const summary = element("p", { class: "muted" });
  const update = () => {
    showPicture(picture);
    summary.textContent = summaryOf(picture).filter(Boolean).join(" ");
    legend.replaceChildren(legendOf(picture, plot.scene, () => plot.redraw()));
    tables.replaceChildren(...tablesOf(index, picture, plot.scene));
  };
  const recolour = async (name) => {
    colour = name;
    note({ colour: name, plain: name === null ? "1" : null });
    parameters.delete("colour");
    parameters.delete("plain");
    parameters.set(...(name === null ? ["plain", "1"] : ["colour", name]));
    const next = await ask().catch((error) => signal.aborted || say(error.message));
    // Whoever chooses quickly sees the last choice.
    if (!next?.keys || colour !== name) return;
    picture = next;
    update();
  };
  update();
  return [
    heading,
    chooser,
    controls(index, parameters, colourChoice(index, colour, recolour)),
    refusal,
    queryLine(picture, index, parameters),
    summary,
    element("div", { class: "picture" }, elements, legend),
    tables,
  ];
};
