"""Advice on pages that are not read, and on whole indexes that are. (Warnings are errors here.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UnusedNextTokenAdvice, WholeIndexListedAdvice, mock_s3vectors
from tests.support.helpers import INDEX, ORIGIN, keys_in_pages, put_batches, vector
from tests.support.shapes import QUERY_PAGES, needs

from .advised import ROWS, make_index, new_client, text_of

if TYPE_CHECKING:
    from tests.support.helpers import Client


@pytest.mark.parametrize(
    ("operation", "address", "name"),
    [
        ("list_vector_buckets", {}, "ListVectorBuckets"),
        ("list_indexes", {"vectorBucketName": "bucket"}, "ListIndexes of bucket"),
        ("list_vectors", INDEX, "ListVectors of bucket/index"),
    ],
)
def test_a_list_of_which_only_the_first_page_was_read(
    operation: str, address: dict[str, str], name: str
) -> None:
    @mock_s3vectors(advice=True)
    def run() -> None:
        client = new_client()
        make_index(client)
        make_index(client, "other")
        client.create_vector_bucket(vectorBucketName="another")
        client.put_vectors(**INDEX, vectors=ROWS)
        for _ in range(2):
            assert "nextToken" in getattr(client, operation)(**address, maxResults=1)

    with pytest.warns(UnusedNextTokenAdvice) as warned:
        run()
    assert text_of(warned) == (
        f"The first page of {name} had a nextToken that no later call used, so the results after this page "
        "were not read. AWS gives them only to calls with the token. Call again with each nextToken until "
        "there is none, as a paginator does."
    )


def test_a_query_of_which_only_the_first_page_was_read() -> None:
    @mock_s3vectors(advice=True)
    def run() -> None:
        client = new_client()
        make_index(client)
        put_batches(client, INDEX, [vector(f"{number}") for number in range(101)])
        for _ in range(3):
            client.query_vectors(**INDEX, **ORIGIN, topK=101)

    with pytest.warns(UnusedNextTokenAdvice) as warned:
        run()
    text = text_of(warned)
    assert text.startswith(
        "The first page of QueryVectors of bucket/index had a nextToken that no later call"
    )
    assert text.endswith("until there is none, or set topK to at most 100.")


def test_a_list_that_is_read_to_its_end_once_and_not_the_second_time() -> None:
    @mock_s3vectors(advice=True)
    def run() -> None:
        client = new_client()
        make_index(client)
        client.put_vectors(**INDEX, vectors=ROWS)
        keys_in_pages(client.list_vectors, **INDEX, maxResults=2)
        client.list_vectors(**INDEX, maxResults=2)

    with pytest.warns(UnusedNextTokenAdvice, match="ListVectors of bucket/index"):
        run()


@needs(*QUERY_PAGES)
def test_pages_that_are_read_to_the_end_or_left_later(client: Client) -> None:
    put_batches(client, INDEX, [vector(f"{number}") for number in range(301)])
    for _ in range(2):
        keys_in_pages(client.query_vectors, **INDEX, **ORIGIN, topK=301)
        keys_in_pages(client.list_vectors, **INDEX, maxResults=100)
    paginator = client.get_paginator("list_vectors")
    assert len(list(paginator.paginate(**INDEX, PaginationConfig={"PageSize": 200}))) == 2
    first = client.list_vectors(**INDEX, maxResults=2)
    assert "nextToken" in client.list_vectors(**INDEX, maxResults=2, nextToken=first["nextToken"])


def test_a_token_that_a_refused_call_used_was_used(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    token = client.list_vectors(**INDEX, maxResults=2)["nextToken"]
    with pytest.raises(ClientError, match="Invalid page token"):
        client.list_vectors(**INDEX, nextToken=token, segmentCount=2, segmentIndex=0)


def test_a_whole_index_listed_with_metadata(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    with pytest.warns(WholeIndexListedAdvice) as warned:
        keys_in_pages(client.list_vectors, **INDEX, maxResults=1, returnMetadata=True)
    assert text_of(warned) == (
        "For information only: ListVectors has read all 3 pages of bucket/index with metadata. On AWS, a "
        "page has at most 1,000 vectors, and ends after 1 MB, so a large index takes many calls. If the code "
        "selects vectors by their metadata, a filter of QueryVectors does so in the service."
    )
    keys_in_pages(client.list_vectors, **INDEX, maxResults=1, returnMetadata=True)


def test_lists_that_get_no_advice(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    for settings in (
        {"returnMetadata": True},
        {"maxResults": 1},
        {"maxResults": 1, "returnMetadata": True, "returnData": True},
        {"maxResults": 1, "returnMetadata": True, "segmentCount": 2, "segmentIndex": 0},
        {"maxResults": 1, "returnMetadata": True, "segmentCount": 2, "segmentIndex": 1},
    ):
        keys_in_pages(client.list_vectors, **INDEX, **settings)
