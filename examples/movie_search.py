"""Search some 3,200 real films by meaning, in an Amazon S3 Vectors that lives in this process.

To run it::

    pip install "mock_s3vectors[examples]"
    python examples/movie_search.py

Every call below is an ordinary call of boto3. Without the line ``with mock_s3vectors():`` in
`main` the same calls would go to AWS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from mock_s3vectors import mock_s3vectors
from movie_data import load_movies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_s3vectors import S3VectorsClient
    from types_boto3_s3vectors.type_defs import (
        PutInputVectorTypeDef,
        QueryOutputVectorTypeDef,
        QueryVectorsInputTypeDef,
    )

    from movie_data import Movie, MovieData

BUCKET = "films"
INDEX = "movies"
BATCH = 500  # the most vectors that one PutVectors or DeleteVectors takes

console = Console(highlight=False)


def create_index(client: S3VectorsClient, dimension: int) -> None:
    """Make a bucket and, in it, an index for embeddings of this dimension."""
    client.create_vector_bucket(vectorBucketName=BUCKET)
    client.create_index(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        dataType="float32",
        dimension=dimension,
        distanceMetric="cosine",
        # A vector may carry 40 KB of metadata, but only 2 KB of it may be filtered by. The text
        # that was embedded is for reading only, so it should not use up those 2 KB.
        metadataConfiguration={"nonFilterableMetadataKeys": ["text"]},
    )


def metadata_of(movie: Movie) -> dict[str, Any]:
    """Return everything that we know about a film, except the key it is stored under."""
    return {name: value for name, value in movie.items() if name != "key"}


def put_movies(client: S3VectorsClient, data: MovieData) -> None:
    """Store all films, one batch after another."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Putting vectors", total=len(data.movies))
        for start in range(0, len(data.movies), BATCH):
            movies = data.movies[start : start + BATCH]
            embeddings = data.embeddings[start : start + BATCH].tolist()
            vectors: list[PutInputVectorTypeDef] = [
                {"key": movie["key"], "data": {"float32": embedding}, "metadata": metadata_of(movie)}
                for movie, embedding in zip(movies, embeddings, strict=True)
            ]
            client.put_vectors(vectorBucketName=BUCKET, indexName=INDEX, vectors=vectors)
            progress.advance(task, len(movies))


def search(
    client: S3VectorsClient, vector: list[float], condition: dict[str, Any] | None = None
) -> list[QueryOutputVectorTypeDef]:
    """Return the five films nearest to a vector, among those that meet the condition."""
    request: QueryVectorsInputTypeDef = {
        "vectorBucketName": BUCKET,
        "indexName": INDEX,
        "queryVector": {"float32": vector},
        "topK": 5,
        "returnDistance": True,
        "returnMetadata": True,
    }
    if condition:  # an empty filter is an error, so without a condition, send none
        request["filter"] = condition
    return client.query_vectors(**request)["vectors"]


def print_films(title: str, films: list[QueryOutputVectorTypeDef]) -> None:
    """Print the films that a query found."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE)
    table.add_column("Distance", width=8)
    table.add_column("Title", width=37)
    table.add_column("Year", width=4)
    table.add_column("Genre", width=9)
    table.add_column("Rating", width=6)
    for film in films:
        facts = film["metadata"]
        # Real data has holes: not every film has a year, a genre and a rating.
        known = [str(facts.get(name, "-")) for name in ("title", "year", "genre", "rating")]
        table.add_row(f"{film['distance']:.4f}", *known)
    console.print(table)


def show_searches(client: S3VectorsClient, data: MovieData) -> None:
    """Ask by meaning alone, then by meaning and metadata."""
    searches: list[tuple[str, str, dict[str, Any] | None]] = [
        ("gunslingers and outlaws of the Old West", "no filter", None),
        ("zombies rise from the grave", "comedies only", {"genre": "Comedy"}),
        ("dragons and wizards", "suitable for children", {"mpaa": {"$in": ["G", "PG"]}}),
        # Several operators on one field may go together ...
        ("invaders from another planet", "1970 to 1989", {"year": {"$gte": 1970, "$lte": 1989}}),
        # ... but conditions on two fields need $and.
        (
            "masked superhero protects the city",
            "since 2000, rated 7.5 or better",
            {"$and": [{"year": {"$gte": 2000}}, {"rating": {"$gte": 7.5}}]},
        ),
    ]
    for query, remark, condition in searches:
        films = search(client, data.query_vector(query), condition)
        print_films(f'"{query}", {remark}', films)


def print_refusal(attempt: str, call: Callable[[], object]) -> None:
    """Make a call that the service refuses, and print its reason."""
    try:
        call()
    except ClientError as refusal:
        error = refusal.response["Error"]
        # Print the reason as it is: do not break it into lines, or take its brackets for colours.
        console.print(f"{attempt}\n  [red]{error['Code']}[/]: {escape(error['Message'])}", soft_wrap=True)


def show_refusals(client: S3VectorsClient, data: MovieData) -> None:
    """Make two mistakes that are easy to make, and that a mock should not forgive."""
    vector = data.query_vector("dragons and wizards")
    console.print("[bold]What the service refuses[/]")
    print_refusal(
        "Two conditions side by side, without $and:",
        lambda: search(client, vector, {"genre": "Comedy", "year": 2010}),
    )
    print_refusal(
        "3,000 characters under a key that is not declared as non-filterable:",
        lambda: client.put_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            vectors=[{"key": "dragons", "data": {"float32": vector}, "metadata": {"plot": "x" * 3000}}],
        ),
    )
    console.print()


def list_movies(client: S3VectorsClient) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the whole index; the paginator asks for the next page when it is needed."""
    pages = client.get_paginator("list_vectors").paginate(
        vectorBucketName=BUCKET, indexName=INDEX, returnMetadata=True
    )
    for page in pages:
        for vector in page["vectors"]:
            yield vector["key"], vector["metadata"]


def show_deleting(client: S3VectorsClient, data: MovieData) -> None:
    """Delete the films that nobody liked, and show that listings and answers no longer have them."""
    query = "masked superhero protects the city"
    print_films(f'"{query}", before the deletion', search(client, data.query_vector(query)))

    movies = dict(list_movies(client))
    # A film without a rating is not a badly rated one: it stays.
    disliked = [key for key, facts in movies.items() if facts.get("rating", 10) < 5]  # noqa: PLR2004
    for start in range(0, len(disliked), BATCH):
        client.delete_vectors(vectorBucketName=BUCKET, indexName=INDEX, keys=disliked[start : start + BATCH])
    left = sum(1 for _ in list_movies(client))
    console.print(f"{len(movies):,} films listed, {len(disliked)} rated below 5 deleted, {left:,} left\n")

    print_films(f'"{query}", after the deletion', search(client, data.query_vector(query)))


def delete_index(client: S3VectorsClient) -> None:
    """Delete the index with its vectors, then the bucket, which must be empty."""
    client.delete_index(vectorBucketName=BUCKET, indexName=INDEX)
    client.delete_vector_bucket(vectorBucketName=BUCKET)
    buckets = client.list_vector_buckets()["vectorBuckets"]
    console.print(f"Index and bucket deleted, {len(buckets)} buckets left")


def main() -> None:
    """Run the demonstration."""
    data = load_movies()
    with mock_s3vectors():
        client = boto3.client("s3vectors", region_name="us-east-1")
        create_index(client, data.dimension)
        put_movies(client, data)
        console.print()
        show_searches(client, data)
        show_refusals(client, data)
        show_deleting(client, data)
        delete_index(client)


if __name__ == "__main__":
    main()
