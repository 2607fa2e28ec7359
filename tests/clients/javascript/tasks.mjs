// What test_javascript.py has the AWS SDK for JavaScript do: a task comes in on stdin, what the SDK saw goes out
// on stdout, both as JSON. The client finds the server by AWS_ENDPOINT_URL_S3VECTORS.

import { text } from "node:stream/consumers";
import * as sdk from "@aws-sdk/client-s3vectors";

const client = new sdk.S3VectorsClient();

const call = async (operation, parameters) => {
  const { $metadata, ...answer } = await client.send(new sdk[`${operation}Command`](parameters));
  return answer;
};

const describe = (error) => ({
  classes: Object.keys(sdk).filter((name) => /Exception$/.test(name) && error instanceof sdk[name]),
  name: error.name,
  message: error.message,
  fields: error.fieldList ?? null,
  fault: error.$fault,
  status: error.$metadata?.httpStatusCode,
  attempts: error.$metadata?.attempts,
  requestId: error.$metadata?.requestId,
});

const attempt = (operation, parameters) =>
  call(operation, parameters).then(
    (answer) => ({ answer }),
    (error) => ({ error: describe(error) }),
  );

const collect = async (pages, member) => {
  const collected = [];
  for await (const page of pages) collected.push(page[member].map((item) => item.key ?? item.indexName));
  return collected;
};

const tasks = {
  // The names of all operations and members that the SDK has.
  vocabulary: () =>
    Object.entries(sdk).flatMap(([name, value]) =>
      name.endsWith("Command") ? [name.slice(0, -"Command".length)] : (Array.isArray(value) && value[4]) || [],
    ),

  // One call after the other; `token` stands where the nextToken of the call before belongs.
  perform: async ({ steps, token }) => {
    const seen = [];
    for (const [operation, parameters] of steps) {
      const continues = token && parameters.nextToken === token;
      const page = continues ? { nextToken: seen.at(-1).answer.nextToken } : {};
      seen.push(await attempt(operation, { ...parameters, ...page }));
    }
    return seen;
  },

  // All calls at once.
  together: ({ steps }) => Promise.all(steps.map(([operation, parameters]) => attempt(operation, parameters))),

  // What each of the SDK's own paginators gives, page by page.
  paginate: async ({ bucket, index, query, pageSize }) => {
    const settings = { client, pageSize };
    return {
      indexes: await collect(sdk.paginateListIndexes(settings, bucket), "indexes"),
      listed: await collect(sdk.paginateListVectors(settings, index), "vectors"),
      found: await collect(sdk.paginateQueryVectors({ client }, query), "vectors"),
    };
  },

  // How long the body is that the SDK makes of a call, which it does not send.
  measure: async ({ operation, parameters }) => {
    const command = new sdk[`${operation}Command`](parameters);
    let size;
    command.middlewareStack.add(
      () => async ({ request }) => {
        size = Buffer.byteLength(request.body);
        return { output: { $metadata: {} } };
      },
      { step: "finalizeRequest", priority: "low" },
    );
    await client.send(command);
    return size;
  },
};

const { task, ...input } = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(await tasks[task](input)));
