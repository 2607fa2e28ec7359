"""Finding the bucket or index that a request means, by name or by ARN.

Choice: an ARN is looked up in the account and Region that it names, whoever asks.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_s3vectors import errors
from mock_s3vectors.arns import Arn, is_index_name, is_vector_bucket_name, parse_arn

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """The account and Region of an ARN."""
    return call.stores.at(arn.account, arn.region)


def lookup_vector_bucket(call: Call, arn: Arn) -> VectorBucket | None:
    """The bucket of an ARN, or the bucket in which the index of an ARN would be."""
    bucket = store_of(call, arn).vector_buckets.get(arn.bucket)
    return bucket if bucket is not None and bucket.arn.partition == arn.partition else None


def lookup_index(call: Call, arn: Arn) -> Index | None:
    """The index of an ARN."""
    bucket = lookup_vector_bucket(call, arn)
    return bucket.indexes.get(arn.index) if bucket is not None and arn.index is not None else None


def find_vector_bucket(call: Call, params: Params) -> VectorBucket:
    """The bucket of a bucket operation that only reads.

    Raises:
        ValidationException: see `addressed_vector_bucket`.
        NotFoundException: no such bucket.
    """
    bucket = lookup_vector_bucket(call, addressed_vector_bucket(call, params))
    if bucket is None:
        raise errors.vector_bucket_not_found()
    return bucket


@contextmanager
def locked_vector_bucket(call: Call, params: Params) -> Iterator[VectorBucket]:
    """The same, its store locked: what is found in it stays true until the block ends."""
    with store_of(call, addressed_vector_bucket(call, params)).lock:
        yield find_vector_bucket(call, params)


def find_index(call: Call, params: Params) -> Index:
    """The index of an index operation.

    Raises:
        ValidationException: see `addressed_index`.
        NotFoundException: no such index, or no such bucket.
    """
    index = lookup_index(call, addressed_index(call, params))
    if index is None:
        raise errors.index_not_found()
    return index


@contextmanager
def locked_index(call: Call, params: Params) -> Iterator[tuple[VectorBucket, Index]]:
    """An index and its bucket, both locked: for operations that change an index's settings.

    Raises:
        ValidationException: see `addressed_index`.
        NotFoundException: no such index, or no such bucket.
    """
    arn = addressed_index(call, params)
    with store_of(call, arn).lock:
        bucket, index = lookup_vector_bucket(call, arn), lookup_index(call, arn)
        if bucket is None or index is None:
            raise errors.index_not_found()
        with index.lock:
            yield bucket, index
