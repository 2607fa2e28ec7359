"""The resource on which a call needs rights, whether or not it exists."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mock_s3vectors.authorization.needs import NEEDS
from mock_s3vectors.operations.helpers.addressing import (
    existing_index_arn,
    index_arn,
    own_vector_bucket_arn,
    place_of,
    resource_arn,
    vector_bucket_arn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.authorization.needs import On
    from mock_s3vectors.exchange import Exchange, Params
    from mock_s3vectors.identity import Caller


class Target(NamedTuple):
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
    tags: Mapping[str, str] = MappingProxyType({})
    bucket_tags: Mapping[str, str] = MappingProxyType({})
    has_bucket: bool = False


def arn_of(operation: str, caller: Caller, params: Params) -> Arn | None:
    """Return the ARN of the resource on which a call needs rights; None for all vector buckets.

    Raises:
        ValidationException: the parameters do not name one.
        NotFoundException: they name none that can exist.
    """
    return _ARNS[NEEDS[operation].on](caller, params)


def target_at(exchange: Exchange, arn: Arn | None) -> Target:
    """Return the resource with an ARN; None for all vector buckets. Choice: tags-of-new-resources."""
    if arn is None:
        return Target("*", exchange.caller.account)
    bucket, index = place_of(exchange, arn).found()
    if bucket is None:
        return Target(str(arn), arn.account)
    resource = bucket if arn.index is None else index
    tags = {} if resource is None else resource.tags
    return Target(str(arn), arn.account, bucket.policy, tags, bucket.tags, has_bucket=True)


def _new_vector_bucket(caller: Caller, params: Params) -> Arn:
    return own_vector_bucket_arn(caller, params["vectorBucketName"])


def _new_index(caller: Caller, params: Params) -> Arn:
    return index_arn(vector_bucket_arn(caller, params), params["indexName"])


_ARNS: dict[On, Callable[[Caller, Params], Arn | None]] = {
    "everything": lambda *_: None,
    "bucket": vector_bucket_arn,
    "new bucket": _new_vector_bucket,
    "index": existing_index_arn,
    "new index": _new_index,
    "either": resource_arn,
}
