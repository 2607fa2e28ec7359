"""The stress `recall`: searches by vector miss some vectors, and the same ones in each run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import boto3
import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.config import SearchEngine
from mock_s3vectors.search import Losses
from tests.support.helpers import keys_in_pages, keys_of, put_batches, vector
from tests.support.shapes import QUERY_PAGES, TEXT_SEARCH, needs
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.helpers import Client, MakeIndex

pytestmark = pytest.mark.s3vectors(recall=0.8, seed=3, default_index_mode="ENHANCED")

ENGINES = get_args(SearchEngine)
COUNT = 300
QUERY = {"queryVector": {"float32": [1.0, 1.0]}}


def records(numbers: Iterable[int] = range(COUNT)) -> list[Any]:
    """Points on a line, which begins where queries ask for; the key has the rank."""
    return [vector(f"{number:03}", [1 + number, 1], rank=number) for number in numbers]


@pytest.fixture
def filled(client: Client, make_index: MakeIndex) -> dict[str, str]:
    index = make_index()
    put_batches(client, index, records())
    return index


def find(client: Client, index: dict[str, str], **settings: Any) -> list[str]:
    return keys_of(client.query_vectors(**index, **{**QUERY, "topK": 20, **settings})["vectors"])


def test_next_vectors_take_the_place_of_missed_ones(client: Client, filled: dict[str, str]) -> None:
    found = find(client, filled)
    assert found == [
        *("000", "001", "002", "003", "004", "006", "008", "009", "010", "011"),
        *("014", "015", "016", "017", "018", "019", "020", "021", "022", "023"),
    ]


def test_smaller_top_k_finds_the_first_of_the_same(client: Client, filled: dict[str, str]) -> None:
    many = find(client, filled, topK=100)
    for top_k in (1, 10, 50):
        assert find(client, filled, topK=top_k) == many[:top_k]


def test_the_same_answer_each_time(client: Client, filled: dict[str, str]) -> None:
    found = find(client, filled)
    assert find(client, filled) == found
    with mock_s3vectors(seed=4):
        assert find(client, filled) != found
    other = find(client, filled, queryVector={"float32": [1.0, 1.5]})
    assert other != found


def test_the_order_of_writes_does_not_matter(
    client: Client, make_index: MakeIndex, filled: dict[str, str]
) -> None:
    other = make_index("other")
    put_batches(client, other, [vector("gone"), *reversed(records())])
    client.delete_vectors(**other, keys=["gone"])
    assert find(client, other) == find(client, filled)


def test_a_filter_leaves_fewer_than_top_k(client: Client, filled: dict[str, str]) -> None:
    found = find(client, filled, topK=50, filter={"rank": {"$lt": 50}})
    assert len(found) < 30
    assert {*found} < {f"{number:03}" for number in range(50)}
    assert found == sorted(found)
    # Few matching vectors are all found.
    assert find(client, filled, filter={"rank": {"$lt": 5}}) == ["000", "001", "002", "003", "004"]
    assert find(client, filled, filter={"rank": 7}) == ["007"]
    assert find(client, filled, filter={"rank": -1}) == []


def test_each_engine_misses_the_same(client: Client, filled: dict[str, str]) -> None:
    found = []
    for engine in ENGINES:
        with mock_s3vectors(search_engine=engine):
            narrow = find(client, filled, topK=100, filter={"rank": {"$lt": 60}})
            found.append((find(client, filled, topK=3), sorted(narrow)))
    assert found[0] == found[1] == found[2]
    assert len(found[0][1]) < 40


@pytest.mark.parametrize("engine", ENGINES)
def test_few_vectors_are_all_found(client: Client, make_index: MakeIndex, engine: SearchEngine) -> None:
    index = make_index()
    with mock_s3vectors(search_engine=engine, recall=0.001):
        assert find(client, index) == find(client, index, filter={"rank": 0}) == []
        for count in range(1, 21):
            client.put_vectors(**index, vectors=records([count - 1]))
            assert find(client, index) == [f"{number:03}" for number in range(count)]
        client.put_vectors(**index, vectors=records([20]))
        assert len(find(client, index)) == 20


def test_the_option_and_the_method_of_the_same_name(s3vectors_client: Client) -> None:
    points = [[1 + number, 1] for number in range(COUNT)]
    with mock_s3vectors(recall=0.5, seed=5) as mock:
        mock.seed(
            "other", "index", points, keys=[f"{n:03}" for n in range(COUNT)], distance_metric="euclidean"
        )
        found = find(s3vectors_client, {"vectorBucketName": "other", "indexName": "index"}, topK=5)
    assert found == ["004", "007", "009", "013", "019"]


def test_the_server_has_the_options(filled: dict[str, str], client: Client) -> None:
    with mock_s3vectors(recall=0.5, seed=5), s3vectors_server(seed=6):
        in_process = find(client, filled)
        over_http = find(boto3.client("s3vectors", region_name="us-east-1"), filled)
    with mock_s3vectors(recall=0.5, seed=6):
        assert find(client, filled) == in_process == over_http
    with mock_s3vectors(recall=0.5, seed=5):
        assert find(client, filled) != over_http


@needs(*QUERY_PAGES)
def test_pages(client: Client, filled: dict[str, str]) -> None:
    first, second = keys_in_pages(client.query_vectors, **filled, **QUERY, topK=200)
    assert (len(first), len(second)) == (100, 100)
    assert [*first, *second] == find(client, filled, topK=100) + second == sorted({*first, *second})


@needs(*TEXT_SEARCH)
def test_texts_miss_nothing(client: Client, make_index: MakeIndex) -> None:
    index = make_index(metadataConfiguration=searchable("text"))
    rows = [vector(f"{number:03}", [number, 1], text="red", rank=number) for number in range(COUNT)]
    put_batches(client, index, rows)
    texts = query_texts(("text", "red"))
    request = {**index, "topK": 50, "filter": {"rank": {"$lt": 50}}, "returnScores": True}
    every = [f"{number:03}" for number in range(50)]
    assert sorted(keys_of(client.query_vectors(**request, queryTexts=texts)["vectors"])) == every
    both = client.query_vectors(**request, queryTexts=texts, **QUERY)["vectors"]
    assert sorted(keys_of(both)) == every
    near = {hit["key"] for hit in both if "vectorDistance" in hit["scores"]}
    assert near == {*find(client, index, topK=50, filter={"rank": {"$lt": 50}})}
    assert len(near) < 30


@pytest.mark.s3vectors(recall=1.0)
def test_without_the_option_nothing_is_looked_at(
    client: Client, filled: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Losses, "rows_found")
    assert find(client, filled, topK=3) == ["000", "001", "002"]
    with mock_s3vectors(recall=1):
        assert find(client, filled, topK=3) == ["000", "001", "002"]
