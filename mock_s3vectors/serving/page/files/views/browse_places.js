// Browse: all accounts and Regions, and the vector buckets in them.

import { address, go } from "../lib/address.js";
import { element } from "../lib/dom.js";
import { noBuckets } from "../lib/empty.js";
import { pageOf, pager } from "../lib/pager.js";
import { searchForm } from "../lib/search.js";
import { read } from "../lib/server.js";
import { table } from "../lib/table.js";
import { bytes, count, time } from "../lib/words.js";

const BUCKETS = [
  { title: "Name", cell: ({ arn, name }) => element("a", { class: "of-row", href: address("browse", { bucket: arn }) }, name) },
  { title: "Region", cell: ({ region }) => region, whole: true },
  { title: "Account", cell: ({ account }) => account, whole: true },
  { title: "Indexes", cell: ({ indexes }) => count(indexes), numeric: true },
  { title: "Vectors", cell: ({ vectors }) => count(vectors), numeric: true },
  { title: "Size", cell: ({ bytes: size }) => bytes(size), numeric: true },
  { title: "Created", cell: ({ creationTime }) => time(creationTime), whole: true },
];

const PLACES = [
  {
    title: "Region",
    cell: ({ account, region }) => element("a", { href: address("browse", { account, region }) }, region),
    whole: true,
  },
  { title: "Account", cell: ({ account }) => account, whole: true },
  { title: "Vector buckets", cell: ({ buckets }) => count(buckets), numeric: true },
  { title: "Indexes", cell: ({ indexes }) => count(indexes), numeric: true },
];

/** Return the elements of the page. */
export const showPlaces = async (parameters, signal) => {
  const heading = element("h1", {}, "Browse");
  const page = pageOf(parameters);
  const { search = "", account = "", region = "" } = Object.fromEntries(parameters);
  const [{ places }, { buckets, found }] = await Promise.all([
    read("/places", { signal }),
    read("/buckets", { query: { search, account, region, ...page }, signal }),
  ]);
  if (!places.length) return [heading, noBuckets()];
  const isPart = account || region;
  return [
    heading,
    places.length > 1 && [element("h2", {}, "Accounts and Regions"), table("Accounts and Regions that have vector buckets", PLACES, places)],
    element("h2", { "data-focus": parameters.size > 0 }, "Vector buckets"),
    isPart &&
      element("p", {}, `Those of account ${account} in ${region}. `, element("a", { href: address("browse") }, "Show all")),
    searchForm("Search by name or ARN", "Search", search, (text) => go("browse", { account, region, search: text })),
    buckets.length
      ? table("Vector buckets", BUCKETS, buckets)
      : element("p", { class: "empty" }, found ? "This page is past the end." : "No vector bucket has these words in its ARN."),
    pager("vector buckets", "browse", parameters, page, buckets.length, found),
  ];
};
