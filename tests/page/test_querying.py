"""Questions of the view Query: a search without a call, the same query as code, and by several engines."""

from __future__ import annotations

import json
import shlex
import threading
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from http.client import HTTPConnection, HTTPResponse
from io import StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from botocore import xform_name

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.protocol.model import service_model
from mock_s3vectors.search import linking
from mock_s3vectors.search.graph import Graph
from mock_s3vectors.serving.page import comparing
from mock_s3vectors.serving.page.finding import index_of
from tests.support.helpers import INDEX_ARN, vector
from tests.support.mocks import level
from tests.support.shapes import MODES, TEXT_SEARCH, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors, S3VectorsServer
    from tests.support.helpers import Client, MakeIndex

DATA = "/_mock_s3vectors/ui/data"
ALL = {"returnDistance": True, "returnMetadata": True, "returnScores": True}
# What a shell, Python or JSON could take for its own.
STRANGE = "'a' \"b\" $HOME `id` \\ \n\t%s {0} naïve ☃ 🎬 \u2028 \x00 !#&;|*?~<>()[]"


# Sends, and returns an `Answer`.
Ask = Callable[..., Any]


class Answer(NamedTuple):
    status: int
    code: str | None
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def outcome(self) -> Any:
        """The last line of a comparison."""
        return json.loads(self.body.splitlines()[-1])["outcome"]


@pytest.fixture
def connection(s3vectors_server: S3VectorsServer) -> Iterator[HTTPConnection]:
    with closing(HTTPConnection(s3vectors_server.url.removeprefix("http://"), timeout=20)) as connection:
        yield connection


@pytest.fixture
def post(connection: HTTPConnection) -> Ask:
    """Sends a document to a path, and returns the answer."""

    def send(path: str, document: Any) -> Answer:
        connection.request("POST", path, json.dumps(document))
        response = connection.getresponse()
        return Answer(response.status, response.headers["x-amzn-errortype"], response.read())

    return send


@pytest.fixture
def ask(post: Ask) -> Ask:
    """Sends a question with these members, and returns the answer."""
    return lambda path, **document: post(f"{DATA}{path}", document)


@pytest.fixture
def films(client: Client, make_index: MakeIndex) -> dict[str, str]:
    """An index with texts in two keys."""
    texts = [{"metadataKey": "plot"}, {"metadataKey": "title", "language": "en"}]
    index = make_index(metadataConfiguration={"textSearchConfigurations": texts}, metric="cosine")
    plots = ["a ship meets a creature", "a creature in a lake", "two ships", "a lake", "nothing at all"]
    client.put_vectors(
        **index,
        vectors=[
            vector(
                f"film{place}",
                [1.0, place / 3],
                plot=plot,
                title=f"The {plot.split()[-1]}",
                year=1970 + place,
            )
            for place, plot in enumerate(plots)
        ],
    )
    return index


QUERIES: dict[str, dict[str, Any]] = {
    "vector": {"queryVector": {"float32": [1.0, 0.9]}, "topK": 3},
    "text": {"queryTexts": [{"metadataKey": "plot", "text": "creature lake"}], "topK": 5},
    "texts": {
        "queryTexts": [{"metadataKey": "plot", "text": "ship"}, {"metadataKey": "title", "text": "ships"}],
        "topK": 5,
    },
    "both": {
        "queryVector": {"float32": [1.0, 0.9]},
        "queryTexts": [{"metadataKey": "plot", "text": "creature"}],
        "topK": 5,
    },
    "filter": {"queryVector": {"float32": [1, 0]}, "topK": 5, "filter": {"year": {"$gte": 1973}}},
    "one": {"queryVector": {"float32": [1, 0]}, "topK": 1},
}


@needs(*MODES, *TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_hits_are_those_of_query_vectors(client: Client, films: dict[str, str], ask: Ask) -> None:
    for query in QUERIES.values():
        hits = client.query_vectors(**films, **query, **ALL)["vectors"]
        answer = ask("/query", params={"indexArn": INDEX_ARN, **query, **ALL}).json
        for hit in answer["vectors"]:
            assert hit.pop("isCut") is False
            hit["metadata"] = json.loads(hit["metadata"])
        assert answer.pop("seconds") > 0
        assert hits
        assert answer == {"vectors": hits, "start": 0, "total": len(hits), "distanceMetric": "cosine"}


def test_only_what_is_asked_for_is_returned(client: Client, index: dict[str, str], ask: Ask) -> None:
    client.put_vectors(**index, vectors=[vector("a", colour="red")])
    params = {"indexArn": INDEX_ARN, "queryVector": {"float32": [0, 0]}, "topK": 1}
    assert ask("/query", params=params).json["vectors"] == [{"key": "a"}]


def test_a_key_is_queried_by_its_vector(client: Client, index: dict[str, str], ask: Ask) -> None:
    client.put_vectors(**index, vectors=[vector(key, [0.1, place / 7]) for place, key in enumerate("abcd")])
    data = client.get_vectors(**index, keys=["c"], returnData=True)["vectors"][0]["data"]
    expected = client.query_vectors(**index, queryVector=data, topK=4, returnDistance=True)["vectors"]
    params = {"indexArn": INDEX_ARN, "topK": 4, "returnDistance": True}
    assert ask("/query", params=params, like="c").json["vectors"] == expected
    assert expected[0] == {"key": "c", "distance": 0.0}
    answer = ask("/query", params=params, like="none")
    assert (answer.status, answer.json["message"]) == (
        400,
        "There is no vector 'none' in index 'index'. Vectors in it: 'a', 'b', 'c', 'd'.",
    )


def test_hits_come_a_hundred_at_a_time(client: Client, index: dict[str, str], ask: Ask) -> None:
    client.put_vectors(**index, vectors=[vector(f"{place:03}", [place, 0]) for place in range(250)])
    params = {"indexArn": INDEX_ARN, "queryVector": {"float32": [0, 0]}, "topK": 220}
    pages = [ask("/query", params=params, start=start).json for start in (0, 100, 200, 300)]
    assert [len(page["vectors"]) for page in pages] == [100, 100, 20, 0]
    assert {page["total"] for page in pages} == {220}
    assert pages[2]["vectors"][0]["key"] == "200"
    # No ranking is frozen for the next page.
    assert index_of(level(), INDEX_ARN).rankings._rankings == {}  # noqa: SLF001 - it does not list them


def test_long_metadata_is_cut(client: Client, index: dict[str, str], ask: Ask) -> None:
    client.put_vectors(**index, vectors=[vector("a", text="x" * 1000)])
    params = {"indexArn": INDEX_ARN, "queryVector": {"float32": [0, 0]}, "topK": 1, "returnMetadata": True}
    (hit,) = ask("/query", params=params).json["vectors"]
    assert hit == {"key": "a", "metadata": '{"text":"' + "x" * 291, "isCut": True}


REFUSED: dict[str, dict[str, Any]] = {
    "no query": {"topK": 1},
    "no top k": {"queryVector": {"float32": [1, 2]}},
    "top k of 0": {"queryVector": {"float32": [1, 2]}, "topK": 0},
    "too large a top k": {"queryVector": {"float32": [1, 2]}, "topK": 10_001},
    "a top k that is no integer": {"queryVector": {"float32": [1, 2]}, "topK": 1.5},
    "length": {"queryVector": {"float32": [1, 2, 3]}, "topK": 1},
    "no numbers": {"queryVector": {"float32": []}, "topK": 1},
    "NaN": {"queryVector": {"float32": ["NaN", 1]}, "topK": 1},
    "overflow": {"queryVector": {"float32": [1e39, 1]}, "topK": 1},
    "zero": {"queryVector": {"float32": [0, 0]}, "topK": 1},
    "no number": {"queryVector": {"float32": ["x", 0]}, "topK": 1},
    "filter": {"queryVector": {"float32": [1, 2]}, "topK": 1, "filter": {"a": 1, "b": 2}},
    "filter of another type": {"queryVector": {"float32": [1, 2]}, "topK": 1, "filter": "a"},
    "key without text search": {"queryTexts": [{"metadataKey": "year", "text": "a"}], "topK": 1},
    "the same key twice": {"queryTexts": [{"metadataKey": "plot", "text": "a"}] * 2, "topK": 1},
    "empty text": {"queryTexts": [{"metadataKey": "plot", "text": ""}], "topK": 1},
    "mode": {"queryVector": {"float32": [1, 2]}, "topK": 1, "queryMode": "CLASSIC"},
    "another index": {"indexArn": f"{INDEX_ARN}x", "queryVector": {"float32": [1, 2]}, "topK": 1},
    "no ARN": {"indexArn": "x", "queryVector": {"float32": [1, 2]}, "topK": 1},
}


@needs(*MODES, *TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
@pytest.mark.usefixtures("films")
@pytest.mark.parametrize("path", ["/query", "/query/code", "/query/compare"])
def test_a_refusal_is_that_of_query_vectors(post: Ask, ask: Ask, path: str) -> None:
    endpoint = {"endpoint": "http://127.0.0.1"} if path == "/query/code" else {}
    queries = {name: {"indexArn": INDEX_ARN, **query} for name, query in REFUSED.items()}
    expected = {name: post("/QueryVectors", params) for name, params in queries.items()}
    assert {name: ask(path, params=params, **endpoint) for name, params in queries.items()} == expected
    assert {answer.status for answer in expected.values()} == {400, 404}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "params is missing in {}: it has the parameters of QueryVectors."),
        ({"params": []}, "params is missing in {'params': []}: it has the parameters of QueryVectors."),
        ({"params": {"indexArn": INDEX_ARN}, "start": -1}, None),
        ({"params": {"indexArn": INDEX_ARN}, "from": 1}, None),
        (
            {"params": {"indexArn": INDEX_ARN}, "like": 1},
            "There is no vector 1 in index 'index'. Vectors in it: none.",
        ),
    ],
)
@pytest.mark.usefixtures("index")
def test_a_question_of_another_form_is_refused(ask: Ask, document: Any, told: str | None) -> None:
    answer = ask("/query", **document)
    assert answer.status == 400
    assert told is None or answer.json["message"] == told


@needs(*MODES, *TEXT_SEARCH)
@pytest.mark.s3vectors(authorization="enforce", default_index_mode="ENHANCED")
def test_a_question_is_no_call(
    client: Client, films: dict[str, str], ask: Ask, s3vectors_mock: MockS3Vectors
) -> None:
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3vectors:QueryVectors", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [denied]})
    client.put_vector_bucket_policy(vectorBucketName=films["vectorBucketName"], policy=policy)
    rule = s3vectors_mock.fail("QueryVectors", "TooManyRequestsException")
    usage, calls = s3vectors_mock.usage(), len(s3vectors_mock.calls)
    params = {"indexArn": INDEX_ARN, **QUERIES["both"]}
    assert ask("/query", params=params).status == 200
    assert ask("/query/code", params=params, endpoint="http://127.0.0.1").status == 200
    assert ask("/query/compare", params=params).status == 200
    assert len(s3vectors_mock.calls) == calls
    assert s3vectors_mock.usage() == usage
    rule.remove()


CODED = {
    **QUERIES,
    "strange": {
        "queryVector": {"float32": [0.1, 1e-40]},
        "queryTexts": [{"metadataKey": STRANGE, "text": f"ship {STRANGE}"}],
        "topK": 150,
        "filter": {"$or": [{STRANGE: {"$in": [STRANGE, 1, True, 0.5]}}, {"year": {"$gte": 1900}}]},
        "queryMode": "ENHANCED",
    },
}


def add_strange(client: Client, films: dict[str, str]) -> None:
    """Adds a metadata key to the index, and vectors, with names that need quotes."""
    add = {"textSearchConfigurations": [{"metadataKey": STRANGE}]}
    client.update_metadata_configuration(**films, add=add)
    strange = {"key": STRANGE, "data": {"float32": [0.3, 0.7]}, "metadata": {STRANGE: STRANGE, "year": 1}}
    client.put_vectors(
        **films, vectors=[strange, *(vector(f"v{place}", [1, place], year=2000) for place in range(160))]
    )


def code_of(ask: Ask, server: S3VectorsServer, **document: Any) -> dict[str, str]:
    answer = ask("/query/code", endpoint=server.url, **document)
    assert answer.status == 200, answer
    code: dict[str, str] = answer.json
    return code


@needs(*MODES, *TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_the_code_for_boto3_finds_the_same(
    client: Client, films: dict[str, str], ask: Ask, s3vectors_server: S3VectorsServer
) -> None:
    add_strange(client, films)
    queries: list[tuple[dict[str, Any], str | None]] = [(query, None) for query in CODED.values()]
    queries.append(({"topK": 3}, STRANGE))
    for query, like in queries:
        params = {"indexArn": INDEX_ARN, **query, **ALL}
        named = {} if like is None else {"like": like}
        code = code_of(ask, s3vectors_server, params=params, **named)["boto3"]
        space: dict[str, Any] = {}
        with redirect_stdout(StringIO()) as printed:
            exec(code, space)  # noqa: S102 - that it runs is the point
        space["client"].close()
        if like is not None:
            params["queryVector"] = client.get_vectors(**films, keys=[like], returnData=True)["vectors"][0][
                "data"
            ]
        pages = client.get_paginator("query_vectors").paginate(**params)
        expected = [hit for page in pages for hit in page["vectors"]]
        assert space["hits"] == expected
        assert expected
        assert len(printed.getvalue().splitlines()) == len(expected)


def parameters_of(line: str) -> dict[str, Any]:
    """Return the parameters that a line of the AWS CLI names."""
    words = shlex.split(line)
    assert words[:5] == [
        "AWS_ACCESS_KEY_ID=123456789012",
        "AWS_SECRET_ACCESS_KEY=testing",
        "aws",
        "s3vectors",
        "query-vectors",
    ]
    read: dict[str, Callable[[str], Any]] = {
        "index-arn": str,
        **dict.fromkeys(["query-mode", "endpoint-url", "region"], str),
        "top-k": int,
        **dict.fromkeys(["query-vector", "query-texts", "filter"], json.loads),
    }
    shape = service_model().operation_model("QueryVectors").input_shape
    assert shape is not None
    # As the AWS CLI names its options, with two that every command has.
    members = {xform_name(name, "-"): name for name in (*shape.members, "endpointUrl", "region")}
    parameters: dict[str, Any] = {}
    rest = iter(words[5:])
    for word in rest:
        name = word.removeprefix("--")
        parameters[members[name]] = read[name](next(rest)) if name in read else True
    return parameters


@needs(*MODES, *TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_the_code_for_the_aws_cli_has_the_same_parameters(
    client: Client, films: dict[str, str], ask: Ask, s3vectors_server: S3VectorsServer
) -> None:
    add_strange(client, films)
    for query in CODED.values():
        params = {"indexArn": INDEX_ARN, **query, **ALL}
        line = code_of(ask, s3vectors_server, params=params)["cli"]
        assert "\n" not in line
        assert parameters_of(line) == {"endpointUrl": s3vectors_server.url, "region": "us-east-1", **params}


def test_the_code_names_region_account_and_vector(
    client_at: Any, ask: Ask, s3vectors_server: S3VectorsServer
) -> None:
    client = client_at("eu-west-1", "111122223333")
    client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(
        vectorBucketName="bucket", indexName="index", dataType="float32", dimension=2, distanceMetric="cosine"
    )
    arn = "arn:aws:s3vectors:eu-west-1:111122223333:bucket/bucket/index/index"
    client.put_vectors(indexArn=arn, vectors=[vector("a", [0.9, 0.1])])
    code = code_of(ask, s3vectors_server, params={"indexArn": arn, "topK": 1}, like="a")
    for text in code.values():
        assert "eu-west-1" in text
        assert "111122223333" in text
    assert 'keys=["a"]' in code["boto3"]
    # As many digits as float32 needs.
    assert """--query-vector '{"float32": [0.9, 0.1]}'""" in code["cli"]


def test_code_is_for_an_address(ask: Ask, index: dict[str, str]) -> None:
    params = {**index, "indexArn": INDEX_ARN, "queryVector": {"float32": [0, 0]}, "topK": 1}
    answer = ask("/query/code", params=params, endpoint="here")
    assert answer.json["message"] == "endpoint is 'here': it must be the address of the server."


ROWS = 600


@pytest.fixture
def many(client: Client, make_index: MakeIndex) -> dict[str, str]:
    """An index whose HNSW graph is built, since it has more than 400 vectors."""
    index = make_index(dimension=8, metric="cosine")
    rows = np.random.default_rng(3).normal(size=(ROWS, 8))
    # They stretch the scale of quantized vectors, which then miss some of the nearest.
    rows[1:3] *= 100
    records = [vector(f"{place:04}", row, even=place % 2 == 0) for place, row in enumerate(rows.tolist())]
    client.put_vectors(**index, vectors=records[:500])
    client.put_vectors(**index, vectors=records[500:])
    return index


@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_each_engine_answers_as_the_option_of_its_name(
    client: Client, many: dict[str, str], ask: Ask
) -> None:
    query = {"queryVector": {"float32": [0.1 * place for place in range(8)]}, "topK": 25}
    outcome = ask("/query/compare", params={"indexArn": INDEX_ARN, **query}).outcome
    assert (outcome["inUse"], outcome["vectors"], outcome["topK"]) == ("flat", ROWS, 25)
    assert [engine["engine"] for engine in outcome["engines"]] == ["flat", "quantized", "hnsw"]
    exact = client.query_vectors(**many, **query)["vectors"]
    for engine in outcome["engines"]:
        with mock_s3vectors(search_engine=engine["engine"]):
            expected = client.query_vectors(**many, **query, returnDistance=True)["vectors"]
        extra = [hit for hit in expected if {"key": hit["key"]} not in exact]
        assert engine["hits"] == [{**hit, "isExtra": hit in extra} for hit in expected]
        assert (engine["right"], engine["exact"], engine["found"]) == (25 - len(extra), 25, 25)
        found = [hit["key"] for hit in expected]
        assert [hit["key"] for hit in engine["missing"]] == [
            hit["key"] for hit in exact if hit["key"] not in found
        ]
        assert engine["missingCount"] == len(extra)
        assert engine["hasGraph"] is (engine["engine"] == "hnsw")
        assert engine["seconds"] > 0
        assert engine["buildingSeconds"] > 0
    flat, quantized, _ = outcome["engines"]
    assert quantized["missingCount"] > 0
    assert [hit["distance"] for hit in flat["hits"]] != [hit["distance"] for hit in quantized["hits"]]


def test_engines_see_what_a_filter_matches(client: Client, many: dict[str, str], ask: Ask) -> None:
    query = {"queryVector": {"float32": [1] * 8}, "topK": 5, "filter": {"even": True}}
    outcome = ask("/query/compare", params={"indexArn": INDEX_ARN, **query}).outcome
    expected = client.query_vectors(**many, **query, returnDistance=True)["vectors"]
    assert [{**hit, "isExtra": False} for hit in expected] == outcome["engines"][0]["hits"]
    # So few are scanned.
    assert outcome["engines"][2]["hasGraph"] is False


@pytest.mark.s3vectors(search_engine="quantized", default_index_mode="CLASSIC")
@pytest.mark.usefixtures("many")
def test_a_classic_index_stays_exact(ask: Ask) -> None:
    params = {"indexArn": INDEX_ARN, "queryVector": {"float32": [1] * 8}, "topK": 5}
    assert ask("/query/compare", params=params).outcome["inUse"] == "flat"


@needs(*MODES, *TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
@pytest.mark.usefixtures("films")
def test_texts_are_not_compared(ask: Ask) -> None:
    answer = ask("/query/compare", params={"indexArn": INDEX_ARN, **QUERIES["text"]})
    told = "Engines search by vector: a comparison needs a query vector."
    assert (answer.status, answer.json["message"]) == (400, told)
    outcome = ask("/query/compare", params={"indexArn": INDEX_ARN, **QUERIES["both"]}).outcome
    assert [len(engine["hits"]) for engine in outcome["engines"]] == [5, 5, 5]


@pytest.mark.usefixtures("many")
def test_an_index_may_be_too_large_to_compare(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "MOST_NUMBERS", ROWS * 8 - 1)
    answer = ask("/query/compare", params={"indexArn": INDEX_ARN, "topK": 1}, like="0000")
    assert answer.status == 400
    assert answer.json["message"] == (
        "This index has 600 vectors. Engines are compared for up to 599 of 8 numbers: it takes many minutes "
        "to link more in an HNSW graph."
    )


class Slow:
    """Has a graph linked a hundred vectors at a time, and each time waits; nor does a comparison wait long.

    Attributes:
        blocks: how many have been begun.
        goes_on: released for each block that may be linked.
        is_stopped: set when a comparison that goes on is stopped.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.blocks = 0
        self.goes_on = threading.Semaphore(0)
        self.is_stopped = threading.Event()
        self._patch = monkeypatch.setattr
        add, stop = Graph.add, comparing.Comparison.stop

        def add_slowly(graph: Graph, *arguments: Any) -> Any:
            self.blocks += 1
            assert self.goes_on.acquire(timeout=20)
            return add(graph, *arguments)

        def stop_and_tell(comparison: comparing.Comparison) -> None:
            stop(comparison)
            if comparison.progress["engine"] is not None:
                self.is_stopped.set()

        self._patch(Graph, "add", add_slowly)
        self._patch(comparing.Comparison, "stop", stop_and_tell)
        self._patch(
            linking, "blocks", lambda count, _: (slice(start, start + 100) for start in range(0, count, 100))
        )
        self.wait_for_one_another(0.01)

    def go_on_when_stopped(self) -> None:
        assert self.is_stopped.wait(20)
        self.goes_on.release(10)

    def wait_for_one_another(self, seconds: float) -> None:
        self._patch(comparing, "_PATIENCE", seconds)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


def test_a_comparison_holds_up_no_writer_and_ends_with_its_client(
    client: Client, many: dict[str, str], connection: HTTPConnection, ask: Ask, slow: Slow
) -> None:
    params = {"indexArn": INDEX_ARN, "topK": 5}
    other = HTTPConnection(connection.host, connection.port, timeout=20)
    other.request("POST", f"{DATA}/query/compare", json.dumps({"params": params, "like": "0000"}))
    response = other.getresponse()
    wait_for_graph(response, linked=0)

    # Nobody else has the table.
    table = table_of(INDEX_ARN)
    client.put_vectors(**many, vectors=[vector("new", [1] * 8)])
    assert table_of(INDEX_ARN) is table
    refusal = json.loads(ask("/query/compare", params=params, like="new").body.splitlines()[-1])
    assert refusal == {"refusal": "Another comparison goes on: wait for its end, or stop it."}

    slow.goes_on.release()
    wait_for_graph(response, linked=100)
    response.close()
    other.close()
    # The server learns of it, and the comparison ends before its next block.
    slow.go_on_when_stopped()
    slow.wait_for_one_another(20)
    outcome = ask("/query/compare", params={**params, "filter": {"even": False}}, like="new").outcome
    assert outcome["vectors"] == ROWS + 1
    assert slow.blocks == 2


@pytest.mark.usefixtures("many")
def test_a_comparison_holds_up_no_server_that_stops(slow: Slow) -> None:
    question = {"params": {"indexArn": INDEX_ARN, "topK": 5}, "like": "0000"}
    ends = threading.Thread(target=slow.go_on_when_stopped)
    with s3vectors_server() as server:
        connection = HTTPConnection(server.url.removeprefix("http://"), timeout=20)
        connection.request("POST", f"{DATA}/query/compare", json.dumps(question))
        response = connection.getresponse()
        wait_for_graph(response, linked=0)
        ends.start()
    ends.join()
    lines = response.read().splitlines()
    connection.close()
    assert json.loads(lines[-1]) == {"refusal": "The server has stopped, or its mock has ended."}
    assert slow.blocks == 1


@pytest.mark.usefixtures("many")
def test_a_comparison_ends_with_its_mock(connection: HTTPConnection, slow: Slow) -> None:
    question = {"params": {"indexArn": INDEX_ARN, "topK": 5}, "like": "0000"}
    with mock_s3vectors():
        connection.request("POST", f"{DATA}/query/compare", json.dumps(question))
        response = connection.getresponse()
        wait_for_graph(response, linked=0)
    lines = response.read().splitlines()
    assert json.loads(lines[-1]) == {"refusal": "The server has stopped, or its mock has ended."}
    slow.go_on_when_stopped()


def wait_for_graph(response: HTTPResponse, linked: int) -> None:
    """Reads the lines about the progress until so many vectors are linked in the graph."""
    seen = None
    while seen != ("hnsw", linked, ROWS):
        progress = json.loads(response.readline())["progress"]
        seen = progress["engine"], progress["linked"], progress["of"]


def table_of(arn: str) -> Any:
    return index_of(level(), arn).table
