"""State files as places: their indexes are read in batches, and written in transactions.

A file that is read stays as it is. One that is written is changed in place: each batch is whole or not there,
whatever happens, and after an interruption those that were written are there.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from mock_s3vectors.config import Config
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.identity import Caller
from mock_s3vectors.operations.buckets import new_vector_bucket
from mock_s3vectors.operations.indexes import new_index
from mock_s3vectors.protocol.model import service_model
from mock_s3vectors.protocol.partitions import default_region, partition_of
from mock_s3vectors.protocol.validator import Validator
from mock_s3vectors.storage.indexes import StoredIndexes, writing_indexes
from mock_s3vectors.transfer.batches import BATCH, Batch, Location, Settings
from mock_s3vectors.transfer.files.checking import check_fits
from mock_s3vectors.transfer.files.opening import has_contents
from mock_s3vectors.transfer.places import check_region
from mock_s3vectors.transfer.settings import check_agree, creation_params

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from typing_extensions import Self

    from mock_s3vectors.storage.indexes import WritableIndexes
    from mock_s3vectors.transfer.batches import Sink, Source
    from mock_s3vectors.transfer.places import Access, Address
    from mock_s3vectors.world import Index, VectorBucket


class StateFile:
    """A state file, or a vector bucket or an index in it."""

    is_gradual = True

    def __init__(self, address: Address, access: Access) -> None:
        if address.path is None:
            raise TypeError(f"{address.text!r} is no state file")
        self.address = address
        self._path: Path = address.path
        self._access = access

    def buckets(self) -> list[Location]:
        """Return where the vector buckets are, also those without indexes."""
        return [_location_of(bucket) for bucket in self._named(StoredIndexes(self._path))]

    def sources(self) -> Iterator[Source]:
        """Yield each index that the place names, by account, Region and names.

        Raises:
            UsageError: there is none of this name, or the file cannot be read.
        """
        wanted = self.address.location.index
        stored = StoredIndexes(self._path)
        buckets = self._named(stored)
        indexes = [
            index
            for bucket in buckets
            for _, index in sorted(bucket.indexes.items())
            if wanted in (None, index.name)
        ]
        if wanted is not None and not indexes:
            names = sorted({name for bucket in buckets for name in bucket.indexes})
            raise UsageError(
                f"{self.address.text!r}: there is no index {wanted!r} in vector bucket "
                f"{self.address.location.bucket!r}.{near(wanted, names)} Indexes in it: "
                f"{', '.join(names) or 'none'}."
            )
        for index in indexes:
            yield StoredSource(stored, index)

    def _named(self, stored: StoredIndexes) -> list[VectorBucket]:
        """Return the vector buckets that the place names.

        Raises:
            UsageError: there is none of this name.
        """
        access, wanted = self._access, self.address.location.bucket
        there = sorted(
            (bucket for bucket in stored.buckets if _is_there(bucket, access)),
            key=lambda bucket: (bucket.arn.account, bucket.arn.region, bucket.name),
        )
        if wanted is None:
            return there
        found = [bucket for bucket in there if bucket.name == wanted]
        if not found:
            names = sorted({bucket.name for bucket in there})
            where = "".join(
                f" in {what} {value}"
                for what, value in (("Region", access.region), ("account", access.account))
                if value is not None
            )
            raise UsageError(
                f"{self.address.text!r}: there is no vector bucket {wanted!r}{where}.{near(wanted, names)} "
                f"Vector buckets there: {', '.join(names) or 'none'}."
            )
        return found

    def destination(self, location: Location) -> Location:
        """Return where an index is that is written to a location, as far as it is known.

        It may not be known before the file is opened: see `StoredSink`.
        """
        account, region = self._access.account, self._access.region
        return replace(location, account=account or location.account, region=region or location.region)

    def named(self, location: Location) -> str:
        """Return the name of an index in the file."""
        return f"{self._path}::{location}"

    def sink(self, location: Location, *, resume: bool = False) -> Sink:
        """Return an index to write to, in the Region and account of the command, or those of the location."""
        del resume  # an index with vectors can be written in either case
        return StoredSink(self._path, location, self._access)


def _is_there(bucket: VectorBucket, access: Access) -> bool:
    return access.region in (None, bucket.arn.region) and access.account in (None, bucket.arn.account)


def _location_of(bucket: VectorBucket, index: Index | None = None) -> Location:
    arn = bucket.arn if index is None else index.arn
    return Location(arn.bucket, arn.index, arn.account, arn.region)


def settings_of_index(index: Index) -> Settings:
    """Return the settings of an index."""
    return Settings(
        dimension=index.dimension,
        distance_metric=index.distance_metric,
        non_filterable_keys=tuple((index.metadata_configuration or {}).get("nonFilterableMetadataKeys", ())),
        text_search={key: text.language for key, text in index.text_search.items()},
        mode=index.mode,
    )


class StoredSource:
    """An index of a state file.

    Attributes:
        stored: the file.
        index: the index in it, without vectors.
        location: where it is.
    """

    def __init__(self, stored: StoredIndexes, index: Index) -> None:
        self.stored = stored
        self.index = index
        arn = index.arn
        self.location = Location(arn.bucket, arn.index, arn.account, arn.region)

    def settings(self) -> Settings:
        """Return the settings of the index."""
        return settings_of_index(self.index)

    def count(self) -> int | None:
        """Return how many vectors there are."""
        return self.stored.count(self.index)

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors, in the order of their keys.

        Raises:
            UsageError: the file is damaged.
        """
        for keys, data, metadata in self.stored.vectors(self.index, BATCH):
            yield Batch(keys, data, metadata)


class StoredSink:
    """An index of a state file to write to."""

    def __init__(self, path: Path, location: Location, access: Access) -> None:
        self._path = path
        self._wanted = location
        self._access = access
        self._stack = ExitStack()
        self._stored: WritableIndexes | None = None
        self._read: StoredIndexes | None = None
        self._index: Index | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def prepare(self, settings: Settings) -> None:
        """Make the index and its vector bucket if they are missing, or check that the index fits.

        Raises:
            UsageError: it does not fit, the service would refuse to make it, or the file cannot be written.
        """
        if not has_contents(self._path):
            self._find([], settings)  # no file is made if the index would be refused
        stored = self._stored = self._stack.enter_context(writing_indexes(self._path))
        bucket, index, is_there = self._find(stored.buckets, settings)
        if not is_there:
            stored.add(bucket, index)
        self._index = index

    def check(self, settings: Settings) -> bool:
        """Return whether the index is there already.

        Raises:
            UsageError: it does not fit, the service would refuse to make it, or the file cannot be read.
        """
        self._read = StoredIndexes(self._path) if has_contents(self._path) else None
        _, self._index, is_there = self._find(self._read.buckets if self._read else [], settings)
        if not is_there:
            self._read = None
        return is_there

    def _find(self, buckets: Sequence[VectorBucket], settings: Settings) -> tuple[VectorBucket, Index, bool]:
        """Return the index and its vector bucket, new ones if they are missing, and whether it was there.

        Raises:
            UsageError: it does not fit, or the service would refuse to make it.
        """
        name, caller = self._wanted.index or "", self._caller(buckets)
        bucket = next((bucket for bucket in buckets if self._is_wanted(bucket, caller)), None)
        index = None if bucket is None else bucket.indexes.get(name)
        if bucket is not None and index is not None:
            check_agree(settings, settings_of_index(index), str(self._wanted))
            return bucket, index, True
        try:
            bucket = bucket or _new_bucket(caller, self._wanted.bucket or "")
            return bucket, _new_index(bucket, name, settings), False
        except ServiceError as refusal:
            raise UsageError(
                f"The service would refuse to create {self._wanted}. {refusal.code}: {refusal.message}"
            ) from None

    def _is_wanted(self, bucket: VectorBucket, caller: Caller) -> bool:
        there = bucket.name, bucket.arn.account, bucket.arn.region
        return there == (self._wanted.bucket, caller.account, caller.region)

    def _caller(self, buckets: Sequence[VectorBucket]) -> Caller:
        """Return where to write.

        It is what the command says, else where the only bucket of this name is, else where the vectors come
        from, else the default account and the Region of the environment.
        """
        arns = [bucket.arn for bucket in buckets if _is_there(bucket, self._access)]
        here = [arn for arn in arns if arn.bucket == self._wanted.bucket]
        only = here[0] if len(here) == 1 else None
        if len(here) > 1 and (self._wanted.region is None or self._wanted.account is None):
            places = ", ".join(f"Region {arn.region}, account {arn.account}" for arn in here)
            raise UsageError(
                f"{self._path} has several vector buckets {self._wanted.bucket!r}: {places}. Choose one with "
                "--region and --account."
            )
        region = self._access.region or self._wanted.region or (only and only.region) or default_region()
        account = self._access.account or self._wanted.account or (only and only.account)
        return Caller(account or Config().account_id, check_region(region), partition_of(region))

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that the index has."""
        stored = self._stored or self._read
        if stored is None or self._index is None:  # no index yet
            return set()
        return stored.known(self._index, keys)

    def write(self, batch: Batch) -> None:
        """Write a batch.

        Raises:
            UsageError: the service would refuse a vector, or the file cannot be written; none is stored.
        """
        if self._stored is None or self._index is None:
            raise RuntimeError("prepare() comes first")
        check_fits(batch, self._index)
        self._stored.put(self._index, batch.keys, batch.data, batch.metadata)


def _new_bucket(caller: Caller, name: str) -> VectorBucket:
    params = {"vectorBucketName": name}
    Validator(service_model().operation_model("CreateVectorBucket")).validate(params)
    return new_vector_bucket(caller, Config(), params, time.time())


def _new_index(bucket: VectorBucket, name: str, settings: Settings) -> Index:
    params = {"vectorBucketName": bucket.name, "indexName": name, **creation_params(settings)}
    Validator(service_model().operation_model("CreateIndex")).validate(params)
    return new_index(bucket, params, time.time())
