"""Mocks inside mocks: each begins with what the one around it has, and what happens in it is undone."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from weakref import ref

import pytest

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.errors import refusals
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.operations import OPERATIONS
from tests.activation.world import CLIENT, account_of, create, names, through
from tests.support.helpers import PLAIN_RUN
from tests.support.mocks import index_named, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors

INDEX = {"vectorBucketName": "bucket", "indexName": "index"}


def fill() -> None:
    create("bucket")
    CLIENT.create_index(**INDEX, dataType="float32", dimension=2, distanceMetric="euclidean")
    put("outer")


def put(*keys: str) -> None:
    CLIENT.put_vectors(**INDEX, vectors=[{"key": key, "data": {"float32": [1, 2]}} for key in keys])


def keys() -> list[str]:
    return sorted(vector["key"] for vector in CLIENT.list_vectors(**INDEX)["vectors"])


def in_a_thread(call: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(call).result()


# --- savepoints ------------------------------------------------------------------------------------


def test_every_kind_of_change_is_undone() -> None:
    with mock_s3vectors():
        fill()
        with mock_s3vectors():
            put("inner")
            CLIENT.delete_vectors(**INDEX, keys=["outer"])
            CLIENT.create_index(
                vectorBucketName="bucket",
                indexName="second",
                dataType="float32",
                dimension=2,
                distanceMetric="cosine",
            )
            assert keys() == ["inner"]
            create("another")
        assert keys() == ["outer"]
        assert names() == ["bucket"]
        assert [
            index["indexName"] for index in CLIENT.list_indexes(vectorBucketName="bucket")["indexes"]
        ] == ["index"]


def test_the_outer_mock_does_not_write_into_the_inner_one() -> None:
    """A thread that belongs to the outer mock goes on in it."""
    with mock_s3vectors():
        fill()
        go_on, done = threading.Event(), threading.Event()

        async def outside() -> None:
            await asyncio.to_thread(go_on.wait, 5)
            put("meanwhile")
            done.set()

        async def inside() -> list[str]:
            async with mock_s3vectors():
                go_on.set()
                await asyncio.to_thread(done.wait, 5)
                return keys()

        async def both() -> Any:
            return (await asyncio.gather(outside(), inside()))[1]

        assert asyncio.run(both()) == ["outer"]
        assert keys() == ["meanwhile", "outer"]


def test_a_started_mock_is_a_savepoint_too() -> None:
    outer, inner = mock_s3vectors(), mock_s3vectors()
    outer.start()
    create("outer")
    inner.start()
    create("inner")
    inner.stop()
    assert names() == ["outer"]
    outer.stop()
    assert not STACK


def test_a_generator_is_a_savepoint_too() -> None:
    @mock_s3vectors
    def resource() -> Any:
        create("inner")
        yield names()

    with mock_s3vectors():
        create("outer")
        generator = resource()
        assert next(generator) == names() == ["inner", "outer"]
        assert next(generator, None) is None
        assert names() == ["outer"]


def test_mocks_end_in_any_order() -> None:
    with mock_s3vectors():
        create("seed")
        first, second, third = (mock_s3vectors() for _ in range(3))
        first.start()
        create("first")
        second.start()
        create("second")
        third.start()
        create("third")
        first.stop()
        assert names() == ["first", "second", "seed", "third"]
        third.stop()
        assert names() == ["first", "second", "seed"]
        second.stop()
        assert names() == ["seed"]


def test_the_outermost_may_end_while_an_inner_one_goes_on() -> None:
    outer, inner = mock_s3vectors(), mock_s3vectors()
    outer.start()
    create("outer")
    inner.start()
    outer.stop()
    create("inner")
    assert names() == ["inner", "outer"]
    inner.stop()
    assert not STACK
    with mock_s3vectors():
        assert names() == []


def test_a_decorated_function_that_stops_its_own_mock() -> None:
    mock = mock_s3vectors()

    @mock
    def function() -> None:
        mock.stop()

    with mock_s3vectors():
        create("outer")
        with pytest.raises(UsageError, match="stop\\(\\) was called on a mock that is not started"):
            function()
        assert names() == ["outer"]


def test_page_tokens_of_the_outer_mock_go_on_in_the_inner_one() -> None:
    with mock_s3vectors():
        for name in "abc":
            create(f"bucket-{name}")
        token = CLIENT.list_vector_buckets(maxResults=1)["nextToken"]
        with mock_s3vectors():
            page = CLIENT.list_vector_buckets(maxResults=1, nextToken=token)["vectorBuckets"]
            assert [bucket["vectorBucketName"] for bucket in page] == ["bucket-b"]


def test_a_mock_begins_while_a_search_goes_on() -> None:
    with mock_s3vectors():
        fill()
        held, go_on = threading.Event(), threading.Event()

        def hold() -> None:
            with index_named().lock:
                held.set()
                assert go_on.wait(5)

        with ThreadPoolExecutor(1) as threads:
            holding = threads.submit(hold)
            assert held.wait(5)
            with mock_s3vectors():
                go_on.set()
                put("inner")
            holding.result()
            assert keys() == ["outer"]


# --- which mock answers ------------------------------------------------------------------------------


def test_decorated_coroutines_have_mocks_of_their_own() -> None:
    @mock_s3vectors
    async def use(number: int) -> list[str]:
        create("same", f"own-{number}")
        await asyncio.sleep(0)
        return names()

    async def all_of_them() -> list[list[str]]:
        return await asyncio.gather(*map(use, range(5)))

    assert asyncio.run(all_of_them()) == [[f"own-{number}", "same"] for number in range(5)]
    with mock_s3vectors():
        create("seed")
        assert asyncio.run(all_of_them()) == [[f"own-{number}", "same", "seed"] for number in range(5)]
        assert names() == ["seed"]


def test_a_mock_object_that_many_tasks_enter_at_once() -> None:
    mock = mock_s3vectors()

    async def use(number: int) -> list[str]:
        async with mock:
            create("same", f"own-{number}")
            await asyncio.sleep(0.01 * (5 - number))
            return names()

    async def all_of_them() -> list[list[str]]:
        return await asyncio.gather(*map(use, range(5)))

    assert asyncio.run(all_of_them()) == [[f"own-{number}", "same"] for number in range(5)]
    assert not STACK


def test_test_threads_have_mocks_of_their_own_and_begin_with_what_the_main_thread_has() -> None:
    together = threading.Barrier(4)

    @mock_s3vectors
    def use(number: int) -> list[str]:
        together.wait(5)
        create("same", f"own-{number}")
        together.wait(5)
        return names()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(use, range(4))) == [[f"own-{number}", "same"] for number in range(4)]
        with mock_s3vectors():
            create("seed")
            seeded = [[f"own-{number}", "same", "seed"] for number in range(4)]
            assert list(threads.map(use, range(4))) == seeded
            assert names() == ["seed"]


def test_a_thread_that_belongs_to_no_mock_uses_the_newest() -> None:
    with mock_s3vectors():
        create("outer")
        with mock_s3vectors():
            create("inner")
            in_a_thread(lambda: create("thread"))
            assert names() == in_a_thread(names) == ["inner", "outer", "thread"]
        assert names() == in_a_thread(names) == ["outer"]


def test_a_thread_pool_that_is_older_than_the_mock() -> None:
    with ThreadPoolExecutor(1) as threads:
        for name in ("one", "two"):
            with mock_s3vectors():
                threads.submit(create, name).result()
                assert threads.submit(names).result() == names() == [name]


def test_a_context_whose_mock_has_ended_uses_the_one_around_it() -> None:
    with mock_s3vectors():
        create("outer")
        inner = mock_s3vectors()

        async def test() -> list[str]:
            inner.start()
            create("inner")
            task = asyncio.create_task(later())
            await asyncio.sleep(0)
            inner.stop()
            return await task

        async def later() -> list[str]:
            await asyncio.sleep(0.01)
            return names()

        assert asyncio.run(test()) == ["outer"]


def test_the_options_are_those_of_the_mock_that_answers() -> None:
    first, second = "111122223333", "444455556666"

    async def use(account: str) -> str:
        async with mock_s3vectors(account_id=account):
            await asyncio.sleep(0)
            return account_of(CLIENT)

    async def both() -> Any:
        return await asyncio.gather(use(first), use(second))

    assert list(asyncio.run(both())) == [first, second]


def test_a_mock_of_a_fixture_counts_for_tests_whose_context_is_older(pytester: pytest.Pytester) -> None:
    """As with anyio, which runs all async tests and fixtures in contexts of the first."""
    pytester.makepyfile(
        """
        import boto3
        import pytest
        from mock_s3vectors import mock_s3vectors

        CLIENT = boto3.client("s3vectors", region_name="us-east-1")

        def names():
            return [bucket["vectorBucketName"] for bucket in CLIENT.list_vector_buckets()["vectorBuckets"]]

        @pytest.fixture(scope="session")
        def anyio_backend():
            return "asyncio"

        @pytest.fixture(scope="session", autouse=True)
        def guard():
            with mock_s3vectors():
                yield

        @pytest.fixture(scope="session")
        async def seed(anyio_backend):
            async with mock_s3vectors():
                CLIENT.create_vector_bucket(vectorBucketName="seed")
                yield

        @pytest.mark.anyio
        @pytest.mark.parametrize("turn", [1, 2])
        async def test_async(seed, s3vectors_client, turn):
            assert names() == ["seed"]
            CLIENT.create_vector_bucket(vectorBucketName="own")
            assert names() == ["own", "seed"]

        @pytest.mark.parametrize("turn", [1, 2])
        def test_sync(seed, s3vectors_client, turn):
            assert names() == ["seed"]
            CLIENT.create_vector_bucket(vectorBucketName="own")

        @mock_s3vectors
        def test_decorated(seed):
            assert names() == ["seed"]
        """
    )
    result = pytester.runpytest_subprocess("-p", "anyio", *PLAIN_RUN)
    result.assert_outcomes(passed=5)


def test_what_a_server_decorates_is_a_savepoint() -> None:
    server = s3vectors_server()

    @server
    def use() -> list[str]:
        client = through(server)
        create("films", client=client)
        return names(client)

    with mock_s3vectors():
        create("seed")
        assert use() == use() == ["films", "seed"]
        assert names() == ["seed"]


# --- calls that outlive their mock ---------------------------------------------------------------------


class Held:
    """A call of another thread that is held until its mock has ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        handle = STACK.handle

        def hold(*arguments: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                self.begun.set()
                assert self.go_on.wait(5)
            return handle(*arguments)

        monkeypatch.setattr(STACK, "handle", hold)


def test_a_call_that_outlives_its_inner_mock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    with mock_s3vectors(), ThreadPoolExecutor(1) as threads:
        with mock_s3vectors():
            call = threads.submit(create, "late")
            assert held.begun.wait(5)
        held.go_on.set()
        with pytest.raises(UsageError, match="The mock ended before it had answered this call"):
            call.result()
        assert names() == []


def test_a_call_that_outlives_a_mock_that_shares_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    with mock_s3vectors(), ThreadPoolExecutor(1) as threads:
        with mock_s3vectors(shared=True):
            call = threads.submit(create, "late")
            assert held.begun.wait(5)
        held.go_on.set()
        call.result()
        assert names() == ["late"]


# --- what is kept alive ------------------------------------------------------------------------------------


def test_ended_mocks_keep_nothing_alive() -> None:
    worlds = []

    def begin() -> MockS3Vectors:
        mock = mock_s3vectors()
        mock.start()
        worlds.append(ref(world()))
        create(f"bucket-{len(worlds)}")
        return mock

    with mock_s3vectors():
        # In any order, and from other threads.
        first, second = begin(), begin()
        first.stop()
        second.stop()
        third = begin()
        in_a_thread(third.stop)
        gc.collect()
        assert [known() for known in worlds] == [None, None, None]


def test_refused_and_failed_calls_keep_nothing_of_their_way_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ghost: ...

    ghosts = []

    def fail(*_: Any) -> Any:
        ghost = Ghost()
        ghosts.append(ref(ghost))
        try:
            "".index("not there")
        except ValueError:
            if len(ghosts) == 1:
                raise refusals.invalid_filter() from None
            raise UsageError("wrong") from None

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", fail)
    with mock_s3vectors():
        for expected in (CLIENT.exceptions.ValidationException, UsageError):
            with pytest.raises(expected):
                CLIENT.list_vector_buckets()
        gc.collect()
        assert len(list(world().journal)) == 2
        assert [ghost() for ghost in ghosts] == [None, None]
