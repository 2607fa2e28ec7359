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

/** Tell main.js that the server does not answer, and return the error that says so. */
export const lost = () => {
  dispatchEvent(new CustomEvent("server-lost"));
  return new Lost();
};

/** Return the URL of a path, for what is no fetch: events, downloads. */
export const urlOf = (path) => `${CONTROL}${path}`;

/** Return the refusal that an answer has. */
const refusalOf = async (answer) => {
  const content = await answer.json().catch(() => ({}));
  const code = answer.headers.get("x-amzn-errortype") ?? `HTTP ${answer.status}`;
  return new Refusal(answer.status, code, content.message ?? answer.statusText, content.fieldList ?? []);
};

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
    throw signal?.aborted ? error : lost();
  }
  dispatchEvent(new CustomEvent("server-found"));
  if (!answer.ok) throw await refusalOf(answer);
  return answer;
};

/** Send a request, and return the JSON of the answer, which `parse` reads: `ask("GET", "/clock")`. */
export const ask = async (method, path, { parse = JSON.parse, ...options } = {}) => {
  const answer = await send(method, path, options);
  const text = await answer.text().catch((error) => {
    throw options.signal?.aborted ? error : lost();
  });
  return text ? parse(text) : {};
};

/** Ask what a view shows: `read("/vectors", { document: { index } })` is a POST, without a document a GET. */
export const read = (path, options = {}) =>
  ask(options.document === undefined ? "GET" : "POST", `/ui/data${path}`, options);
