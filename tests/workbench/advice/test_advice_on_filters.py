"""Advice on filters, and filters that get none. (Warnings are errors here.)"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import FilterTypeAdvice, S3VectorsAdvice, UnknownFilterKeyAdvice
from tests.support.helpers import INDEX, ORIGIN, keys_in_pages, put_batches, vector
from tests.support.shapes import QUERY_PAGES, needs

from .advised import ROWS, make_index, query, text_of

if TYPE_CHECKING:
    from tests.support.helpers import Client


def test_a_filter_on_a_key_that_no_vector_has(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    with pytest.warns(UnknownFilterKeyAdvice) as warned:
        assert query(client, {"genr": "secret"}) == []
    assert text_of(warned) == (
        "A filter of QueryVectors asks for the metadata key 'genr', which no vector of bucket/index has. Did "
        "you mean 'genre'? AWS says nothing of this: the condition matches no vector, so results are "
        "missing, or there are none. Use a key that PutVectors has written."
    )
    # Once for each index and key.
    assert query(client, {"genr": "other"}) == []
    with pytest.warns(UnknownFilterKeyAdvice, match=r"'zzz', which no vector of bucket/index has\. AWS says"):
        query(client, {"zzz": {"$gt": 1}})
    other = make_index(client, "other")
    client.put_vectors(**other, vectors=ROWS)
    with pytest.warns(UnknownFilterKeyAdvice, match="no vector of bucket/other has"):
        query(client, {"genr": "secret"}, **other)


def test_a_filter_with_an_operand_of_another_type(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    with pytest.warns(FilterTypeAdvice) as warned:
        assert query(client, {"year": "2020"}) == []
    assert text_of(warned) == (
        "A filter of QueryVectors compares the metadata key 'year' with a string, and each value that "
        "bucket/index has under this key is a number. AWS says nothing of this: the condition matches no "
        "vector, so results are missing, or there are none. Give the operand the type that the values have."
    )
    assert query(client, {"year": "1999"}) == []


KEY, TYPE = UnknownFilterKeyAdvice, FilterTypeAdvice


@pytest.mark.parametrize(
    ("matching", "kind", "text"),
    [
        ({"nope": {"$in": ["a", 1]}}, KEY, "'nope'"),
        ({"nope": {"$lte": 1}}, KEY, "'nope'"),
        ({"nope": {"$exists": True}}, KEY, "'nope'"),
        ({"nope": "NaN"}, KEY, "'nope'"),
        ({"nope": {"$startsWith": "a"}}, KEY, "'nope'"),
        ({"$and": [{"year": 2020}, {"nope": 1}]}, KEY, "'nope'"),
        ({"$or": [{"year": 2020}, {"nope": 1}]}, KEY, "'nope'"),
        ({"$or": [{"year": 2020}, {"$and": [{"nope": 1}, {"genre": "drama"}]}]}, KEY, "'nope'"),
        ({"$and": [{"nope": {"$exists": False}}, {"nope": 1}]}, KEY, "'nope'"),
        ({"genre": 1}, TYPE, "'genre' with a number, .* is a string"),
        ({"genre": {"$gt": 1}}, TYPE, "'genre' with a number, .* is a string"),
        ({"seen": "true"}, TYPE, "'seen' with a string, .* is a boolean"),
        ({"seen": 1}, TYPE, "'seen' with a number, .* is a boolean"),
        ({"year": True}, TYPE, "'year' with a boolean, .* is a number"),
        ({"year": {"$in": ["2020", True]}}, TYPE, "'year' with a string or a boolean, .* is a number"),
        ({"year": {"$startsWith": "20"}}, TYPE, "'year' with a string, .* is a number"),
        ({"tags": 1}, TYPE, "'tags' with a number, .* is a string"),
        ({"ratings": "1"}, TYPE, "'ratings' with a string, .* is a number"),
        ({"mixed": True}, TYPE, "'mixed' with a boolean, .* is a string or a number"),
        ({"year": {"$gte": 2000, "$ne": 2001, "$eq": "2020"}}, TYPE, "'year' with a string"),
    ],
)
def test_conditions_that_cannot_match(client: Client, matching: Any, kind: type, text: str) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    with pytest.warns(S3VectorsAdvice, match=text) as warned:
        query(client, matching)
    assert [warning.category for warning in warned] == [kind]


@pytest.mark.parametrize(
    "matching",
    [
        {"genre": "western"},
        {"year": {"$gt": 3000}},
        {"year": {"$in": [1, "2020"]}},
        {"seen": {"$exists": False}},
        {"tags": "z"},
        {"tags": {"$startsWith": "z"}},
        {"ratings": {"$gt": 5}},
        {"mixed": "z"},
        {"mixed": 4},
        {"genre": "NaN"},
        # Conditions that a vector without the key satisfies.
        {"deleted": {"$ne": True}},
        {"deleted": {"$nin": [1, 2]}},
        {"deleted": {"$exists": False}},
        {"year": {"$ne": "2020"}},
        # The filter copes with the missing key, or with both types.
        {"$or": [{"deleted": {"$exists": False}}, {"deleted": False}]},
        {"$or": [{"year": 1999}, {"year": "1999"}]},
        {"$and": [{"genre": "drama"}, {"$or": [{"year": "2001"}, {"$and": [{"year": {"$gt": 3000}}]}]}]},
    ],
)
def test_conditions_that_get_no_advice(client: Client, matching: Any) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    query(client, matching)


@needs(*QUERY_PAGES)
def test_a_filter_of_an_empty_index_or_of_full_pages(client: Client) -> None:
    query(client, {"nope": 1})
    put_batches(client, INDEX, [vector(f"{number}", year=number) for number in range(250)])
    request = {**INDEX, **ORIGIN, "topK": 250, "filter": {"year": {"$gte": 0}}}
    assert list(map(len, keys_in_pages(client.query_vectors, **request))) == [100, 100, 50]


def test_values_that_are_overwritten_or_deleted_do_not_count(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=[vector("a", year="2020"), vector("b", year=2020, old=1)])
    assert query(client, {"$and": [{"year": "2020"}, {"old": {"$exists": True}}]}) == []
    client.put_vectors(**INDEX, vectors=[vector("a", year=2020)])
    with pytest.warns(FilterTypeAdvice, match="each value that bucket/index has under this key is a number"):
        query(client, {"year": "2020"})
    client.delete_vectors(**INDEX, keys=["b"])
    with pytest.warns(UnknownFilterKeyAdvice, match="'old'"):
        query(client, {"old": 1})


def test_a_refused_filter_gets_no_advice(client: Client) -> None:
    settings = {"metadataConfiguration": {"nonFilterableMetadataKeys": ["text"]}}
    index = make_index(client, "other", **settings)
    client.put_vectors(**index, vectors=ROWS)
    for matching in ({"text": "a"}, {"nope": {"$not": 1}}):
        with pytest.raises(ClientError, match="Invalid"):
            query(client, matching, **index)


def test_a_long_key_is_cut_in_the_text(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    with pytest.warns(UnknownFilterKeyAdvice) as warned:
        query(client, {"k" * 100_000: 1})
    assert len(text_of(warned)) < 700
