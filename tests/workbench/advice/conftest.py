"""A mock that gives advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors

from .advised import make_index, new_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.helpers import Client


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of a mock that gives advice, with the empty index `index` in `bucket`."""
    with mock_s3vectors(advice=True):
        client = new_client()
        make_index(client)
        yield client
