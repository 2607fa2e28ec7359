// Numbers, sizes, times and plurals, as people read them.

const whole = new Intl.NumberFormat("en-US");
const short = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
const precise = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 6 });
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];

/** Return a whole number with commas: 12,345. */
export const count = (number) => whole.format(number);

/** Return a number of up to six digits, such as a distance: 0.123456. */
export const decimal = (number) => {
  const size = Math.abs(number);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? number.toExponential(3) : precise.format(number);
};

/** Return a distance or a score as a text. JSON has no infinity, so the server writes one as a text. */
export const numeral = (value) => (typeof value === "number" ? decimal(value) : value);

/** Return how many there are of something: `plural(2, "index", "indexes")`. */
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

/** Return a size: 1.5 MB. A KB has 1,000 bytes. */
export const bytes = (number) => {
  if (number < 1000) return plural(number, "byte");
  let size = number;
  let unit = 0;
  while (size >= 999.95 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${short.format(size)} ${UNITS[unit]}`;
};

/** Return a moment, given in seconds since the epoch: 2026-11-26 18:45:30 UTC. */
export const time = (seconds) => {
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? `${seconds} s` : `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
};

/** Return a duration, given in seconds: 1.5 ms. */
export const duration = (seconds) =>
  seconds < 1 ? `${short.format(seconds * 1000)} ms` : `${short.format(seconds)} s`;
