"""Seeding: a test puts any number of vectors into an index at once, and creates what is missing.

It obeys the service's rules, in its texts, except the limits of a single request: 500 vectors and 20 MiB. All
is checked before anything is created. The new index gets its vectors before its bucket gets the index, and a
new bucket comes last: nobody sees a part of it, and an interruption leaves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors import constraints
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.operations.buckets import check_vector_bucket_quota, new_vector_bucket
from mock_s3vectors.operations.helpers.records import check_distinct, check_documents, check_keys
from mock_s3vectors.operations.indexes import check_index_quota, new_index
from mock_s3vectors.operations.vectors import check_vector_quota
from mock_s3vectors.protocol.model import service_model
from mock_s3vectors.protocol.validator import Validator, checker_of
from mock_s3vectors.transfer.files.checking import check_fits
from mock_s3vectors.workbench.places import caller_for, check_text
from mock_s3vectors.workbench.seed_files import is_path, read_file
from mock_s3vectors.workbench.seed_settings import SeedSettings
from mock_s3vectors.workbench.seed_values import (
    Vectors,
    read_keys,
    read_metadata,
    read_text_search,
    read_texts,
    read_vectors,
)
from mock_s3vectors.workbench.views import IndexView

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from mock_s3vectors.config import Config
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.transfer.batches import Batch
    from mock_s3vectors.world import Index, VectorBucket, World


def seed(  # noqa: PLR0913 - the contract of `mock.seed`
    world: World,
    config: Config,
    bucket: str,
    index: str,
    vectors: ArrayLike | Sequence[ArrayLike] | os.PathLike[str],
    *,
    keys: Iterable[str] | None = None,
    metadata: Iterable[Mapping[str, Any] | None] | None = None,
    distance_metric: str | None = None,
    non_filterable_metadata_keys: Iterable[str] = (),
    text_search: Mapping[str, str | None] | Iterable[str] = (),
    region: str | None = None,
    account: str | None = None,
) -> IndexView:
    """Put vectors into an index, all or none, and return a view of it.

    A new bucket and a new index are created under the options of the mock. See `Workbench.seed` for the
    other arguments, which are copied.

    Raises:
        UsageError: the service would refuse this, or the index exists with other settings than these. The
            text has the service's code and message. Nothing was created or stored.
    """
    caller = caller_for(world, config, bucket, region, account)
    check_text("index", index)
    settings = SeedSettings(
        distance_metric,
        read_texts("non_filterable_metadata_keys", non_filterable_metadata_keys),
        read_text_search(text_search),
    )
    if is_path(vectors):
        _check_absent(keys=keys, metadata=metadata)
        batch, known = read_file(vectors)
        records, settings = _records_of(batch), settings.completed(known)
        settings.check()
    else:
        given = read_vectors(vectors)
        settings.check()
        records = _Records(
            vectors=given,
            keys=read_keys(keys, given.count),
            are_named=keys is not None,
            metadata=read_metadata(metadata, given.count),
        )
    try:
        return _seed(world, config, caller, _Wanted(bucket, index, settings, records))
    except ServiceError as refusal:
        raise UsageError(
            f"The service would refuse to seed index {index!r} in vector bucket {bucket!r}, so nothing was "
            f"created or stored. {refusal.code}: {refusal.message}"
        ) from None


def _check_absent(**arguments: object) -> None:
    """Raise if an argument is given that a file has instead.

    Raises:
        UsageError: it is.
    """
    for name, value in arguments.items():
        if value is not None:
            raise UsageError(f"{name} was given with a file, which has its own: leave it out.")


@dataclass(frozen=True)
class _Records:
    """The vectors to store, with their keys and metadata.

    Attributes:
        vectors: the vectors.
        keys: those of the vectors.
        are_named: whether the test gave the keys; others need no check.
        metadata: that of each vector, None if there is none at all.
        batch: the same as a batch, if they are from a file.
    """

    vectors: Vectors
    keys: list[str]
    are_named: bool
    metadata: list[Any] | None
    batch: Batch | None = None


def _records_of(batch: Batch) -> _Records:
    width = batch.data.shape[1] or None
    return _Records(
        vectors=Vectors(batch.data, len(batch), width),
        keys=list(batch.keys),
        are_named=True,
        metadata=list(batch.metadata),
        batch=batch,
    )


@dataclass(frozen=True)
class _Wanted:
    """A bucket and an index that a test asks for, by name, with the settings and the vectors of the index."""

    bucket: str
    index: str
    settings: SeedSettings
    records: _Records


def _seed(world: World, config: Config, caller: Caller, wanted: _Wanted) -> IndexView:
    """Check all, store the vectors, then add the index and the bucket that are new.

    Raises:
        UsageError: the settings are not those of the index.
        ServiceError: the service refuses the bucket, the index or the vectors.
    """
    store = world.stores.made_at(caller.account, caller.region)
    with store.lock:
        bucket = known_bucket = store.vector_buckets.get(wanted.bucket)
        if bucket is None:
            bucket = _new_vector_bucket(caller, config, wanted.bucket, world.clock.now())
            check_vector_bucket_quota(store, config)
        index = known_index = bucket.indexes.get(wanted.index)
        if index is None:
            index = _new_index(bucket, wanted, world.clock.now())
            check_index_quota(bucket, config)
        else:
            wanted.settings.check_agree(index, wanted.records.vectors)
        _put(index, wanted.records, config)
        if known_index is None:
            bucket.add(index)
            world.stores.note_made(index.arn)
        if known_bucket is None:
            store.add(bucket)
            world.stores.note_made(bucket.arn)
        return IndexView(index)


def _new_vector_bucket(caller: Caller, config: Config, name: str, now: float) -> VectorBucket:
    params = {"vectorBucketName": name}
    _validator("CreateVectorBucket").validate(params)
    return new_vector_bucket(caller, config, params, now)


def _new_index(bucket: VectorBucket, wanted: _Wanted, now: float) -> Index:
    name, width = wanted.index, wanted.records.vectors.width
    if width is None:
        raise UsageError(
            f"There is no index {name!r} yet, and no vector says how many dimensions it should have: give an "
            "array of shape (0, d) to create it empty."
        )
    params = {"vectorBucketName": bucket.name, "indexName": name, **wanted.settings.params(width)}
    _validator("CreateIndex").validate(params)
    return new_index(bucket, params, now)


def _put(index: Index, records: _Records, config: Config) -> None:
    """Write the vectors; the caller holds the lock of the index's store."""
    if not records.keys:
        return
    if records.are_named:
        _check_lengths(records.keys)
        check_keys(records.keys)
        check_distinct(records.keys)
    with index.lock:
        if records.batch is not None:
            check_fits(records.batch, index)
        faults = records.vectors.faults(index)
        metadata, sizes = check_documents(index, records.keys, records.metadata, faults)
        check_vector_quota(index, records.keys, config)
        index.put(records.keys, records.vectors.data, metadata, sizes)


@lru_cache(maxsize=2)
def _validator(operation: str) -> Validator:
    return Validator(service_model().operation_model(operation))


def _check_lengths(keys: Sequence[str]) -> None:
    """Raise unless the model allows the keys, whose number it does not limit here.

    Raises:
        ValidationException: names the first one.
    """
    shape: Any = service_model().operation_model("PutVectors").input_shape
    check = checker_of(shape.members["vectors"].member.members["key"])
    if check is None:
        return
    bad = next((number for number, key in enumerate(keys) if check(key, "") is not None), None)
    violation = None if bad is None else check(keys[bad], f"/vectors/{bad}/key")
    if violation is not None:
        raise constraints.constraint_violation(violation)
