"""Find the policy that a reader needs, who may search films and not see what is stored with them.

To run it::

    pip install "mock_s3vectors[examples]"
    python examples/least_privilege.py

The application runs once with all rights, and the mock tells which of them it used. A user with that policy,
and no other, can run it again, and is denied what it does not do.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
from rich.console import Console
from rich.syntax import Syntax

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

BUCKET = "films"
INDEX = "plots"
FILMS = {
    "Alien": [0.9, 0.1, 0.0],
    "Paris, Texas": [0.0, 0.2, 0.9],
    "Solaris": [0.7, 0.0, 0.6],
}
NEAR_SPACE = [1.0, 0.0, 0.2]

console = Console(highlight=False)


def new_client(**credentials: Any) -> S3VectorsClient:
    """Return a client that signs with these credentials; without any, it is the root of the account."""
    return boto3.client("s3vectors", region_name="us-east-1", **credentials)


def store_films(client: S3VectorsClient) -> None:
    """Make the index, and put the films into it with what only editors may see."""
    client.create_vector_bucket(vectorBucketName=BUCKET)
    client.create_index(
        vectorBucketName=BUCKET, indexName=INDEX, dataType="float32", dimension=3, distanceMetric="cosine"
    )
    client.put_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        vectors=[
            {"key": title, "data": {"float32": data}, "metadata": {"notes": "for editors"}}
            for title, data in FILMS.items()
        ],
    )


def find_films(client: S3VectorsClient, *, with_notes: bool = False) -> list[str]:
    """Return the titles nearest to a place: all that the application of the reader does."""
    found = client.query_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        queryVector={"float32": NEAR_SPACE},
        topK=2,
        returnDistance=True,
        returnMetadata=with_notes,
    )
    return [f"{hit['key']} ({hit['distance']:.3f})" for hit in found["vectors"]]


def policy_of_the_application(mock: MockS3Vectors, client: S3VectorsClient) -> dict[str, Any]:
    """Run the application with all rights, and return the smallest policy that it needs."""
    mock.calls.clear()
    find_films(client)
    return mock.iam.least_privilege()


def main() -> None:
    """Find the policy, and try it."""
    with mock_s3vectors() as mock:
        owner = new_client()
        store_films(owner)

        policy = policy_of_the_application(mock, owner)
        console.print("[bold]The policy that the reader needs[/]")
        console.print(Syntax(json.dumps(policy, indent=2), "json", background_color="default"))

        reader = new_client(**mock.iam.user("reader", policy))
        console.print("\n[bold]The reader searches[/]")
        console.print(", ".join(find_films(reader)))

        console.print("\n[bold]The reader asks for metadata[/]")
        try:
            find_films(reader, with_notes=True)
        except reader.exceptions.AccessDeniedException as error:
            console.print(str(mock.explain(error)), markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
