// What users store, as text.

import { element } from "./dom.js";

// Control characters but for tabs and ends of lines: nobody would see them.
const UNSEEN = /([\0-\b\v-\x1f\x7f-\x9f])/;

const shownAs = (character) => {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : `U+00${code.toString(16).toUpperCase()}`;
};

// The character itself is there as well, so that a copy is right.
const control = (character) => element("span", { class: "control", "data-shown": shownAs(character) }, character);

/** Make a text that users have stored. An empty one is visible, and so are control characters in it. */
export const data = (text) =>
  element(
    "span",
    { class: "data", dir: "auto" },
    text.trim() === "" ? JSON.stringify(text) : text.split(UNSEEN).map((part, place) => (place % 2 ? control(part) : part)),
  );

/** Return `{ input, read }`: a box for a key. A box has one line, so the key that it begins with is kept whole until somebody types. */
export const keyBox = (key, attributes) => {
  const input = element("input", { type: "text", spellcheck: "false", autocomplete: "off", ...attributes, value: key });
  const shown = input.value;
  return { input, read: () => (input.value === shown ? key : input.value) };
};
