// JSON that people type or read.

/** Return the line and the column of a position in a text, both from 1. */
const placeOf = (text, position) => {
  const lines = text.slice(0, position).split("\n");
  return `line ${lines.length}, column ${lines.at(-1).length + 1}`;
};

const isRounded = (number) => Object.is(number, -0) || !Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number));

/** Keep numbers that JavaScript would round, such as integers above 2 ** 53, as they are written. */
const unrounded = (_, value, context) =>
  typeof value === "number" && isRounded(value) && context && JSON.rawJSON ? JSON.rawJSON(context.source) : value;

/** Return the value of a JSON text, with all digits of its numbers when it becomes JSON again. */
export const parseExactly = (text) => JSON.parse(text, unrounded);

// They would turn around what follows in the same JSON.
const TURNING = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Return JSON that looks like what it is: marks that turn the direction of text are escapes. */
export const plainJson = (json) => json.replace(TURNING, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);

/** Return compact JSON, or its beginning, as people read it: with a space behind each comma and colon, where a line may end. */
export const readableJson = (json) => plainJson(json.replace(/"(?:[^"\\]|\\.)*"?|[,:]/gs, (part) => (part === "," || part === ":" ? `${part} ` : part)));

/** Return the value of a JSON text; the error of another text says what it is called, the line and the column. */
export const parseJson = (text, called = "This") => {
  try {
    return parseExactly(text);
  } catch (error) {
    // Each browser has its own words.
    const position = /position (\d+)/.exec(error.message)?.[1];
    const [, line, column] = /line (\d+) column (\d+)/.exec(error.message) ?? [];
    const place = position ? placeOf(text, Number(position)) : line ? `line ${line}, column ${column}` : placeOf(text, text.length);
    const why = error.message.replace(/^JSON\.parse: /, "").replace(/,? (in JSON )?at (position|line) .*$/s, "");
    throw new SyntaxError(`${called} is not JSON: ${why}, at ${place}.`);
  }
};
