// Works with the AWS SDK for JavaScript from a web page, and says what the page has seen.

import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  paginateListVectors,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
} from "@aws-sdk/client-s3vectors";

const INDEX = { vectorBucketName: "films", indexName: "plots" };

function clientOf(endpoint) {
  return new S3VectorsClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
    maxAttempts: 1,
  });
}

async function errorOf(promise) {
  try {
    return { answer: await promise };
  } catch (error) {
    const { name, message, fieldList, $metadata } = error;
    return { name, message, fieldList, requestId: $metadata?.requestId, status: $metadata?.httpStatusCode };
  }
}

/** Creates an index, puts vectors into it and finds them. */
export async function work(endpoint) {
  const client = clientOf(endpoint);
  await client.send(new CreateVectorBucketCommand({ vectorBucketName: "films" }));
  await client.send(
    new CreateIndexCommand({ ...INDEX, dataType: "float32", dimension: 2, distanceMetric: "euclidean" }),
  );
  const vectors = ["a", "b", "c"].map((key, x) => ({ key, data: { float32: [x, 0] }, metadata: { x } }));
  await client.send(new PutVectorsCommand({ ...INDEX, vectors }));
  const found = await client.send(
    new QueryVectorsCommand({
      ...INDEX,
      queryVector: { float32: [2, 0] },
      topK: 2,
      filter: { x: { $gte: 1 } },
      returnDistance: true,
    }),
  );
  const listed = [];
  for await (const page of paginateListVectors({ client, pageSize: 2 }, INDEX)) {
    listed.push(page.vectors.map((vector) => vector.key));
  }
  return { found: found.vectors, requestId: found.$metadata.requestId, listed };
}

/** Asks for something that the service refuses, and says what the SDK makes of it; the same of no answer. */
export function refused(endpoint) {
  const query = { ...INDEX, queryVector: { float32: [0, 0] }, topK: 0 };
  return errorOf(clientOf(endpoint).send(new QueryVectorsCommand(query)));
}

/** Calls a path of the server itself. */
export function control(endpoint, method, path, document) {
  const body = document && JSON.stringify(document);
  const headers = body ? { "content-type": "application/json" } : {};
  return errorOf(
    fetch(`${endpoint}/_mock_s3vectors${path}`, { method, headers, body }).then(async (answer) => ({
      status: answer.status,
      type: answer.headers.get("x-amzn-errortype"),
      text: await answer.text(),
    })),
  );
}
