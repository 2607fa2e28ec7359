"""What tests of QueryVectors' pages share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import invalid

if TYPE_CHECKING:
    from tests.support.helpers import Client

INVALID = invalid("Invalid page token")

# How many vectors there are, how many are asked for, and how many each page has of them.
SIZES = pytest.mark.parametrize(
    ("count", "top_k", "sizes"),
    [
        (99, 1000, [99]),
        (100, 1000, [100]),
        (101, 1000, [100, 1]),
        (200, 1000, [100, 100]),
        (250, 1000, [100, 100, 50]),
        (250, 100, [100]),
        (250, 101, [100, 1]),
        (250, 200, [100, 100]),
    ],
)


def keys(response: Any) -> list[str]:
    return [hit["key"] for hit in response["vectors"]]


def pages(client: Client, index: dict[str, str], request: dict[str, Any]) -> list[list[str]]:
    """The keys of each page, to the last."""
    found = [client.query_vectors(**index, **request)]
    while "nextToken" in found[-1]:
        assert len(found) <= 100, "this list has no end"
        found.append(client.query_vectors(**index, **request, nextToken=found[-1]["nextToken"]))
    return [keys(page) for page in found]
