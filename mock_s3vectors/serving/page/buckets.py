"""Answers to the page about accounts, Regions and the vector buckets in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.serving.page.finding import bucket_of, matches, page_of, slice_of, words_of

if TYPE_CHECKING:
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import VectorBucket


def list_places(level: Level, _: object) -> dict[str, Any]:
    """Return each account and Region that has vector buckets, and how many."""
    return {
        "places": [
            {
                "account": account,
                "region": region,
                "buckets": len(store.vector_buckets),
                "indexes": sum(len(bucket.indexes) for bucket in list(store.vector_buckets.values())),
            }
            for (account, region), store in sorted(level.world.stores.all().items())
            if store.vector_buckets
        ]
    }


def list_buckets(level: Level, document: dict[str, Any]) -> dict[str, Any]:
    """Return a page of vector buckets, of all accounts and Regions or of some, in the order of their ARNs."""
    words = words_of(document)
    account, region = document.get("account"), document.get("region")
    found = [
        (arn, bucket)
        for place, store in level.world.stores.all().items()
        if account in {None, "", place[0]} and region in {None, "", place[1]}
        for bucket in list(store.vector_buckets.values())
        for arn in [str(bucket.arn)]
        if matches(words, arn)
    ]
    rows, after = page_of(found, slice_of(document), lambda row: row[0])
    return {"buckets": [_summary(bucket) for _, bucket in rows], "next": after, "found": len(found)}


def describe_bucket(level: Level, document: dict[str, Any]) -> dict[str, Any]:
    """Return all settings of a vector bucket, and how much is in it."""
    bucket = bucket_of(level, document.get("arn"))
    return {
        **_summary(bucket),
        "encryptionConfiguration": bucket.encryption,
        "defaultIndexMode": bucket.default_index_mode,
        "tags": bucket.tags,
        "policy": None if bucket.policy is None else bucket.policy.text,
    }


def _summary(bucket: VectorBucket) -> dict[str, Any]:
    vectors = stored = 0
    # A copy, which takes no lock: a call may add an index meanwhile.
    indexes = list(bucket.indexes.values())
    for index in indexes:
        with index.lock:
            vectors += len(index.vectors)
            stored += index.table.total_size.stored
    return {
        "arn": str(bucket.arn),
        "name": bucket.name,
        "account": bucket.arn.account,
        "region": bucket.arn.region,
        "creationTime": bucket.creation_time,
        "indexes": len(indexes),
        "vectors": vectors,
        "bytes": stored,
    }
