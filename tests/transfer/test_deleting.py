"""`delete_matching` and `delete_matching_async`, with clients under the mock."""

from __future__ import annotations

import asyncio
import threading
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.transfer import Deleted, delete_matching, delete_matching_async
from mock_s3vectors.transfer.remote import pacing
from tests.filtering import oracle
from tests.support.helpers import BUCKET, INDEX_ARN, keys_in_pages, shared_client, vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import Call, MockS3Vectors
    from tests.support.helpers import Client

    Delete = Callable[..., Deleted]

pytestmark = pytest.mark.s3vectors(skip_retry_delays=True)

PLACE: dict[str, Any] = {"vector_bucket_name": "bucket", "index_name": "index"}
NAMES = {**BUCKET, "indexName": "index"}
NOW = datetime(2026, 10, 27, 12, tzinfo=timezone.utc)


class InCoroutines:
    """A client of boto3 whose methods are coroutine functions, as those of aiobotocore are."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(**params: Any) -> Any:
            await asyncio.sleep(0)
            return method(**params)

        return call


def in_a_loop(client: Client, **arguments: Any) -> Deleted:
    return asyncio.run(delete_matching_async(InCoroutines(client), **arguments))


@pytest.fixture(params=[delete_matching, in_a_loop], ids=["sync", "async"])
def delete(request: pytest.FixtureRequest) -> Delete:
    return request.param  # type: ignore[no-any-return] # pytest's own type is Any


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> MockS3Vectors:
    """The mock of `client`; nobody waits after a refusal."""
    monkeypatch.setattr(pacing, "_FIRST_PAUSE", 0.001)
    return s3vectors_mock


@pytest.fixture
def films(mock: MockS3Vectors) -> dict[str, dict[str, Any]]:
    """An index of 1,200 vectors, of which 1,000 are old; their metadata, by key."""
    found = {f"{number:04}": {"number": number, "old": number % 6 != 0} for number in range(1_200)}
    mock.seed("bucket", "index", np.ones((1_200, 2)), keys=list(found), metadata=list(found.values()))
    return found


OLD = {"old": True}


def listed(client: Client) -> set[str]:
    """The keys of all vectors of the index."""
    return {key for page in keys_in_pages(client.list_vectors, **NAMES) for key in page}


def operations(mock: MockS3Vectors) -> set[str | None]:
    return {call.operation for call in mock.calls}


def test_what_matches_is_deleted(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors, films: dict[str, Any]
) -> None:
    told: list[Deleted] = []
    outcome = delete(s3vectors_client, **PLACE, filter=OLD, on_batch=told.append)
    assert outcome == Deleted(
        matched=1_000,
        deleted=1_000,
        sample={key: films[key] for key in ("0001", "0002", "0003", "0004", "0005")},
    )
    assert listed(s3vectors_client) == {key for key, film in films.items() if not film["old"]}
    assert len(told) == 2
    assert told[-1] == outcome
    # In segments, and in batches.
    assert {call.params.get("segmentIndex") for call in mock.calls.of("ListVectors")} >= {0, 1, 2, 3}
    assert [len(call.params["keys"]) for call in mock.calls.of("DeleteVectors")] == [500, 500]
    assert {len(call.params["keys"]) for call in mock.calls.of("GetVectors")} == {100}


@pytest.mark.usefixtures("films")
def test_once_more_there_is_nothing_to_delete(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors
) -> None:
    delete(s3vectors_client, **PLACE, filter=OLD)
    mock.calls.clear()
    assert delete(s3vectors_client, **PLACE, filter=OLD) == Deleted()
    assert operations(mock) == {"ListVectors"}


def test_a_dry_run_only_reads(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors, films: dict[str, Any]
) -> None:
    outcome = delete(s3vectors_client, **PLACE, filter=OLD, dry_run=True, segments=1)
    assert (outcome.matched, outcome.deleted, len(outcome.sample)) == (1_000, 0, 5)
    assert operations(mock) == {"ListVectors"}
    assert listed(s3vectors_client) == set(films)


def test_by_key_the_index_is_not_listed(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors, films: dict[str, Any]
) -> None:
    keys = [f"{number:04}" for number in range(1_100, 1_300)]  # a half exists
    outcome = delete(s3vectors_client, index_arn=INDEX_ARN, keys=[*keys, *keys])
    assert (outcome.matched, outcome.deleted, outcome.changed) == (100, 100, 0)
    # The key alone decides: no second look.
    assert [call.operation for call in mock.calls] == ["GetVectors", "GetVectors", "DeleteVectors"]
    assert listed(s3vectors_client) == set(films) - set(keys)


def test_keys_and_a_filter_must_both_match(
    delete: Delete, s3vectors_client: Client, films: dict[str, Any]
) -> None:
    outcome = delete(s3vectors_client, **PLACE, keys=["0000", "0001", "none"], filter=OLD)
    assert (outcome.matched, outcome.deleted) == (1, 1)
    assert listed(s3vectors_client) == set(films) - {"0001"}


def test_no_keys_select_nothing(delete: Delete, s3vectors_client: Client, mock: MockS3Vectors) -> None:
    assert delete(s3vectors_client, **PLACE, keys=[]) == Deleted()
    assert not mock.calls


def test_by_age(delete: Delete, client: Client, index: dict[str, str]) -> None:
    days_ago = {f"{days} days": NOW - timedelta(days=days) for days in (1, 29, 31, 400)}
    records = [vector(key, at=date.isoformat()) for key, date in days_ago.items()]
    records += [vector("no date", at="soon"), vector("none")]
    client.put_vectors(**index, vectors=records)
    outcome = delete(client, **PLACE, older_than={"at": "30d"}, now=NOW)
    assert (outcome.matched, outcome.deleted, outcome.undated) == (2, 2, 2)
    assert listed(client) == {"1 days", "29 days", "no date", "none"}


def test_keys_that_are_not_filterable_can_be_filtered_by(
    delete: Delete, client: Client, make_index: Any
) -> None:
    index = make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    client.put_vectors(**index, vectors=[vector("a", text="x"), vector("b", text="y")])
    assert delete(client, **PLACE, filter={"text": "x"}).deleted == 1
    assert listed(client) == {"b"}


# --- what is written meanwhile


def test_what_was_overwritten_meanwhile_and_does_not_match_is_left_alone(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors, films: dict[str, Any]
) -> None:
    client = s3vectors_client
    lock = threading.Lock()
    once = [
        lambda: client.put_vectors(**NAMES, vectors=[vector("0001", old=False), vector("0002", old=True)]),
        lambda: client.delete_vectors(**NAMES, keys=["0003"]),
        lambda: client.put_vectors(**NAMES, vectors=[vector("new", old=True)]),
    ]

    def write_before_the_first_look() -> float:
        with lock:
            while once:
                once.pop()()
        return 0.0

    mock.delay("GetVectors", write_before_the_first_look)
    outcome = delete(client, **PLACE, filter=OLD)
    assert (outcome.matched, outcome.deleted, outcome.changed) == (1_000, 998, 2)
    # What matches only since then is for the next time.
    assert listed(client) == {key for key, film in films.items() if not film["old"]} | {"0001", "new"}


def test_a_vector_that_is_gone_before_the_last_look_is_no_reason_to_delete(
    delete: Delete, client: Client, index: dict[str, str], mock: MockS3Vectors
) -> None:
    client.put_vectors(**index, vectors=[vector("a", old=True)])

    def delete_before() -> float:
        client.delete_vectors(**index, keys=["a"])
        return 0.0

    mock.delay("GetVectors", delete_before)
    assert delete(client, **PLACE, filter=OLD) == Deleted(matched=1, changed=1, sample={"a": {"old": True}})
    assert len(mock.calls.of("DeleteVectors")) == 1


def test_while_others_write_only_what_matches_goes(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors, films: dict[str, Any]
) -> None:
    """Each page, and each last look, comes just after another write; none of those is lost."""
    written: list[str] = []

    def write(call: Call) -> float:
        number = call.params["segmentIndex"] if call.operation == "ListVectors" else call.params["keys"][7]
        written.append(f"{number:>04}")
        s3vectors_client.put_vectors(**NAMES, vectors=[vector(written[-1], old=False)])
        return 0.0

    with mock.delay("ListVectors", write), mock.delay("GetVectors", write):
        outcome = delete(s3vectors_client, **PLACE, filter=OLD)
    assert len(written) == 14
    assert listed(s3vectors_client) == {key for key, film in films.items() if not film["old"]} | {*written}
    assert outcome.deleted + outcome.changed == outcome.matched


# --- throttling and failures


@pytest.mark.usefixtures("films")
@pytest.mark.parametrize("operation", ["ListVectors", "GetVectors", "DeleteVectors"])
def test_throttling_is_waited_out(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors, operation: str
) -> None:
    # More than botocore calls by itself.
    rule = mock.fail(operation, "TooManyRequestsException", times=12)
    assert delete(s3vectors_client, **PLACE, filter=OLD).deleted == 1_000
    assert rule.hits == 12


@pytest.mark.usefixtures("index")
def test_patience_ends(
    delete: Delete,
    client: Client,
    mock: MockS3Vectors,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pacing, "PATIENCE", 0)
    mock.fail("ListVectors", "ServiceUnavailableException", "Please wait")
    with pytest.raises(UsageError) as error:
        delete(client, **PLACE, filter=OLD)
    assert str(error.value) == (
        "bucket/index: the service has refused all calls for 0 seconds. "
        "ServiceUnavailableException: Please wait"
    )


@pytest.mark.usefixtures("films")
def test_after_a_failure_the_rest_is_deleted_by_calling_again(
    delete: Delete, s3vectors_client: Client, mock: MockS3Vectors
) -> None:
    mock.fail("DeleteVectors", "AccessDeniedException", after=1, times=1)
    told: list[Deleted] = []
    with pytest.raises(ClientError, match="AccessDeniedException"):
        delete(s3vectors_client, **PLACE, filter=OLD, segments=1, on_batch=told.append)
    assert [outcome.deleted for outcome in told] == [500]
    assert len(listed(s3vectors_client)) == 700
    assert delete(s3vectors_client, **PLACE, filter=OLD).deleted == 500
    assert len(listed(s3vectors_client)) == 200


def test_an_index_that_does_not_exist(delete: Delete, client: Client) -> None:
    with pytest.raises(ClientError, match="The specified index could not be found"):
        delete(client, **PLACE, filter=OLD)


def test_the_rights_that_it_needs(
    delete: Delete, client: Client, index: dict[str, str], mock: MockS3Vectors
) -> None:
    client.put_vectors(**index, vectors=[vector("a", old=True), vector("b", old=False)])
    actions = [f"s3vectors:{operation}" for operation in ("ListVectors", "GetVectors", "DeleteVectors")]
    policy = {"Statement": {"Effect": "Allow", "Action": actions, "Resource": INDEX_ARN}}
    cleaner = boto3.client("s3vectors", region_name="us-east-1", **mock.iam.user("cleaner", policy))
    assert delete(cleaner, **PLACE, filter=OLD).deleted == 1
    mock.calls.clear()
    delete(client, **PLACE, filter={"old": False})
    allowed = mock.iam.least_privilege()["Statement"][0]["Action"]
    assert sorted(allowed) == sorted(actions)


def test_an_interruption_leaves_whole_batches(s3vectors_client: Client, mock: MockS3Vectors) -> None:
    mock.seed("bucket", "index", np.ones((5_000, 2)), metadata=[{"at": "x"}] * 5_000)
    threads = threading.active_count()
    called: list[int] = []

    def interrupt(_: Deleted) -> None:
        """Press Ctrl+C, as it were, when a batch has been deleted."""
        called.append(len(mock.calls.of("DeleteVectors")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        delete_matching(s3vectors_client, **PLACE, filter={"at": "x"}, segments=2, on_batch=interrupt)
    assert threading.active_count() == threads
    deleted = [len(call.params["keys"]) for call in mock.calls.of("DeleteVectors")]
    # The two that were under way are waited for, and no more are begun.
    assert len(called) == 1
    assert 1 <= len(deleted) <= called[0] + 2
    assert set(deleted) == {500}
    left = 5_000 - sum(deleted)
    assert len(listed(s3vectors_client)) == left
    # Once more, and it is done.
    assert delete_matching(s3vectors_client, **PLACE, filter={"at": "x"}).deleted == left
    assert listed(s3vectors_client) == set()


def test_a_cancellation_leaves_whole_batches(s3vectors_client: Client, mock: MockS3Vectors) -> None:
    mock.seed("bucket", "index", np.ones((5_000, 2)), metadata=[{"at": "x"}] * 5_000)

    async def cancelled() -> None:
        def cancel(_: Deleted) -> None:
            task.cancel()

        client = InCoroutines(s3vectors_client)
        task = asyncio.ensure_future(
            delete_matching_async(client, **PLACE, filter={"at": "x"}, segments=2, on_batch=cancel)
        )
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(cancelled())
    deleted = [len(call.params["keys"]) for call in mock.calls.of("DeleteVectors")]
    assert 1 <= len(deleted) <= 4
    assert len(listed(s3vectors_client)) == 5_000 - sum(deleted)


# --- wrong use


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("place", [{}, {"index_name": "index"}, {**PLACE, "index_arn": INDEX_ARN}])
def test_an_index_is_named_in_one_way(delete: Delete, client: Client, place: dict[str, str]) -> None:
    with pytest.raises(UsageError) as refusal:
        delete(client, **place, filter=OLD)
    assert str(refusal.value) == (
        "Name the index: give either index_arn, or both vector_bucket_name and index_name."
    )


@pytest.mark.parametrize("segments", [0, 17, True, 2.0])
def test_an_index_has_up_to_16_segments(delete: Delete, client: Client, segments: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        delete(client, **PLACE, filter=OLD, segments=segments)
    assert str(refusal.value) == f"segments is {segments!r}: an index is listed in 1 to 16 segments."


@pytest.mark.usefixtures("index")
def test_without_a_condition_nothing_is_called(delete: Delete, client: Client, mock: MockS3Vectors) -> None:
    mock.calls.clear()
    wrong: list[dict[str, Any]] = [{}, {"filter": {}}, {"older_than": {"at": "soon"}}]
    for conditions in wrong:
        with pytest.raises(UsageError):
            delete(client, **PLACE, **conditions)
    assert not mock.calls


@pytest.mark.usefixtures("index")
def test_each_function_takes_its_kind_of_client(client: Client) -> None:
    with pytest.raises(UsageError) as refusal:
        delete_matching(InCoroutines(client), **PLACE, filter=OLD)
    assert str(refusal.value) == (
        "The client is one of aiobotocore: use the function whose name ends with _async."
    )
    with pytest.raises(UsageError) as refusal:
        asyncio.run(delete_matching_async(client, **PLACE, filter=OLD))
    assert str(refusal.value) == (
        "The client is one of boto3: use the function whose name does not end with _async."
    )


# --- all of it, against an oracle


def test_the_threads_find_the_mock_of_their_caller() -> None:
    """Two of them at once, each in a context of its own."""

    async def one(keys: list[str]) -> set[str]:
        with mock_s3vectors() as mock:
            mock.seed("bucket", "index", np.ones((len(keys), 2)), keys=keys)
            await barrier()
            outcome = await asyncio.to_thread(
                delete_matching, shared_client(), **PLACE, filter={"a": {"$ne": 1}}
            )
            assert outcome.deleted == len(keys)
            return listed(shared_client())

    there: list[None] = []

    async def barrier() -> None:
        there.append(None)
        while len(there) < 2:  # noqa: ASYNC110 - for two
            await asyncio.sleep(0)

    async def both() -> list[set[str]]:
        return list(await asyncio.gather(one(["a"]), one(["b", "c"])))

    assert asyncio.run(both()) == [set(), set()]


NUMBERS = st.integers(-3, 3) | st.sampled_from([0.5, -0.0])
TEXTS = st.sampled_from(["", "x", "xy", "NaN", "true", "1"])
VALUES = NUMBERS | TEXTS | st.booleans() | st.lists(TEXTS, min_size=1, max_size=3)
DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "a": VALUES,
        "b": VALUES,
        "at": st.integers(-5, 5).map(lambda days: (NOW + timedelta(days=days)).isoformat()) | TEXTS,
    },
)
SOME_KEYS = st.none() | st.sets(st.integers(0, 9)).map(
    lambda numbers: [f"key-{number}" for number in numbers]
)


@st.composite
def filters(draw: st.DrawFn) -> Any:
    key, operator = draw(st.sampled_from(["a", "b"])), draw(st.sampled_from(["$eq", "$ne", "$lt", "$exists"]))
    operand = draw({"$lt": NUMBERS, "$exists": st.booleans()}.get(operator, NUMBERS | TEXTS | st.booleans()))
    return {key: {operator: operand}}


@given(st.lists(DOCUMENTS, max_size=9), SOME_KEYS, st.none() | filters(), st.booleans())
def test_the_vectors_deleted_are_those_of_the_oracle(
    documents: list[dict[str, Any]],
    keys: list[str] | None,
    condition: Any,
    by_age: bool,  # noqa: FBT001
) -> None:
    ages = {"at": "2d"} if by_age or keys is condition is None else None

    def is_old(document: dict[str, Any]) -> bool:
        date = str(document.get("at", ""))
        return date.startswith("2026") and datetime.fromisoformat(date) < NOW - timedelta(days=2)

    there = {f"key-{number}": document for number, document in enumerate(documents)}
    expected = {
        key
        for key, document in there.items()
        if (keys is None or key in keys)
        and (condition is None or oracle.matches(condition, document))
        and (ages is None or is_old(document))
    }
    with mock_s3vectors() as mock:
        mock.seed("bucket", "index", np.ones((len(there), 2)), keys=list(there), metadata=documents)
        outcome = delete_matching(
            shared_client(), **PLACE, keys=keys, filter=condition, older_than=ages, now=NOW, segments=2
        )
        assert listed(shared_client()) == set(there) - expected
    assert outcome.matched == outcome.deleted == len(expected)
    assert set(outcome.sample) == set(sorted(expected)[:5])
