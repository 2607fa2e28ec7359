// Elements, made of text and of other elements. Nothing here reads markup: what users store is data.

const SVG = "http://www.w3.org/2000/svg";

/** Return what is there of children: some are lists, and null, undefined and false are none. */
const shown = (children) => children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);

const fill = (made, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (name === "style") {
      // The policy of the page forbids the attribute, not the properties.
      for (const [property, text] of Object.entries(value)) made.style.setProperty(property, text);
    } else if (name === "value" || name === "checked") {
      made[name] = value;
    } else {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...shown(children));
  return made;
};

/** Make an element: `element("a", { href: "#/browse", on: { click } }, "Browse")`. */
export const element = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

/** Make an element of SVG. */
export const drawing = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), attributes, children);

/** Make a button that does something: `button("Copy", copy, { class: "small" })`. */
export const button = (text, click, attributes = {}) =>
  element("button", { type: "button", ...attributes, on: { click } }, text);

/** Have an element hold these children, and no others. */
export const replace = (place, ...children) => place.replaceChildren(...shown(children));
