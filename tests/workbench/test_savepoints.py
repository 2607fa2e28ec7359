"""`mock.rollback()`, `mock.checkpoint()` and `mock.restore(point)`: all is again as it was, and quickly."""

from __future__ import annotations

import asyncio
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import Checkpoint, UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.filtering import columns
from mock_s3vectors.search import text_index
from mock_s3vectors.world.tables import VectorTable
from tests.activation.world import create, names, run_case, through
from tests.storage.seen import ADDRESS, PLACES, client_at, fill, seen, statement
from tests.support.helpers import POLICY, vector
from tests.support.interruptions import OF_CALLS, PACKAGE, interrupted_everywhere
from tests.support.mocks import index_named, world
from tests.support.shapes import MODES, QUERY_PAGES, TAGS, TEXT_SEARCH, has, needs
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors, Workbench

PLOTS = {"vectorBucketName": "films", "indexName": "plots"}
QUERY: dict[str, Any] = {"queryVector": {"float32": [1, 0]}, "topK": 3}


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors() as mock:
        yield mock


# --- anything that happens is undone


def at(place: int) -> Any:
    return client_at(*PLACES[place])


def put(_: Workbench, place: int, number: int) -> None:
    at(place).put_vectors(
        **ADDRESS,
        vectors=[
            vector(f"{number % 3}", [number, 1, 2, 3][: 2 + place], number=number),
            vector("ü", [1] * 9),
        ][: 1 + number // 9],
    )


def query(_: Workbench, place: int, number: int) -> None:
    """It builds what is derived."""
    wanted = {"queryVector": {"float32": [number, 1, 2, 3][: 2 + place]}, "topK": 3}
    at(place).query_vectors(**ADDRESS, **wanted, filter={"number": {"$gte": number}})


def tag(_: Workbench, place: int, number: int) -> None:
    arn = at(place).get_index(**ADDRESS)["index"]["indexArn"]
    if number % 2:
        at(place).tag_resource(resourceArn=arn, tags={"number": str(number)})
    else:
        at(place).untag_resource(resourceArn=arn, tagKeys=["number", "team"])


def identify(mock: Workbench, place: int, number: int) -> None:
    account = PLACES[place][0]
    with suppress(UsageError):  # there is one
        mock.iam.user(f"user-{number % 3}", account=account)
    if number % 2:
        mock.iam.role(f"role-{number}", statement("*"), account=account).deny("GetIndex")


def key(mock: Workbench, place: int, number: int) -> None:
    arn = f"arn:aws:kms:{PLACES[place][1]}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890a{number % 2}"
    found = mock.kms.key(arn=arn)
    (found.disable, found.enable, found.schedule_deletion, found.cancel_deletion, found.forget)[number % 5]()


def create_index(_: Workbench, place: int, __: int) -> None:
    with suppress(ClientError):
        at(place).create_vector_bucket(vectorBucketName="films")
    shape = {"dataType": "float32", "dimension": 2 + place, "distanceMetric": "euclidean"}
    at(place).create_index(**ADDRESS, **shape)


ACTIONS: list[Callable[[Workbench, int, int], object]] = [
    create_index,
    put,
    query,
    identify,
    key,
    lambda _, place, number: at(place).create_vector_bucket(vectorBucketName=f"other-{number % 3}"),
    lambda _, place, number: at(place).delete_vector_bucket(vectorBucketName=f"other-{number % 3}"),
    lambda _, place, __: at(place).delete_index(**ADDRESS),
    lambda _, place, number: at(place).delete_vectors(**ADDRESS, keys=[f"{number % 3}"]),
    lambda _, place, __: at(place).put_vector_bucket_policy(vectorBucketName="films", policy=POLICY),
    lambda _, place, __: at(place).delete_vector_bucket_policy(vectorBucketName="films"),
    lambda mock, _, number: mock.seed("films", "seeded", np.full((number, 1), 1.0), region="eu-west-1"),
    lambda mock, _, number: mock.reset() if number == 9 else None,  # type: ignore[attr-defined]
]
if has(*TAGS):
    ACTIONS.append(tag)
if has(*MODES):
    ACTIONS += [
        lambda _, place, number: at(place).update_index_mode(
            **ADDRESS, indexMode=("CLASSIC", "ENHANCED")[number % 2]
        ),
        lambda _, place, number: at(place).put_vector_bucket_default_index_mode(
            vectorBucketName="films", defaultIndexMode=("CLASSIC", "ENHANCED")[number % 2]
        ),
    ]
if has(*TEXT_SEARCH):
    ACTIONS.append(
        lambda _, place, number: at(place).update_metadata_configuration(
            **ADDRESS, **{("add", "delete")[number // 5]: searchable("plot" if number % 2 else "text")}
        )
    )


class Played:
    """A mock in which things happen, and what clients saw of it at its checkpoints and before its blocks."""

    def __init__(self, mock: Workbench) -> None:
        self.mock = mock
        self.points = [(mock.checkpoint(), seen())]
        self.blocks: list[tuple[Any, str]] = []

    def act(self, action: Any, place: int, number: int) -> None:
        with suppress(ClientError, UsageError):
            action(self.mock, place, number)

    def checkpoint(self, *_: int) -> None:
        self.points.append((self.mock.checkpoint(), seen()))

    def restore(self, _: int, number: int) -> None:
        point, before = self.points[number % len(self.points)]
        self.mock.restore(point)
        assert seen() == before

    def begin(self, *_: int) -> None:
        self.blocks.append((self.mock.rollback(), seen()))
        self.blocks[-1][0].__enter__()

    def end(self, _: int, number: int) -> None:
        if self.blocks:
            block, before = self.blocks.pop()
            block.__exit__(*((ValueError, ValueError(), None) if number % 2 else (None, None, None)))
            assert seen() == before

    def finish(self) -> None:
        while self.blocks:
            self.end(0, 0)
        for number in (0, len(self.points) - 1, 0):
            self.restore(0, number)
            create("final")
            self.act(put, 0, 9)


STEPS = st.lists(
    st.tuples(
        st.one_of(
            st.sampled_from(ACTIONS),
            st.sampled_from([Played.checkpoint, Played.restore, Played.begin, Played.end]),
        ),
        st.integers(0, 2),
        st.integers(0, 9),
    ),
    max_size=12,
)


@pytest.mark.usefixtures("no_coverage")
@given(steps=STEPS, is_full=st.sampled_from([False, False, True]))
def test_all_is_again_as_it_was(steps: list[Any], is_full: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
    """A checkpoint brings back all that clients saw when it was made, whatever they did since."""
    # What `fill` makes is ENHANCED.
    with mock_s3vectors(default_index_mode=None if is_full else "CLASSIC") as mock:
        if is_full:
            fill()
        else:
            create_index(mock, 0, 0)
        played = Played(mock)
        for action, place, number in steps:
            if action in vars(Played).values():
                action(played, place, number)
            else:
                played.act(action, place, number)
        played.finish()


def test_a_block_is_undone_however_it_ends(mock: MockS3Vectors) -> None:
    create("one")
    with mock.rollback():
        create("two")
        with pytest.raises(ClientError), mock.rollback():
            create("three", "two")
        assert names() == ["one", "two"]
    again = mock.rollback()
    for _ in range(2):
        with again, again:
            create("two")
        assert names() == ["one"]


def test_a_checkpoint_shows_what_it_has(mock: MockS3Vectors) -> None:
    create("one")
    assert repr(mock.checkpoint()) == "<Checkpoint of mock_s3vectors(): 1 vector bucket, 0 indexes>"
    mock.seed("two", "index", [[1.0]])
    point: Checkpoint = mock.checkpoint()
    mock.reset()
    assert repr(point) == "<Checkpoint of mock_s3vectors(): 2 vector buckets, 1 index>"


def test_users_and_keys_come_back_and_later_ones_are_gone(mock: MockS3Vectors) -> None:
    early = mock.iam.user("early")
    point = mock.checkpoint()
    late, key = mock.iam.user("late").allow("*"), mock.kms.key()
    early.allow("ListVectorBuckets")
    clients = [boto3.client("s3vectors", region_name="us-east-1", **user) for user in (early, late)]
    assert [client.list_vector_buckets()["vectorBuckets"] for client in clients] == [[], []]
    mock.restore(point)
    with pytest.raises(clients[0].exceptions.AccessDeniedException):
        clients[0].list_vector_buckets()
    with pytest.raises(UsageError, match="here, or it was undone"):
        clients[1].list_vector_buckets()
    undone = (
        "which was made on a mock that has ended, or was undone: make it on the mock that is on, with mock."
    )
    for refused, what in ((lambda: late.allow("Get*"), "iam"), (key.disable, "kms")):
        with pytest.raises(UsageError, match=f"{undone}{what}"):
            refused()
    early.allow("ListVectorBuckets")
    assert clients[0].list_vector_buckets()["vectorBuckets"] == []


def test_rules_time_calls_and_usage_go_on(mock: MockS3Vectors) -> None:
    rule = mock.on("ListVectorBuckets").fail(503, times=1)
    mock.seed("films", "plots", [[1.0, 0.0]])
    mock.clock.freeze()
    now, stored = mock.clock.now(), mock.usage().storage_bytes
    with mock.rollback():
        mock.clock.shift(60)
        inner = mock.on("GetIndex").fail(503, optional=True)
        at(0).put_vectors(**PLOTS, vectors=[vector("a")])
        with suppress(ClientError):
            at(0).list_vector_buckets()
    assert mock.clock.now() == now + 60
    assert mock.rules == (inner, rule)
    assert rule.hits == 1
    assert mock.calls.of("PutVectors").last.params["indexName"] == "plots"
    assert mock.usage().put_requests == 1
    assert mock.usage().storage_bytes == stored


# --- which checkpoints a mock takes


def test_a_checkpoint_of_another_mock() -> None:
    with mock_s3vectors(account_id="111122223333") as outer:
        of_outer = outer.checkpoint()
        with mock_s3vectors() as inner:
            of_inner = inner.checkpoint()
            with pytest.raises(UsageError) as refused:
                inner.restore(of_outer)
            assert str(refused.value) == (
                f"restore({of_outer!r}) was called on mock_s3vectors(), and another mock made the checkpoint"
                ": restore it there, or make one of this mock, with checkpoint()."
            )
            create("inner")
            outer.restore(of_outer)
            assert names() == ["inner"]
        with pytest.raises(UsageError) as refused:
            outer.restore(of_inner)
        assert str(refused.value) == (
            f"restore({of_inner!r}) was called on mock_s3vectors(account_id='111122223333'), and the mock "
            "that made the checkpoint has ended: make one of the mock that is on, with checkpoint(). To "
            "keep a state for longer than a mock, save() it, and load() it."
        )


def test_a_mock_that_is_on_again_does_not_know_its_old_checkpoints() -> None:
    mock = mock_s3vectors()
    with mock:
        point, block = mock.checkpoint(), mock.rollback()
    with mock:
        with pytest.raises(UsageError, match="the mock that made the checkpoint has ended"):
            mock.restore(point)
        with pytest.raises(UsageError) as refused, block:
            pass
        assert str(refused.value).startswith(
            "mock_s3vectors() ended before a block of its rollback(), which can"
        )


def test_a_mock_that_is_off() -> None:
    mock = mock_s3vectors()
    with mock:
        point = mock.checkpoint()
    uses: dict[str, Callable[[], object]] = {
        "rollback": mock.rollback,
        "checkpoint": mock.checkpoint,
        "restore": lambda: mock.restore(point),
    }
    for name, use in uses.items():
        with pytest.raises(UsageError) as refused:
            use()
        assert str(refused.value) == (
            f"{name}() was used on a mock that is off: use it on the mock that is on, between its start() "
            "and stop() or inside its block. current_mock() returns it."
        )


def test_a_mock_that_ends_within_the_block() -> None:
    mock = mock_s3vectors()
    mock.start()
    with pytest.raises(UsageError) as refused, mock.rollback():
        mock.stop()
    assert str(refused.value) == (
        "mock_s3vectors() ended within a block of its rollback(), which can undo nothing any more: use "
        "`with mock.rollback():` while the mock is on, and have the block end first."
    )
    mock.start()
    with pytest.raises(ZeroDivisionError), mock.rollback():  # noqa: PT012 - the block is what it is about
        mock.stop()
        raise ZeroDivisionError


def test_something_else_than_a_checkpoint(mock: MockS3Vectors) -> None:
    wrong: Any = "films.db"
    with pytest.raises(UsageError) as refused:
        mock.restore(wrong)
    assert str(refused.value) == (
        "restore() was given 'films.db', which is no checkpoint: give what checkpoint() returned. A saved "
        "file is for load()."
    )


def test_a_mock_that_shares_what_the_mock_around_it_has(mock: MockS3Vectors) -> None:
    point = mock.checkpoint()
    with mock_s3vectors(shared=True) as inner:
        create("shared")
        of_inner = inner.checkpoint()
        inner.restore(point)
        assert names() == []
    mock.restore(of_inner)
    assert names() == ["shared"]


def test_an_inner_mock_goes_on_with_the_users_of_the_outer_one(mock: MockS3Vectors, tmp_path: Path) -> None:
    with mock_s3vectors() as inner:
        user = mock.iam.user("before")
        point = inner.checkpoint()
        inner.iam.user("inner")
        mock.iam.user("after")
        inner.restore(point)
        assert [identity.principal.name for identity in world().identities.all()] == ["before", "after"]
        inner.save(tmp_path / "state.db")
        with inner.rollback():
            inner.load(tmp_path / "state.db")
            mock.iam.user("latest")
        assert world().identities.all()[-1].principal.name == "latest"
        with inner.rollback():
            inner.reset()
            with mock_s3vectors() as innermost, innermost.rollback():
                create("innermost")
        user.allow("ListVectorBuckets")
        assert boto3.client("s3vectors", region_name="us-east-1", **user).list_vector_buckets()


def test_tests_and_examples_restore_checkpoints_of_their_class() -> None:
    mock = mock_s3vectors()

    @mock
    class TestFilms(unittest.TestCase):
        point: Checkpoint

        @classmethod
        def setUpClass(cls) -> None:
            create("of-class")
            cls.point = mock.checkpoint()
            create("later")

        def test_one(self) -> None:
            assert names() == ["later", "of-class"]
            mock.restore(self.point)
            create("own")
            with mock.rollback():
                mock.reset()
                assert names() == []
            assert names() == ["of-class", "own"]

        @given(st.integers(0, 9))
        def test_two(self, number: int) -> None:
            create(f"own-{number}")
            own = mock.checkpoint()
            mock.restore(self.point)
            assert names() == ["of-class"]
            mock.restore(own)
            assert names() == ["later", "of-class", f"own-{number}"]

    run_case(TestFilms)


@pytest.fixture(scope="class")
def films() -> Iterator[MockS3Vectors]:
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0, 0.0]], keys=["alien"])
        yield mock


@pytest.fixture
def undone(films: MockS3Vectors) -> Iterator[Any]:
    with films.rollback():
        yield at(0)


class TestFixtures:
    @pytest.mark.parametrize("number", [1, 2])
    def test_each_test_is_undone(self, undone: Any, number: int) -> None:
        undone.put_vectors(**PLOTS, vectors=[vector(f"own-{number}"), vector("alien", [5, 5])])
        found = undone.list_vectors(**PLOTS)["vectors"]
        assert sorted(entry["key"] for entry in found) == ["alien", f"own-{number}"]


def test_tasks_of_an_event_loop() -> None:
    async def task(number: int) -> None:
        await asyncio.sleep(0)
        create(f"task-{number}")

    async def main() -> None:
        async with mock_s3vectors() as mock:
            with mock.rollback():
                await asyncio.gather(*map(task, range(3)))
                assert len(names()) == 3
            assert names() == []

    asyncio.run(main())


def test_clients_of_a_server() -> None:
    with s3vectors_server() as server:
        client = through(server)
        create("films", client=client)
        with server.mock.rollback():
            create("more", client=client)
            assert names(client) == ["films", "more"]
        assert names(client) == ["films"]


# --- what searches have built, and page tokens


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("engine", ["flat", "hnsw"])
def test_what_searches_have_built_is_kept(engine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def noted(name: str, build: Any) -> Any:
        def build_and_note(*arguments: Any, **named: Any) -> Any:
            built.append(name)
            return build(*arguments, **named)

        return build_and_note

    with mock_s3vectors(search_engine=engine, default_index_mode="ENHANCED") as mock:
        metadata = [{"plot": f"film {number}", "n": number} for number in range(50)]
        mock.seed("films", "plots", np.eye(50, 2) + 1, metadata=metadata, text_search={"plot": "en"})

        def search() -> Any:
            texts = [{"metadataKey": "plot", "text": "film"}]
            return [
                at(0).query_vectors(**PLOTS, **wanted)["vectors"]
                for wanted in ({**QUERY, "filter": {"n": {"$gt": 3}}}, {"queryTexts": texts, "topK": 3})
            ]

        monkeypatch.setattr(VectorTable, "_new_engine", noted("engine", VectorTable._new_engine))  # noqa: SLF001 - what it is about
        monkeypatch.setattr(columns, "Column", noted("column", columns.Column))
        monkeypatch.setattr(text_index, "TextIndex", noted("texts", text_index.TextIndex))
        found = search()
        assert {*built} == {"engine", "column", "texts"}
        built.clear()
        point = mock.checkpoint()
        for _ in range(2):
            with mock.rollback():
                at(0).put_vectors(**PLOTS, vectors=[vector("new", [9, 0], plot="film film", n=9)])
                assert search() != found
            assert search() == found
            at(0).delete_vectors(**PLOTS, keys=["1", "2"])
            mock.restore(point)
            assert search() == found
        assert built == []


def test_nobody_copies_the_vectors_after_a_block(mock: MockS3Vectors) -> None:
    mock.seed("films", "plots", [[1.0, 0.0]], keys=["alien"])
    table = index_named("plots", "films").table
    with mock.rollback():
        at(0).put_vectors(**PLOTS, vectors=[vector("inside")])
        assert index_named("plots", "films").table is not table
    at(0).put_vectors(**PLOTS, vectors=[vector("outside")])
    assert index_named("plots", "films").table is table
    assert {*mock.index("films", "plots")} == {"alien", "outside"}


@needs(*QUERY_PAGES)
def test_page_tokens_are_right_or_refused(mock: MockS3Vectors) -> None:
    mock.seed("films", "plots", [[1.0, number] for number in range(250)])
    client, wanted = at(0), {**QUERY, "topK": 250}

    def page(token: str | None = None) -> Any:
        return client.query_vectors(**PLOTS, **wanted, **({"nextToken": token} if token else {}))

    first = page()
    second = page(first["nextToken"])
    assert second["vectors"][0] == {"key": "100"}
    point = mock.checkpoint()
    client.delete_vectors(**PLOTS, keys=["0"])
    newer, listed = page(), client.list_vectors(**PLOTS, maxResults=100)
    mock.restore(point)
    for _ in range(2):
        assert page(first["nextToken"])["vectors"] == second["vectors"]
        with pytest.raises(client.exceptions.ValidationException, match="token"):
            page(newer["nextToken"])
        client.delete_vectors(**PLOTS, keys=["1"])
    # Lists go on behind a key.
    mock.restore(point)
    rest = client.list_vectors(**PLOTS, nextToken=listed["nextToken"])["vectors"]
    seen = {entry["key"] for entry in (*listed["vectors"], *rest)}
    assert seen | {"0"} == {str(number) for number in range(250)}


# --- threads, and interruptions


def test_a_call_that_goes_on_while_a_checkpoint_is_restored(
    mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.seed("films", "plots", [[1.0, 0.0]], keys=["alien"])
    point, inside, go = mock.checkpoint(), threading.Event(), threading.Event()
    put = VectorTable.put

    def put_slowly(*arguments: Any) -> None:
        inside.set()
        assert go.wait(30)
        put(*arguments)

    monkeypatch.setattr(VectorTable, "put", put_slowly)
    with ThreadPoolExecutor(2) as threads:
        written = threads.submit(at(0).put_vectors, **PLOTS, vectors=[vector("late")])
        assert inside.wait(30)
        mock.restore(point)
        create("other")
        go.set()
        written.result(30)
    assert list(mock.index("films", "plots")) == ["alien"]
    assert names() == ["films", "other"]
    mock.restore(point)
    assert list(mock.index("films", "plots")) == ["alien"]


def test_a_checkpoint_waits_for_the_writes_that_go_on(
    mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.seed("films", "plots", [[1.0, 0.0]], keys=["alien"])
    inside, go = threading.Event(), threading.Event()
    carry_out = VectorTable._carry_out  # noqa: SLF001 - the middle of a write

    def carry_out_slowly(*arguments: Any) -> None:
        inside.set()
        assert go.wait(30)
        carry_out(*arguments)

    monkeypatch.setattr(VectorTable, "_carry_out", carry_out_slowly)
    with ThreadPoolExecutor(2) as threads:
        written = threads.submit(at(0).put_vectors, **PLOTS, vectors=[vector("first"), vector("second")])
        assert inside.wait(30)
        waiting = threads.submit(mock.checkpoint)
        assert not waiting.done()
        go.set()
        written.result(30)
        point = waiting.result(30)
    monkeypatch.undo()
    mock.reset()
    mock.restore(point)
    assert list(mock.index("films", "plots")) == ["alien", "first", "second"]


def test_threads_see_a_whole_state(mock: MockS3Vectors) -> None:
    """A thread writes each number into one index, then into another: a checkpoint has no half of that."""
    indexes = [{"vectorBucketName": "films", "indexName": name} for name in ("first", "second")]
    for index in indexes:
        mock.seed("films", index["indexName"], [[0.0]], keys=["a"], distance_metric="euclidean")
    started, stop = threading.Event(), threading.Event()

    def write() -> None:
        for number in count(1):
            for index in indexes:
                at(0).put_vectors(**index, vectors=[vector("a", [number])])
            started.set()
            if stop.is_set():
                return

    points = []
    with ThreadPoolExecutor(1) as threads:
        written = threads.submit(write)
        assert started.wait(30)
        points += [mock.checkpoint() for _ in range(50)]
        stop.set()
        written.result(30)
    for point in points:
        mock.restore(point)
        first, second = (mock.index("films", index["indexName"])["a"].vector[0] for index in indexes)
        assert second in (first, first - 1)


@pytest.mark.usefixtures("no_coverage")
def test_restoring_is_whole_or_is_not_at_all(mock: MockS3Vectors) -> None:
    mock.clock.freeze()
    fill()
    before = seen()
    point = mock.checkpoint()

    def change() -> None:
        mock.restore(point)
        at(0).put_vectors(**ADDRESS, vectors=[vector("new", [1, 1])])
        at(1).create_vector_bucket(vectorBucketName="new")
        mock.iam.user("new")
        mock.kms.key(arn=f"arn:aws:kms:us-east-1:123456789012:key/{'0' * 8}-0000-0000-0000-{'0' * 12}")

    change()
    after = seen()
    where = (*OF_CALLS, str(PACKAGE / "workbench/savepoints"))
    seen_then = [
        seen() for _ in interrupted_everywhere(lambda: mock.restore(point), change, where=where, step=2)
    ]
    assert {*seen_then} == {before, after}
    for _ in interrupted_everywhere(mock.checkpoint, change, where=where, step=6):
        assert seen() == after
    mock.restore(point)
    assert seen() == before
