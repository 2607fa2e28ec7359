"""Have an agent forget what it remembered more than 30 days ago, in an in-memory Amazon S3 Vectors.

To run it::

    pip install "mock_s3vectors[examples]"
    python examples/forget_old_memories.py

S3 Vectors deletes vectors by key only. `delete_matching` finds vectors by their metadata, also by dates,
and deletes them in batches. It needs nothing but a client of boto3: without the line
``with mock_s3vectors():`` in `main` the same calls would go to AWS. With aiobotocore, if it is installed, the
same is done in coroutines.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from importlib.util import find_spec
from typing import TYPE_CHECKING

import boto3
from rich.console import Console

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.transfer import delete_matching, delete_matching_async

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient
    from types_boto3_s3vectors.type_defs import PutInputVectorTypeDef

    from mock_s3vectors.transfer import Deleted

BUCKET, INDEX = "agent", "memories"
NOW = datetime.now(timezone.utc)
# How many days ago each memory was made. The last one has no date.
AGES = {
    "likes tea": 2,
    "asked for the train to Lyon": 29,
    "had a cold": 31,
    "was in Rome": 400,
    "is called Ada": None,
}
PINNED = {"likes tea", "was in Rome"}

console = Console(highlight=False)


def remember(client: S3VectorsClient) -> None:
    """Store the memories, with dates as applications write them."""
    client.create_vector_bucket(vectorBucketName=BUCKET)
    client.create_index(
        vectorBucketName=BUCKET, indexName=INDEX, dataType="float32", dimension=3, distanceMetric="cosine"
    )
    memories: list[PutInputVectorTypeDef] = []
    for number, (memory, days) in enumerate(AGES.items(), 1):
        dated = {} if days is None else {"created_at": (NOW - timedelta(days=days)).isoformat()}
        metadata = {**dated, "pinned": memory in PINNED}
        memories.append({"key": memory, "data": {"float32": [1.0, number, 0.0]}, "metadata": metadata})
    client.put_vectors(vectorBucketName=BUCKET, indexName=INDEX, vectors=memories)


def forget(client: S3VectorsClient, *, dry_run: bool = False) -> Deleted:
    """Delete the memories older than 30 days, except those that are pinned."""
    return delete_matching(
        client,
        vector_bucket_name=BUCKET,
        index_name=INDEX,
        filter={"pinned": False},
        older_than={"created_at": "30d"},
        dry_run=dry_run,
    )


async def forget_async() -> Deleted:
    """Do the same with aiobotocore."""
    from aiobotocore.session import get_session  # noqa: PLC0415 - it may not be installed

    async with get_session().create_client("s3vectors", region_name="us-east-1") as client:
        return await delete_matching_async(
            client,
            vector_bucket_name=BUCKET,
            index_name=INDEX,
            filter={"pinned": False},
            older_than={"created_at": "30d"},
        )


def show(outcome: Deleted) -> None:
    """Print what came of it."""
    console.print(f"  {outcome.matched} matched: {', '.join(outcome.sample) or 'none'}")
    console.print(f"  {outcome.deleted} deleted, {outcome.undated} left alone because it has no date")


def main() -> None:
    """Run the demonstration."""
    with mock_s3vectors():
        client = boto3.client("s3vectors", region_name="us-east-1")
        remember(client)
        console.print("[bold]What would be forgotten[/]")
        show(forget(client, dry_run=True))
        console.print("[bold]What is forgotten[/]")
        show(forget(client))
        left = client.list_vectors(vectorBucketName=BUCKET, indexName=INDEX)["vectors"]
        console.print(f"  left: {', '.join(sorted(memory['key'] for memory in left))}")

    if find_spec("aiobotocore"):
        with mock_s3vectors():
            remember(boto3.client("s3vectors", region_name="us-east-1"))
            console.print("[bold]The same with aiobotocore[/]")
            show(asyncio.run(forget_async()))


if __name__ == "__main__":
    main()
