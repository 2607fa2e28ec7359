"""Looking into the mock that is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, overload

from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors, S3VectorsServer
    from mock_s3vectors.mocking.decorate import Target
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index, Store, World

ACCOUNT, REGION = "123456789012", "us-east-1"


class MakeMock(Protocol):
    """`mock_s3vectors` or `s3vectors_server`."""

    @overload
    def __call__(self, target: Target, /) -> Target: ...
    @overload
    def __call__(self) -> MockS3Vectors | S3VectorsServer: ...


def level() -> Level:
    """The level of the mock that answers here."""
    current = STACK.current()
    assert current is not None
    return current


def world() -> World:
    """Return the world that calls find and change here."""
    return level().world


def store() -> Store:
    """The store of the default account in us-east-1."""
    return world().stores.at(ACCOUNT, REGION)


def index_named(name: str = "index", bucket: str = "bucket") -> Index:
    """An index of the default account in us-east-1."""
    return store().vector_buckets[bucket].indexes[name]
