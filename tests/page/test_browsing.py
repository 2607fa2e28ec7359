"""Questions of Browse: accounts, vector buckets, indexes and vectors, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import __version__, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.storage.following import kept_in
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX_ARN, POLICY, vector
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors
    from tests.server.wire import Answer
    from tests.support.helpers import Client, ClientAt, MakeIndex, SetClock

NO_INDEX = (404, "NotFoundException", "The specified index could not be found")
NO_BUCKET = (404, "NotFoundException", "The specified vector bucket could not be found")


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


@needs(*MODES, *TAGS)
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
    after: str | None = ""
    for start in range(0, 7, size):
        page = ask("/indexes", limit=size, after=after)
        assert page["found"] == 7
        assert [index["name"] for index in page["indexes"]] == names[start : start + size]
        after = page["next"]
    assert after is None
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


@needs(*MODES, *TAGS, *TEXT_SEARCH)
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


@needs(*TEXT_SEARCH)
@pytest.mark.s3vectors(text_build_seconds=60)
def test_a_text_search_that_is_being_built(
    at: SetClock, ask: Callable[..., Any], client: Client, index: dict[str, str]
) -> None:
    configuration = {"textSearchConfigurations": [{"metadataKey": "text"}]}
    client.update_metadata_configuration(**index, add=configuration)
    for seconds, status in ((59, "BUILDING"), (60, "ACTIVE")):
        at(seconds)
        shown = ask("/index", arn=INDEX_ARN)
        assert shown["metadataConfiguration"] == {
            "textSearchConfigurations": [{"metadataKey": "text", "status": status}]
        }
        assert shown["metadataKeys"] == [
            {"name": "text", "filterable": True, "types": [], "textSearch": None}
        ]


@needs(*TEXT_SEARCH)
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
        (
            "/vector",
            None,
            {"index": INDEX_ARN, "key": "b"},
            "There is no vector 'b' in index 'index'. Vectors in it: none.",
        ),
        (
            "/vector",
            None,
            {"index": INDEX_ARN},
            "There is no vector None in index 'index'. Vectors in it: none.",
        ),
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
