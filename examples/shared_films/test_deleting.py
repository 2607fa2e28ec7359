"""Tests that delete films: each from all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest

from movie_data import load_movies
from movie_search import BATCH, BUCKET, INDEX, delete_index, list_movies

if TYPE_CHECKING:
    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

ALL = len(load_movies().movies)


def delete_below(client: S3VectorsClient, rating: float) -> int:
    """Delete the films that are rated below something, and return how many they were."""
    disliked = [key for key, facts in list_movies(client) if facts.get("rating", 10) < rating]
    for start in range(0, len(disliked), BATCH):
        client.delete_vectors(vectorBucketName=BUCKET, indexName=INDEX, keys=disliked[start : start + BATCH])
    return len(disliked)


def test_how_many_films_a_rating_deletes(films: MockS3Vectors) -> None:
    """One test tries several ratings: after each block, all films are there again."""
    client = boto3.client("s3vectors", region_name="us-east-1")
    deleted = {}
    for rating in (4, 5, 6):
        with films.rollback():
            deleted[rating] = delete_below(client, rating)
            assert len(films.index(BUCKET, INDEX)) == ALL - deleted[rating]
    assert len(films.index(BUCKET, INDEX)) == ALL
    assert deleted[5] == 360
    assert sorted(deleted.values()) == list(deleted.values())


@pytest.mark.parametrize("run", [1, 2])
def test_the_index_is_deleted(s3vectors_client: S3VectorsClient, run: int) -> None:
    """The first run deletes the index, and the second one finds it again."""
    assert s3vectors_client.list_indexes(vectorBucketName=BUCKET)["indexes"], run
    delete_index(s3vectors_client)
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []
