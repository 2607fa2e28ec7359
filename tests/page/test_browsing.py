"""What Browse asks: accounts, vector buckets, indexes and vectors, a page at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import numpy as np
import pytest

from mock_s3vectors import __version__, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.storage.following import kept_in
from tests.server.wire import Connection
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX_ARN, POLICY, vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors, S3VectorsServer
    from tests.server.wire import Answer
    from tests.support.helpers import Client, ClientAt, MakeIndex, SetClock

DATA = "/_mock_s3vectors/ui/data"
NO_INDEX = (404, "NotFoundException", "The specified index could not be found")
NO_BUCKET = (404, "NotFoundException", "The specified vector bucket could not be found")


@pytest.fixture
def answer(s3vectors_server: S3VectorsServer) -> Iterator[Callable[..., Answer]]:
    """Asks a question: `answer("/index", arn=ARN)` by GET, and `answer("/vectors", {...})` by POST."""
    connection = Connection(s3vectors_server.url)

    def ask(path: str, document: Any = None, **query: Any) -> Answer:
        if document is None:
            return connection.ask("GET", f"{DATA}{path}?{urlencode(query)}", b"")
        return connection.ask("POST", f"{DATA}{path}", json.dumps(document).encode())

    yield ask
    connection.close()


@pytest.fixture
def ask(answer: Callable[..., Answer]) -> Callable[..., Any]:
    """Asks a question that is answered, and returns the JSON."""

    def ask_well(path: str, document: Any = None, **query: Any) -> Any:
        given = answer(path, document, **query)
        assert given.status == 200, given.body
        return given.json

    return ask_well


def test_the_server(ask: Callable[..., Any], s3vectors_mock: MockS3Vectors) -> None:
    assert ask("/server") == {
        "version": __version__,
        "searchEngine": s3vectors_mock.config.search_engine,
        "accountId": "123456789012",
        "state": None,
    }


def test_a_server_names_the_file_that_keeps_its_state(ask: Callable[..., Any], tmp_path: Path) -> None:
    with mock_s3vectors() as inner:
        level = STACK.level_of(inner)
        assert level is not None
        with kept_in(tmp_path / "state.db", level.world):
            assert ask("/server")["state"] == str((tmp_path / "state.db").resolve())


def test_nothing_at_all(ask: Callable[..., Any]) -> None:
    assert ask("/places") == {"places": []}
    assert ask("/buckets") == {"buckets": [], "next": None, "found": 0}
    assert ask("/indexes") == {"indexes": [], "next": None, "found": 0}


def test_accounts_and_regions(ask: Callable[..., Any], client_at: ClientAt, index: object) -> None:
    client_at("eu-west-1", "222222222222").create_vector_bucket(vectorBucketName="elsewhere")
    assert ask("/places")["places"] == [
        {"account": "123456789012", "region": "us-east-1", "buckets": 1, "indexes": 1},
        {"account": "222222222222", "region": "eu-west-1", "buckets": 1, "indexes": 0},
    ]
    assert [bucket["name"] for bucket in ask("/buckets")["buckets"]] == ["elsewhere", "bucket"]
    there = ask("/buckets", account="222222222222", region="eu-west-1")
    assert [bucket["name"] for bucket in there["buckets"]] == ["elsewhere"]
    assert index


def test_vector_buckets_and_what_is_in_them(
    ask: Callable[..., Any], client: Client, make_index: MakeIndex, at: SetClock
) -> None:
    at(0)
    client.put_vectors(**make_index("one"), vectors=[vector("a", text="abc"), vector("b")])
    client.put_vectors(**make_index("two"), vectors=[vector("c")])
    created = client.get_vector_bucket(**BUCKET)["vectorBucket"]["creationTime"]
    (bucket,) = ask("/buckets")["buckets"]
    assert bucket == {
        "arn": BUCKET_ARN,
        "name": "bucket",
        "account": "123456789012",
        "region": "us-east-1",
        "creationTime": int(created.timestamp()),
        "indexes": 2,
        "vectors": 3,
        # Keys, vectors of two numbers, metadata as AWS counts it.
        "bytes": 3 * (1 + 8 + 4) + (8 + 4 + 3),
    }


def test_a_vector_bucket(ask: Callable[..., Any], client: Client) -> None:
    client.put_vector_bucket_policy(**BUCKET, policy=POLICY)
    client.tag_resource(resourceArn=BUCKET_ARN, tags={"team": "search"})
    bucket = ask("/bucket", arn=BUCKET_ARN)
    assert bucket["policy"] == POLICY
    assert bucket["tags"] == {"team": "search"}
    assert bucket["encryptionConfiguration"] == {"sseType": "AES256"}
    assert bucket["defaultIndexMode"] == "ENHANCED"
    client.delete_vector_bucket_policy(**BUCKET)
    assert ask("/bucket", arn=BUCKET_ARN)["policy"] is None


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_pages_of_indexes(ask: Callable[..., Any], make_index: MakeIndex, size: int) -> None:
    names = [f"index-{number}" for number in range(7)]
    for name in reversed(names):
        make_index(name)
    found: list[str] = []
    page: dict[str, Any] = {"next": ""}
    while page["next"] is not None:
        page = ask("/indexes", limit=size, after=page["next"])
        assert page["found"] == 7
        assert 0 < len(page["indexes"]) <= size
        found += [index["name"] for index in page["indexes"]]
    assert found == names
    by_position = [ask("/indexes", limit=size, start=start)["indexes"] for start in range(0, 7, size)]
    assert [index["name"] for indexes in by_position for index in indexes] == names


def test_a_page_goes_on_behind_an_index_that_is_gone(
    ask: Callable[..., Any], client: Client, make_index: MakeIndex
) -> None:
    for name in ("one", "three", "two"):
        make_index(name)
    after = ask("/indexes", limit=2)["next"]
    client.delete_index(**BUCKET, indexName="three")
    assert [index["name"] for index in ask("/indexes", after=after)["indexes"]] == ["two"]


def test_a_search_finds_all_words_in_the_arn(
    ask: Callable[..., Any], client: Client, client_at: ClientAt, make_index: MakeIndex
) -> None:
    make_index("plots.de")
    make_index("plots.en")
    client.create_vector_bucket(vectorBucketName="other")
    europe = client_at("eu-west-1")
    europe.create_vector_bucket(vectorBucketName="bucket")
    europe.create_index(
        **BUCKET, indexName="plots.en", dataType="float32", dimension=2, distanceMetric="cosine"
    )

    def search(text: str, **others: str) -> list[tuple[str, str]]:
        return [
            (index["region"], index["name"]) for index in ask("/indexes", search=text, **others)["indexes"]
        ]

    assert search("PLOTS") == [
        ("eu-west-1", "plots.en"),
        ("us-east-1", "plots.de"),
        ("us-east-1", "plots.en"),
    ]
    assert search(" en  us-east ") == [("us-east-1", "plots.en")]
    assert search("en", bucket=BUCKET_ARN) == [("us-east-1", "plots.en")]
    assert search("none") == []
    assert [bucket["name"] for bucket in ask("/buckets", search="oth")["buckets"]] == ["other"]


def test_an_index_in_awss_words(
    ask: Callable[..., Any], client: Client, make_index: MakeIndex, at: SetClock
) -> None:
    at(0)
    address = make_index(
        metadataConfiguration={
            "nonFilterableMetadataKeys": ["text"],
            "textSearchConfigurations": [{"metadataKey": "text", "language": "en"}],
        },
        tags={"a": "b"},
    )
    client.put_vectors(**address, vectors=[vector("a", text="abc")])
    described = client.get_index(**address)["index"]
    shown = ask("/index", arn=INDEX_ARN)
    for name in (
        "dataType",
        "dimension",
        "distanceMetric",
        "encryptionConfiguration",
        "metadataConfiguration",
    ):
        assert shown[name] == described[name]
    assert shown["mode"] == described["indexMode"]
    assert shown["creationTime"] == int(described["creationTime"].timestamp())
    assert (shown["arn"], shown["bucketArn"], shown["name"]) == (INDEX_ARN, BUCKET_ARN, "index")
    assert (shown["vectors"], shown["bytes"]) == (1, 1 + 8 + 4 + 15)
    assert shown["tags"] == {"a": "b"}


def test_the_metadata_keys_of_an_index(
    ask: Callable[..., Any], client: Client, make_index: MakeIndex
) -> None:
    address = make_index(
        metadataConfiguration={
            "nonFilterableMetadataKeys": ["text", "never"],
            "textSearchConfigurations": [{"metadataKey": "text", "language": "en"}, {"metadataKey": "title"}],
        }
    )
    client.put_vectors(
        **address,
        vectors=[
            vector("a", text="x" * 81, title="Alien", year=1979),
            vector("b", year="unknown", seen=True, genres=["horror"]),
        ],
    )
    assert ask("/index", arn=INDEX_ARN)["metadataKeys"] == [
        {"name": "genres", "filterable": True, "types": ["array"], "example": "horror"},
        {"name": "never", "filterable": False, "types": []},
        {"name": "seen", "filterable": True, "types": ["boolean"], "example": True},
        {"name": "text", "filterable": False, "types": ["string"], "textSearch": "en"},
        {"name": "title", "filterable": True, "types": ["string"], "textSearch": None, "example": "Alien"},
        {"name": "year", "filterable": True, "types": ["number", "string"], "example": 1979},
    ]


def test_the_sample_is_spread_over_all_vectors(
    ask: Callable[..., Any], client: Client, index: dict[str, str]
) -> None:
    for part in range(4):
        metadata = {f"part{part}": part}
        client.put_vectors(**index, vectors=[vector(f"{part}/{number}", **metadata) for number in range(300)])
    keys = ask("/index", arn=INDEX_ARN)["metadataKeys"]
    assert [key["name"] for key in keys] == ["part0", "part1", "part2", "part3"]


@pytest.mark.s3vectors(index_delay=60)
def test_an_index_that_calls_do_not_find_yet(
    at: SetClock, ask: Callable[..., Any], answer: Callable[..., Answer], make_index: MakeIndex
) -> None:
    make_index()
    assert ask("/indexes")["indexes"] == []
    assert answer("/index", arn=INDEX_ARN).error == NO_INDEX
    at(61)
    assert [entry["arn"] for entry in ask("/indexes")["indexes"]] == [INDEX_ARN]


def put_many(client: Client, address: dict[str, str], count: int) -> None:
    client.put_vectors(
        **address, vectors=[vector(f"key-{row}", (row, -row), row=row) for row in range(count)]
    )


def keys(page: dict[str, Any]) -> list[str]:
    return [row["key"] for row in page["vectors"]]


def test_pages_of_vectors(ask: Callable[..., Any], client: Client, index: dict[str, str]) -> None:
    put_many(client, index, 60)
    page = ask("/vectors", {"index": INDEX_ARN})
    assert keys(page) == [f"key-{row}" for row in range(25)]
    assert (page["start"], page["total"], page["count"]) == (0, 60, 60)
    assert page["vectors"][7] == {
        "key": "key-7",
        "bytes": 5 + 8 + 4 + 8 + 3 + 4,
        "metadata": '{"row":7}',
        "isCut": False,
    }
    assert keys(ask("/vectors", {"index": INDEX_ARN, "start": 50, "limit": 100})) == [
        f"key-{row}" for row in range(50, 60)
    ]
    assert keys(ask("/vectors", {"index": INDEX_ARN, "start": 60})) == []


def test_the_last_vector_moves_into_the_place_of_a_deleted_one(
    ask: Callable[..., Any], client: Client, index: dict[str, str]
) -> None:
    put_many(client, index, 4)
    client.delete_vectors(**index, keys=["key-1"])
    assert keys(ask("/vectors", {"index": INDEX_ARN})) == ["key-0", "key-3", "key-2"]


def test_pages_of_the_vectors_that_a_filter_matches(
    ask: Callable[..., Any], client: Client, index: dict[str, str]
) -> None:
    put_many(client, index, 60)
    asked = {"index": INDEX_ARN, "filter": {"row": {"$gte": 30}}, "limit": 20}
    page = ask("/vectors", asked)
    assert (page["total"], page["count"]) == (30, 60)
    assert keys(page) == [f"key-{row}" for row in range(30, 50)]
    assert keys(ask("/vectors", {**asked, "start": 20})) == [f"key-{row}" for row in range(50, 60)]
    none = ask("/vectors", {**asked, "filter": {"other": 1}})
    assert (none["total"], none["vectors"]) == (0, [])


@pytest.mark.parametrize(
    ("filter_", "text"),
    [
        (None, "Invalid filter"),
        ({"row": {"$foo": 1}}, "Invalid filter"),
        ({"text": "a"}, "Invalid use of non-filterable metadata in filter"),
    ],
)
def test_a_filter_is_refused_as_by_a_query(
    answer: Callable[..., Answer], make_index: MakeIndex, filter_: Any, text: str
) -> None:
    make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    refused = answer("/vectors", {"index": INDEX_ARN, "filter": filter_})
    assert refused.error == (400, "ValidationException", text)


def test_long_metadata_is_cut_in_a_list_alone(
    ask: Callable[..., Any], client: Client, make_index: MakeIndex
) -> None:
    address = make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    client.put_vectors(**address, vectors=[vector("a", text="€" * 10_000)])
    (row,) = ask("/vectors", {"index": INDEX_ARN})["vectors"]
    assert row["isCut"]
    assert row["metadata"] == f'{{"text":"{"€" * 151}'
    (entry,) = ask("/vector", index=INDEX_ARN, key="a")["metadata"]
    assert json.loads(entry["json"]) == "€" * 10_000


def test_a_vector(ask: Callable[..., Any], client: Client, make_index: MakeIndex) -> None:
    address = make_index(dimension=3, metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    metadata = {
        "year": 9007199254740993,
        "share": 0.1,
        "seen": False,
        "tags": ["a"],
        "years": [1],
        "text": "x",
    }
    client.put_vectors(**address, vectors=[vector("clé/1 +", (0.9, 0.0, -1.5), **metadata)])
    shown = ask("/vector", index=INDEX_ARN, key="clé/1 +")
    assert shown["key"] == "clé/1 +"
    assert shown["norm"] == pytest.approx(np.linalg.norm([0.9, 0.0, -1.5]))
    assert np.array_equal(np.array(shown["data"], np.float32), np.array([0.9, 0.0, -1.5], np.float32))
    assert shown["data"][0] == 0.9, "the fewest digits that give the same float32 back"
    assert [
        (entry["name"], entry["type"], entry["filterable"], entry["json"]) for entry in shown["metadata"]
    ] == [
        ("year", "number", True, "9007199254740993"),
        ("share", "number", True, "0.1"),
        ("seen", "boolean", True, "false"),
        ("tags", "array of strings", True, '["a"]'),
        ("years", "array of numbers", True, "[1]"),
        ("text", "string", False, '"x"'),
    ]


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("path", "document", "query", "error"),
    [
        ("/index", None, {"arn": BUCKET_ARN}, NO_INDEX),
        ("/index", None, {}, NO_INDEX),
        ("/index", None, {"arn": INDEX_ARN.replace("aws:", "aws-cn:")}, NO_INDEX),
        ("/vectors", {}, {}, NO_INDEX),
        ("/vectors", {"index": 7}, {}, NO_INDEX),
        ("/vector", None, {"index": f"{INDEX_ARN}s", "key": "a"}, NO_INDEX),
        ("/bucket", None, {"arn": INDEX_ARN}, NO_BUCKET),
        ("/bucket", None, {"arn": f"{BUCKET_ARN}s"}, NO_BUCKET),
        ("/indexes", None, {"bucket": "bucket"}, NO_BUCKET),
    ],
)
def test_what_does_not_exist(
    answer: Callable[..., Answer],
    path: str,
    document: Any,
    query: dict[str, str],
    error: tuple[int, str, str],
) -> None:
    assert answer(path, document, **query).error == error


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize(
    ("path", "document", "query", "text"),
    [
        ("/vector", None, {"index": INDEX_ARN, "key": "b"}, "There is no vector with this key."),
        ("/vector", None, {"index": INDEX_ARN}, "There is no vector with this key."),
        ("/indexes", None, {"limit": "0"}, "limit is 0: it must be a whole number from 1 to 100."),
        ("/indexes", None, {"limit": "²"}, "limit is '²': it must be a whole number from 1 to 100."),
        ("/buckets", None, {"limit": "101"}, "limit is 101: it must be a whole number from 1 to 100."),
        (
            "/vectors",
            {"index": INDEX_ARN, "start": -1},
            {},
            "start is -1: it must be a whole number from 0 to 2,000,000,000.",
        ),
        (
            "/vectors",
            {"index": INDEX_ARN, "limit": True},
            {},
            "limit is True: it must be a whole number from 1 to 100.",
        ),
        ("/vectors", [], {}, "[]: the question is an object with index, filter, start, limit."),
        (
            "/vectors",
            {"index": INDEX_ARN, "filters": {}},
            {},
            "The question has no 'filters'. Did you mean 'filter'? It may have index, filter, start, limit.",
        ),
    ],
)
def test_what_cannot_be_asked(
    answer: Callable[..., Answer], path: str, document: Any, query: dict[str, str], text: str
) -> None:
    assert answer(path, document, **query).error == (400, "ValidationException", text)


def test_whoever_looks_leaves_no_trace(
    ask: Callable[..., Any], client: Client, index: dict[str, str], s3vectors_mock: MockS3Vectors
) -> None:
    put_many(client, index, 30)
    level = STACK.level_of(s3vectors_mock)
    assert level is not None
    (found,) = level.world.stores.at("123456789012", "us-east-1").indexes()
    table, calls, usage = found.table, len(s3vectors_mock.calls), s3vectors_mock.usage()
    s3vectors_mock.fail(["ListIndexes", "GetIndex", "ListVectors", "GetVectors", "PutVectors"], 500)
    for path in ("/server", "/places", "/buckets", "/indexes"):
        ask(path)
    ask("/bucket", arn=BUCKET_ARN)
    ask("/index", arn=INDEX_ARN)
    ask("/vectors", {"index": INDEX_ARN, "filter": {"row": 1}})
    ask("/vector", index=INDEX_ARN, key="key-1")
    assert (len(s3vectors_mock.calls), s3vectors_mock.usage()) == (calls, usage)
    s3vectors_mock.rules[0].remove()
    put_many(client, index, 31)
    assert found.table is table, "somebody has made the writer copy the table"
