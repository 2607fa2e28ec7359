// Requests to the server that this page came from.

const CONTROL = "/_mock_s3vectors";

/** A refusal by the server, with the code and the text of AWS where it is one of theirs. */
export class Refusal extends Error {
  constructor(status, code, message, fields) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

/** The server does not answer. The page says so, see main.js. */
export class Lost extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

const send = async (path, options) => {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    dispatchEvent(new CustomEvent("server-lost"));
    throw new Lost();
  }
  dispatchEvent(new CustomEvent("server-found"));
  return answer;
};

/** Send a request to one of the server's own paths, and return its JSON: `ask("GET", "/clock")`. A body is a file. */
export const ask = async (method, path, { document, body, query = {}, signal } = {}) => {
  const search = new URLSearchParams(query).toString();
  const answer = await send(`${CONTROL}${path}${search && `?${search}`}`, {
    method,
    body: document === undefined ? body : JSON.stringify(document),
    signal,
  });
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  const code = answer.headers.get("x-amzn-errortype") ?? `HTTP ${answer.status}`;
  throw new Refusal(answer.status, code, content.message ?? answer.statusText, content.fieldList ?? []);
};

/** Ask what a view shows: `read("/vectors", { document: { index } })` is a POST, without a document a GET. */
export const read = (path, options = {}) =>
  ask(options.document === undefined ? "GET" : "POST", `/ui/data${path}`, options);

/** Return the URL of a path, for what is no fetch: events, downloads. */
export const urlOf = (path) => `${CONTROL}${path}`;
