"""Advice on large texts and on small writes. (Warnings are errors here.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import LargeFilterableTextAdvice, SmallPutsAdvice, UnknownFilterKeyAdvice
from tests.support.helpers import INDEX, vector

from .advised import make_index, query, text_of

if TYPE_CHECKING:
    from tests.support.helpers import Client


def test_a_large_filterable_text(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=[vector("a", text="x" * 1_007)])
    with pytest.warns(LargeFilterableTextAdvice) as warned:
        client.put_vectors(**INDEX, vectors=[vector(key, text="x" * 1_008) for key in "bc"])
    assert text_of(warned) == (
        "PutVectors has written a text of 1,008 bytes under the filterable metadata key 'text' of "
        "bucket/index. All filterable metadata of a vector may have 2,048 bytes: AWS refuses vectors with "
        "more. Only CreateIndex can make a key non-filterable: list it in nonFilterableMetadataKeys."
    )
    client.put_vectors(**INDEX, vectors=[vector("d", text="x" * 2_000)])
    with pytest.warns(
        LargeFilterableTextAdvice, match="1,200 bytes under the filterable metadata key 'body'"
    ):
        client.put_vectors(**INDEX, vectors=[vector("e", body="ü" * 600, year=1)])


def test_texts_together_are_large_because_of_one(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=[vector("a", **{f"key-{n}": "x" * 300 for n in range(6)})])
    with pytest.warns(LargeFilterableTextAdvice, match="'text'"):
        client.put_vectors(**INDEX, vectors=[vector("b", title="x" * 100, text="x" * 900)])


def test_large_texts_that_are_well_placed_or_refused(client: Client) -> None:
    index = make_index(client, "other", metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    client.put_vectors(**index, vectors=[vector("a", text="x" * 30_000, tags=["x" * 400] * 4)])
    with pytest.raises(ClientError, match="Filterable metadata must have at most 2048 bytes"):
        client.put_vectors(**INDEX, vectors=[vector("a", text="x" * 3_000)])


def test_many_puts_of_few_vectors(client: Client) -> None:
    other = make_index(client, "other")
    for number in range(19):
        client.put_vectors(**INDEX, vectors=[vector(f"{number}")])
        client.put_vectors(**other, vectors=[vector(f"{number}")])
    with pytest.warns(SmallPutsAdvice) as warned:
        client.put_vectors(**INDEX, vectors=[vector(f"{number}") for number in range(10)])
    assert text_of(warned) == (
        "20 PutVectors requests to bucket/index had at most 10 vectors each, and less than 128 KB. AWS bills "
        "each request as at least 128 KB. Collect vectors, and put up to 500 with one request."
    )
    for number in range(30):
        client.put_vectors(**INDEX, vectors=[vector(f"{number}")])


def test_puts_of_many_vectors_or_of_large_ones_do_not_count(client: Client) -> None:
    settings = {"metadataConfiguration": {"nonFilterableMetadataKeys": ["text"]}}
    index = make_index(client, "other", **settings)
    for number in range(25):
        client.put_vectors(**INDEX, vectors=[vector(f"{number}-{row}") for row in range(11)])
        client.put_vectors(**index, vectors=[vector(key, text="x" * 40_000) for key in "abcd"])


def test_an_index_that_is_made_again_is_another_one(client: Client) -> None:
    for _ in range(3):
        for number in range(10):
            client.put_vectors(**INDEX, vectors=[vector(f"{number}", text="short")])
        with pytest.warns(UnknownFilterKeyAdvice):
            query(client, {"nope": 1})
        client.delete_index(**INDEX)
        make_index(client)
