"""Copies of the state of the mock that is on, and calls that see one of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.world import World
from tests.support.mocks import ACCOUNT, REGION, world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.world import Index, Stores


def state() -> Stores:
    """The state that calls see now."""
    return world().stores


@contextmanager
def seeing(stores: Stores) -> Iterator[None]:
    """Have calls see another state."""
    with mock_s3vectors().block(World(stores)):
        yield


def index_of(stores: Stores) -> Index:
    """The index `index` of the bucket `bucket`."""
    return stores.at(ACCOUNT, REGION).vector_buckets["bucket"].indexes["index"]
