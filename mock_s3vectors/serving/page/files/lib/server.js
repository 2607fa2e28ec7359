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
class Lost extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

/** Return the URL of a path, for what is no fetch: events, downloads. */
export const urlOf = (path) => `${CONTROL}${path}`;

const contentOf = (answer) => answer.json().catch(() => ({}));

/** Send a request to one of the server's own paths, and return the answer; a refusal is an error. A body is a file. */
export const send = async (method, path, { document, body, query = {}, signal } = {}) => {
  const search = new URLSearchParams(query).toString();
  let answer;
  try {
    answer = await fetch(urlOf(`${path}${search && `?${search}`}`), {
      method,
      body: document === undefined ? body : JSON.stringify(document),
      signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    dispatchEvent(new CustomEvent("server-lost"));
    throw new Lost();
  }
  dispatchEvent(new CustomEvent("server-found"));
  if (answer.ok) return answer;
  const content = await contentOf(answer);
  const code = answer.headers.get("x-amzn-errortype") ?? `HTTP ${answer.status}`;
  throw new Refusal(answer.status, code, content.message ?? answer.statusText, content.fieldList ?? []);
};

/** Send a request, and return the JSON of the answer: `ask("GET", "/clock")`. */
export const ask = async (method, path, options) => contentOf(await send(method, path, options));

/** Ask what a view shows: `read("/vectors", { document: { index } })` is a POST, without a document a GET. */
export const read = (path, options = {}) =>
  ask(options.document === undefined ? "GET" : "POST", `/ui/data${path}`, options);
