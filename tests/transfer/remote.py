"""Indexes on a server and on AWS for tests of copying: in a mock, whose Regions keep them apart."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.transfer.batches import Batch, Location
from mock_s3vectors.transfer.places import Access, open_place
from tests.transfer.records import PLOTS, SETTINGS

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.transfer.batches import Settings
    from mock_s3vectors.transfer.places import Place

AWS = "s3vectors://films/plots"
EAST, WEST = Access(region="us-east-1"), Access(region="us-west-2")
# Operations that change nothing, and return no vector by its key.
READS = {"ListVectorBuckets", "ListIndexes", "ListVectors", "GetVectorBucket", "GetIndex"}


@lru_cache
def aws(access: Access = EAST) -> Place:
    """The same index on AWS, with the same client, for all tests: making one takes longer than most calls."""
    return open_place(AWS, access)


def write_to(place: Place, *given: Batch, settings: Settings = SETTINGS, where: Location = PLOTS) -> None:
    """Write batches to a place."""
    with place.sink(where) as sink:
        sink.prepare(settings)
        for part in given:
            sink.write(part)


def write_to_aws(*given: Batch, settings: Settings = SETTINGS, access: Access = EAST) -> Place:
    """Write batches to an index on AWS; return the place."""
    place = aws(access)
    write_to(place, *given, settings=settings)
    return place


def all_of(place: Place) -> list[Batch]:
    """Return the vectors of the only index of a place."""
    (source,) = place.sources()
    return list(source.batches())


def many(count: int, dimension: int = 2) -> Batch:
    """Vectors with their row as metadata."""
    data = np.random.default_rng(7).standard_normal((count, dimension)).astype(np.float32)
    return Batch([f"k{row:05}" for row in range(count)], data, [{"row": row} for row in range(count)])


def pieces(whole: Batch) -> list[Batch]:
    """Parts of a batch that are as long as batches may be."""
    return [whole.part(start, start + 500) for start in range(0, len(whole), 500)]


def operations(mock: MockS3Vectors) -> Counter[str]:
    """Return how often each operation was called."""
    return Counter(str(call.operation) for call in mock.calls)
