"""Copying between all pairs of places: exactly, in whole batches, and nothing else than what was asked."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.transfer.batches import Batch, Location, Settings
from mock_s3vectors.transfer.copying import Copied, copy
from mock_s3vectors.transfer.deletion.places import deletion_from
from mock_s3vectors.transfer.places import Access, open_place
from mock_s3vectors.transfer.regrouping import regrouped
from mock_s3vectors.transfer.remote import pacing
from mock_s3vectors.transfer.selecting import selection
from tests.support.shapes import MODES, QUERY_PAGES, TEXT_SEARCH, has, needs
from tests.transfer.records import HAS_PYARROW, PLOTS, batch, by_key, write
from tests.transfer.remote import (
    AWS,
    EAST,
    READS,
    WEST,
    all_of,
    aws,
    many,
    operations,
    pieces,
    write_to,
    write_to_aws,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.transfer.places import Place
    from tests.support.helpers import Client

KINDS = ["films.jsonl", "films.npz", "films.db::films/plots", "server", "aws"]
if HAS_PYARROW:
    KINDS.insert(2, "films.parquet")
SHAPE = Settings(
    dimension=3,
    distance_metric="euclidean",
    non_filterable_keys=("text", "a"),
    text_search={"plot": "en", "title": None} if has(*TEXT_SEARCH) else {},
)
# Metadata in an order that is not that of the alphabet, with all types and large integers.
ODD: dict[str, Any] = {
    "z": 2**63 - 1,
    "a": "\n\0é",
    "more than 2**53": 2**53 + 1,
    "list": ["b", "a"],
    "yes": True,
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of one server for all tests, which answers from the mock of each."""
    with s3vectors_server() as running:
        yield running.url


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials that a mock lends for the length of a test."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")


@pytest.fixture
def place(server: str, s3vectors_mock: MockS3Vectors, tmp_path: Path) -> Callable[[str, str], Place]:  # noqa: ARG001 - switches it on
    """Opens places by kind; those of `side` a and b are never the same."""

    def open_one(kind: str, side: str) -> Place:
        region = {"a": "us-east-1", "b": "eu-west-1"}[side]
        if kind == "server":
            return open_place(f"{server}/films/plots", Access(region=region))
        if kind == "aws":
            return aws({"a": EAST, "b": WEST}[side])
        folder = tmp_path / side
        folder.mkdir(exist_ok=True)
        return open_place(f"{folder}/{kind}")

    return open_one


def odd_vectors() -> Batch:
    data = np.array([[1e-45, -0.0, 3.4e38], [0.1, 1 / 3, 7], [1, 2, 3]], np.float32)
    return Batch(["\0é\U0001f600", "k" * 1_024, " "], data, [{}, ODD, {**ODD, "z": -(2**63)}])


def exact(*given: Batch) -> dict[str, tuple[bytes, str]]:
    return {key: (vector, json.dumps(document)) for key, (vector, document) in by_key(*given).items()}


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_all_pairs_of_places_are_exact(place: Any, source: str, target: str) -> None:
    """Keys, vectors bit for bit, metadata with its order, and settings."""
    there, here = place(source, "a"), place(target, "b")
    write_to(there, odd_vectors(), settings=SHAPE)
    if source == target == "films.db::films/plots":
        assert there.address.path != here.address.path
    (outcome,) = copy(there, here, distance_metric="euclidean", confirmed=True)
    assert (outcome.vectors, outcome.known) == (3, 0)
    assert exact(*all_of(here)) == exact(odd_vectors())
    (found,) = here.sources()
    known = found.settings()
    assert known.dimension == 3
    if source != "films.jsonl" and target != "films.jsonl":
        assert known.distance_metric == "euclidean"
        assert sorted(known.non_filterable_keys or ()) == ["a", "text"]
        assert known.text_search == SHAPE.text_search


@pytest.mark.parametrize("target", KINDS[1:])
def test_an_empty_index(place: Any, target: str) -> None:
    write_to(place("films.db::films/plots", "a"), settings=SHAPE)
    (outcome,) = copy(place("films.db::films/plots", "a"), place(target, "b"), confirmed=True)
    assert outcome.vectors == 0
    assert all_of(place(target, "b")) == []


def test_all_of_a_state_file_to_a_server_and_back(
    server: str, s3vectors_mock: MockS3Vectors, tmp_path: Path
) -> None:
    """Each index has its names, its Region and its account again."""
    wheres = [
        Location("books", "titles", "111122223333", "eu-west-1"),
        Location("films", "plots", "123456789012", "us-east-1"),
        Location("films", "titles", "123456789012", "us-east-1"),
    ]
    path = f"{tmp_path}/all.db"
    for number, where in enumerate(wheres):
        write_to(open_place(path), many(number + 1), where=where)
    done = copy(open_place(path), open_place(server))
    assert [(outcome.source, outcome.target, outcome.vectors) for outcome in done] == [
        (f"{path}::{name}", f"{server}/{name}", number + 1)
        for number, name in enumerate(["books/titles", "films/plots", "films/titles"])
    ]
    s3vectors_mock.save(tmp_path / "saved.db")
    for name in ("all.db", "saved.db"):
        found = list(open_place(f"{tmp_path}/{name}").sources())
        assert [source.location for source in found] == wheres
        assert [by_key(*source.batches()) for source in found] == [by_key(many(n)) for n in (1, 2, 3)]
    copy(open_place(f"{server}/films"), open_place(f"{tmp_path}/back.db"))
    back = list(open_place(f"{tmp_path}/back.db").sources())
    assert [source.location for source in back] == wheres[1:]


def test_names_of_the_target(server: str, s3vectors_mock: MockS3Vectors, tmp_path: Path) -> None:  # noqa: ARG001 - switches it on
    write(tmp_path, "films.jsonl", batch("a"))
    write(tmp_path, "films.db::films/plots", batch("a"))
    copy(open_place(f"{tmp_path}/films.db"), open_place(f"{server}/copies"))
    copy(open_place(f"{tmp_path}/films.jsonl"), open_place(f"{server}/copies/lines"))
    with pytest.raises(UsageError) as caught:
        copy(open_place(f"{tmp_path}/films.jsonl"), open_place(f"{server}/copies"))
    assert str(caught.value) == (
        f"'{server}/copies' names no index, and neither does the file that the vectors are from: write "
        f"{server}/copies/INDEX."
    )
    found = open_place(f"{server}/copies").sources()
    assert [str(source.location) for source in found] == ["copies/lines", "copies/plots"]


@pytest.mark.parametrize("target", ["films.jsonl", "copy.db::films/plots"])
def test_several_indexes_do_not_go_to_one(target: str, tmp_path: Path) -> None:
    for name in ("plots", "titles"):
        write_to(open_place(f"{tmp_path}/all.db"), batch("a"), where=Location("films", name))
    with pytest.raises(UsageError) as caught:
        copy(open_place(f"{tmp_path}/all.db"), open_place(f"{tmp_path}/{target}"))
    assert str(caught.value) == (
        f"'{tmp_path}/{target}' would be written from several indexes of '{tmp_path}/all.db': films/plots, "
        "films/titles. Name one of them as the source."
    )
    assert not list(tmp_path.glob("films*")) + list(tmp_path.glob("copy*"))


def test_indexes_of_one_name_are_told_apart(tmp_path: Path) -> None:
    place = f"{tmp_path}/all.db::films/plots"
    for region in ("eu-west-1", "us-east-1"):
        write_to(open_place(place, Access(region=region, account="111122223333")), batch("a"))
    here, there = (
        f"films/plots (Region {name}, account 111122223333)" for name in ("eu-west-1", "us-east-1")
    )
    with pytest.raises(UsageError) as caught:
        copy(open_place(place), open_place(f"{tmp_path}/films.jsonl"))
    assert str(caught.value).endswith(f": {here}, {there}. Name one of them as the source.")
    with pytest.raises(UsageError) as caught:
        copy(open_place(place), open_place(f"{tmp_path}/new.db", Access(region="us-west-2")))
    assert str(caught.value).endswith(f": {here}, {there}. Name one of them as the source.")
    with pytest.raises(UsageError) as caught:
        deletion_from(open_place(place), selection(keys=["a"]))
    assert str(caught.value).endswith(f" Indexes there: {here}, {there}.")


def test_indexes_of_the_same_name_do_not_go_to_one_region(tmp_path: Path) -> None:
    for region in ("us-east-1", "eu-west-1"):
        where = Location("films", "plots", "123456789012", region)
        write_to(open_place(f"{tmp_path}/all.db", Access(region=region)), batch("a"), where=where)
    copy(open_place(f"{tmp_path}/all.db"), open_place(f"{tmp_path}/copy.db"))
    assert len(list(open_place(f"{tmp_path}/copy.db").sources())) == 2
    with pytest.raises(UsageError, match="would be written from several indexes"):
        copy(open_place(f"{tmp_path}/all.db"), open_place(f"{tmp_path}/one.db", EAST))
    assert not (tmp_path / "one.db").exists()


def test_a_place_without_indexes(s3vectors_client: Client, tmp_path: Path) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="films")
    with pytest.raises(UsageError) as caught:
        copy(open_place("s3vectors://films", EAST), open_place(f"{tmp_path}/copy.db"))
    assert str(caught.value) == "'s3vectors://films' has no indexes: there is nothing to copy."


@pytest.mark.parametrize("kind", KINDS)
def test_an_index_is_not_copied_to_itself(place: Any, kind: str) -> None:
    write_to(place(kind, "a"), batch("a"))
    name = place(kind, "a").named(place(kind, "a").destination(PLOTS))
    with pytest.raises(UsageError) as caught:
        copy(place(kind, "a"), place(kind, "a"), confirmed=True)
    assert str(caught.value) == f"{name} is the source and the target of the copy."
    assert by_key(*all_of(place(kind, "a"))) == by_key(batch("a"))


def test_within_a_state_file(tmp_path: Path) -> None:
    path = f"{tmp_path}/films.db"
    write(tmp_path, "films.db::films/plots", *pieces(many(1_203)))
    copy(open_place(f"{path}::films/plots"), open_place(f"{path}::films/copy"))
    copy(open_place(f"{path}::films/plots"), open_place(f"{path}::films/plots", WEST))
    for text, access in (("films/copy", EAST), ("films/plots", WEST)):
        assert by_key(*all_of(open_place(f"{path}::{text}", access))) == by_key(many(1_203))


FILTERS: list[dict[str, Any]] = [
    {"row": {"$gte": 300}},
    {"row": {"$in": [1, 2, 1_100]}},
    {"$or": [{"row": 7}, {"$and": [{"row": {"$lt": 900}}, {"row": {"$gt": 880}}]}]},
    {"absent": {"$exists": False}},
    {"row": {"$ne": 5}},
    {"row": "7"},
    {"name": {"$startsWith": "k00"}},
]


@needs(*MODES, *QUERY_PAGES)
def test_filters_choose_what_queries_choose(s3vectors_client: Client, tmp_path: Path) -> None:
    whole = many(1_203)
    named = Batch(
        whole.keys,
        whole.data,
        [{"name": key, **row} for key, row in zip(whole.keys, whole.metadata, strict=True)],
    )
    write_to_aws(*pieces(named))
    for number, document in enumerate(FILTERS):
        (outcome,) = copy(aws(), open_place(f"{tmp_path}/{number}.jsonl"), filter=document)
        found = set(by_key(*all_of(open_place(f"{tmp_path}/{number}.jsonl"))))
        assert found == queried(s3vectors_client, document)
        assert outcome.vectors == len(found)


def queried(client: Client, document: dict[str, Any]) -> set[str]:
    keys: set[str] = set()
    token: dict[str, str] = {}
    while True:
        page = client.query_vectors(
            vectorBucketName="films",
            indexName="plots",
            queryVector={"float32": [1.0, 1.0]},
            topK=2_000,
            filter=document,
            **token,
        )
        keys |= {vector["key"] for vector in page["vectors"]}
        if "nextToken" not in page:
            return keys
        token = {"nextToken": page["nextToken"]}


@pytest.mark.parametrize("document", [{}, {"a": 1, "b": 2}, {"a": {"$like": "x"}}, {"$and": []}])
def test_filters_are_refused_as_by_queries_before_anything_is_touched(document: Any, tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    with pytest.raises(UsageError) as caught:
        copy(
            open_place(f"{tmp_path}/films.jsonl"),
            open_place(f"{tmp_path}/films.db::films/plots"),
            filter=document,
        )
    assert str(caught.value).endswith(
        " is refused as S3 Vectors refuses it. ValidationException: Invalid filter"
    )
    assert not (tmp_path / "films.db").exists()


@pytest.mark.parametrize("limit", [0, 1, 499, 500, 501, 1_203, 5_000])
def test_a_limit(limit: int, tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", *pieces(many(1_203)))
    source, target = open_place(f"{tmp_path}/films.jsonl"), open_place(f"{tmp_path}/copy.db::films/plots")
    (outcome,) = copy(source, target, limit=limit)
    assert outcome.vectors == min(limit, 1_203)
    assert by_key(*all_of(target)) == by_key(many(1_203).part(0, limit))


def test_settings_of_a_new_index(tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    source, target = open_place(f"{tmp_path}/films.jsonl"), open_place(f"{tmp_path}/copy.db::films/plots")
    copy(source, target, distance_metric="euclidean", non_filterable=["plot", "text"])
    (found,) = target.sources()
    assert found.settings().distance_metric == "euclidean"
    assert found.settings().non_filterable_keys == ("plot", "text")
    copy(source, target)  # a file does not know them, so they agree
    for options, error in (
        (
            {"distance_metric": "cosine"},
            "its distance metric is 'euclidean', and that of the vectors is 'cosine'",
        ),
        (
            {"non_filterable": ["b"]},
            "its non-filterable keys is ['plot', 'text'], and that of the vectors is ['b']",
        ),
    ):
        for dry_run in (False, True):
            with pytest.raises(UsageError) as caught:
                copy(source, target, **options, dry_run=dry_run)
            assert str(caught.value) == (
                f"films/plots exists, and keeps its settings: {error}. Choose another index."
            )


def interrupt_after(batches: int) -> Callable[[Copied], None]:
    left = [batches]

    def count(_: Copied) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    return count


@pytest.mark.parametrize("source", ["films.npz", "server"])
@pytest.mark.parametrize("target", ["films.jsonl", "films.db::films/plots", "server", "aws"])
def test_an_interrupted_copy_is_resumed(place: Any, source: str, target: str) -> None:
    there, here = place(source, "a"), place(target, "b")
    write_to(there, *pieces(many(2_203)))
    with pytest.raises(KeyboardInterrupt):
        copy(there, here, confirmed=True, progress=interrupt_after(2))
    left = by_key(*all_of(here))
    assert len(left) == 1_000
    assert left.items() <= by_key(many(2_203)).items()
    (outcome,) = copy(there, here, confirmed=True, resume=True)
    assert (outcome.vectors, outcome.known) == (1_203, 1_000)
    assert by_key(*all_of(here)) == by_key(many(2_203))
    (again,) = copy(there, here, confirmed=True, resume=True)
    assert (again.vectors, again.known) == (0, 2_203)


def test_a_resumed_copy_needs_the_same_settings(tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    write_to(open_place(f"{tmp_path}/copy.jsonl"), many(1, 3), settings=Settings(dimension=3))
    with pytest.raises(UsageError) as caught:
        copy(open_place(f"{tmp_path}/films.jsonl"), open_place(f"{tmp_path}/copy.jsonl"), resume=True)
    assert "has vectors of 3 numbers, and the ones to copy have 2" in str(caught.value)


@pytest.mark.parametrize("target", ["films.db::films/plots", "server", "aws"])
def test_vectors_that_are_there_are_overwritten(place: Any, target: str, tmp_path: Path) -> None:
    old, new = batch("a", "b", metadata={"old": 1}), many(2)
    write_to(place(target, "b"), old)
    write(tmp_path, "films.jsonl", Batch(["b", "c"], new.data, new.metadata))
    copy(open_place(f"{tmp_path}/films.jsonl"), place(target, "b"), confirmed=True)
    expected = by_key(old.part(0, 1), Batch(["b", "c"], new.data, new.metadata))
    assert by_key(*all_of(place(target, "b"))) == expected


@pytest.mark.parametrize("target", ["films.db::films/plots", "server", "aws", "copy.jsonl"])
def test_bad_input_is_named_by_file_and_line(place: Any, target: str, tmp_path: Path) -> None:
    """The batches before that of the bad vector are copied, and nothing of its own batch."""
    path = tmp_path / "films.jsonl"
    write(tmp_path, "films.jsonl", *pieces(many(700)))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:620], '{"key": "bad", "data": [1]}\n', *lines[620:]]))
    with pytest.raises(UsageError) as caught:
        copy(open_place(str(path)), place(target, "b"), confirmed=True)
    assert str(caught.value) == f"{path}, line 621: the vector has 1 number, those before it have 2."
    assert by_key(*all_of(place(target, "b"))) == by_key(many(500))


@pytest.mark.parametrize("target", ["films.db::films/plots", "server", "aws"])
def test_vectors_that_an_index_cannot_have(place: Any, target: str, tmp_path: Path) -> None:
    large = {"text": "x" * 3_000}
    write(tmp_path, "films.jsonl", batch("a", "b"), Batch(["c"], batch("c").data, [large]))
    source = open_place(f"{tmp_path}/films.jsonl")
    with pytest.raises(UsageError) as caught:
        copy(source, place(target, "b"), confirmed=True)
    assert str(caught.value) == (
        f"{tmp_path}/films.jsonl, line 3: Filterable metadata must have at most 2048 bytes."
    )
    assert all_of(place(target, "b")) == []


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("resume", [False, True])
def test_a_dry_run_only_reads(
    place: Any, s3vectors_mock: MockS3Vectors, tmp_path: Path, target: str, *, resume: bool
) -> None:
    write(tmp_path, "source.db::films/plots", *pieces(many(700)))
    source, here = open_place(f"{tmp_path}/source.db"), place(target, "b")
    can_resume = resume and here.is_gradual
    if can_resume:
        write_to(here, many(200))
    before = {path: path.read_bytes() for path in tmp_path.glob("*/*")}
    s3vectors_mock.calls.clear()
    (outcome,) = copy(source, here, resume=resume, dry_run=True, filter={"row": {"$gte": 100}})
    assert (outcome.vectors, outcome.known) == ((500, 100) if can_resume else (600, 0))
    assert outcome.is_new is not can_resume
    assert {path: path.read_bytes() for path in tmp_path.glob("*/*")} == before
    assert set(operations(s3vectors_mock)) <= READS


@pytest.mark.parametrize("name", ["films.jsonl", "films.npz"])
def test_a_dry_run_refuses_what_a_copy_would(name: str, tmp_path: Path) -> None:
    write(tmp_path, "source.db::films/plots", batch("a"))
    write(tmp_path, name, batch("b"))
    with pytest.raises(UsageError, match="exists already"):
        copy(open_place(f"{tmp_path}/source.db"), open_place(f"{tmp_path}/{name}"), dry_run=True)


def test_aws_is_not_written_to_unless_that_is_confirmed(
    s3vectors_mock: MockS3Vectors, tmp_path: Path
) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    source = open_place(f"{tmp_path}/films.jsonl")
    with pytest.raises(UsageError) as caught:
        copy(source, aws(), filter={"a": 1})
    assert str(caught.value) == (
        f"The vectors that match of {tmp_path}/films.jsonl would be written to AWS, an account without "
        "vector buckets, Region us-east-1: films/plots, a new index. Nothing was written: confirm it with "
        "--yes."
    )
    assert set(operations(s3vectors_mock)) <= READS
    write_to_aws()
    s3vectors_mock.calls.clear()
    with pytest.raises(UsageError) as caught:
        copy(source, aws())
    assert str(caught.value) == (
        f"All vectors of {tmp_path}/films.jsonl would be written to AWS, account 123456789012, Region "
        "us-east-1: films/plots, an index that exists. Nothing was written: confirm it with --yes."
    )
    assert set(operations(s3vectors_mock)) <= READS


def test_a_second_server_that_stands_in_for_aws(
    server: str, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The endpoint that the environment names is treated as AWS all the same."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3VECTORS", server)
    write(tmp_path, "films.jsonl", *pieces(many(1_203)))
    said: list[str] = []
    source, target = (
        open_place(f"{tmp_path}/films.jsonl"),
        open_place(AWS, Access(region="eu-west-1", notice=said.append)),
    )
    with pytest.raises(UsageError, match="confirm it with --yes"):
        copy(source, target)
    assert set(operations(s3vectors_mock)) <= READS
    copy(source, target, confirmed=True)
    where = f"AWS at {server}, account 123456789012, Region eu-west-1: films/plots."
    assert by_key(*all_of(target)) == by_key(many(1_203))
    assert said == [
        f"Writing to AWS at {server}, an account without vector buckets, Region eu-west-1: films/plots.",
        f"Reading from {where}",
    ]
    assert by_key(*all_of(open_place(f"{server}/films/plots", Access(region="eu-west-1")))) == by_key(
        many(1_203)
    )


def test_reading_aws_is_listing(s3vectors_mock: MockS3Vectors, tmp_path: Path) -> None:
    write_to_aws(*pieces(many(1_203)))
    s3vectors_mock.calls.clear()
    copy(aws(), open_place(f"{tmp_path}/films.npz"), filter={"row": {"$lt": 5}}, limit=3)
    assert set(operations(s3vectors_mock)) <= {"GetIndex", "ListVectors"}


def test_short_pages_become_whole_batches(s3vectors_mock: MockS3Vectors, tmp_path: Path) -> None:
    write_to_aws(*pieces(many(2_203)))
    seen: list[Copied] = []
    copy(aws(), aws(WEST), confirmed=True, progress=seen.append)
    puts = [
        call for call in s3vectors_mock.calls if call.operation == "PutVectors" and call.region == "us-west-2"
    ]
    assert sorted(len(call.params["vectors"]) for call in puts) == [203, 500, 500, 500, 500]
    assert [outcome.vectors for outcome in seen] == [500, 1_000, 1_500, 2_000, 2_203]
    assert {outcome.total for outcome in seen} == {None}
    seen.clear()
    write(tmp_path, "films.db::films/plots", *pieces(many(1_203)))
    copy(
        open_place(f"{tmp_path}/films.db"), open_place(f"{tmp_path}/copy.db"), limit=600, progress=seen.append
    )
    assert [(outcome.vectors, outcome.total) for outcome in seen] == [(500, 600), (600, 600)]


def test_regrouping_keeps_all_with_their_lines() -> None:
    whole = many(1_700)
    whole = Batch(whole.keys, whole.data, whole.metadata, "films.jsonl", "line", range(1, 1_701))
    edges = [0, 3, 3, 400, 499, 500, 1_100, 1_700]
    parts = [whole.part(start, end) for start, end in pairwise(edges)]
    found = list(regrouped(parts))
    assert [len(part) for part in found] == [500, 500, 500, 200]
    assert by_key(*found) == by_key(whole)
    assert found[1].named() == "films.jsonl, lines 501 to 1,000"
    assert list(regrouped([])) == []


def test_throttling_while_copying(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(pacing, "_LONGEST_PAUSE", 0.002)
    with mock_s3vectors(skip_retry_delays=True) as mock:
        write_to_aws(*pieces(many(1_203)))
        mock.on("ListVectors").fail("TooManyRequestsException", times=40)
        mock.on("PutVectors").fail("ServiceUnavailableException", times=10)
        copy(aws(), aws(WEST), confirmed=True)
        assert by_key(*all_of(aws(WEST))) == by_key(many(1_203))
