"""Indexes behind a client of boto3: reading by lists alone, writing side by side, obeying throttling."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.transfer.batches import Batch, Location, Settings
from mock_s3vectors.transfer.places import Access, open_place
from mock_s3vectors.transfer.remote import pacing
from mock_s3vectors.transfer.remote.connecting import RefusedCallError
from mock_s3vectors.transfer.remote.side_by_side import CallThreads, side_by_side
from mock_s3vectors.transfer.remote.wire import bodies
from tests.support.helpers import running_threads
from tests.support.shapes import TEXT_SEARCH, needs
from tests.transfer.records import PLOTS, SETTINGS, batch, batches, by_key
from tests.transfer.remote import AWS, EAST, all_of, aws, many, operations, pieces, write_to, write_to_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors, S3VectorsServer
    from tests.support.helpers import Client

THROTTLED = pytest.mark.parametrize(
    "code", ["TooManyRequestsException", "ServiceUnavailableException", "InternalServerException"]
)


@pytest.fixture
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(pacing, "_LONGEST_PAUSE", 0.002)


def exact(*given: Batch) -> dict[str, tuple[bytes, str]]:
    return {key: (vector, json.dumps(document)) for key, (vector, document) in by_key(*given).items()}


@settings(max_examples=10)
@given(batches())
def test_vectors_are_exact(parts: list[Batch]) -> None:
    """Every key, every vector bit for bit, and metadata as it was given, with its order."""
    dimension = parts[0].data.shape[1] if parts else 2
    with mock_s3vectors():
        shape = Settings(dimension=dimension, distance_metric="euclidean")
        place = write_to_aws(*parts, settings=shape)
        assert exact(*all_of(place)) == exact(*parts)


def test_the_float_that_its_shortest_decimal_does_not_name(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    """7.038531e-26 reads as a double that lies between two float32, and nearer to the other one."""
    odd = np.array([[0x15AE43FD, 0x95AE43FD]], np.uint32).view(np.float32)
    place = write_to_aws(Batch(["odd"], odd, [{}]))
    (found,) = all_of(place)
    assert found.data.tobytes() == odd.tobytes()


@pytest.mark.parametrize("fast_client", [True, False])
def test_lists_of_segments_read_all_once(*, fast_client: bool) -> None:
    whole = many(2_203)
    with mock_s3vectors(fast_client=fast_client) as mock:
        place = write_to_aws(*pieces(whole))
        mock.calls.clear()
        found = all_of(place)
        assert sorted(key for part in found for key in part.keys) == whole.keys
        assert by_key(*found) == by_key(whole)
        assert set(operations(mock)) == {"GetIndex", "ListVectors"}
        asked = [call.params for call in mock.calls if call.operation == "ListVectors"]
        assert sorted(params["segmentIndex"] for params in asked) == list(range(16))
        assert all(params["returnData"] and params["returnMetadata"] for params in asked)


def test_batches_are_as_long_as_a_request_takes(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    place = write_to_aws(*pieces(many(9_000, 1)), settings=Settings(dimension=1, distance_metric="euclidean"))
    lengths = [len(part) for part in all_of(place)]
    assert sum(lengths) == 9_000
    assert max(lengths) == 500


def test_empty_pages_that_have_a_token_are_followed() -> None:
    with mock_s3vectors(empty_pages=True) as mock:
        place = write_to_aws(*pieces(many(600)))
        mock.calls.clear()
        assert by_key(*all_of(place)) == by_key(many(600))
        assert operations(mock)["ListVectors"] > 16
        with place.sink(PLOTS) as sink:
            assert sink.known(["k00001", "other"]) == {"k00001"}


def test_an_empty_index(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    place = write_to_aws()
    assert all_of(place) == []


@needs(*TEXT_SEARCH)
def test_settings_are_those_of_the_index(s3vectors_mock: MockS3Vectors, s3vectors_client: Client) -> None:  # noqa: ARG001 - switches it on
    given = Settings(
        dimension=3,
        distance_metric="cosine",
        non_filterable_keys=("plot", "a"),
        text_search={"plot": "en", "title": None},
    )
    (source,) = write_to_aws(settings=given).sources()
    assert source.settings() == Settings(**{**vars(given), "mode": "ENHANCED"})
    assert source.location == Location("films", "plots", "123456789012", "us-east-1")
    assert source.count() is None
    index = s3vectors_client.get_index(vectorBucketName="films", indexName="plots")["index"]
    assert index["metadataConfiguration"]["nonFilterableMetadataKeys"] == ["plot", "a"]


def test_batches_beyond_20_megabytes_are_split(s3vectors_mock: MockS3Vectors) -> None:
    wide = many(500, 4_096)
    parts = list(bodies(wide, PLOTS))
    assert [len(part) for part, _ in parts] == [len(parts[0][0]), 500 - len(parts[0][0])]
    assert all(len(body) <= 20 * 1024 * 1024 for _, body in parts)
    write_to_aws(wide, settings=Settings(dimension=4_096, distance_metric="euclidean"))
    puts = [call for call in s3vectors_mock.calls if call.operation == "PutVectors"]
    assert [call.status for call in puts] == [200, 200]


def test_bodies_fill_the_20_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte less would split them."""
    ((_, body),) = bodies(many(20), PLOTS)
    for room, count in ((len(body), 1), (len(body) - 1, 2)):
        monkeypatch.setattr("mock_s3vectors.limits.REQUEST_BYTES", room)
        parts = list(bodies(many(20), PLOTS))
        assert len(parts) == count
        assert max(len(part) for _, part in parts) <= room
        assert [key for part, _ in parts for key in part.keys] == many(20).keys


def test_records_alone_are_what_a_request_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [len(part) for part, _ in bodies(many(1_203), PLOTS)] == [500, 500, 203]
    monkeypatch.setattr("mock_s3vectors.limits.REQUEST_BYTES", 10)
    assert [len(part) for part, _ in bodies(many(3), PLOTS)] == [1, 1, 1]
    assert list(bodies(many(0), PLOTS)) == []


@THROTTLED
@pytest.mark.usefixtures("short_pauses")
def test_calls_that_are_refused_for_now_are_repeated(code: str) -> None:
    """The calls are repeated after botocore's own retries, too."""
    with mock_s3vectors(skip_retry_delays=True) as mock:
        place = write_to_aws()
        for operation in ("PutVectors", "ListVectors", "GetIndex"):
            mock.fail(operation, code, times=12)
        write_to(place, *pieces(many(1_000)))
        assert by_key(*all_of(place)) == by_key(many(1_000))


def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        place = write_to_aws(batch("a"))
        monkeypatch.setattr(pacing, "PATIENCE", 0.0)
        mock.fail("ListVectors", "TooManyRequestsException", "Slow down")
        with pytest.raises(UsageError) as caught:
            all_of(place)
    assert str(caught.value) == (
        f"{AWS}: the service has refused all calls for 0 seconds. TooManyRequestsException: Slow down"
    )


def test_all_threads_slow_down_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal counts once for all calls that were under way, and successes make the pause shorter again."""
    now = [0.0]
    monkeypatch.setattr(pacing, "monotonic", lambda: now[0])
    pace = pacing.Pace("films")
    pauses = []
    for begun, at in ((0.0, 1.0), (0.5, 1.1), (0.9, 1.2), (1.3, 2.0), (1.9, 2.1), (2.5, 3.0)):
        now[0] = at
        pace.slow_down(begun, refusal("Throttling"))
        pauses.append(pace._pause)  # noqa: SLF001 - a Pace shows what it does by waiting
    assert pauses == [0.1, 0.1, 0.1, 0.2, 0.2, 0.4]
    for _ in range(100):
        pace.speed_up()
    assert pace._pause == 0  # noqa: SLF001


def refusal(code: str) -> Any:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "ListVectors")


def test_other_refusals_are_not_repeated(s3vectors_mock: MockS3Vectors) -> None:
    place = write_to_aws(batch("a"))
    s3vectors_mock.fail("ListVectors", "AccessDeniedException", "Not you")
    with pytest.raises(RefusedCallError) as caught:
        all_of(place)
    assert str(caught.value) == f"{AWS}: ListVectors was refused. AccessDeniedException: Not you"
    refused = [call for call in s3vectors_mock.calls if call.error == "AccessDeniedException"]
    assert len(refused) <= 16


def test_vectors_that_are_refused_are_named_by_file_and_line(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    given = batch("a", "b", "c")
    given.data[1] = 0.0
    origin = Batch(given.keys, given.data, given.metadata, "films.jsonl", "line", [4, 5, 7])
    for part, name in ((origin, "films.jsonl, line 5"), (given, "the vector 'b'")):
        with pytest.raises(UsageError) as caught:
            write_to_aws(part, settings=Settings(dimension=2, distance_metric="cosine"))
        assert str(caught.value) == f"{name}: cosine distance does not support vectors with zero norm."
    long = Batch(["k" * 1_024, "ä" * 1_000], batch("a", "b").data, [{}, {}], "films.npz", "record", [8, 9])
    with pytest.raises(UsageError) as caught:
        write_to_aws(long, settings=Settings())
    assert str(caught.value) == ("films.npz, records 8 to 9: Record key length exceeds the maximum allowed")
    assert all_of(open_place(AWS, EAST)) == []


def test_an_error_of_an_earlier_request_surfaces(s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.fail("PutVectors", "ServiceQuotaExceededException", "Full")
    with pytest.raises(UsageError) as caught:
        write_to_aws(*pieces(many(5_000)))
    assert str(caught.value) == f"{AWS}: PutVectors was refused. ServiceQuotaExceededException: Full"
    assert operations(s3vectors_mock)["PutVectors"] <= 5  # four are under way together


def test_after_an_interruption_refused_calls_are_not_repeated() -> None:
    """Patience would last for a minute."""
    with mock_s3vectors(skip_retry_delays=True) as mock:
        write_to_aws()
        mock.fail("PutVectors", "TooManyRequestsException")
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt), aws().sink(PLOTS) as sink:  # noqa: PT012 - the block is what ends
            sink.write(many(500))
            raise KeyboardInterrupt
        assert time.monotonic() - begun < 30
        assert all_of(aws()) == []


def test_an_index_is_written_in_a_block(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    with pytest.raises(RuntimeError, match="in a `with` block"):
        write_to_aws().sink(PLOTS).write(batch("a"))


ABSENT = {
    "s3vectors://films/plot": "there is no index 'plot' in vector bucket 'films'. Did you mean 'plots'? "
    "Indexes in it: plots.",
    "s3vectors://film/plots": "there is no vector bucket 'film' in Region us-east-1. Did you mean 'films'? "
    "Vector buckets there: films.",
    "s3vectors://other": "there is no vector bucket 'other' in Region us-east-1. "
    "Vector buckets there: films.",
}


def test_what_does_not_exist(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    write_to_aws()
    for text, error in ABSENT.items():
        with pytest.raises(UsageError) as caught:
            list(open_place(text, EAST).sources())
        assert str(caught.value) == f"{text!r}: {error}"


def test_all_indexes_of_a_bucket(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    place = open_place("s3vectors://films", EAST)
    for name in ("b-plots", "a-plots"):
        write_to(place, where=Location("films", name))
    assert [str(source.location) for source in place.sources()] == ["films/a-plots", "films/b-plots"]
    assert list(map(str, place.buckets())) == ["films"]


def test_an_index_with_other_settings(s3vectors_mock: MockS3Vectors) -> None:  # noqa: ARG001 - switches it on
    write_to_aws()
    with pytest.raises(UsageError) as caught:
        write_to_aws(settings=Settings(dimension=3))
    assert str(caught.value) == (
        "films/plots exists, and keeps its settings: its dimension is 2, and that of the vectors is 3. "
        "Choose another index."
    )


def test_what_happens_on_aws_is_said(s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - switches it on
    said: list[str] = []
    access = Access(region="us-east-1", notice=said.append)
    place = write_to_aws(batch("a"), access=access)
    list(place.sources())
    list(open_place("s3vectors://films", access).sources())
    where = "AWS, account 123456789012, Region us-east-1: films"
    assert said == [
        "Writing to AWS, an account without vector buckets, Region us-east-1: films/plots.",
        f"Reading from {where}/plots.",
        f"Reading from {where}.",
    ]
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3VECTORS", "https://vectors.example.com")
    list(open_place("s3vectors://films", access).sources())
    assert said[3:] == [
        "Reading from AWS at https://vectors.example.com, account 123456789012, Region us-east-1: films."
    ]


def test_an_account_that_is_not_that_of_the_credentials(s3vectors_mock: MockS3Vectors) -> None:
    write_to_aws()
    s3vectors_mock.calls.clear()
    other = Access(region="us-east-1", account="999999999999")
    for attempt in (lambda: list(open_place(AWS, other).sources()), lambda: write_to_aws(access=other)):
        with pytest.raises(UsageError) as caught:
            attempt()
        assert str(caught.value) == (
            f"{AWS}: the credentials are those of account 123456789012, and not of 999999999999."
        )
    assert set(operations(s3vectors_mock)) == {"GetIndex", "GetVectorBucket"}


def test_aws_needs_a_region(s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - switches it on
    with pytest.raises(UsageError) as caught:
        open_place(AWS).buckets()
    assert str(caught.value) == (
        f"{AWS} is on AWS, and nothing says in which Region: give --region, or a profile that has one."
    )
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    write_to(open_place(AWS))
    assert len(list(open_place(AWS, EAST).sources())) == 1


def test_aws_needs_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    with pytest.raises(UsageError) as caught:
        open_place(AWS, EAST).buckets()
    assert str(caught.value) == (
        f"{AWS} is on AWS, and there are no credentials: give --profile, or set AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY."
    )
    with pytest.raises(UsageError) as caught:
        open_place(AWS, Access(profile="absent")).buckets()
    assert str(caught.value) == f"{AWS}: The config profile (absent) could not be found"


def test_a_server_that_is_off() -> None:
    with pytest.raises(UsageError) as caught:
        open_place("http://127.0.0.1:9/films").buckets()
    assert str(caught.value) == (
        "http://127.0.0.1:9/films: nobody answers there. Could not connect to the endpoint URL: "
        '"http://127.0.0.1:9/GetVectorBucket"'
    )


class _Other(BaseHTTPRequestHandler):
    """A server of something else, which answers all with status and body."""

    answer = (200, b"")

    def do_POST(self) -> None:
        status, body = self.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def other() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Other) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}/films/plots"
        server.shutdown()


NO_INDEX = (
    "the answer to GetIndex has no {}, so it is half an answer, or not one of S3 Vectors. Is the address "
    "right?"
)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"<html>Hello</html>", NO_INDEX.format("index")),
        (200, b"", NO_INDEX.format("index")),
        (200, b"[1]", NO_INDEX.format("index")),
        (200, b"null", NO_INDEX.format("index")),
        (200, b'{"index": {"indexName": "plots"}}', NO_INDEX.format("vectorBucketName")),
        (400, b"[1]", "GetIndex was refused. 400: "),
        (404, b"null", "GetIndex was refused. 404: "),
    ],
)
def test_a_server_of_something_else(
    other: str, status: int, body: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Other, "answer", (status, body))
    with pytest.raises(UsageError) as caught:
        list(open_place(other).sources())
    assert str(caught.value) == f"{other}: {reason}"
    with pytest.raises(UsageError) as caught:
        open_place(other).sink(PLOTS).check(SETTINGS)
    assert str(caught.value) == f"{other}: {reason}"


def test_a_server(s3vectors_server: S3VectorsServer) -> None:
    """A server needs no credentials, and its indexes may be in any Region and account."""
    url = s3vectors_server.url
    places = [
        (open_place(url), Location("films", "plots"), "123456789012", "us-east-1"),
        (
            open_place(url),
            Location("films", "plots", "111122223333", "eu-west-1"),
            "111122223333",
            "eu-west-1",
        ),
        (
            open_place(url, Access(account="444455556666", region="eu-west-2")),
            Location("films", "plots", "111122223333", "eu-west-1"),
            "444455556666",
            "eu-west-2",
        ),
    ]
    for place, where, account, region in places:
        write_to(place, *pieces(many(1_203)), where=where)
        there = open_place(f"{url}/films/plots", Access(account=account, region=region))
        assert place.destination(where) in (
            Location("films", "plots", account, region),
            Location("films", "plots", None, region),
        )
        (source,) = there.sources()
        assert source.location == Location("films", "plots", account, region)
        assert by_key(*source.batches()) == by_key(many(1_203))
        assert place.named(where) == f"{url}/films/plots"
    (found,) = open_place(url).sources()
    assert str(found.location) == "films/plots"


def test_reading_that_nobody_wants_any_more_ends() -> None:
    """Calls that are repeated because they are refused for now end, too."""
    with mock_s3vectors(skip_retry_delays=True) as mock:
        (source,) = write_to_aws(*pieces(many(1_000))).sources()
        mock.fail(
            "ListVectors", "TooManyRequestsException", when=lambda call: call.params["segmentIndex"] > 3
        )
        before = set(running_threads())
        reading: Any = source.batches()
        next(reading)
        begun = time.monotonic()
        reading.close()
        assert time.monotonic() - begun < 30
        assert set(running_threads()) <= before


def test_items_come_from_all_iterators_with_bounded_room() -> None:
    read: list[int] = []

    def numbers(first: int) -> Iterator[int]:
        for number in range(first, first + 5):
            read.append(number)
            yield number

    found = side_by_side([numbers(0), numbers(10), iter(())], ahead=2)
    first = next(found)
    assert len(read) <= 3  # what was taken, and two more
    assert sorted([first, *found]) == [0, 1, 2, 3, 4, 10, 11, 12, 13, 14]


def test_an_iterator_that_fails_ends_all() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    ended: list[bool] = []
    endless = iter(int, 1)
    with pytest.raises(ZeroDivisionError):
        for _ in side_by_side([failing(), endless], ahead=2, end=lambda: ended.append(True)):
            pass
    assert ended == [True]


def test_threads_see_the_mock_of_their_caller() -> None:
    """They do even if there is a newer mock in another context."""
    other = mock_s3vectors()
    with mock_s3vectors() as mock:
        elsewhere = threading.Thread(target=other.start)
        elsewhere.start()
        elsewhere.join()
        try:
            place = write_to_aws(batch("a"))
            assert by_key(*all_of(place)) == by_key(batch("a"))
            assert operations(mock) == {
                "GetIndex": 2,
                "GetVectorBucket": 2,
                "ListVectorBuckets": 1,
                "CreateVectorBucket": 1,
                "CreateIndex": 1,
                "PutVectors": 1,
                "ListVectors": 16,
            }
            assert not other.calls
        finally:
            other.stop()


def test_the_first_call_that_fails_is_raised() -> None:
    threads = CallThreads(2)

    def fail(error: type[Exception]) -> None:
        raise error

    threads.make(fail, ZeroDivisionError)
    threads.make(fail, KeyError)
    with pytest.raises(ZeroDivisionError):
        threads.wait()
    threads.close()
