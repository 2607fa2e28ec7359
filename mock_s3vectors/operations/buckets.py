"""CreateVectorBucket, GetVectorBucket, ListVectorBuckets, DeleteVectorBucket, and the mode of new indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import addressed_vector_bucket, own_vector_bucket_arn
from mock_s3vectors.operations.helpers.creation import name_taken
from mock_s3vectors.operations.helpers.encryption import effective_encryption
from mock_s3vectors.operations.helpers.paging import page_of_names
from mock_s3vectors.operations.tags import check_tags
from mock_s3vectors.world import VectorBucket
from mock_s3vectors.world.clock import ENHANCED_SINCE

if TYPE_CHECKING:
    from mock_s3vectors.config import Config
    from mock_s3vectors.exchange import Exchange, Params, Result
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.world import Store


def create_vector_bucket(exchange: Exchange, params: Params) -> Result:
    """Create a bucket. A second one of the same name is refused, even with equal parameters."""
    began = exchange.stores.moment()
    bucket = new_vector_bucket(exchange.caller, exchange.config, params, exchange.now())
    store = exchange.stores.made_at(bucket.arn.account, bucket.arn.region)
    with store.lock:
        if bucket.name in store.vector_buckets:
            raise name_taken(exchange, bucket.arn, began, refusals.vector_bucket_exists())
        check_vector_bucket_quota(store, exchange.config)
        store.add(bucket)
        exchange.stores.note_made(bucket.arn)
    return {"vectorBucketArn": str(bucket.arn)}


def new_vector_bucket(caller: Caller, config: Config, params: Params, now: float) -> VectorBucket:
    """Return the bucket that CreateVectorBucket would add for the caller.

    Raises:
        ValidationException: no possible name, encryption or tags.
    """
    name = params["vectorBucketName"]
    # By the mock's clock, so that a test can go back to CLASSIC; or by an option. Choice: mode-by-clock.
    mode = config.default_index_mode or ("ENHANCED" if now >= ENHANCED_SINCE else "CLASSIC")
    return VectorBucket(
        arn=own_vector_bucket_arn(caller, name),
        name=name,
        creation_time=int(now),
        encryption=effective_encryption(params),
        supports_classic=mode == "CLASSIC",
        default_index_mode=mode,
        tags=check_tags(params.get("tags", {})),
    )


def check_vector_bucket_quota(store: Store, config: Config) -> None:
    """Raise unless there is room for one more bucket; the caller holds the store's lock."""
    if len(store.vector_buckets) >= config.max_vector_buckets:
        raise refusals.too_many_vector_buckets(config.max_vector_buckets)


def get_vector_bucket(exchange: Exchange, params: Params) -> Result:
    """Describe a bucket."""
    bucket = addressed_vector_bucket(exchange, params).vector_bucket()
    return {
        "vectorBucket": {
            **_summary(bucket),
            "encryptionConfiguration": bucket.encryption,
            "defaultIndexMode": bucket.default_index_mode,
        }
    }


def list_vector_buckets(exchange: Exchange, params: Params) -> Result:
    """List the caller's buckets in the caller's Region."""
    store, caller = exchange.store, exchange.caller
    scope = "ListVectorBuckets", caller.account, caller.region
    with store.lock:
        page, more = page_of_names(
            store.vector_buckets, params, limits.LIST_PAGE, *scope, empty_pages=exchange.config.empty_pages
        )
    return {"vectorBuckets": [_summary(bucket) for bucket in page], **more}


def delete_vector_bucket(exchange: Exchange, params: Params) -> Result:
    """Delete an empty bucket; its name is free again at once."""
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        bucket = place.vector_bucket()
        if bucket.indexes:
            raise refusals.vector_bucket_not_empty()
        place.store.remove(bucket)
    return {}


def put_vector_bucket_default_index_mode(exchange: Exchange, params: Params) -> Result:
    """Set the mode of indexes that are created from now on."""
    mode, place = params["defaultIndexMode"], addressed_vector_bucket(exchange, params)
    with place.lock:
        bucket = place.vector_bucket()
        if mode == "CLASSIC" and not bucket.supports_classic:
            raise refusals.default_index_mode_classic()
        bucket.set_default_index_mode(mode)
    return {}


def _summary(bucket: VectorBucket) -> Result:
    return {
        "vectorBucketName": bucket.name,
        "vectorBucketArn": str(bucket.arn),
        "creationTime": bucket.creation_time,
    }
