"""Finding the bucket or index that a request means, by name or by ARN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.arns import Arn, is_index_name, is_vector_bucket_name, parse_arn
from mock_s3vectors.errors import refusals

if TYPE_CHECKING:
    import threading

    from mock_s3vectors.exchange import Exchange, Params
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.world import Index, Store, VectorBucket


def own_vector_bucket_arn(caller: Caller, name: str) -> Arn:
    """Return the ARN of a bucket in the caller's account and Region. Choice: names-always-checked."""
    if not is_vector_bucket_name(name):
        raise refusals.invalid_vector_bucket_name()
    return Arn(caller.partition, caller.region, caller.account, name)


def index_arn(bucket: Arn, name: str) -> Arn:
    """Return the ARN that an index of this name has, or would have, in a bucket."""
    if not is_index_name(name):
        raise refusals.invalid_index_name()
    return Arn(bucket.partition, bucket.region, bucket.account, bucket.bucket, name)


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a request means, whether or not anything is there.

    Its store is looked up once, because a reset may replace it at any time.

    Attributes:
        arn: the ARN of a bucket or an index.
        store: that of the ARN's account and Region.
        exchange: the one that means it.
    """

    arn: Arn
    store: Store
    exchange: Exchange

    @property
    def lock(self) -> threading.RLock:
        """The store's lock, for operations that change the place, or need it unchanged for a while.

        It is taken with `with place.lock`: an interruption could end a context manager of our own before
        that knows that it holds the lock.
        """
        return self.store.lock

    def vector_bucket(self) -> VectorBucket:
        """Return the bucket.

        Raises:
            NotFoundException: no such bucket.
        """
        bucket, _ = self._found()
        if bucket is None:
            raise refusals.vector_bucket_not_found()
        return bucket

    def index(self) -> tuple[VectorBucket, Index]:
        """Return the index, and its bucket.

        Raises:
            NotFoundException: no such index, or no such bucket.
        """
        bucket, index = self._found()
        if bucket is None or index is None:
            raise refusals.index_not_found()
        return bucket, index

    def resource(self) -> VectorBucket | Index:
        """Return the bucket or the index, whichever the ARN names.

        Raises:
            NotFoundException: no such bucket or index.
        """
        bucket, index = self._found()
        resource = bucket if self.arn.index is None else index
        if resource is None:
            raise refusals.resource_not_found()
        return resource

    def found(self) -> tuple[VectorBucket | None, Index | None]:
        """Return the bucket and the index that the ARN names; None for each that is missing."""
        bucket = self.store.vector_buckets.get(self.arn.bucket)
        if bucket is not None and bucket.arn.partition != self.arn.partition:
            bucket = None
        index = None if bucket is None else bucket.indexes.get(self.arn.index or "")
        if index is not None and not index.is_found(self.exchange.now()):
            index = None
        return bucket, index

    def note_if_missed(self) -> None:
        """Have the call warned if the bucket or the index, which is missing, was dropped with a mock."""
        if self.exchange.stores.is_missed(self.arn):
            self.exchange.missed = self.arn

    def _found(self) -> tuple[VectorBucket | None, Index | None]:
        """Return the same as `found`, for a call that fails if it is missing."""
        bucket, index = self.found()
        if (bucket if self.arn.index is None else index) is None:
            self.note_if_missed()
        return bucket, index


def place_of(exchange: Exchange, arn: Arn) -> Place:
    """Return the place that an ARN names, wherever that is. Choice: arn-elsewhere."""
    return Place(arn, exchange.stores.at(arn.account, arn.region), exchange)


def vector_bucket_arn(caller: Caller, params: Params) -> Arn:
    """Return the ARN of the bucket that a bucket operation means.

    Raises:
        ValidationException: not exactly one of name and ARN, or no possible name.
        NotFoundException: the ARN does not name a bucket. Choice: no-arn-without-pattern.
    """
    name, text = params.get("vectorBucketName"), params.get("vectorBucketArn")
    if (name is None) == (text is None):
        raise refusals.vector_bucket_address()
    arn = own_vector_bucket_arn(caller, name) if name is not None else parse_arn(str(text))
    if arn is None or arn.index is not None:
        raise refusals.vector_bucket_not_found()
    return arn


def addressed_vector_bucket(exchange: Exchange, params: Params) -> Place:
    """Return the place of the bucket that a bucket operation means; see `vector_bucket_arn` for refusals."""
    return place_of(exchange, exchange.arn or vector_bucket_arn(exchange.caller, params))


def existing_index_arn(caller: Caller, params: Params) -> Arn:
    """Return the ARN of the index that an index operation means.

    Raises:
        ValidationException: neither the ARN alone nor both names, or no possible names.
        NotFoundException: the ARN does not name an index. Choice: no-arn-without-pattern.
    """
    bucket_name, index_name, text = (
        params.get(member) for member in ("vectorBucketName", "indexName", "indexArn")
    )
    if text is not None and bucket_name is None and index_name is None:
        arn = parse_arn(text)
        if arn is None or arn.index is None:
            raise refusals.index_not_found()
        return arn
    if text is not None or bucket_name is None or index_name is None:
        raise refusals.index_address()
    return index_arn(own_vector_bucket_arn(caller, bucket_name), index_name)


def addressed_index(exchange: Exchange, params: Params) -> Place:
    """Return the place of the index that an index operation means; see `existing_index_arn` for refusals."""
    return place_of(exchange, exchange.arn or existing_index_arn(exchange.caller, params))


def resource_arn(_: Caller, params: Params) -> Arn:
    """Return the ARN of the bucket or index that an operation on tags means.

    Raises:
        NotFoundException: the text is no ARN. Choice: no-arn-in-tag-operations.
    """
    arn = parse_arn(params["resourceArn"])
    if arn is None:
        raise refusals.resource_not_found()
    return arn


def addressed_resource(exchange: Exchange, params: Params) -> Place:
    """Return the place of the bucket or index that an operation on tags means.

    Raises:
        NotFoundException: see `resource_arn`.
    """
    return place_of(exchange, exchange.arn or resource_arn(exchange.caller, params))


def find_index(exchange: Exchange, params: Params) -> Index:
    """Return the index of an index operation that needs no more of its bucket.

    Raises:
        ValidationException: see `addressed_index`.
        NotFoundException: no such index, or no such bucket.
    """
    _, index = addressed_index(exchange, params).index()
    return index
