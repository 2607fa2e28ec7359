// The part of the page's address behind #, which says what a view shows.

/** Return the address of a view: `address("query", { index: arn })`. Parameters without a value are left out. */
export const address = (view, parameters = {}) => {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const search = new URLSearchParams(given).toString();
  return `#/${view}${search && `?${search}`}`;
};

/** Go to an address. The view that is there now is left; the same address shows it anew. */
export const go = (view, parameters) => {
  const before = location.hash;
  location.hash = address(view, parameters);
  if (location.hash === before) dispatchEvent(new HashChangeEvent("hashchange"));
};

/** Return the view and the parameters of the address as it is. */
export const here = () => {
  const [, view, search = ""] = /^#\/([a-z]*)\??(.*)$/s.exec(location.hash) ?? [null, "browse"];
  return { view, parameters: new URLSearchParams(search) };
};

/** Change parameters of the address, without a new view: a reload, or a copied address, shows them again. */
export const note = (changes) => {
  const { view, parameters } = here();
  history.replaceState(null, "", address(view, { ...Object.fromEntries(parameters), ...changes }));
};
