"""Views: what a vector bucket or an index holds, for a test to read.

A view shows the state at the moment when it was made, whatever happens afterwards, even when the mock has
ended. A later look needs another view. To make one costs the same however many vectors there are: the view
and the index share their vectors until somebody writes, and that writer makes a copy first. Like any other
reader, a view waits for the writes and queries that go on.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.abridging import plural
from mock_s3vectors.workbench.places import (
    caller_for,
    check_text,
    find_index,
    find_vector_bucket,
    listed,
    no_index,
    no_vector,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.world import Index, VectorBucket, World


def bucket(
    world: World, config: Config, name: str, region: str | None = None, account: str | None = None
) -> VectorBucketView:
    """Return a view of a vector bucket with all indexes in it.

    See `Workbench.bucket` for the arguments besides the world and its options.

    Raises:
        UsageError: there is no such bucket. The text names those that exist.
    """
    caller = caller_for(world, config, name, region, account)
    with world.stores.at(caller.account, caller.region).lock:
        return VectorBucketView(find_vector_bucket(world, caller, name))


def index(  # noqa: PLR0913, PLR0917 - the contract of `mock.index`
    world: World,
    config: Config,
    bucket: str,
    name: str,
    region: str | None = None,
    account: str | None = None,
) -> IndexView:
    """Return a view of an index.

    See `Workbench.index` for the arguments besides the world and its options.

    Raises:
        UsageError: there is no such index, or no such bucket. The text names those that exist.
    """
    caller = caller_for(world, config, bucket, region, account)
    with world.stores.at(caller.account, caller.region).lock:
        return IndexView(find_index(find_vector_bucket(world, caller, bucket), name))


@dataclass(frozen=True, eq=False, repr=False)  # arrays are not simply equal or unequal
class StoredVector:
    """A vector of an index, as it was when its view was made: `mock.index("films", "plots")["alien"]`.

    Attributes:
        key: the key of the vector.
        vector: shape (dimension,), a read-only copy.
        metadata: all of it, filterable or not; a copy.
    """

    key: str
    vector: NDArray[np.float32]
    metadata: dict[str, Any]

    def __repr__(self) -> str:
        metadata = f", {self.metadata!r}" if self.metadata else ""
        return f"<StoredVector {self.key!r}: {abbreviated(self.vector)}{metadata}>"


class IndexView:
    """An index with its settings and vectors, as it was when the view was made: nothing here can be changed.

    Its length is the number of vectors. It iterates over their keys; `view["key"]` is one of them, and
    `"key" in view` tells whether there is one.

    Example:
        >>> view = mock.index("films", "plots")
        >>> len(view), view.keys, "alien" in view, view.distance_metric
        (2, ('alien', 'brazil'), True, 'cosine')
        >>> view["alien"].vector
        array([3., 4.], dtype=float32)
    """

    def __init__(self, index: Index) -> None:
        with index.lock:
            # Finish an interrupted write. Then no writer changes this table: the copy holds it as well.
            self._table = index.vectors
            self._index = index.copy()

    def __len__(self) -> int:
        return len(self._table)

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and bool(self._table.rows_of([key]))

    def __getitem__(self, key: str) -> StoredVector:
        if key not in self:
            raise no_vector(self.name, key, self.keys)
        (row,) = self._table.rows_of([key])
        vector = self._table.matrix[row].copy()
        vector.flags.writeable = False
        return StoredVector(key, vector, _copied(self._table.metadata[row]))

    def __repr__(self) -> str:
        keys = f": {listed(map(repr, self._table.keys), len(self))}" if len(self) else ""
        return (
            f"<IndexView {self.name!r} in {self._index.arn.bucket!r}, {_where(self._index)}: "
            f"{plural(len(self), 'vector')} of {plural(self.dimension, 'float')}, "
            f"{self.distance_metric}, {self.mode}{keys}>"
        )

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the order in which they were first put; a delete moves the last one into its gap."""
        return tuple(self._table.keys)

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The vectors in the order of the keys, a read-only copy of shape (vectors, dimension), float32."""
        vectors = self._table.matrix.copy()
        vectors.flags.writeable = False
        return vectors

    @cached_property
    def metadata(self) -> Mapping[str, dict[str, Any]]:
        """The metadata of each vector, by key, as a copy. A vector without any has an empty dict."""
        return MappingProxyType(dict(zip(self.keys, map(_copied, self._table.metadata), strict=True)))

    @property
    def name(self) -> str:
        """The name of the index."""
        return self._index.name

    @property
    def arn(self) -> str:
        """The ARN of the index."""
        return str(self._index.arn)

    @property
    def creation_time(self) -> datetime:
        """When the index was created, in UTC, to the second."""
        return _utc(self._index.creation_time)

    @property
    def dimension(self) -> int:
        """The number of floats in each vector."""
        return self._index.dimension

    @property
    def distance_metric(self) -> str:
        """`euclidean` or `cosine`."""
        return self._index.distance_metric

    @property
    def data_type(self) -> str:
        """The type of the numbers, `float32`."""
        return self._index.data_type

    @property
    def mode(self) -> str:
        """`CLASSIC` or `ENHANCED`."""
        return self._index.mode

    @property
    def non_filterable_metadata_keys(self) -> tuple[str, ...]:
        """The metadata keys that filters must not name, as given at creation."""
        return tuple((self._index.metadata_configuration or {}).get("nonFilterableMetadataKeys", ()))

    @property
    def text_search(self) -> Mapping[str, str | None]:
        """The languages of the metadata keys that are configured for text search; None for no language."""
        return MappingProxyType({key: text.language for key, text in self._index.text_search.items()})

    @property
    def encryption(self) -> Mapping[str, str]:
        """The encryption that holds for the index, by AWS's names.

        That of an index or a bucket for which nobody asked for another is `{"sseType": "AES256"}`.
        """
        return MappingProxyType(dict(self._index.encryption))

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags, by key."""
        return MappingProxyType(dict(self._index.tags))


class VectorBucketView:
    """A vector bucket with its settings and indexes, as it was when the view was made.

    Its length is the number of indexes. It iterates over their names; `view["name"]` is the view of one of
    them, and `"name" in view` tells whether there is one.
    """

    def __init__(self, bucket: VectorBucket) -> None:
        """Look at a bucket; the caller holds the lock of its store."""
        self._views = {name: IndexView(index) for name, index in sorted(bucket.indexes.items())}
        # The settings are replaced, never changed in place.
        self._bucket = copy(bucket)

    def __len__(self) -> int:
        return len(self._views)

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __contains__(self, name: object) -> bool:
        return name in self._views

    def __getitem__(self, name: str) -> IndexView:
        check_text("index", name)
        if name not in self._views:
            raise no_index(self.name, name, self.indexes)
        return self._views[name]

    def __repr__(self) -> str:
        indexes = f": {listed(map(repr, self._views), len(self))}" if self._views else ""
        return (
            f"<VectorBucketView {self.name!r}, {_where(self._bucket)}: "
            f"{plural(len(self), 'index', 'es')}{indexes}>"
        )

    @property
    def indexes(self) -> tuple[str, ...]:
        """The names of the indexes, sorted; `view["name"]` is the view of one of them."""
        return tuple(self._views)

    @property
    def name(self) -> str:
        """The name of the bucket."""
        return self._bucket.name

    @property
    def arn(self) -> str:
        """The ARN of the bucket."""
        return str(self._bucket.arn)

    @property
    def creation_time(self) -> datetime:
        """When the bucket was created, in UTC, to the second."""
        return _utc(self._bucket.creation_time)

    @property
    def default_index_mode(self) -> str:
        """The mode of indexes that are created from now on, `CLASSIC` or `ENHANCED`."""
        return self._bucket.default_index_mode

    @property
    def encryption(self) -> Mapping[str, str]:
        """The encryption of the bucket, by AWS's names.

        It is `{"sseType": "AES256"}` unless CreateVectorBucket asked for another.
        """
        return MappingProxyType(dict(self._bucket.encryption))

    @property
    def policy(self) -> str | None:
        """The policy of the bucket, as its text was put; None if it has none."""
        policy = self._bucket.policy
        return None if policy is None else policy.text

    @property
    def tags(self) -> Mapping[str, str]:
        """The tags, by key."""
        return MappingProxyType(dict(self._bucket.tags))


def abbreviated(vector: NDArray[np.float32]) -> str:
    """Return a vector for a message: the number of its floats, and its norm."""
    norm = np.linalg.norm(vector.astype(np.float64))
    return f"{plural(len(vector), 'float')}, norm {norm:.3g}"


def _copied(document: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of metadata, whose values are scalars and lists of scalars."""
    return {key: value[:] if type(value) is list else value for key, value in document.items()}


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)


def _where(resource: Index | VectorBucket) -> str:
    return f"{resource.arn.region}, account {resource.arn.account}"
