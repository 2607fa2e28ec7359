"""Finding the bucket or index that a request means, by name or by ARN.

Choice: an ARN is looked up in the account and Region that it names, whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import errors
from mock_s3vectors.arns import Arn, is_index_name, is_vector_bucket_name, parse_arn

if TYPE_CHECKING:
    from mock_s3vectors.operations.call import Call, Params
    from mock_s3vectors.state import Index, Store, VectorBucket


def own_vector_bucket_arn(call: Call, name: str) -> Arn:
    """The ARN that a bucket of this name has, or would have, in the caller's account and Region."""
    if not is_vector_bucket_name(name):
        raise errors.invalid_vector_bucket_name()
    caller = call.caller
    return Arn(caller.partition, caller.region, caller.account, name)


def index_arn(bucket: Arn, name: str) -> Arn:
    """The ARN that an index of this name has, or would have, in a bucket."""
    if not is_index_name(name):
        raise errors.invalid_index_name()
    return Arn(bucket.partition, bucket.region, bucket.account, bucket.bucket, name)


def addressed_vector_bucket(call: Call, params: Params) -> Arn:
    """The ARN of the bucket that a bucket operation means, whether or not there is such a bucket.

    Raises:
        ValidationException: not exactly one of name and ARN, or no possible name.
        NotFoundException: the ARN is none of a bucket.
    """
    name, text = params.get("vectorBucketName"), params.get("vectorBucketArn")
    if (name is None) == (text is None):
        raise errors.vector_bucket_address()
    arn = own_vector_bucket_arn(call, name) if name is not None else parse_arn(str(text))
    if arn is None or arn.index is not None:
        raise errors.vector_bucket_not_found()
    return arn


def addressed_index(call: Call, params: Params) -> Arn:
    """The ARN of the index that an index operation means, whether or not there is such an index.

    Raises:
        ValidationException: neither the ARN alone nor both names, or no possible names.
        NotFoundException: the ARN is none of an index.
    """
    bucket_name, index_name, text = (
        params.get(member) for member in ("vectorBucketName", "indexName", "indexArn")
    )
    if text is not None and bucket_name is None and index_name is None:
        arn = parse_arn(text)
        if arn is None or arn.index is None:
            raise errors.index_not_found()
        return arn
    if text is not None or bucket_name is None or index_name is None:
        raise errors.index_address()
    return index_arn(own_vector_bucket_arn(call, bucket_name), index_name)


def store_of(call: Call, arn: Arn) -> Store:
    """Look up the account and Region of an ARN: once in each call, because a reset may replace it.

    Whoever changes what is in it, or needs it to stay as it is, does so `with store.lock`: not in a context
    manager of our own, which an interruption could leave before it knows that it holds the lock.
    """
    return call.stores.at(arn.account, arn.region)


def lookup_vector_bucket(store: Store, arn: Arn) -> VectorBucket | None:
    """Look up the bucket of an ARN, or the bucket in which the index of an ARN would be."""
    bucket = store.vector_buckets.get(arn.bucket)
    return bucket if bucket is not None and bucket.arn.partition == arn.partition else None


def lookup_index(store: Store, arn: Arn) -> tuple[VectorBucket, Index] | None:
    """Look up the index of an ARN, and its bucket."""
    bucket = lookup_vector_bucket(store, arn)
    index = bucket.indexes.get(arn.index) if bucket is not None and arn.index is not None else None
    return (bucket, index) if bucket is not None and index is not None else None


def vector_bucket_in(store: Store, arn: Arn) -> VectorBucket:
    """Return the bucket of an ARN.

    Raises:
        NotFoundException: no such bucket.
    """
    bucket = lookup_vector_bucket(store, arn)
    if bucket is None:
        raise errors.vector_bucket_not_found()
    return bucket


def index_in(store: Store, arn: Arn) -> tuple[VectorBucket, Index]:
    """Return the index of an ARN, and its bucket.

    Raises:
        NotFoundException: no such index, or no such bucket.
    """
    found = lookup_index(store, arn)
    if found is None:
        raise errors.index_not_found()
    return found


def find_vector_bucket(call: Call, params: Params) -> VectorBucket:
    """The bucket of a bucket operation that only reads.

    Raises:
        ValidationException: see `addressed_vector_bucket`.
        NotFoundException: no such bucket.
    """
    arn = addressed_vector_bucket(call, params)
    return vector_bucket_in(store_of(call, arn), arn)


def find_index(call: Call, params: Params) -> Index:
    """The index of an index operation.

    Raises:
        ValidationException: see `addressed_index`.
        NotFoundException: no such index, or no such bucket.
    """
    arn = addressed_index(call, params)
    _, index = index_in(store_of(call, arn), arn)
    return index
