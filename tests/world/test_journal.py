"""The records of calls: how many are kept, how much of each, and that no call loses its answer by it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.world import journal
from tests.support.helpers import vector
from tests.support.mocks import world

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.helpers import Client, MakeIndex


def fill(client: Client, index: dict[str, str]) -> None:
    """Write 400 vectors, whose list is longer than the bodies that a journal keeps."""
    client.put_vectors(**index, vectors=[vector(f"{n}", [1, n], text="x" * 300) for n in range(400)])


def listed(client: Client, index: dict[str, str]) -> int:
    answer = client.list_vectors(**index, returnMetadata=True)
    return sum(len(entry["metadata"]["text"]) == 300 for entry in answer["vectors"])


def test_a_long_answer_is_whole(client: Client, index: dict[str, str]) -> None:
    fill(client, index)
    assert listed(client, index) == 400
    exchange = list(world().journal)[-1]
    assert exchange.operation == "ListVectors"
    assert exchange.response.status == 200


def test_a_long_answer_is_whole_over_http(client: Client, index: dict[str, str]) -> None:
    fill(client, index)
    with s3vectors_server() as server:
        keys: Any = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        through = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url, **keys)
        assert listed(through, index) == 400


def test_bodies_in_sum_are_bounded_and_the_newest_are_kept(
    client: Client, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 20_000)
    index = make_index()
    for n in range(20):
        client.put_vectors(**index, vectors=[vector(f"{n}", [1, n], text="x" * 2_000)])
    puts = [exchange for exchange in world().journal if exchange.operation == "PutVectors"]
    assert len(puts) == 20
    kept = [bool(exchange.request.body) for exchange in puts]
    assert kept == sorted(kept)
    assert 5 <= sum(kept) < 10
    assert [isinstance(exchange.params["vectors"], list) for exchange in puts] == kept
    assert repr(puts[0].params["vectors"]) == "<1 item>"
    assert json.loads(puts[-1].request.body)["vectors"][0]["key"] == "19"


def test_the_oldest_are_forgotten(client: Client) -> None:
    with mock_s3vectors(calls_kept=3):
        for name in ("one", "two", "three", "four"):
            client.create_vector_bucket(vectorBucketName=name)
        names = [exchange.params["vectorBucketName"] for exchange in world().journal]
        assert names == ["two", "three", "four"]


def test_calls_are_listed_whatever_becomes_of_them(client: Client) -> None:
    with mock_s3vectors():
        assert list(world().journal) == []
        client.list_vector_buckets()
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_vector_bucket(vectorBucketName="missing")
        found, missing = world().journal
    assert (found.operation, found.error, found.response.status) == ("ListVectorBuckets", None, 200)
    assert (missing.operation, missing.response.status) == ("GetVectorBucket", 404)
    assert missing.error.code == "NotFoundException"
    assert missing.params == {"vectorBucketName": "missing"}
    assert (missing.caller.account, missing.caller.region) == ("123456789012", "us-east-1")
    assert missing.began > found.began - 1
    assert missing.seconds > 0


# --- a journal by itself ----------------------------------------------------------------------


class Note:
    """A record with a body of some bytes."""

    def __init__(self, number: int, size: int = 0) -> None:
        self.number = number
        self.size = size
        self.trims: list[int] = []

    def trim(self, longest: int) -> None:
        self.trims.append(longest)
        if self.size > longest:
            self.size = 0


def numbers(notes: Iterable[Note]) -> list[int]:
    return [note.number for note in notes]


@pytest.mark.parametrize("most", [0, 1, 3, 100])
def test_records_since_any_start(most: int) -> None:
    log: journal.Journal[Note] = journal.Journal(most)
    for count in range(6):
        kept = list(range(max(0, count - most), count))
        assert (log.added, numbers(log)) == (count, kept)
        for start in range(count + 2):
            records, dropped = log.since(start)
            wanted = [number for number in kept if number >= start]
            assert (numbers(records), dropped) == (wanted, max(0, count - start - len(wanted)))
        log.add(Note(count))


def test_as_many_as_wanted_from_now_on() -> None:
    log: journal.Journal[Note] = journal.Journal(5)
    for number in range(5):
        log.add(Note(number, 10))
    log.keep(2)
    assert numbers(log) == [3, 4]
    log.add(Note(5))
    assert numbers(log) == [4, 5]
    log.keep(4)
    log.add(Note(6))
    assert numbers(log) == [4, 5, 6]
    assert log.since(0)[1] == 4


def test_each_body_and_their_sum_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LONGEST_BODY", 50)
    monkeypatch.setattr(journal, "MOST_BYTES", 100)
    log: journal.Journal[Note] = journal.Journal(4)
    sizes = [40, 51, 50, 30, 40, 0, 0, 0, 50, 50, 50]
    notes = [Note(number, size) for number, size in enumerate(sizes)]
    for note in notes:
        log.add(note)
    assert [note.size for note in notes] == [0, 0, 0, 30, 40, 0, 0, 0, 0, 50, 50]
    # A record that is forgotten is left alone: whoever still has it may look at it.
    assert [note.trims for note in notes[3:6]] == [[50]] * 3
    assert notes[2].trims == [50, 0]
