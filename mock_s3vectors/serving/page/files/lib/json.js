// JSON that people type.

/** Return the line and the column of a position in a text, both from 1. */
const placeOf = (text, position) => {
  const lines = text.slice(0, position).split("\n");
  return `line ${lines.length}, column ${lines.at(-1).length + 1}`;
};

/** Return the value of a JSON text; the error of another text says what it is called, the line and the column. */
export const parseJson = (text, called = "This") => {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Each browser has its own words.
    const position = /position (\d+)/.exec(error.message)?.[1];
    const [, line, column] = /line (\d+) column (\d+)/.exec(error.message) ?? [];
    const place = position ? placeOf(text, Number(position)) : line ? `line ${line}, column ${column}` : placeOf(text, text.length);
    const why = error.message.replace(/^JSON\.parse: /, "").replace(/,? (in JSON )?at (position|line) .*$/s, "");
    throw new SyntaxError(`${called} is not JSON: ${why}, at ${place}.`);
  }
};
