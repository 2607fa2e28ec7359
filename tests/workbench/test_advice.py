"""Advice: each kind once, with its text, and none for ordinary, correct use. (Warnings are errors here.)"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import mock_s3vectors
from mock_s3vectors import (
    FilterTypeAdvice,
    LargeFilterableTextAdvice,
    S3VectorsAdvice,
    SmallPutsAdvice,
    UnknownFilterKeyAdvice,
    UnusedNextTokenAdvice,
    WholeIndexListedAdvice,
)
from mock_s3vectors.errors.exceptions import ADVICE
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.workbench.advice import Adviser
from tests.support import mocks
from tests.support.advising import advisers  # noqa: F401 - a fixture
from tests.support.helpers import INDEX, ORIGIN, SETTINGS, keys_in_pages, put_batches, vector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.exchange import Exchange
    from tests.support.helpers import Client


def new_client(**settings: Any) -> Client:
    return boto3.client("s3vectors", region_name="us-east-1", **settings)


def make_index(client: Client, name: str = "index", **settings: Any) -> dict[str, str]:
    """Creates an index, and its bucket if that is missing."""
    address = {**INDEX, "indexName": name}
    if not client.list_vector_buckets()["vectorBuckets"]:
        client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**address, **SETTINGS, **settings)
    return address


@pytest.fixture
def client() -> Iterator[Client]:
    """A client of a mock that gives advice, with the empty index `index` in `bucket`."""
    with mock_s3vectors.mock_s3vectors(advice=True):
        client = new_client()
        make_index(client)
        yield client


def query(client: Client, matching: Any, **settings: Any) -> list[str]:
    request = {**INDEX, **ORIGIN, "topK": 3, "filter": matching, **settings}
    return [hit["key"] for hit in client.query_vectors(**request)["vectors"]]


def text_of(warned: pytest.WarningsRecorder) -> str:
    """The text of the only warning."""
    [warning] = warned
    return str(warning.message)


# --- the classes ------------------------------------------------------------------------------------------


def test_each_kind_has_a_code_and_is_public() -> None:
    kinds: list[type[S3VectorsAdvice]] = S3VectorsAdvice.__subclasses__()
    assert {kind.code: kind for kind in kinds} == ADVICE
    assert issubclass(S3VectorsAdvice, UserWarning)
    names = ["S3VectorsAdvice", *(kind.__name__ for kind in kinds)]
    assert set(names) <= set(mock_s3vectors.__all__)
    assert [getattr(mock_s3vectors, name) for name in names] == [S3VectorsAdvice, *kinds]
    assert sorted(ADVICE) == [
        "filter-type",
        "large-filterable-text",
        "small-puts",
        "unknown-filter-key",
        "unused-next-token",
        "whole-index-listed",
    ]


@pytest.mark.parametrize(
    ("options", "failed"),
    [
        ((), 0),
        (("-W", "error::mock_s3vectors.S3VectorsAdvice"), 1),
        (("-W", "error::mock_s3vectors.UnknownFilterKeyAdvice"), 1),
        (("-W", "error::mock_s3vectors.SmallPutsAdvice"), 0),
        (("-o", "filterwarnings=error::mock_s3vectors.S3VectorsAdvice"), 1),
    ],
)
def test_pytest_can_make_errors_of_it(
    pytester: pytest.Pytester, options: tuple[str, ...], failed: int
) -> None:
    pytester.makepyfile("""
        import warnings
        import mock_s3vectors

        def test_it():
            warnings.warn(mock_s3vectors.UnknownFilterKeyAdvice("text"))
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", *options)
    result.assert_outcomes(failed=failed, passed=1 - failed, warnings=1 - failed)


# --- filters ----------------------------------------------------------------------------------------------

ROWS = [
    vector("a", genre="drama", year=2001, seen=True, tags=["x", "y"]),
    vector("b", genre="comedy", year=2020, seen=False, ratings=[1, 2], mixed="a"),
    vector("c", mixed=3),
]


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
def test_conditions_that_nothing_need_be_said_of(client: Client, matching: Any) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    query(client, matching)


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


# --- writing ----------------------------------------------------------------------------------------------


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


# --- pages ------------------------------------------------------------------------------------------------


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
    @mock_s3vectors.mock_s3vectors(advice=True)
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
    @mock_s3vectors.mock_s3vectors(advice=True)
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
    @mock_s3vectors.mock_s3vectors(advice=True)
    def run() -> None:
        client = new_client()
        make_index(client)
        client.put_vectors(**INDEX, vectors=ROWS)
        keys_in_pages(client.list_vectors, **INDEX, maxResults=2)
        client.list_vectors(**INDEX, maxResults=2)

    with pytest.warns(UnusedNextTokenAdvice, match="ListVectors of bucket/index"):
        run()


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


def test_lists_that_nothing_need_be_said_of(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    for settings in (
        {"returnMetadata": True},
        {"maxResults": 1},
        {"maxResults": 1, "returnMetadata": True, "returnData": True},
        {"maxResults": 1, "returnMetadata": True, "segmentCount": 2, "segmentIndex": 0},
        {"maxResults": 1, "returnMetadata": True, "segmentCount": 2, "segmentIndex": 1},
    ):
        keys_in_pages(client.list_vectors, **INDEX, **settings)


# --- the mock as a whole ----------------------------------------------------------------------------------


def test_an_ordinary_application_gets_no_advice(client: Client) -> None:
    """Seed, search with filters, page to the end, read, change and delete."""
    settings: dict[str, Any] = {"metadataConfiguration": {"nonFilterableMetadataKeys": ["text"]}}
    index = make_index(client, "films", **settings)
    films = [
        vector(f"film-{n}", (n, 1.0), genre=f"genre-{n % 7}", year=1950 + n % 70, text="scene " * 500)
        for n in range(700)
    ]
    put_batches(client, index, films)
    found = query(client, {"$and": [{"genre": "genre-3"}, {"year": {"$gte": 1960}}]}, **index)
    assert len(found) == 3
    assert query(client, {"genre": "unheard of"}, **index) == []
    assert sum(map(len, keys_in_pages(client.query_vectors, **index, **ORIGIN, topK=250))) == 250
    assert sum(map(len, keys_in_pages(client.list_vectors, **index))) == 700
    client.get_vectors(**index, keys=found, returnData=True, returnMetadata=True)
    client.put_vectors(**index, vectors=[vector("film-1", genre="genre-1", year=2000)])
    client.delete_vectors(**index, keys=found)
    client.list_vector_buckets(), client.list_indexes(vectorBucketName="bucket")
    client.delete_index(**index)


def test_without_the_option_there_is_none() -> None:
    with mock_s3vectors.mock_s3vectors():
        client = new_client()
        make_index(client)
        client.put_vectors(**INDEX, vectors=[*ROWS, vector("d", text="x" * 2_000)])
        query(client, {"nope": 1})
        client.list_vectors(**INDEX, maxResults=1)


def test_requests_out_of_any_shape_are_refused_as_without_advice(client: Client) -> None:  # noqa: ARG001 - mock on
    unchecked = new_client(config=Config(parameter_validation=False))
    calls: list[tuple[str, dict[str, Any]]] = [
        ("put_vectors", {"vectors": [{"key": "a"}]}),
        ("put_vectors", {**INDEX, "vectors": [{"data": {"float32": [1, 2]}, "metadata": "x"}]}),
        ("query_vectors", {**INDEX, "filter": {"a": 1}}),
        ("list_vectors", {**INDEX, "indexArn": "x", "nextToken": "x"}),
        ("list_indexes", {}),
    ]
    for operation, parameters in calls:
        with pytest.raises(ClientError, match="ValidationException"):
            getattr(unchecked, operation)(**parameters)


# --- exchanges that a rule of a test has steered ------------------------------------------------------------


def exchange_of(operation: str, params: Any, **changes: Any) -> Exchange:
    """The record of a call that succeeded, as far as its client sees."""
    host = "s3vectors.us-east-1.api.aws"
    request = HttpRequest("POST", host, "/ListVectorBuckets", "", {}, b"{}")
    handled = STACK.handle(request, mocks.level())
    return replace(handled, operation=operation, params=params, error=None, result={}, **changes)


def test_a_lost_answer_gets_no_advice(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    params = {**INDEX, **ORIGIN, "topK": 1, "filter": {"nope": 1}}
    adviser = Adviser()
    assert adviser.look(exchange_of("QueryVectors", params, lost="reset")) == ()
    [advice] = adviser.look(exchange_of("QueryVectors", params))
    assert isinstance(advice, UnknownFilterKeyAdvice)


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("PutVectors", None),
        ("PutVectors", INDEX),
        ("PutVectors", {**INDEX, "vectors": [{}, {"metadata": None}, {"metadata": {"a": {"b": None}}}]}),
        ("PutVectors", {"vectorBucketName": "no such bucket", "vectors": []}),
        ("PutVectors", {"vectorBucketName": "absent", "indexName": "absent", "vectors": [vector("a")]}),
        ("QueryVectors", {**INDEX, "filter": {"$not": []}}),
        ("QueryVectors", {**INDEX, "filter": None}),
        ("QueryVectors", {"indexArn": "arn", "filter": {"a": 1}}),
        ("QueryVectors", {**INDEX, "filter": {"$or": [{f"key-{n}": 1} for n in range(51)]}}),
        ("ListVectors", {**INDEX, "nextToken": "unknown", "returnMetadata": True}),
        ("ListIndexes", {}),
        ("ListVectorBuckets", None),
        ("GetIndex", {}),
        (None, None),
    ],
)
def test_an_answer_that_a_test_has_made_up_breaks_no_call(
    client: Client, operation: Any, params: Any
) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    adviser = Adviser()
    assert adviser.look(exchange_of(operation, params)) == ()
    assert adviser.at_end() == ()


def test_threads_get_each_advice_once(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=ROWS)
    params = {**INDEX, **ORIGIN, "topK": 1, "filter": {"nope": 1}}
    adviser, exchange = Adviser(), exchange_of("QueryVectors", params)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: adviser.look(exchange), range(200)))
    assert sum(map(len, found)) == 1


def test_a_mock_of_many_unused_tokens_remembers_the_newest(client: Client) -> None:  # noqa: ARG001 - mock on
    adviser, first = Adviser(), {"vectorBucketName": "first"}
    exchange = exchange_of("ListIndexes", first)
    adviser.look(replace(exchange, result={"nextToken": "oldest"}))
    second = exchange_of("ListIndexes", {"vectorBucketName": "second"})
    for number in range(9_999):
        adviser.look(replace(second, result={"nextToken": str(number)}))
    adviser.look(replace(second, result={"nextToken": "newest"}))
    assert [str(advice).split(" had ")[0] for advice in adviser.at_end()] == [
        "The first page of ListIndexes of second"
    ]
    assert adviser.at_end() == ()
