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
    from mock_s3vectors.exchange import Exchange, Params, Result


def create_vector_bucket(exchange: Exchange, params: Params) -> Result:
    """Create a bucket. A second one of the same name is refused, even with equal parameters."""
    name, began = params["vectorBucketName"], exchange.stores.moment()
    arn = own_vector_bucket_arn(exchange, name)
    encryption = effective_encryption(params)
    tags = check_tags(params.get("tags", {}))
    now = exchange.now()
    # By the mock's clock, so that a test can go back to CLASSIC; or by an option. Choice: mode-by-clock.
    mode = exchange.config.default_index_mode or ("ENHANCED" if now >= ENHANCED_SINCE else "CLASSIC")
    bucket = VectorBucket(
        arn=arn,
        name=name,
        creation_time=int(now),
        encryption=encryption,
        supports_classic=mode == "CLASSIC",
        default_index_mode=mode,
        tags=tags,
    )
    store, quota = exchange.stores.made_at(arn.account, arn.region), exchange.config.max_vector_buckets
    with store.lock:
        if name in store.vector_buckets:
            raise name_taken(exchange, arn, began, refusals.vector_bucket_exists())
        if len(store.vector_buckets) >= quota:
            raise refusals.too_many_vector_buckets(quota)
        store.add(bucket)
        exchange.stores.note_made(arn)
    return {"vectorBucketArn": str(arn)}


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
