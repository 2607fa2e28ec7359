"""The resource on which a call needs rights, whether or not it exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_s3vectors.authorization.needs import NEEDS
from mock_s3vectors.operations.helpers.addressing import (
    addressed_index,
    addressed_resource,
    addressed_vector_bucket,
    index_arn,
    own_vector_bucket_arn,
    place_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.authorization.needs import On
    from mock_s3vectors.exchange import Exchange, Params
    from mock_s3vectors.operations.helpers.addressing import Place


@dataclass(frozen=True, slots=True)
class Target:
    """The resource on which a call needs rights, as it was when the call came in.

    Policies and tags are replaced, never changed, so that it keeps them while others write, and holds nothing
    of the world.

    Attributes:
        name: its ARN; `*` for all vector buckets of an account and Region.
        account: that of the ARN; the caller's own for `*`.
        policy: that of the vector bucket; None if it has none, or does not exist.
        tags: those of the resource itself; none if it does not exist.
        bucket_tags: those of its vector bucket.
        has_bucket: whether the vector bucket exists.
    """

    name: str
    account: str
    policy: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    bucket_tags: Mapping[str, str] = field(default_factory=dict)
    has_bucket: bool = False


def target_of(exchange: Exchange, params: Params) -> tuple[Target, Place | None]:
    """Return the resource on which a call needs rights, and its place; None for all vector buckets.

    Choice: tags-of-new-resources.

    Raises:
        ValidationException: the parameters do not name one.
        NotFoundException: they name none that can exist.
    """
    place = _PLACES[NEEDS[str(exchange.operation)].on](exchange, params)
    if place is None:
        return Target("*", exchange.caller.account), None
    arn = place.arn
    bucket, index = place.found()
    if bucket is None:
        return Target(str(arn), arn.account), place
    resource = bucket if arn.index is None else index
    tags = {} if resource is None else resource.tags
    return Target(str(arn), arn.account, bucket.policy, tags, bucket.tags, has_bucket=True), place


def _new_vector_bucket(exchange: Exchange, params: Params) -> Place:
    return place_of(exchange, own_vector_bucket_arn(exchange.caller, params["vectorBucketName"]))


def _new_index(exchange: Exchange, params: Params) -> Place:
    bucket = addressed_vector_bucket(exchange, params).arn
    return place_of(exchange, index_arn(bucket, params["indexName"]))


_PLACES: dict[On, Callable[[Exchange, Params], Place | None]] = {
    "everything": lambda *_: None,
    "bucket": addressed_vector_bucket,
    "new bucket": _new_vector_bucket,
    "index": addressed_index,
    "new index": _new_index,
    "either": addressed_resource,
}
