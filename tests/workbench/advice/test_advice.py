"""Advice as a whole: its classes, none for ordinary use, and exchanges that a rule has steered."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

import mock_s3vectors
from mock_s3vectors import S3VectorsAdvice, UnknownFilterKeyAdvice
from mock_s3vectors.errors.exceptions import ADVICE
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.workbench.advice import Adviser
from tests.support import mocks
from tests.support.helpers import INDEX, ORIGIN, PLAIN_RUN, keys_in_pages, put_batches, vector
from tests.support.shapes import QUERY_PAGES, needs

from .advised import ROWS, make_index, new_client, query

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Exchange
    from tests.support.helpers import Client


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


@pytest.mark.usefixtures("no_coverage")
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
    result = pytester.runpytest_subprocess(*PLAIN_RUN, *options)
    result.assert_outcomes(failed=failed, passed=1 - failed, warnings=1 - failed)


# --- the mock as a whole ----------------------------------------------------------------------------------


@needs(*QUERY_PAGES)
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
