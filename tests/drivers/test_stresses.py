"""Every client meets the stresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from tests.support.helpers import BUCKET, INDEX, SETTINGS, keys_in_pages, vector

if TYPE_CHECKING:
    from tests.support.drivers import Driver


def test_pages_that_are_empty(driver: Driver) -> None:
    with driver.mock(empty_pages=True):
        client = driver.client()
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **SETTINGS)
        client.put_vectors(**INDEX, vectors=[vector(key) for key in "abc"])
        pages = keys_in_pages(client.list_vectors, **INDEX, maxResults=2)
        assert [len(page) for page in pages] == [0, 2, 0, 1]
        assert {*pages[1], *pages[3]} == {"a", "b", "c"}


def test_an_index_that_is_not_found_yet(driver: Driver) -> None:
    with driver.mock(index_delay=1_000):
        client = driver.client()
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **SETTINGS)
        with pytest.raises(ClientError, match="The specified index could not be found"):
            client.get_index(**INDEX)
        assert client.list_indexes(**BUCKET)["indexes"] == []
