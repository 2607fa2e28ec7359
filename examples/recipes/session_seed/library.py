"""The application: a library that finds books, and removes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from types_boto3_s3vectors import S3VectorsClient
    from types_boto3_s3vectors.type_defs import QueryVectorsInputTypeDef

BUCKET, INDEX = "library", "books"


def find_books(
    client: S3VectorsClient, embedding: Sequence[float], *, since: int | None = None, most: int = 5
) -> list[str]:
    """Return the keys of the nearest books, the nearest first; only those since a year, if one is given."""
    request: QueryVectorsInputTypeDef = {
        "vectorBucketName": BUCKET,
        "indexName": INDEX,
        "topK": most,
        "queryVector": {"float32": embedding},
    }
    if since is not None:  # an empty filter is an error, so without a condition, send none
        request["filter"] = {"year": {"$gte": since}}
    return [vector["key"] for vector in client.query_vectors(**request)["vectors"]]


def remove_books(client: S3VectorsClient, keys: Iterable[str]) -> None:
    """Remove books from the library."""
    client.delete_vectors(vectorBucketName=BUCKET, indexName=INDEX, keys=list(keys))


def close(client: S3VectorsClient) -> None:
    """Delete the library with all its books."""
    client.delete_index(vectorBucketName=BUCKET, indexName=INDEX)
    client.delete_vector_bucket(vectorBucketName=BUCKET)
