"""Tests of the film search with real westerns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from movie_data import load_movies
from movie_search import BUCKET, INDEX, list_movies, search
from slice_of_production.conftest import GENRE, MOST

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors


def test_the_slice_has_westerns_alone(s3vectors_client: S3VectorsClient) -> None:
    films = dict(list_movies(s3vectors_client))
    assert len(films) == MOST
    assert {facts["genre"] for facts in films.values()} == {GENRE}


def test_the_settings_of_the_index_are_those_of_production(films: MockS3Vectors) -> None:
    index = films.index(BUCKET, INDEX)
    assert index.dimension == load_movies().dimension
    assert index.non_filterable_metadata_keys == ("text",)


def test_a_western_is_found_by_its_meaning(s3vectors_client: S3VectorsClient) -> None:
    query = load_movies().query_vector("gunslingers and outlaws of the Old West")
    found = search(s3vectors_client, query, {"year": {"$gte": 1990}})
    # Which films a limited slice has is left to chance: segments are listed side by side.
    assert len(found) == 5
    assert all(film["metadata"]["genre"] == GENRE and film["metadata"]["year"] >= 1990 for film in found)


@pytest.mark.parametrize("run", [1, 2])
def test_all_are_deleted(films: MockS3Vectors, s3vectors_client: S3VectorsClient, run: int) -> None:
    """The first run deletes all vectors, and the second one finds them again."""
    keys = list(films.index(BUCKET, INDEX))
    assert len(keys) == MOST, run
    s3vectors_client.delete_vectors(vectorBucketName=BUCKET, indexName=INDEX, keys=keys)
    assert list(list_movies(s3vectors_client)) == []
