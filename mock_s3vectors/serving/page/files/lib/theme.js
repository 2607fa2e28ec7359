// The theme: light, dark, or as the system has it.

import { keep, kept } from "./kept.js";

const THEMES = ["auto", "light", "dark"];

/** Show a theme. */
const wear = (theme) => {
  document.documentElement.dataset.theme = theme;
};

/** Have a box choose the theme. */
export const chooseThemeBy = (select) => {
  select.value = document.documentElement.dataset.theme;
  select.addEventListener("change", () => {
    wear(select.value);
    keep("theme", select.value);
  });
};

const chosen = kept("theme", "auto");
wear(THEMES.includes(chosen) ? chosen : "auto");
