"""Seeding: a test puts any number of vectors into an index at once, and creates what is missing.

It obeys the service's rules, in its texts, except the limits of a single request: 500 vectors and 20 MiB. All
is checked before anything is created. The new index gets its vectors before its bucket gets the index, and a
new bucket comes last: nobody sees a part of it, and an interruption leaves none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import botocore

from mock_s3vectors.errors import constraints
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.operations.buckets import check_vector_bucket_quota, new_vector_bucket
from mock_s3vectors.operations.helpers.records import check_distinct, check_documents, check_keys
from mock_s3vectors.operations.indexes import check_index_quota, new_index
from mock_s3vectors.operations.vectors import check_vector_quota
from mock_s3vectors.protocol.model import COMPLETE_SINCE, service_model
from mock_s3vectors.protocol.validator import Validator, checker_of
from mock_s3vectors.workbench.places import caller_for, check_text
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
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike

    from mock_s3vectors.config import Config
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.world import Index, VectorBucket, World

_DEFAULT_METRIC = "cosine"


def seed(  # noqa: PLR0913 - the contract of `mock.seed`
    world: World,
    config: Config,
    bucket: str,
    index: str,
    vectors: ArrayLike | Sequence[ArrayLike],
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
    given = read_vectors(vectors)
    settings = _Settings(
        distance_metric,
        read_texts("non_filterable_metadata_keys", non_filterable_metadata_keys),
        read_text_search(text_search),
    )
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


@dataclass(frozen=True)
class _Records:
    """The vectors to store, with their keys and metadata.

    Attributes:
        vectors: the vectors.
        keys: those of the vectors.
        are_named: whether the test gave the keys; others need no check.
        metadata: that of each vector, None if there is none at all.
    """

    vectors: Vectors
    keys: list[str]
    are_named: bool
    metadata: list[Any] | None


@dataclass(frozen=True)
class _Settings:
    """The settings of the index, as far as they were given."""

    distance_metric: str | None
    non_filterable_keys: list[str]
    text_search: dict[str, str | None]

    def check(self) -> None:
        """Raise unless the settings have the right types, and botocore knows them.

        Raises:
            UsageError: they have not, or it does not.
        """
        if self.distance_metric is not None:
            check_text("distance_metric", self.distance_metric)
        if self.text_search and "textSearchConfigurations" not in _configuration_members():
            raise UsageError(
                f"text_search needs botocore {COMPLETE_SINCE} or newer: the installed one is "
                f"{botocore.__version__}, and its model has no textSearchConfigurations."
            )

    def params(self, dimension: int) -> dict[str, Any]:
        """Return the parameters of CreateIndex."""
        configuration: dict[str, Any] = {}
        if self.non_filterable_keys:
            configuration["nonFilterableMetadataKeys"] = self.non_filterable_keys
        if self.text_search:
            configuration["textSearchConfigurations"] = [
                {"metadataKey": key, **({"language": language} if language is not None else {})}
                for key, language in self.text_search.items()
            ]
        metric = _DEFAULT_METRIC if self.distance_metric is None else self.distance_metric
        return {
            "dataType": "float32",
            "dimension": dimension,
            "distanceMetric": metric,
            **({"metadataConfiguration": configuration} if configuration else {}),
        }

    def check_agree(self, index: Index, vectors: Vectors) -> None:
        """Raise if an index that exists has other settings than those that were given.

        Raises:
            UsageError: the text names the first one.
        """
        has_text_search = {key: text.language for key, text in index.text_search.items()}
        width = index.dimension if vectors.count or vectors.width is None else vectors.width
        for name, wanted, there in (
            ("distance_metric", self.distance_metric or index.distance_metric, index.distance_metric),
            (
                "non_filterable_metadata_keys",
                sorted(self.non_filterable_keys or index.non_filterable_keys),
                sorted(index.non_filterable_keys),
            ),
            ("text_search", self.text_search or has_text_search, has_text_search),
            ("the dimension of vectors", width, index.dimension),
        ):
            if wanted != there:
                raise UsageError(
                    f"Index {index.name!r} in vector bucket {index.arn.bucket!r} exists, and keeps its "
                    f"settings: {name} is {there!r}, not {wanted!r}. Leave that out, or seed another index."
                )


@dataclass(frozen=True)
class _Wanted:
    """A bucket and an index that a test asks for, by name, with the settings and the vectors of the index."""

    bucket: str
    index: str
    settings: _Settings
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
        faults = records.vectors.faults(index)
        metadata, sizes = check_documents(index, records.keys, records.metadata, faults)
        check_vector_quota(index, records.keys, config)
        index.put(records.keys, records.vectors.data, metadata, sizes)


@lru_cache(maxsize=2)
def _validator(operation: str) -> Validator:
    return Validator(service_model().operation_model(operation))


def _configuration_members() -> Mapping[str, Any]:
    shape: Any = service_model().operation_model("CreateIndex").input_shape
    members: Mapping[str, Any] = shape.members["metadataConfiguration"].members
    return members


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
