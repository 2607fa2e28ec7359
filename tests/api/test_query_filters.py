"""The filter examples of the specification, one by one, through a client.

The grammar and its meaning are tested in depth in tests/filtering; here is what a user meets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import (
    BUCKET,
    CLASSIC_UNTIL,
    ENHANCED_SINCE,
    ORIGIN,
    SETTINGS,
    SetClock,
    keys_of,
    vector,
)
from tests.support.refusals import INVALID_FILTER, NON_FILTERABLE, TOO_MANY_CONSTRAINTS
from tests.support.shapes import MODES, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, Refused


VECTORS: dict[str, dict[str, Any]] = {
    "empty": {},
    "string": {"f": "apple"},
    "prefix": {"f": "app"},
    "one": {"f": 1},
    "two": {"f": 2.5},
    "true": {"f": True},
    "false": {"f": False},
    "text": {"f": "true"},
    "nan": {"f": "NaN"},
    "strings": {"f": ["apple", "pear"]},
    "numbers": {"f": [1, 10]},
    "other": {"": "x", "loc.page": 7, "loc": 5, "year": 2022},
    "bulky": {"bulk": "x"},
}
WITHOUT_F = {"empty", "other", "bulky"}


@pytest.fixture(params=["CLASSIC", "ENHANCED"])
def search(request: pytest.FixtureRequest, s3vectors_client: Client, set_clock: SetClock) -> Any:
    """Finds the keys of an index in either mode, by filter; `empty=True` asks an empty index."""
    set_clock({"CLASSIC": CLASSIC_UNTIL, "ENHANCED": ENHANCED_SINCE}[request.param])
    s3vectors_client.create_vector_bucket(**BUCKET)
    for name in ("filled", "empty"):
        s3vectors_client.create_index(
            **BUCKET,
            indexName=name,
            **SETTINGS,
            metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]},
        )
    records = [{**vector(key), "metadata": metadata} for key, metadata in VECTORS.items()]
    s3vectors_client.put_vectors(**BUCKET, indexName="filled", vectors=records)

    def found(document: Any, *, empty: bool = False, **settings: Any) -> set[str]:
        hits = s3vectors_client.query_vectors(
            **BUCKET,
            indexName="empty" if empty else "filled",
            **ORIGIN,
            topK=50,
            filter=document,
            **settings,
        )["vectors"]
        return {*keys_of(hits)}

    return found


MATCHES: list[tuple[Any, set[str]]] = [
    # A bare value means $eq; types do not mix, and an absent field does not match.
    ({"f": "apple"}, {"string", "strings"}),
    ({"f": {"$eq": "apple"}}, {"string", "strings"}),
    ({"f": 1}, {"one", "numbers"}),
    ({"f": 1.0}, {"one", "numbers"}),
    ({"f": True}, {"true"}),
    ({"f": False}, {"false"}),
    ({"f": {"$eq": "true"}}, {"text"}),
    ({"f": {"$eq": "1"}}, set()),
    ({"g": 1}, set()),
    # $ne and $nin are the complements.
    ({"f": {"$ne": "apple"}}, VECTORS.keys() - {"string", "strings"}),
    ({"f": {"$ne": 1}}, VECTORS.keys() - {"one", "numbers"}),
    ({"f": {"$ne": True}}, VECTORS.keys() - {"true"}),
    ({"f": {"$nin": ["apple", 1]}}, VECTORS.keys() - {"string", "strings", "one", "numbers"}),
    ({"g": {"$ne": 1}}, set(VECTORS)),
    # Ranges are for numbers.
    ({"f": {"$gt": 1}}, {"two", "numbers"}),
    ({"f": {"$gte": 1}}, {"one", "two", "numbers"}),
    ({"f": {"$lt": 2.5}}, {"one", "numbers"}),
    ({"f": {"$lte": 2.5}}, {"one", "two", "numbers"}),
    ({"f": {"$gt": 1, "$lt": 3}}, {"two", "numbers"}),
    ({"year": {"$gte": 2020, "$lte": 2024}}, {"other"}),
    ({"year": {"$gte": 2020, "$lte": 2021}}, set()),
    # $in takes what $eq takes, mixed.
    ({"f": {"$in": ["pear", 2.5, True]}}, {"strings", "two", "true"}),
    ({"f": {"$in": ["NaN"]}}, set()),
    ({"f": "NaN"}, set()),
    # $exists
    ({"f": {"$exists": False}}, WITHOUT_F),
    ({"f": {"$exists": True}}, VECTORS.keys() - WITHOUT_F),
    # Keys are literal: the empty one, and those with dots.
    ({"": "x"}, {"other"}),
    ({"loc.page": {"$gte": 5}}, {"other"}),
    ({"loc.page": {"$gte": 8}}, set()),
    # $and and $or
    ({"$and": [{"f": {"$gte": 1}}, {"f": {"$lt": 2}}]}, {"one", "numbers"}),
    ({"$or": [{"f": True}, {"year": 2022}]}, {"true", "other"}),
    ({"$or": [{"$and": [{"f": 1}, {"f": 10}]}, {"f": "app"}]}, {"numbers", "prefix"}),
    ({"$and": [{"f": False}]}, {"false"}),
]

REFUSED: list[Any] = [
    {},
    {"a": 1, "b": 2},
    {"$and": [{"a": 1}], "a": 1},
    {"$and": [{"a": 1, "b": 2}]},
    {"f": {}},
    {"f": {"x": 1}},
    {"f": {"$eq": 1, "x": 1}},
    {"f": None},
    {"f": ["a"]},
    {"f": {"$and": [{"a": 1}]}},
    {"$and": []},
    {"$or": []},
    {"$and": [{}]},
    {"$and": ["x"]},
    {"$not": [{"a": 1}]},
    {"$nor": [{"a": 1}]},
    {"f": {"$not": {"$eq": 1}}},
    {"f": {"$regex": "x"}},
    {"f": {"$gt": "1"}},
    {"f": {"$gte": True}},
    {"f": {"$lt": "NaN"}},
    {"f": {"$lte": None}},
    {"f": {"$eq": None}},
    {"f": {"$eq": []}},
    {"f": {"$eq": {}}},
    {"f": {"$ne": ["a"]}},
    {"f": {"$in": []}},
    {"f": {"$in": "a"}},
    {"f": {"$in": [None]}},
    {"f": {"$in": [["a"]]}},
    {"f": {"$nin": []}},
    {"f": {"$exists": "yes"}},
    {"f": {"$exists": 1}},
    {"f": {"$exists": None}},
    "f",
    ["f"],
    1,
    True,
]


def test_accepted_filters_find(search: Any) -> None:
    for document, keys in MATCHES:
        assert (document, search(document)) == (document, set(keys))
        assert search(document, empty=True) == set()


def test_refused_filters_are_refused_by_an_empty_index_too(search: Any, refused: Refused) -> None:
    for document in REFUSED:
        for empty in (True, False):
            assert (document, refused(search, document=document, empty=empty)) == (document, INVALID_FILTER)


@pytest.mark.parametrize(
    "document",
    [
        {"bulk": "x"},
        {"bulk": {"$exists": True}},
        {"$and": [{"f": 1}, {"$or": [{"f": 2}, {"bulk": {"$ne": "x"}}]}]},
    ],
    ids=str,
)
def test_non_filterable_keys_are_refused(search: Any, refused: Refused, document: Any) -> None:
    for empty in (True, False):
        assert refused(search, document=document, empty=empty) == NON_FILTERABLE


HUNDRED: list[Any] = [
    {"f": {"$in": list(range(100))}},
    {"$and": [{"f": {"$in": [1, 2, 3]}}] * 33 + [{"f": 1}]},
    {"$or": [{"f": {"$gte": 1, "$lte": 2}}] * 50},
    {"$and": [{"$or": [{"f": {"$exists": True}}] * 50}, {"$or": [{"f": {"$ne": 7}}] * 50}]},
]


@pytest.mark.parametrize("search", ["ENHANCED"], indirect=True)
@pytest.mark.parametrize("document", HUNDRED, ids=["values", "in of three", "two ranges", "groups"])
def test_a_hundred_constraints_are_allowed_when_enhanced(
    search: Any, refused: Refused, document: Any
) -> None:
    one_more = {"$or": [document, {"f": 1}]}
    for empty in (True, False):
        search(document, empty=empty)
        assert refused(search, document=one_more, empty=empty) == TOO_MANY_CONSTRAINTS


@pytest.mark.parametrize("search", ["CLASSIC"], indirect=True)
@pytest.mark.parametrize("document", HUNDRED, ids=["values", "in of three", "two ranges", "groups"])
def test_classic_counts_no_constraints(search: Any, document: Any) -> None:
    assert "one" in search({"$or": [document] * 3 + [{"f": 1}]})


class TestStartsWith:
    @pytest.mark.parametrize("search", ["ENHANCED"], indirect=True)
    def test_finds_prefixes_of_strings(self, search: Any, refused: Refused) -> None:
        assert search({"f": {"$startsWith": "app"}}) == {"string", "prefix", "strings"}
        assert search({"f": {"$startsWith": "apple"}}) == {"string", "strings"}
        assert search({"f": {"$startsWith": "pp"}}) == set()
        for operand in (1, True, None, ["app"], {"app": 1}):
            assert refused(search, document={"f": {"$startsWith": operand}}) == INVALID_FILTER

    @needs(*MODES)
    @pytest.mark.parametrize("search", ["CLASSIC"], indirect=True)
    def test_is_refused_by_a_classic_index(self, search: Any, refused: Refused) -> None:
        document = {"f": {"$startsWith": "app"}}
        for empty in (True, False):
            assert refused(search, document=document, empty=empty) == INVALID_FILTER
            assert refused(search, document=document, empty=empty, queryMode="CLASSIC") == INVALID_FILTER
        assert search(document, queryMode="ENHANCED") == {"string", "prefix", "strings"}
