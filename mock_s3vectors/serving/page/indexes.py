"""Answers to the page about indexes: lists for Browse and for choosers, and all settings of one."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from mock_s3vectors.operations.metadata_configuration import described_metadata_configuration
from mock_s3vectors.serving.page.finding import bucket_of, index_of, matches, page_of, slice_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index

# How many vectors tell which metadata keys an index has.
_SAMPLE = 500
# A longer text is no good example of a value.
_LONGEST_EXAMPLE = 80


def list_indexes(level: Level, document: dict[str, Any]) -> dict[str, Any]:
    """Return a page of indexes, of all accounts and Regions, or of one bucket, in the order of their ARNs."""
    words, now = words_of(document), level.world.clock.now()
    found = [
        (arn, index)
        for index in _indexes(level, document.get("bucket"))
        for arn in [str(index.arn)]
        if matches(words, arn) and index.is_found(now)
    ]
    rows, after = page_of(found, slice_of(document), lambda row: row[0])
    return {"indexes": [_summary(index) for _, index in rows], "next": after, "found": len(found)}


def describe_index(level: Level, document: dict[str, Any]) -> dict[str, Any]:
    """Return all settings of an index, and the metadata keys that its vectors have."""
    index = index_of(level, document.get("arn"))
    described = {
        **_summary(index),
        "bucketArn": str(index.arn).partition("/index/")[0],
        "creationTime": index.creation_time,
        "dataType": index.data_type,
        "encryptionConfiguration": index.encryption,
        "tags": index.tags,
        "metadataKeys": _metadata_keys(index),
    }
    configuration = described_metadata_configuration(index, level.world.clock.now())
    return described if configuration is None else {**described, "metadataConfiguration": configuration}


def _indexes(level: Level, bucket: object) -> Iterable[Index]:
    """Return the indexes of a bucket by its ARN; without one, of all buckets."""
    # Copies, which take no lock: a call may add a bucket or an index meanwhile.
    if bucket:
        return list(bucket_of(level, bucket).indexes.values())
    stores = level.world.stores.all().values()
    buckets = [bucket for store in stores for bucket in list(store.vector_buckets.values())]
    return [index for bucket in buckets for index in list(bucket.indexes.values())]


def _summary(index: Index) -> dict[str, Any]:
    with index.lock:
        table = index.vectors
        vectors, stored = len(table), table.total_size.stored
    return {
        "arn": str(index.arn),
        "bucket": index.arn.bucket,
        "name": index.name,
        "account": index.arn.account,
        "region": index.arn.region,
        "vectors": vectors,
        "bytes": stored,
        "dimension": index.dimension,
        "distanceMetric": index.distance_metric,
        "mode": index.mode,
    }


def _metadata_keys(index: Index) -> list[dict[str, Any]]:
    """Return the metadata keys that a sample of the vectors has, and those that the index configures.

    Each has the types of its values, as JSON names them, and a value for an example if there is a short one.
    """
    with index.lock:
        metadata = index.vectors.metadata
        step = max(1, len(metadata) // _SAMPLE)
        # Evenly spread: the first vectors alone may all be of one kind.
        sample = metadata[::step][:_SAMPLE]
    types: dict[str, set[str]] = defaultdict(set)
    examples: dict[str, Any] = {}
    configured = (*index.non_filterable_keys, *index.text_search)
    for key in configured:
        types[key] = set()
    for document in sample:
        for key, value in document.items():
            types[key].add(type_of(value))
            if key not in examples and _is_example(value):
                examples[key] = value[0] if isinstance(value, list) else value
    return [
        {
            "name": key,
            "filterable": key not in index.non_filterable_keys,
            "types": sorted(types[key]),
            **({"textSearch": index.text_search[key].language} if key in index.text_search else {}),
            **({"example": examples[key]} if key in examples else {}),
        }
        for key in sorted(types)
    ]


def _is_example(value: Any) -> bool:
    first = value[0] if isinstance(value, list) else value
    return not isinstance(first, str) or 0 < len(first) <= _LONGEST_EXAMPLE


def type_of(value: Any) -> str:
    """Return the type of a metadata value, as JSON names it."""
    if isinstance(value, list):
        return "array"
    if isinstance(value, bool):
        return "boolean"
    return "string" if isinstance(value, str) else "number"
