// Answers that come line by line, while the server works.

import { lost, send } from "./server.js";

/** Send a document to a path of `/ui/data`, and yield each line of the answer, which is JSON. */
export const readLines = async function* (path, document, signal) {
  const answer = await send("POST", `/ui/data${path}`, { document, signal });
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw signal.aborted ? error : lost();
    });
    if (done) return;
    const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
};
