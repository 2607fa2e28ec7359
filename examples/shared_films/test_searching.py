"""Tests that read films."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from movie_data import load_movies
from movie_search import list_movies, search

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient


def test_all_films_are_there(s3vectors_client: S3VectorsClient) -> None:
    assert sum(1 for _ in list_movies(s3vectors_client)) == len(load_movies().movies)


@pytest.mark.parametrize(
    ("query", "condition", "title"),
    [
        ("gunslingers and outlaws of the Old West", None, "American Outlaws"),
        ("zombies rise from the grave", {"genre": "Comedy"}, "Shaun of the Dead"),
    ],
)
def test_a_film_is_found_by_its_meaning(
    s3vectors_client: S3VectorsClient, query: str, condition: dict[str, Any] | None, title: str
) -> None:
    found = search(s3vectors_client, load_movies().query_vector(query), condition)
    assert title in [film["metadata"]["title"] for film in found]
