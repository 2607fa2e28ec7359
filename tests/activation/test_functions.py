"""`@mock_s3vectors` and `@mock_s3vectors(...)` on functions of every kind."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import inspect
import pickle
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import CLIENT, account_of, create, names

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

OTHER = "111122223333"


@mock_s3vectors
def plain(name: str, *, last: str = "last") -> list[str]:
    """A docstring."""
    create(name, last)
    return names()


def test_a_function_runs_mocked_and_begins_with_nothing() -> None:
    for _ in range(2):
        assert plain("first") == ["first", "last"]
        assert not STACK
    assert plain("first", last="second") == ["first", "second"]


def test_a_decorated_function_is_still_itself() -> None:
    assert plain.__name__ == "plain"
    assert plain.__doc__ == "A docstring."
    assert list(inspect.signature(plain).parameters) == ["name", "last"]
    assert pickle.loads(pickle.dumps(plain)) is plain  # noqa: S301 - our own


def test_a_function_with_options() -> None:
    @mock_s3vectors(account_id=OTHER)
    def function() -> str:
        return account_of(CLIENT)

    assert function() == function() == OTHER


def test_one_mock_decorates_many_functions_and_is_a_block_as_well() -> None:
    mock = mock_s3vectors(account_id=OTHER)
    first, second = mock(functools.partial(account_of, CLIENT)), mock(names)
    assert (first(), second()) == (OTHER, [])
    with mock:
        assert (first(), second()) == (OTHER, [])


def test_empty_parentheses() -> None:
    @mock_s3vectors()
    def function() -> list[str]:
        create("bucket")
        return names()

    assert function() == ["bucket"]


def test_a_function_inside_a_mock_begins_with_what_that_has_and_is_undone() -> None:
    @mock_s3vectors(account_id=OTHER)
    def function() -> list[str]:
        create("inner")
        return names()

    with mock_s3vectors(account_id=OTHER):
        create("outer")
        assert function() == ["inner", "outer"]
        assert names() == ["outer"]


def test_stacked_decorators_add_up() -> None:
    @mock_s3vectors(account_id=OTHER, max_vector_buckets=5)
    @mock_s3vectors(max_vector_buckets=1)
    def function() -> str:
        account = account_of(CLIENT)
        with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
            create("second")
        return account

    assert function() == OTHER


def test_recursion() -> None:
    @mock_s3vectors
    def function(depth: int) -> list[str]:
        create(f"bucket-{depth}")
        return function(depth - 1) if depth else names()

    assert function(3) == ["bucket-0", "bucket-1", "bucket-2", "bucket-3"]


def test_patches_of_unittest_above_and_below() -> None:
    @patch("tests.activation.test_functions.OTHER", new_callable=lambda: "above")
    @mock_s3vectors
    @patch("tests.activation.test_functions.plain")
    def function(below: Any, above: str) -> tuple[bool, str, list[str]]:
        return below is plain, above, names()

    run: Any = function
    assert run() == (True, "above", [])


def test_static_and_class_methods_by_themselves() -> None:
    class Plain:
        @mock_s3vectors
        @staticmethod
        def static() -> list[str]:
            return names()

        @staticmethod
        @mock_s3vectors
        def static_below() -> list[str]:
            return names()

        @mock_s3vectors
        @classmethod
        def of_class(cls) -> tuple[str, list[str]]:
            return cls.__name__, names()

    assert Plain.static() == Plain.static_below() == Plain().static() == []
    assert Plain.of_class() == Plain().of_class() == ("Plain", [])


def test_partial_functions() -> None:
    async def coroutine(name: str) -> list[str]:
        create(name)
        return names()

    assert mock_s3vectors(functools.partial(plain, "first"))() == ["first", "last"]
    assert asyncio.run(mock_s3vectors(functools.partial(coroutine, "one"))()) == ["one"]


# --- coroutines ---------------------------------------------------------------------------


def test_a_coroutine_is_mocked_until_it_ends() -> None:
    @mock_s3vectors(account_id=OTHER)
    async def coroutine(name: str) -> list[str]:
        create(name)
        await asyncio.sleep(0)
        assert STACK
        return names()

    assert inspect.iscoroutinefunction(coroutine)
    for _ in range(2):
        assert asyncio.run(coroutine("bucket")) == ["bucket"]
        assert not STACK


def test_a_coroutine_that_is_cancelled() -> None:
    @mock_s3vectors
    async def coroutine() -> None:
        await asyncio.sleep(3600)

    async def test() -> None:
        task = asyncio.create_task(coroutine())
        await asyncio.sleep(0)
        assert STACK
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(test())
    assert not STACK


def test_a_coroutine_that_is_never_awaited_switches_nothing_on() -> None:
    @mock_s3vectors
    async def coroutine() -> None: ...

    waiting = coroutine()
    assert not STACK
    waiting.close()


# --- generators ---------------------------------------------------------------------------


@mock_s3vectors
def generator() -> Generator[Any, Any, str]:
    """Yields the buckets; creates what is sent, or as the exception says that is thrown."""
    create("first")
    try:
        sent = yield names()
        while sent:
            try:
                create(sent)
                sent = yield names()
            except ValueError as error:  # noqa: PERF203 - a test of what is thrown in
                sent = str(error)
        return "result"
    finally:
        create("closing")


def test_a_generator_is_mocked_until_it_ends() -> None:
    assert inspect.isgeneratorfunction(generator)
    for _ in range(2):
        running = generator()
        assert not STACK
        assert next(running) == ["first"]
        assert STACK
        assert running.send("second") == ["first", "second"]
        assert running.throw(ValueError("third")) == ["first", "second", "third"]
        with pytest.raises(StopIteration) as end:
            running.send(None)
        assert end.value.value == "result"
        assert not STACK


def test_a_generator_is_a_context_manager_too() -> None:
    @contextlib.contextmanager
    @mock_s3vectors
    def bucket(name: str) -> Generator[str, None, None]:
        create(name)
        yield name

    with bucket("bucket") as name:
        assert names() == [name]
    assert not STACK


def test_a_generator_that_is_not_exhausted() -> None:
    running = generator()
    next(running)
    running.close()
    assert not STACK
    running = generator()
    next(running)
    assert STACK
    del running
    gc.collect()
    assert not STACK


def test_a_generator_that_is_never_begun_switches_nothing_on() -> None:
    running = generator()
    del running
    assert not STACK


# --- async generators -----------------------------------------------------------------------


@mock_s3vectors
async def async_generator() -> AsyncGenerator[Any, Any]:
    """The same as `generator`."""
    create("first")
    try:
        sent = yield names()
        while sent:
            try:
                await asyncio.sleep(0)
                create(sent)
                sent = yield names()
            except ValueError as error:  # noqa: PERF203 - a test of what is thrown in
                sent = str(error)
    finally:
        await asyncio.sleep(0)
        create("closing")


def test_an_async_generator_is_mocked_until_it_ends() -> None:
    assert inspect.isasyncgenfunction(async_generator)

    async def test() -> None:
        running = async_generator()
        assert not STACK
        assert await running.__anext__() == ["first"]
        assert STACK
        assert await running.asend("second") == ["first", "second"]
        assert await running.athrow(ValueError("third")) == ["first", "second", "third"]
        with pytest.raises(StopAsyncIteration):
            await running.asend(None)
        assert not STACK

    for _ in range(2):
        asyncio.run(test())


def test_an_async_generator_that_is_not_exhausted() -> None:
    closing: list[bool] = []

    @mock_s3vectors
    async def one_of_many() -> AsyncGenerator[int, None]:
        try:
            for number in range(10):
                yield number
        finally:
            await asyncio.sleep(0)
            closing.append(bool(STACK))

    async def closed() -> None:
        running = one_of_many()
        await running.__anext__()
        assert STACK
        await running.aclose()
        assert closing == [True]
        assert not STACK

    async def abandoned() -> None:
        async for _ in one_of_many():
            break

    async def never_begun() -> None:
        one_of_many()
        assert not STACK

    for run in (closed, abandoned, never_begun):
        asyncio.run(run())
        assert not STACK


def test_an_async_generator_lets_an_exception_through() -> None:
    async def test() -> None:
        running = async_generator()
        await running.__anext__()
        with pytest.raises(ZeroDivisionError):
            await running.athrow(ZeroDivisionError())
        assert not STACK

    asyncio.run(test())


def test_an_async_context_manager() -> None:
    @contextlib.asynccontextmanager
    @mock_s3vectors
    async def bucket(name: str) -> AsyncGenerator[str, None]:
        create(name)
        yield name

    async def test() -> None:
        async with bucket("bucket") as name:
            assert names() == [name]
        assert not STACK

    asyncio.run(test())


# --- what cannot be decorated ----------------------------------------------------------------


def test_what_cannot_be_called_is_refused() -> None:
    decorate: Any = mock_s3vectors
    for target in (42, "hnsw", [OTHER]):
        with pytest.raises(
            UsageError, match="it decorates functions and classes, and its options have names"
        ):
            decorate(target)


def test_a_pytest_fixture_is_refused() -> None:
    @pytest.fixture
    def fixture() -> None: ...

    with pytest.raises(UsageError, match="put it below, on the function"):
        mock_s3vectors(fixture)
