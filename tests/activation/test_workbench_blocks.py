"""Rules, clock and calls of each form of a mock: blocks, decorated functions, nested and shared ones."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, current_mock, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import CLIENT, create, names

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from mock_s3vectors import Workbench
    from tests.support.mocks import MakeMock

LIST = "ListVectorBuckets"
NEVER_FIRED = r"^mock\.on\('GetIndex'\)\.fail\(503\) never fired\. If that is fine, add optional=True\."
FAR = 5_000_000_000


def forget(mock: Workbench | None = None) -> None:
    """Make a rule that never fires."""
    (mock or current_mock()).fail("GetIndex", 503)


def fails() -> bool:
    """Return whether a call fails."""
    try:
        names()
    except ClientError:
        return True
    return False


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


# --- each form --------------------------------------------------------------------------------


def function(body: Callable[[], None], mock: MakeMock) -> None:
    mock(body)()


def coroutine(body: Callable[[], None], mock: MakeMock) -> None:
    @mock
    async def decorated() -> None:
        await asyncio.sleep(0)
        body()

    asyncio.run(decorated())


def generator(body: Callable[[], None], mock: MakeMock) -> None:
    @mock
    def decorated() -> Iterator[None]:
        yield
        body()

    assert [*decorated()] == [None]


def async_generator(body: Callable[[], None], mock: MakeMock) -> None:
    @mock
    async def decorated() -> AsyncIterator[None]:
        yield
        body()

    async def exhaust() -> None:
        async for _ in decorated():
            pass

    asyncio.run(exhaust())


def block(body: Callable[[], None], mock: MakeMock) -> None:
    with mock():
        body()


def async_block(body: Callable[[], None], mock: MakeMock) -> None:
    async def run() -> None:
        async with mock():
            body()

    asyncio.run(run())


def start_and_stop(body: Callable[[], None], mock: MakeMock) -> None:
    started = mock()
    started.start()
    body()
    started.stop()


def method(body: Callable[[], None], mock: MakeMock) -> None:
    class Tests:
        @mock
        def run(self) -> None:
            body()

    Tests().run()


def method_of_a_class(body: Callable[[], None], mock: MakeMock) -> None:
    @mock
    class Tests:
        def test_it(self) -> None:
            body()

    Tests().test_it()


FORMS = [
    *(function, coroutine, generator, async_generator, block, async_block, start_and_stop),
    *(method, method_of_a_class),
]


@pytest.fixture(params=FORMS, ids=lambda form: form.__name__)
def form(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture(params=[mock_s3vectors, s3vectors_server], ids=["mock", "server"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_a_rule_that_never_fired_fails_each_form(form: Any, kind: Any) -> None:
    with pytest.raises(AssertionError, match=NEVER_FIRED):
        form(forget, kind)
    assert not STACK


def test_rules_hold_in_each_form(form: Any, kind: Any) -> None:
    found: list[object] = []

    def body() -> None:
        mock = current_mock()
        rule = mock.fail(LIST, 503)
        found.extend([fails(), mock.rules == (rule,), len(mock.calls) == rule.hits > 0])
        rule.remove()
        found.extend([not fails(), mock.rules == ()])

    form(body, kind)
    assert found == [True] * 5


@pytest.mark.parametrize("form", [form for form in FORMS if form is not start_and_stop])
def test_another_exception_is_enough(form: Any, kind: Any) -> None:
    def body() -> None:
        forget()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        form(body, kind)
    assert not STACK


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, pytest.skip.Exception])
def test_any_exception_is_enough(error: type[BaseException]) -> None:
    with pytest.raises(error), mock_s3vectors() as mock:  # noqa: PT012 - a rule and its end
        forget(mock)
        raise error
    assert not STACK


def test_a_generator_that_is_not_exhausted_says_nothing() -> None:
    @mock_s3vectors
    def decorated() -> Iterator[None]:
        forget()
        yield

    running: Any = decorated()
    next(running)
    running.close()
    assert not STACK


# --- nested mocks -----------------------------------------------------------------------------


def test_the_mock_of_the_rule_complains_and_no_other() -> None:
    with mock_s3vectors() as outer:
        with pytest.raises(AssertionError, match=NEVER_FIRED), mock_s3vectors() as inner:
            forget(inner)
        assert outer.rules == ()
    outer, inner = mock_s3vectors(), mock_s3vectors()
    outer.start()
    inner.start()
    forget(outer)
    inner.stop()
    with pytest.raises(AssertionError, match=NEVER_FIRED):
        outer.stop()
    assert not STACK


def test_one_complaint_is_enough() -> None:
    @mock_s3vectors
    @mock_s3vectors
    def decorated() -> None:
        outer.fail("QueryVectors", 503)
        forget()

    with pytest.raises(AssertionError, match=r"GetIndex.* never fired") as failure, mock_s3vectors() as outer:
        decorated()
    assert "QueryVectors" not in str(failure.value)  # an exception was under way


def test_mocks_that_end_in_the_order_in_which_they_began() -> None:
    first, second = mock_s3vectors(), mock_s3vectors()
    first.start()
    second.start()
    rule = first.fail(LIST, 503)
    assert fails()
    first.stop()
    assert not fails()
    assert (second.rules, rule.hits > 0) == ((), True)
    second.stop()


def test_rules_lists_what_holds_in_the_order_of_looking() -> None:
    with mock_s3vectors() as outer:
        oldest = outer.fail(LIST, 503, optional=True)
        with mock_s3vectors() as inner:
            first, last = [inner.fail(LIST, 503, optional=True) for _ in range(2)]
            assert [*inner.rules] == [last, first, oldest]
            assert [*outer.rules] == [oldest]
            late = outer.fail(LIST, 503, optional=True)
            assert [*inner.rules] == [last, first, late, oldest]
        assert [*outer.rules] == [late, oldest]


def test_the_same_mock_twice() -> None:
    mock = mock_s3vectors()
    with mock:
        names()
        rule = mock.fail(LIST, 503, optional=True)
        with mock:
            assert (len(mock.calls), [*mock.rules]) == (0, [rule])
            inner = mock.fail("GetIndex", 503)
            mock.clock.move_to(FAR)
            assert [*mock.rules] == [inner, rule]
            inner.remove()
        assert (len(mock.calls), [*mock.rules]) == (1, [rule])
        assert mock.clock.now() < FAR
    assert len(mock.calls) == 1


@pytest.mark.parametrize("shared", [False, True])
def test_what_an_inner_mock_undoes(*, shared: bool) -> None:
    with mock_s3vectors() as outer:
        create("before")
        with mock_s3vectors(shared=shared) as inner:
            inner.fail(LIST, 503)
            inner.clock.move_to(FAR)
            create("inside")
            assert [call.params["vectorBucketName"] for call in inner.calls] == ["inside"]
            assert (outer.clock.now() >= FAR) is shared
            assert fails()
        assert names() == ["before", "inside"] if shared else ["before"]
        assert outer.clock.now() < FAR
        seen = [call.params["vectorBucketName"] for call in outer.calls.of("CreateVectorBucket")]
        assert seen == (["before", "inside"] if shared else ["before"])


def test_an_outer_mock_is_steered_from_within() -> None:
    with mock_s3vectors() as outer, mock_s3vectors() as inner:
        rule = outer.fail(LIST, 503)
        assert fails()
        assert (rule.hits > 0, len(outer.calls), len(inner.calls) == rule.hits) == (True, 0, True)


# --- after the end ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [mock_s3vectors, s3vectors_server])
def test_calls_after_the_end(make: Any) -> None:
    started = make()
    bench = started.mock
    text = (
        "calls was used on a mock that is off: use it while the mock is on, or after its `with` block or its "
        "stop(). The calls of a decorated function are forgotten when it returns."
    )
    with pytest.raises(UsageError) as refusal:
        bench.calls  # noqa: B018 - it raises
    assert str(refusal.value) == text
    with started:
        create("films")
        during = bench.calls
    assert [call.operation for call in bench.calls] == [call.operation for call in during]
    bench.assert_called("CreateVectorBucket", times=1, vectorBucketName="films")
    bench.assert_not_called(LIST)
    with pytest.raises(UsageError, match=r"^on\(\) was used on a mock that is off: "):
        bench.fail(LIST, 503)
    with started:
        assert len(bench.calls) == 0
    assert len(bench.calls) == 0


def test_calls_are_known_after_a_complaint() -> None:
    with pytest.raises(AssertionError, match=NEVER_FIRED), mock_s3vectors() as mock:  # noqa: PT012
        forget(mock)
        create("films")
    assert mock.calls.only("CreateVectorBucket").status == 200


def test_a_decorated_function_takes_its_calls_with_it() -> None:
    mock = mock_s3vectors()
    mock(lambda: create("films"))()
    with pytest.raises(UsageError, match=r"The calls of a decorated function are forgotten when it returns"):
        mock.calls  # noqa: B018 - it raises


def test_a_rule_after_the_end() -> None:
    with mock_s3vectors() as mock:
        rule = mock.fail(LIST, 503, optional=True)
    rule.remove()
    assert rule.hits == 0
    with mock:
        assert not fails()
        assert mock.rules == ()


def test_calls_that_were_chosen_on_a_mock_that_has_ended() -> None:
    with mock_s3vectors() as mock:
        chosen = mock.on(LIST)
    text = f"mock.on({LIST!r}).fail(503) was made on a mock that has ended: call on() of the mock that is on."
    for on in (nullcontext(), mock):
        with on, pytest.raises(UsageError) as refusal:
            chosen.fail(503)
        assert str(refusal.value) == text


def test_what_a_mock_of_a_server_looks_like() -> None:
    server = s3vectors_server()
    assert repr(server.mock) == "<the mock of a server that is off>"
    with server:
        assert repr(server.mock) == "<the mock of a server that is on>"


def test_the_surroundings_are_back_before_the_complaint() -> None:
    seen: list[bool] = []
    mock = mock_s3vectors()
    mock.start()
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"

    class Noting:
        """Compared with a parameter of each call, and again for the complaint."""

        __hash__ = None  # type: ignore[assignment] # nobody needs it

        def __eq__(self, other: object) -> bool:
            seen.append("AWS_ACCESS_KEY_ID" in os.environ)
            return False

    mock.on("CreateVectorBucket", vectorBucketName=Noting()).fail(503)
    create("films")
    with pytest.raises(AssertionError, match="never fired"):
        mock.stop()
    assert (seen[0], seen[-1]) == (True, False)
    assert not STACK


def test_a_bug_in_a_member_of_the_rule_leaves_nothing_on() -> None:
    class Failing:
        """Fails when it is compared for the complaint, after the mock has ended."""

        __hash__ = None  # type: ignore[assignment] # nobody needs it

        def __eq__(self, other: object) -> bool:
            if not STACK:
                raise ZeroDivisionError("a bug of the test")
            return False

    with pytest.raises(ZeroDivisionError, match="a bug of the test"), mock_s3vectors() as mock:  # noqa: PT012
        mock.on("CreateVectorBucket", vectorBucketName=Failing()).fail(503)
        create("films")
    assert not STACK


# --- threads and tasks ------------------------------------------------------------------------


def test_tasks_each_have_their_own_mock() -> None:
    @mock_s3vectors
    async def task(number: int) -> list[str]:
        mock = current_mock()
        with mock.fail(LIST, "AccessDeniedException", times=number + 1) as rule:
            mock.clock.move_to(FAR + number * 1000)
            await asyncio.sleep(0)
            assert current_mock() is mock
            assert [fails() for _ in range(4)] == [True] * (number + 1) + [False] * (3 - number)
            await asyncio.sleep(0)
            assert current_mock().rules == (rule,)
            assert rule.hits == number + 1
            assert 0 <= mock.clock.now() - FAR - number * 1000 < 100
            assert len(mock.calls) == 4
        create(f"bucket-{number}")
        return names()

    async def together() -> list[list[str]]:
        return await asyncio.gather(*(task(number) for number in range(3)))

    assert asyncio.run(together()) == [["bucket-0"], ["bucket-1"], ["bucket-2"]]


def test_only_the_task_of_the_rule_fails() -> None:
    @mock_s3vectors
    async def task(number: int) -> int:
        if number == 1:
            forget()
        await asyncio.sleep(0)
        create(f"bucket-{number}")
        return number

    async def together() -> list[int | BaseException]:
        return await asyncio.gather(*(task(number) for number in range(3)), return_exceptions=True)

    first, failed, last = asyncio.run(together())
    assert (first, last) == (0, 2)
    assert str(failed).startswith("mock.on('GetIndex').fail(503) never fired.")


def test_threads_find_the_mock_of_the_test() -> None:
    with mock_s3vectors() as mock:
        rule = mock.fail(LIST, 503)
        with ThreadPoolExecutor(4) as threads:
            assert all(threads.map(lambda _: fails(), range(8)))
            assert set(threads.map(lambda _: current_mock(), range(8))) == {mock}
            threads.submit(mock.clock.move_to, FAR).result()
            threads.submit(rule.remove).result()
        assert not fails()
        assert mock.clock.now() >= FAR


def test_threads_with_mocks_of_their_own() -> None:
    found: list[object] = []

    @mock_s3vectors
    def inside() -> None:
        mock = current_mock()
        mock.fail(LIST, 503)
        found.extend([fails(), len(mock.rules)])

    with mock_s3vectors() as outer:
        thread = Thread(target=inside)
        thread.start()
        thread.join()
        assert found == [True, 1]
        assert outer.rules == ()
        assert not fails()


def test_a_rule_of_many_threads_acts_as_often_as_it_should() -> None:
    with mock_s3vectors() as mock, ThreadPoolExecutor(8) as threads:
        rule = mock.on("CreateVectorBucket").fail("AccessDeniedException", times=10, after=5)

        def created(number: int) -> bool:
            try:
                create(f"bucket-{number}")
            except CLIENT.exceptions.AccessDeniedException:
                return False
            return True

        found = list(threads.map(created, range(40)))
        assert (rule.hits, len(mock.calls), found.count(False), len(names())) == (10, 40, 10, 30)


def test_the_mock_that_is_on() -> None:
    with mock_s3vectors() as outer:
        assert current_mock() is outer
        with s3vectors_server() as server:
            assert current_mock() is server.mock
            with mock_s3vectors(shared=True) as inner:
                assert current_mock() is inner
        with STACK.savepoint():
            assert current_mock() is outer
        assert current_mock() is outer


def test_a_client_that_was_made_before() -> None:
    with mock_s3vectors() as mock:
        mock.on(LIST).answer({"vectorBuckets": []})
        create("films")
        assert CLIENT.list_vector_buckets()["vectorBuckets"] == []
