"""CreateIndex, GetIndex, ListIndexes, DeleteIndex, UpdateIndexMode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations.helpers.addressing import (
    addressed_index,
    addressed_vector_bucket,
    find_index,
    index_arn,
)
from mock_s3vectors.operations.helpers.creation import name_taken
from mock_s3vectors.operations.helpers.encryption import effective_encryption
from mock_s3vectors.operations.helpers.keys import check_key_of_new
from mock_s3vectors.operations.helpers.paging import page_of_names
from mock_s3vectors.operations.metadata_configuration import (
    described_metadata_configuration,
    text_search_at_creation,
)
from mock_s3vectors.operations.tags import check_tags
from mock_s3vectors.world import Index
from mock_s3vectors.world.tables import VectorTable

if TYPE_CHECKING:
    from mock_s3vectors.config import Config
    from mock_s3vectors.exchange import Exchange, Params, Result
    from mock_s3vectors.world import VectorBucket


def create_index(exchange: Exchange, params: Params) -> Result:
    """Create an index in a bucket. A second one of the same name is refused, even with equal parameters."""
    began = exchange.stores.moment()
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        bucket = place.vector_bucket()
        index = new_index(bucket, params, exchange.now(), exchange.config.index_delay)
        if index.name in bucket.indexes:
            raise name_taken(exchange, index.arn, began, refusals.index_exists())
        check_index_quota(bucket, exchange.config)
        check_key_of_new(exchange, index)
        bucket.add(index)
        exchange.stores.note_made(index.arn)
    return {"indexArn": str(index.arn)}


def new_index(bucket: VectorBucket, params: Params, now: float, delay: float = 0.0) -> Index:
    """Return the index that CreateIndex would add to the bucket.

    Args:
        bucket: the one that it is going to be in.
        params: of the request.
        now: when it is created, in seconds since the epoch.
        delay: how many seconds pass before calls find it. Choice: index-delay.

    Raises:
        ValidationException: no possible name, settings or tags.
    """
    name, metric = params["indexName"], params["distanceMetric"]
    configuration, text_search = text_search_at_creation(bucket, params)
    return Index(
        arn=index_arn(bucket.arn, name),
        name=name,
        creation_time=int(now),
        data_type=params["dataType"],
        distance_metric=metric,
        metadata_configuration=configuration,
        text_search=text_search,
        encryption=effective_encryption(params, inherited=bucket.encryption),
        mode=bucket.default_index_mode,
        tags=check_tags(params.get("tags", {})),
        table=VectorTable(params["dimension"], metric),
        found_from=now + delay if delay else None,
    )


def check_index_quota(bucket: VectorBucket, config: Config) -> None:
    """Raise unless there is room for one more index; the caller holds the lock of the bucket's store."""
    if len(bucket.indexes) >= config.max_indexes_per_vector_bucket:
        raise refusals.too_many_indexes(config.max_indexes_per_vector_bucket)


def get_index(exchange: Exchange, params: Params) -> Result:
    """Describe an index."""
    index = find_index(exchange, params)
    described = {
        **_summary(index),
        "dataType": index.data_type,
        "dimension": index.dimension,
        "distanceMetric": index.distance_metric,
        "encryptionConfiguration": index.encryption,
        "indexMode": index.mode,
    }
    configuration = described_metadata_configuration(index, exchange.now())
    if configuration is not None:
        described["metadataConfiguration"] = configuration
    return {"index": described}


def list_indexes(exchange: Exchange, params: Params) -> Result:
    """List the indexes of a bucket."""
    place = addressed_vector_bucket(exchange, params)
    with place.lock:
        bucket, now = place.vector_bucket(), exchange.now()
        page, more = page_of_names(
            bucket.indexes,
            params,
            limits.LIST_PAGE,
            "ListIndexes",
            str(bucket.arn),
            empty_pages=exchange.config.empty_pages,
            is_found=lambda index: index.is_found(now),
        )
    return {"indexes": [_summary(index) for index in page], **more}


def delete_index(exchange: Exchange, params: Params) -> Result:
    """Delete an index and the vectors in it."""
    place = addressed_index(exchange, params)
    with place.lock:
        bucket, index = place.index()
        bucket.remove(index)
    return {}


def update_index_mode(exchange: Exchange, params: Params) -> Result:
    """Set the mode of an index, in place. CLASSIC needs a bucket that supports it.

    Choice: classic-keeps-text-search. The index may be searched for text again when it is ENHANCED again.
    """
    mode, place = params["indexMode"], addressed_index(exchange, params)
    with place.lock:
        bucket, index = place.index()
        if mode == "CLASSIC" and not bucket.supports_classic:
            raise refusals.index_mode_classic()
        with index.lock:
            index.set_mode(mode)
    return {}


def _summary(index: Index) -> Result:
    return {
        "vectorBucketName": index.arn.bucket,
        "indexName": index.name,
        "indexArn": str(index.arn),
        "creationTime": index.creation_time,
    }
