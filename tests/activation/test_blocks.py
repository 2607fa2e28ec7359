"""`with`, `async with`, start and stop; nesting, reset, threads."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mock_s3vectors import MockS3Vectors, UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import CLIENT, Aws, account_of, create, names, new_client


def test_a_block_has_the_mock_and_begins_with_nothing() -> None:
    for _ in range(2):
        with mock_s3vectors() as mock:
            assert isinstance(mock, MockS3Vectors)
            assert names() == []
            create("bucket")
            assert names() == ["bucket"]


def test_an_async_block() -> None:
    async def test() -> None:
        for _ in range(2):
            async with mock_s3vectors(account_id="111122223333") as mock:
                assert mock.config.account_id == "111122223333"
                assert names() == []
                assert account_of(CLIENT) == "111122223333"

    asyncio.run(test())


def test_start_and_stop() -> None:
    mock = mock_s3vectors()
    for _ in range(2):
        mock.start()
        assert names() == []
        create("bucket")
        mock.stop()
    assert not STACK


@pytest.mark.parametrize("started", [0, 1, 2])
def test_stop_more_often_than_start_is_refused(started: int) -> None:
    mock = mock_s3vectors()
    for _ in range(started):
        mock.start()
    for _ in range(started):
        mock.stop()
    with mock_s3vectors(), pytest.raises(UsageError, match=r"not started: call start\(\) first"):
        mock.stop()


def test_before_and_after_calls_go_to_aws() -> None:
    client = new_client(aws_access_key_id="a", aws_secret_access_key="b")
    aws = Aws(client)
    with mock_s3vectors():
        pass
    client.list_vector_buckets()
    assert aws.urls == ["https://s3vectors.us-east-1.api.aws/ListVectorBuckets"]


def test_the_inner_mock_begins_with_what_the_outer_has_and_is_undone() -> None:
    with mock_s3vectors():
        create("outer")
        with mock_s3vectors():
            assert names() == ["outer"]
            create("inner")
            CLIENT.delete_vector_bucket(vectorBucketName="outer")
            with mock_s3vectors():
                assert names() == ["inner"]
                create("innermost")
            assert names() == ["inner"]
        assert names() == ["outer"]
    with mock_s3vectors():
        assert names() == []


def test_a_mock_that_shares_writes_into_the_outer_one() -> None:
    with mock_s3vectors():
        with mock_s3vectors(shared=True):
            create("shared")
            with mock_s3vectors():
                create("undone")
            with mock_s3vectors(shared=True):
                create("too")
        assert names() == ["shared", "too"]
    with mock_s3vectors(shared=True):
        assert names() == []


def test_a_mock_that_shares_adds_its_options() -> None:
    with mock_s3vectors(max_vector_buckets=1):
        with mock_s3vectors(shared=True, max_vector_buckets=2):
            create("one", "two")
        with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
            create("three")


def test_a_mock_can_be_entered_inside_itself() -> None:
    mock = mock_s3vectors()
    with mock:
        create("bucket")
        with mock:
            assert names() == ["bucket"]
        assert names() == ["bucket"]
    assert not STACK


def test_the_outermost_may_end_first() -> None:
    first, second = mock_s3vectors(account_id="111122223333"), mock_s3vectors(max_vector_buckets=1)
    first.start()
    create("bucket")
    second.start()
    first.stop()
    assert names() == ["bucket"]
    with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
        create("another")
    second.stop()
    assert not STACK


def test_the_inner_mock_adds_its_options_to_those_around_it() -> None:
    with mock_s3vectors(account_id="111122223333", max_vector_buckets=1):
        with mock_s3vectors(max_vector_buckets=2):
            create("one")
            assert account_of(CLIENT) == "111122223333"
        create("one")
        with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
            create("three")


def test_reset_drops_everything_of_every_account_and_region() -> None:
    with mock_s3vectors() as mock:
        others = [
            new_client("eu-west-1"),
            new_client(**mock.credentials("111122223333")),
        ]
        for client in (CLIENT, *others):
            create("bucket", client=client)
        with mock_s3vectors() as inner:
            inner.reset()
            for client in (CLIENT, *others):
                assert names(client) == []
        for client in (CLIENT, *others):
            assert names(client) == ["bucket"]
        mock.reset()
        for client in (CLIENT, *others):
            assert names(client) == []


def test_reset_of_a_mock_that_is_off_is_refused_and_empties_no_other() -> None:
    mock = mock_s3vectors()
    with mock:
        pass
    with mock_s3vectors():
        create("bucket")
        with pytest.raises(UsageError) as refusal:
            mock.reset()
        assert names() == ["bucket"]
    assert str(refusal.value) == (
        "reset() was called on a mock that is off: call it on the mock that is on, between its start() and "
        "stop() or inside its block."
    )


def test_reset_of_a_server_that_is_off_is_refused_and_empties_no_mock() -> None:
    server = s3vectors_server()
    with mock_s3vectors():
        create("bucket")
        with pytest.raises(UsageError, match="that is off"):
            server.reset()
        assert names() == ["bucket"]


def test_reset_inside_what_is_decorated() -> None:
    mock = mock_s3vectors()

    @mock
    def function() -> list[str]:
        create("bucket")
        mock.reset()
        return names()

    assert function() == []


def test_an_exception_leaves_the_block_and_switches_off() -> None:
    with pytest.raises(ZeroDivisionError), mock_s3vectors():
        raise ZeroDivisionError

    async def test() -> None:
        async with mock_s3vectors():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(test())
    assert not STACK


def test_the_representation_names_the_options() -> None:
    assert repr(mock_s3vectors(account_id="111122223333")) == "mock_s3vectors(account_id='111122223333')"


def test_threads_share_one_mock() -> None:
    with mock_s3vectors(), ThreadPoolExecutor(16) as threads:
        list(threads.map(lambda i: create(f"bucket-{i:03}"), range(200)))
        assert names() == [f"bucket-{i:03}" for i in range(200)]


def test_one_of_many_racing_threads_creates_the_bucket() -> None:
    def race(_: int) -> bool:
        try:
            create("bucket")
        except CLIENT.exceptions.ConflictException:
            return False
        return True

    with mock_s3vectors(), ThreadPoolExecutor(16) as threads:
        assert sum(threads.map(race, range(64))) == 1


def test_mocks_of_many_threads_overlap() -> None:
    """Each thread has a world of its own; when all have left, everything is gone."""
    together = threading.Barrier(8)

    def use(number: int) -> None:
        for turn in range(20):
            with mock_s3vectors():
                create("bucket", f"bucket-{number}-{turn}")
                assert names() == ["bucket", f"bucket-{number}-{turn}"]
        together.wait()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))
    assert not STACK
    with mock_s3vectors():
        assert names() == []


def test_mocks_of_many_tasks_overlap() -> None:
    async def use(number: int) -> None:
        async with mock_s3vectors():
            create("bucket", f"bucket-{number}")
            await asyncio.sleep(0)
            assert names() == ["bucket", f"bucket-{number}"]

    async def test() -> None:
        await asyncio.gather(*(use(number) for number in range(10)))

    asyncio.run(test())
    assert not STACK
