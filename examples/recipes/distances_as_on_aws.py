"""Distances as on AWS: an application that finds duplicates, and tests that assert what AWS keeps.

To run the tests::

    pytest examples/recipes/distances_as_on_aws.py

An ENHANCED index on AWS holds eight bits of each number: a vector is at distance 0.000005 from itself, say,
and a distance of 1.431 may come back as 1.428. A search may also miss a vector. So an application compares
distances with a threshold, and a test allows for a deviation. These tests run twice: on exact distances, and
on those of AWS.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"
# Not 0: no vector of an ENHANCED index is there. Distances of distinct texts are some hundredths at least.
SAME = 0.001


def make_client() -> S3VectorsClient:
    return boto3.client("s3vectors", region_name="us-east-1")


def neighbours(client: S3VectorsClient, embedding: Sequence[float], count: int = 10) -> dict[str, float]:
    """Return the nearest pages and their cosine distances, nearest first."""
    found = client.query_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        topK=count,
        queryVector={"float32": embedding},
        returnDistance=True,
    )
    return {hit["key"]: hit["distance"] for hit in found["vectors"]}


def add(client: S3VectorsClient, page: str, embedding: Sequence[float]) -> str:
    """Store a page unless the index has its like, and return the key under which it is found."""
    for key, distance in neighbours(client, embedding, count=1).items():
        if distance < SAME:
            return key
    client.put_vectors(
        vectorBucketName=BUCKET, indexName=INDEX, vectors=[{"key": page, "data": {"float32": embedding}}]
    )
    return page


# --- its tests

PAGES = np.random.default_rng(1).standard_normal((100, 16))
UNITS = PAGES / np.linalg.norm(PAGES, axis=1, keepdims=True)
KEYS = [f"page-{number}" for number in range(len(PAGES))]
# Distances may differ from the exact ones by so much.
ABOUT = 0.01


@pytest.fixture(params=["flat", "quantized"])
def mock(request: pytest.FixtureRequest) -> Iterator[MockS3Vectors]:
    """A mock with some pages, which searches exactly, and one that answers as AWS does."""
    with mock_s3vectors(search_engine=request.param, default_index_mode="ENHANCED") as mock:
        mock.seed(BUCKET, INDEX, PAGES, keys=KEYS, distance_metric="cosine")
        yield mock


@pytest.fixture
def distances(mock: MockS3Vectors) -> dict[str, float]:  # noqa: ARG001 - switched on
    """Return the distances of all pages from page 7, nearest first."""
    return neighbours(make_client(), PAGES[7].tolist(), count=len(PAGES))


def test_distances(distances: dict[str, float]) -> None:
    # `distances["page-7"] == 0.0` holds on exact distances alone.
    assert distances["page-7"] == pytest.approx(0, abs=ABOUT)
    exact = dict(zip(KEYS, (1 - UNITS @ UNITS[7]).tolist(), strict=True))
    assert distances == pytest.approx(exact, abs=ABOUT)


def test_the_order(distances: dict[str, float]) -> None:
    """Pages that are about as near as each other may come in any order."""
    exact = [1 - UNITS[KEYS.index(key)] @ UNITS[7] for key in distances]
    assert next(iter(distances)) == "page-7"
    assert all(nearer <= farther + 2 * ABOUT for nearer, farther in pairwise(exact))


@pytest.mark.usefixtures("mock")
def test_a_page_is_stored_once() -> None:
    client, new = make_client(), (-PAGES[7]).tolist()
    assert add(client, "copy", PAGES[7].tolist()) == "page-7"
    assert add(client, "new", new) == "new"
    assert add(client, "again", new) == "new"


@pytest.mark.usefixtures("mock")
def test_a_page_that_a_search_misses_is_stored_again() -> None:
    """An application that must not have it twice makes its key of its contents."""
    client = make_client()
    with mock_s3vectors(recall=0.8):
        kept = [add(client, f"copy-{number}", page.tolist()) for number, page in enumerate(PAGES)]
    assert 0 < sum(key.startswith("copy-") for key in kept) < len(PAGES) / 2
