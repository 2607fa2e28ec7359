"""Copies of the state of the mock that is on, and calls that see one of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.world import Index, Stores


def state() -> Stores:
    """The state that calls see now."""
    stores = STACK._stores
    assert stores is not None
    return stores


@contextmanager
def seeing(stores: Stores) -> Iterator[None]:
    """Have calls see another state."""
    before = STACK._stores
    STACK._stores = stores
    try:
        yield
    finally:
        STACK._stores = before


def index_of(stores: Stores) -> Index:
    """The index `index` of the bucket `bucket`."""
    return stores.at("123456789012", "us-east-1").vector_buckets["bucket"].indexes["index"]
