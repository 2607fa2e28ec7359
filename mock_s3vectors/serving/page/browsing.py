"""Answers to the page about what there is: vector buckets, indexes, vectors."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mock_s3vectors.serving.page.buckets import describe_bucket, list_buckets, list_places
from mock_s3vectors.serving.page.indexes import describe_index, list_indexes
from mock_s3vectors.serving.page.questions import Question
from mock_s3vectors.serving.page.vectors import describe_vector, list_vectors

if TYPE_CHECKING:
    from mock_s3vectors.mocking.levels import Level


def describe_server(level: Level, _: object) -> dict[str, Any]:
    """Return what the server runs, and where it keeps what it holds."""
    follower, config = level.world.stores.follower, level.config
    return {
        "version": version("mock_s3vectors"),
        "searchEngine": config.search_engine,
        "accountId": config.account_id,
        "state": None if follower is None else follower.place,
    }


BROWSING: tuple[Question, ...] = (
    Question("GET", "/server", describe_server),
    Question("GET", "/places", list_places),
    Question("GET", "/buckets", list_buckets),
    Question("GET", "/bucket", describe_bucket),
    Question("GET", "/indexes", list_indexes),
    Question("GET", "/index", describe_index),
    Question("POST", "/vectors", list_vectors),
    Question("GET", "/vector", describe_vector),
)
