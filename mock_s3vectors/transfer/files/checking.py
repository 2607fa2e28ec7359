"""Checking what data files hold, record by record: keys, vectors and metadata that an index can have.

The limits are the service's own. What depends on the settings of an index is checked
when it is written.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import limits
from mock_s3vectors.abridging import plural, show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.operations.helpers.records import metadata_fault, vector_faults
from mock_s3vectors.transfer.batches import BATCH, Batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.world import Index

_NUMBERS = frozenset({int, float})


class Gathered:
    """The records of a file, which are checked one by one, and taken as batches.

    It remembers each key with its number, about 150 bytes, to find the same key far away.

    Attributes:
        dimension: the number of floats in each vector, None before the first one.
    """

    def __init__(self, origin: str, unit: str, dimension: int | None = None) -> None:
        self._origin = origin
        self._unit = unit
        self.dimension = dimension
        self._first: dict[str, int] = {}
        self._empty()

    def _empty(self) -> None:
        self._keys: list[str] = []
        self._vectors: list[Sequence[float]] = []
        self._metadata: list[dict[str, Any]] = []
        self._numbers: list[int] = []

    @property
    def is_full(self) -> bool:
        """Whether there are enough records for a batch."""
        return len(self._keys) == BATCH

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, number: int, key: Any, vector: Any, metadata: Any) -> None:
        """Add a record, with a list of numbers as its vector.

        Raises:
            UsageError: an index cannot have it, or a record before it.
        """
        try:
            self._check_key(number, key)
            self._check_vector(number, vector)
            self._check_metadata(number, metadata)
        except UsageError:
            self.take()  # which refuses a vector before it, that is not finite
            raise
        self._keys.append(key)
        self._vectors.append(vector)
        self._metadata.append(metadata)
        self._numbers.append(number)

    def take(self) -> Batch:
        """Return the records as a batch, and begin the next one.

        Raises:
            UsageError: a vector has a number beyond float32.
        """
        dimension = self.dimension or 0
        with np.errstate(over="ignore", under="ignore"):
            flat = chain.from_iterable(self._vectors)
            try:
                data = np.fromiter(flat, np.float32, len(self._vectors) * dimension)
            except OverflowError:  # an integer beyond all floats
                flat = chain.from_iterable(self._vectors)
                data = np.fromiter(map(_bounded, flat), np.float32, len(self._vectors) * dimension)
        data = data.reshape(len(self._vectors), dimension)
        check_finite(data, self._numbers, self._origin, self._unit)
        batch = Batch(self._keys, data, self._metadata, self._origin, self._unit, self._numbers)
        self._empty()
        return batch

    def matrix(
        self,
        first: int,
        keys: Sequence[Any],
        data: NDArray[np.float32],
        metadata: Sequence[Any],
    ) -> Batch:
        """Return a batch of records whose vectors are a matrix, numbered from `first`.

        Raises:
            UsageError: an index cannot have one of them.
        """
        if len(keys) and not data.shape[1]:
            raise self.fault(first, "the vector is empty")
        numbers = range(first, first + len(keys))
        self._check_characters(numbers, keys)
        finite = np.isfinite(data).all(axis=1)
        bad = len(keys) if finite.all() else int(finite.argmin())
        for row, (number, key, document) in enumerate(zip(numbers, keys, metadata, strict=True)):
            self._check_key(number, key)
            if row == bad:
                raise self.fault(number, NOT_FINITE)
            self._check_metadata(number, document)
        return Batch(keys, data, metadata, self._origin, self._unit, numbers)

    def fault(self, number: int, why: str) -> UsageError:
        """Return the refusal of a record."""
        return UsageError(f"{self._origin}, {self._unit} {number:,}: {why}.")

    def _check_key(self, number: int, key: Any) -> None:
        if type(key) is not str:
            raise self.fault(number, f"the key is {show(key)}, and must be a text")
        if not key:
            raise self.fault(number, "the key is empty, and must have 1 to 1,024 bytes")
        if len(key) * 4 > limits.KEY_BYTES and len(key.encode()) > limits.KEY_BYTES:
            raise self.fault(
                number, f"the key {show(key)} has {len(key.encode()):,} bytes, and at most 1,024 are allowed"
            )
        first = self._first.setdefault(key, number)
        if first != number:
            raise self.fault(number, f"the key {show(key)} is that of {self._unit} {first:,} already")

    def _check_characters(self, numbers: Sequence[int], keys: Sequence[Any]) -> None:
        """Raise unless keys have UTF-8, which half a surrogate pair has not; JSON is parsed without any."""
        for number, key in zip(numbers, keys, strict=True):
            if type(key) is str and not key.isascii():
                try:
                    key.encode()
                except UnicodeEncodeError:
                    raise self.fault(number, f"the key {show(key)} has half a surrogate pair") from None

    def _check_vector(self, number: int, vector: Any) -> None:
        if type(vector) is not list:
            raise self.fault(number, f"the vector is {show(vector)}, and must be a list of numbers")
        # The types are collected at C speed.
        kinds = set(map(type, vector))
        if not kinds <= _NUMBERS:
            odd = next(row for row, value in enumerate(vector) if type(value) not in _NUMBERS)
            raise self.fault(
                number, f"the vector has {show(vector[odd])} at position {odd + 1:,}, not a number"
            )
        if not vector:
            raise self.fault(number, "the vector is empty")
        if self.dimension is None:
            self.dimension = len(vector)
        if len(vector) != self.dimension:
            raise self.fault(
                number,
                f"the vector has {plural(len(vector), 'number')}, those before it have {self.dimension:,}",
            )

    def _check_metadata(self, number: int, metadata: Any) -> None:
        if type(metadata) is not dict:
            raise self.fault(number, f"the metadata is {show(metadata)}, and must be an object")
        # Which keys filters may name is not known here: the limit of those is checked later.
        why = metadata_fault(metadata, frozenset(metadata))
        if why is not None:
            raise self.fault(number, why)


NOT_FINITE = "the vector has NaN, infinity, or a number beyond float32"


def check_finite(data: NDArray[np.float32], numbers: Sequence[int], origin: str, unit: str) -> None:
    """Raise unless all numbers are finite.

    Raises:
        UsageError: the text names the first record that has others.
    """
    finite = np.isfinite(data)
    if not finite.all():
        row = int(finite.all(axis=1).argmin())
        raise UsageError(f"{origin}, {unit} {numbers[row]:,}: {NOT_FINITE}.")


def _bounded(number: float) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def check_fits(batch: Batch, index: Index) -> None:
    """Raise unless an index can have all vectors of a batch.

    Raises:
        UsageError: the text names the first one that it cannot have, and why.
    """
    width = batch.data.shape[1]
    if width != index.dimension:
        raise UsageError(
            f"{batch.row_named(0)}: the vector has {width:,} numbers, and the index has {index.dimension:,} "
            "dimensions."
        )
    faults = vector_faults(batch.data, index.distance_metric)
    non_filterable = index.non_filterable_keys
    for row, metadata in enumerate(batch.metadata):
        why = faults.get(row) or metadata_fault(metadata, non_filterable)
        if why is not None:
            raise UsageError(f"{batch.row_named(row)}: {why}.")
