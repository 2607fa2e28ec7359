// Film search in JavaScript, run by javascript_search.py, which writes the films to stdin.
//
// Nothing here knows about a mock: the client finds its endpoint, the Region and the credentials in the
// environment (AWS_ENDPOINT_URL_S3VECTORS and so on).

import { text } from "node:stream/consumers";
import {
  CreateIndexCommand,
  CreateVectorBucketCommand,
  PutVectorsCommand,
  QueryVectorsCommand,
  S3VectorsClient,
  ValidationException,
} from "@aws-sdk/client-s3vectors";

const { bucket, index, films, query } = JSON.parse(await text(process.stdin));
const address = { vectorBucketName: bucket, indexName: index };
const client = new S3VectorsClient();

const search = async (filter) => {
  const { vectors } = await client.send(
    new QueryVectorsCommand({
      ...address,
      queryVector: { float32: query.embedding },
      topK: 3,
      filter,
      returnDistance: true,
      returnMetadata: true,
    }),
  );
  for (const { distance, metadata } of vectors) {
    console.log(`  ${distance.toFixed(4)}  ${metadata.title} (${metadata.year}, ${metadata.mpaa})`);
  }
};

await client.send(new CreateVectorBucketCommand({ vectorBucketName: bucket }));
await client.send(
  new CreateIndexCommand({
    ...address,
    dataType: "float32",
    dimension: query.embedding.length,
    distanceMetric: "cosine",
  }),
);
await client.send(
  new PutVectorsCommand({
    ...address,
    vectors: films.map(({ key, embedding, ...metadata }) => ({ key, data: { float32: embedding }, metadata })),
  }),
);
console.log(`JavaScript put ${films.length} films`);

console.log(`"${query.text}", no filter`);
await search();
console.log(`"${query.text}", suitable for children, since 1990`);
await search({ $and: [{ mpaa: { $in: ["G", "PG"] } }, { year: { $gte: 1990 } }] });

console.log("Two conditions side by side, without $and:");
try {
  await search({ mpaa: "G", year: 1990 });
} catch (error) {
  if (!(error instanceof ValidationException)) throw error;
  console.log(`  ${error.name}: ${error.message} (HTTP ${error.$metadata.httpStatusCode})`);
}
