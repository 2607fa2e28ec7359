"""The resource on which a call needs rights, whether or not it exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.authorization.needs import NEEDS
from mock_s3vectors.operations.helpers.addressing import (
    addressed_index,
    addressed_resource,
    addressed_vector_bucket,
    index_arn,
    own_vector_bucket_arn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.authorization.needs import On
    from mock_s3vectors.exchange import Exchange, Params
    from mock_s3vectors.world import Index, VectorBucket


@dataclass(frozen=True, slots=True)
class Target:
    """The resource on which a call needs rights.

    Attributes:
        name: its ARN; `*` for all vector buckets of an account and Region.
        account: that of the ARN; the caller's own for `*`.
        bucket: the vector bucket, or that of the index; None if it does not exist yet.
        index: the index; None if the target is none, or if it does not exist yet.
        is_index: whether the target is an index.
    """

    name: str
    account: str
    bucket: VectorBucket | None = None
    index: Index | None = None
    is_index: bool = False

    @property
    def policy(self) -> Policy | None:
        """The policy of the vector bucket."""
        return None if self.bucket is None else self.bucket.policy

    @property
    def tags(self) -> dict[str, str]:
        """The tags of the resource itself."""
        resource = self.index if self.is_index else self.bucket
        return {} if resource is None else resource.tags

    @property
    def bucket_tags(self) -> dict[str, str]:
        """The tags of its vector bucket."""
        return {} if self.bucket is None else self.bucket.tags


def target_of(exchange: Exchange, params: Params) -> Target:
    """Return the resource on which a call needs rights.

    Raises:
        ValidationException: the parameters do not name one.
        NotFoundException: they name none that can exist.
    """
    arn = _ARNS[NEEDS[str(exchange.operation)].on](exchange, params)
    if arn is None:
        return Target("*", exchange.caller.account)
    bucket = exchange.stores.at(arn.account, arn.region).vector_buckets.get(arn.bucket)
    if bucket is not None and bucket.arn.partition != arn.partition:
        bucket = None
    index = None if bucket is None or arn.index is None else bucket.indexes.get(arn.index)
    return Target(str(arn), arn.account, bucket, index, arn.index is not None)


def _new_index(exchange: Exchange, params: Params) -> Arn:
    return index_arn(addressed_vector_bucket(exchange, params).arn, params["indexName"])


_ARNS: dict[On, Callable[[Exchange, Params], Arn | None]] = {
    "everything": lambda *_: None,
    "bucket": lambda *call: addressed_vector_bucket(*call).arn,
    "new bucket": lambda exchange, params: own_vector_bucket_arn(exchange.caller, params["vectorBucketName"]),
    "index": lambda *call: addressed_index(*call).arn,
    "new index": _new_index,
    "either": lambda *call: addressed_resource(*call).arn,
}
