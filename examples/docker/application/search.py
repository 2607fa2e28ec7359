"""An application: it puts a few films into an index that is there, and searches them."""

from __future__ import annotations

import boto3

BUCKET, INDEX = "films", "plots"
FILMS = {
    "Alien": [0.9, 0.1, 0.0],
    "Solaris": [0.7, 0.2, 0.1],
    "Notting Hill": [0.0, 0.1, 0.9],
}


def main() -> None:
    """Put, search, and print the films that are nearest to a trip into space."""
    s3vectors = boto3.client("s3vectors")
    s3vectors.put_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        vectors=[{"key": title, "data": {"float32": vector}} for title, vector in FILMS.items()],
    )
    answer = s3vectors.query_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        queryVector={"float32": [1.0, 0.0, 0.0]},
        topK=2,
        returnDistance=True,
    )
    for film in answer["vectors"]:
        print(f"{film['key']} ({film['distance']:.3f})")


if __name__ == "__main__":
    main()
