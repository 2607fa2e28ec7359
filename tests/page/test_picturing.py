"""The question for a picture, asked of a server and compared with what a client of it sees."""

from __future__ import annotations

import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.serving.page import sampling
from mock_s3vectors.serving.page.projection import project
from tests.server.wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import S3VectorsServer

BUCKET = "films"
PLACE = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/"
PATH = "/_mock_s3vectors/ui/data/picture"


@pytest.fixture
def client(s3vectors_server: S3VectorsServer) -> Iterator[Any]:
    client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=s3vectors_server.url)
    client.create_vector_bucket(vectorBucketName=BUCKET)
    yield client
    client.close()


@pytest.fixture
def ask(s3vectors_server: S3VectorsServer) -> Iterator[Callable[..., Any]]:
    """Asks for a picture: `ask("plots", colour="genre")`. A refusal is its status, code and text."""
    connection = Connection(s3vectors_server.url)

    def ask_one(index: str = "plots", **asked: Any) -> Any:
        answer = connection.ask("POST", PATH, json.dumps({"index": f"{PLACE}{index}", **asked}).encode())
        return answer.json if answer.status == 200 else answer.error

    yield ask_one
    connection.close()


def make_index(client: Any, data: Any, metric: str = "euclidean", **metadata: list[Any]) -> None:
    """Makes the index `plots` with vectors `0`, `1`, ..., whose metadata are columns; None is no value."""
    vectors = np.asarray(data, np.float32)
    client.create_index(
        vectorBucketName=BUCKET,
        indexName="plots",
        dataType="float32",
        dimension=vectors.shape[1],
        distanceMetric=metric,
    )
    records = [
        {
            "key": str(number),
            "data": {"float32": vector.tolist()},
            "metadata": {
                name: values[number] for name, values in metadata.items() if values[number] is not None
            },
        }
        for number, vector in enumerate(vectors)
    ]
    if records:
        client.put_vectors(indexArn=f"{PLACE}plots", vectors=records)


def points(picture: Any) -> Any:
    """Returns the points in the units of the vectors, by key."""
    places = zip(picture["x"], picture["y"], strict=True)
    return {
        key: np.array(place) * picture["unit"] for key, place in zip(picture["keys"], places, strict=True)
    }


def test_a_plane_is_seen_as_it_is(client: Any, ask: Callable[..., Any]) -> None:
    flat = np.random.default_rng(1).normal(size=(30, 2)) * [3.0, 1.0]
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(6, 6)))
    make_index(client, flat @ turn[:2] + 5.0)
    picture = ask()
    seen = points(picture)
    assert picture["total"] == picture["sampled"] == 30
    assert (picture["dimension"], picture["distanceMetric"], picture["normalised"]) == (6, "euclidean", False)
    assert sum(picture["sharesOfVariance"]) == pytest.approx(1.0, abs=1e-6)
    for one, other in [(0, 1), (3, 17), (29, 4)]:
        distance = np.linalg.norm(seen[str(one)] - seen[str(other)])
        assert distance == pytest.approx(np.linalg.norm(flat[one] - flat[other]), abs=1e-3)
    assert max(map(abs, picture["x"])) == 1.0


def test_lengths_do_not_matter_to_cosine_distances(client: Any, ask: Callable[..., Any]) -> None:
    directions = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]
    make_index(client, [*directions, *(np.array(directions) * [[1e-30], [1e30], [3.4e38]])], "cosine")
    picture = ask()
    assert picture["normalised"] is True
    assert picture["x"][:3] == picture["x"][3:]
    assert picture["y"][:3] == picture["y"][3:]


def test_hits_are_those_of_a_query(client: Any, ask: Callable[..., Any]) -> None:
    data = np.random.default_rng(1).normal(size=(40, 4)).astype(np.float32)
    make_index(client, data)
    vector = data[7].tolist()
    hits = client.query_vectors(
        indexArn=f"{PLACE}plots", queryVector={"float32": vector}, topK=5, returnDistance=True
    )["vectors"]
    for asked in ({"key": "7"}, {"vector": vector}):
        picture = ask(topK=5, sample=10, **asked)
        assert [
            {"key": picture["keys"][hit["point"]], "distance": hit["distance"]} for hit in picture["hits"]
        ] == hits
        place = points(picture)["7"]
        query = np.array([picture["query"]["x"], picture["query"]["y"]]) * picture["unit"]
        np.testing.assert_allclose(query, place, atol=1e-9)
        assert picture["query"]["key"] == asked.get("key")
        # Hits that are not in the sample come behind it, and change neither it nor the axes.
        alone = ask(sample=10)
        assert picture["sampled"] == 10
        assert picture["keys"][:10] == alone["keys"]
        assert picture["sharesOfVariance"] == alone["sharesOfVariance"]
        assert alone["hits"] == []
        assert alone["query"] is None


def test_hits_that_were_found_elsewhere(client: Any, ask: Callable[..., Any]) -> None:
    make_index(client, np.eye(8))
    picture = ask(vector=[1.0] * 8, hits=["5", "gone", "2", "5"], sample=3)
    assert [picture["keys"][hit["point"]] for hit in picture["hits"]] == ["5", "2"]
    assert [hit["distance"] for hit in picture["hits"]] == [None, None]
    assert picture["gone"] == ["gone"]
    # Such as of a query for texts, which has no place.
    assert ask(hits=["5"])["query"] is None


def test_values_of_a_metadata_key(client: Any, ask: Callable[..., Any]) -> None:
    long, many = "x" * 300, [str(number) for number in range(20)]
    values = ["a", 1, 1.0, True, False, ["a"], "a", None, "1", long, f"{long}!", many, 0, 1e300, 2**60]
    make_index(client, np.arange(2 * len(values)).reshape(-1, 2), value=values)
    colour = ask(colour="value")["colour"]
    cut = "x" * 80 + "…"
    assert colour == {
        "key": "value",
        "values": ["a", 1, True, False, ["a"], "1", cut, cut, [*many[:8], "…"], 0, 1e300, 2**60],
        "codes": [0, 1, 1, 2, 3, 4, 0, -1, 5, 6, 7, 8, 9, 10, 11],
    }
    assert ask(colour="other")["colour"]["codes"] == [-1] * len(values)
    assert ask()["colour"] is None


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_vectors(client: Any, ask: Callable[..., Any], metric: str, count: int) -> None:
    make_index(client, np.eye(3)[:count], metric)
    for asked in ({}, {"vector": [1.0, 2.0, 3.0]}):
        picture = ask(**asked)
        assert picture["total"] == len(picture["keys"]) == count
        assert picture["x"] == {0: [], 1: [0.0], 2: [1.0, -1.0]}[count]
        assert picture["y"] == [0.0] * count
        assert picture["sharesOfVariance"] == ([1.0, 0.0] if count == 2 else [0.0, 0.0])
        assert sorted(hit["point"] for hit in picture["hits"]) == (list(range(count)) if asked else [])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_the_ends_of_float32(client: Any, ask: Callable[..., Any], metric: str) -> None:
    largest, least = float(np.finfo(np.float32).max), 2.0**-149
    make_index(client, [[largest, -largest], [-largest, least], [least, least], [least, 0.0]], metric)
    picture = ask(vector=[-largest, largest])
    assert np.isfinite([*picture["x"], *picture["y"]]).all()
    assert sum(picture["sharesOfVariance"]) == pytest.approx(1.0)
    assert picture["hits"][-1]["distance"] in ("Infinity", 2.0)


def test_a_query_far_away(client: Any, ask: Callable[..., Any]) -> None:
    make_index(client, [[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    picture = ask(vector=[1e30, 1e30])
    assert max(map(abs, picture["x"])) == 1.0
    assert max(abs(picture["query"][axis]) for axis in "xy") > 1e29


def test_a_sample_is_random_and_stays_the_same(s3vectors_mock: Any, ask: Callable[..., Any]) -> None:
    s3vectors_mock.seed(BUCKET, "plots", np.random.default_rng(1).normal(size=(12_000, 3)))
    first, second = ask(), ask()
    assert first == second
    assert first["total"] == 12_000
    assert first["sampled"] == len(set(first["keys"])) == 5_000
    positions = [s3vectors_mock.index(BUCKET, "plots").keys.index(key) for key in first["keys"][::50]]
    assert positions == sorted(positions)
    assert min(np.diff(positions)) < 100 < max(np.diff(positions))
    assert len(json.dumps(ask(colour="x"))) < 500_000


def test_a_picture_is_no_call_and_holds_up_nobody(
    client: Any, s3vectors_mock: Any, ask: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_index(client, np.eye(4))
    before = len(s3vectors_mock.calls)
    usage = s3vectors_mock.usage()
    ask(key="1", colour="x")
    assert len(s3vectors_mock.calls) == before
    assert s3vectors_mock.usage() == usage

    # A writer finds the index free while the picture is made, and needs no copy of the vectors.
    written = threading.Event()

    def write_meanwhile(*given: Any) -> Any:
        level = STACK.current()
        assert level is not None
        index = level.world.stores.at("123456789012", "us-east-1").vector_buckets[BUCKET].indexes["plots"]
        table = index.table
        client.put_vectors(indexArn=f"{PLACE}plots", vectors=[{"key": "new", "data": {"float32": [1.0] * 4}}])
        assert index.table is table
        written.set()
        return project(*given)

    monkeypatch.setattr(sampling, "project", write_meanwhile)
    assert ask(key="1")["total"] == 4
    assert written.is_set()


BAD = [
    ({"colour": 1}, "colour is 1: it must be the name of a metadata key."),
    ({"sample": 0}, "sample is 0: it must be a whole number from 1 to 5,000."),
    ({"sample": 5_001}, "sample is 5001: it must be a whole number from 1 to 5,000."),
    ({"key": ["0"]}, "key is ['0']: it must be the key of a vector."),
    ({"vector": [1.0, True]}, "vector is [1.0, True]: it must be a list of numbers."),
    ({"vector": "1"}, "vector is '1': it must be a list of numbers."),
    ({"hits": [1]}, "hits is [1]: it must be a list of at most 10,000 keys."),
    ({"topK": 1.5}, "topK is 1.5: it must be a whole number."),
    ({"key": "0", "vector": [1.0, 2.0]}, "A picture has one query, key or vector: both were given."),
    ({"key": "9"}, "There is no vector '9' in index 'plots'. Vectors in it: '0', '1'."),
    (
        {"color": "genre"},
        (
            "A picture has no 'color'. Did you mean 'colour'? "
            "It may have index, colour, sample, key, vector, topK, hits."
        ),
    ),
]


@pytest.mark.parametrize(("asked", "text"), BAD, ids=[str(asked) for asked, _ in BAD])
def test_a_wrong_question(client: Any, ask: Callable[..., Any], asked: dict[str, Any], text: str) -> None:
    make_index(client, [[1.0, 2.0], [3.0, 4.0]])
    assert ask(**asked) == (400, "ValidationException", text)


def test_refusals_are_those_of_a_query(client: Any, ask: Callable[..., Any]) -> None:
    make_index(client, [[1.0, 2.0], [3.0, 4.0]], "cosine")
    query = partial(client.query_vectors, indexArn=f"{PLACE}plots", topK=1)
    for vector in ([1.0], [0.0, 0.0], [1e39, 0.0]):
        with pytest.raises(client.exceptions.ValidationException) as refusal:
            query(queryVector={"float32": vector})
        assert ask(vector=vector) == (400, "ValidationException", refusal.value.response["Error"]["Message"])
    for top_k in (0, 10_001):
        status, code, text = ask(topK=top_k)
        assert (status, code) == (400, "ValidationException")
        assert text.endswith(
            "'/topK' failed to satisfy constraint: Member must be between 1 and 10000, inclusive"
        )
    for index in ("missing", ""):
        assert ask(index) == (404, "NotFoundException", "The specified index could not be found")
