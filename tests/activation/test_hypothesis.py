"""Hypothesis calls a test many times: each example begins with what there was before the first one."""

from __future__ import annotations

import asyncio
import inspect
import unittest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import CLIENT, account_of, create, names
from tests.support.mocks import level

if TYPE_CHECKING:
    from collections.abc import Callable

OTHER = "111122223333"
FEW = settings(max_examples=5, deadline=None, database=None, derandomize=True)
NUMBERS = st.integers(0, 1000)


def begin_and_create() -> None:
    """Fail unless there is nothing; then leave something."""
    assert STACK
    assert names() == []
    create("bucket")


# --- functions --------------------------------------------------------------------------------


def above() -> Callable[[], None]:
    @mock_s3vectors
    @FEW
    @given(NUMBERS)
    def test(_: int) -> None:
        begin_and_create()

    return test


def below() -> Callable[[], None]:
    @FEW
    @given(NUMBERS)
    @mock_s3vectors
    def test(_: int) -> None:
        begin_and_create()

    return test


def between() -> Callable[[], None]:
    @FEW
    @mock_s3vectors(account_id=OTHER)
    @given(NUMBERS)
    def test(_: int) -> None:
        begin_and_create()
        assert account_of(CLIENT) == OTHER

    return test


def twice() -> Callable[[], None]:
    @mock_s3vectors(account_id=OTHER)
    @FEW
    @mock_s3vectors(max_vector_buckets=2)
    @given(NUMBERS)
    def test(_: int) -> None:
        begin_and_create()
        assert account_of(CLIENT) == OTHER
        with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
            create("third")

    return test


def static() -> Callable[[], None]:
    class Tests:
        @mock_s3vectors
        @staticmethod
        @FEW
        @given(NUMBERS)
        def test(_: int) -> None:
            begin_and_create()

    return Tests.test


@pytest.mark.parametrize("make", [above, below, between, twice, static])
def test_each_example_begins_with_nothing(make: Callable[[], Callable[[], None]]) -> None:
    test = make()
    for _ in range(2):
        test()
        assert not STACK


def test_a_decorated_test_is_still_one_of_hypothesis() -> None:
    test: Any = above()
    assert test.is_hypothesis_test
    assert test.hypothesis.inner_test.__name__ == "test"
    assert not inspect.signature(test).parameters


def test_what_stands_above_the_mock_is_heard() -> None:
    seen = []

    @settings(FEW, max_examples=3)
    @seed(1)
    @example(-1)
    @mock_s3vectors
    @example(-2)
    @given(NUMBERS)
    def test(number: int) -> None:
        begin_and_create()
        seen.append(number)

    test()
    assert sorted(seen[:2]) == [-2, -1]
    assert len(seen) == 5


def test_data_is_drawn_inside() -> None:
    @mock_s3vectors
    @FEW
    @given(st.data())
    def test(data: st.DataObject) -> None:
        data.draw(st.builds(begin_and_create))
        assert names() == ["bucket"]

    test()


@pytest.mark.parametrize("outside", [[], ["outer"]])
def test_inside_another_mock_each_example_begins_with_what_that_has(outside: list[str]) -> None:
    @mock_s3vectors
    @FEW
    @given(NUMBERS)
    def test(_: int) -> None:
        assert names() == outside
        create("bucket")

    with mock_s3vectors() as outer:
        create(*outside)
        test()
        assert names() == outside
        outer.reset()
        assert names() == []


def test_a_failing_example_is_shrunk_and_surfaces() -> None:
    seen = []

    @mock_s3vectors
    @settings(database=None, derandomize=True, deadline=None)
    @given(NUMBERS)
    def test(number: int) -> None:
        begin_and_create()
        seen.append(number)
        assert number < 17

    with pytest.raises(AssertionError) as failure:
        test()
    assert seen[-1] == 17
    # Python 3.10 has no notes, and Hypothesis prints them there.
    assert "number=17," in "".join(getattr(failure.value, "__notes__", ["number=17,"]))
    assert not STACK


def test_a_mock_that_is_stopped_by_an_example() -> None:
    @FEW
    @given(NUMBERS)
    def test(_: int) -> None:
        with pytest.raises(UsageError, match="not started"):
            mock_s3vectors().stop()

    mock_s3vectors(test)()
    assert not STACK


def test_copies_of_several_threads_end_in_any_order() -> None:
    with mock_s3vectors():
        create("original")
        one, other = STACK.savepoint(), STACK.savepoint()
        one.__enter__()
        create("one")
        other.__enter__()
        create("other")
        one.__exit__(None, None, None)
        assert names() == ["one", "original", "other"]
        other.__exit__(None, None, None)
        assert names() == ["original"]


def test_a_mock_that_ends_before_a_copy_of_its_state() -> None:
    copy = STACK.savepoint()
    with mock_s3vectors():
        copy.__enter__()
    with mock_s3vectors():
        create("bucket")
        copy.__exit__(None, None, None)
        assert names() == ["bucket"]


def test_what_is_no_test_is_wrapped_as_ever() -> None:
    assert mock_s3vectors(names)() == []
    smallest = mock_s3vectors(find)(NUMBERS, lambda number: number > 5 and names() == [], settings=FEW)
    assert smallest == 6


def test_coroutine_functions() -> None:
    """As plug-ins for pytest run them: they replace the inner test by one that is no coroutine function."""

    @mock_s3vectors
    @FEW
    @given(NUMBERS)
    async def test(_: int) -> None:
        begin_and_create()
        await asyncio.sleep(0)
        assert names() == ["bucket"]

    run: Any = test
    inner = run.hypothesis.inner_test
    assert inspect.iscoroutinefunction(inner)
    run.hypothesis.inner_test = lambda *args, **kwargs: asyncio.run(inner(*args, **kwargs))
    run()


# --- classes ----------------------------------------------------------------------------------


def test_an_example_in_a_class_begins_with_what_its_set_up_made() -> None:
    @mock_s3vectors
    class Tests:
        @classmethod
        def setup_class(cls) -> None:
            create("class")

        def setup_method(self) -> None:
            create("set-up")

        def teardown_method(self) -> None:
            assert names() == ["class", "set-up"]

        @FEW
        @given(NUMBERS)
        def test(self, _: int) -> None:
            assert names() == ["class", "set-up"]
            create("test")

    Tests.setup_class()
    for tests in (Tests(), Tests()):
        tests.setup_method()
        tests.test()
        tests.teardown_method()


def test_an_example_in_a_class_without_set_up_begins_with_nothing() -> None:
    @mock_s3vectors
    class Tests:
        @FEW
        @given(NUMBERS)
        def test(self, _: int) -> None:
            begin_and_create()

    tests = Tests()
    for _ in range(2):
        tests.test()


class Undecorated(unittest.TestCase):
    __test__ = False

    def setUp(self) -> None:
        create("set-up")

    def tearDown(self) -> None:
        assert names() == ["set-up"]

    @FEW
    @given(NUMBERS)
    def test(self, _: int) -> None:
        assert names() == ["set-up"]
        create("test")


def run_case(case: type[unittest.TestCase]) -> None:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.testsRun == 1
    assert [text for _, text in (*result.errors, *result.failures)] == []


def test_an_example_in_unittest_begins_with_what_its_set_up_made() -> None:
    """For both classes, whose test is one and the same function."""
    for name in ("First", "Second"):
        run_case(mock_s3vectors(type(name, (Undecorated,), {})))


# --- stateful tests ---------------------------------------------------------------------------


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.made = ["outer", "init"]
        assert names() == ["outer"]
        create("init")

    @initialize()
    def begin(self) -> None:
        assert names() == ["init", "outer"]

    @rule(number=NUMBERS)
    def make(self, number: int) -> None:
        create(f"bucket-{number}-{len(self.made)}")
        self.made.append("bucket")
        assert len(names()) == len(self.made)

    def teardown(self) -> None:
        assert len(names()) == len(self.made)


@pytest.mark.parametrize("base", [Machine.TestCase, type("Derived", (Machine.TestCase,), {})])
def test_each_run_of_a_state_machine_begins_anew(base: Any) -> None:
    class Case(base):  # type: ignore[misc]
        settings = settings(FEW, stateful_step_count=3)

        def setUp(self) -> None:
            create("outer")

        def tearDown(self) -> None:
            assert names() == ["outer"]

    run_case(mock_s3vectors(Case))
    assert not STACK


def test_a_state_machine_that_fails_is_reported_by_its_own_name(capsys: pytest.CaptureFixture[str]) -> None:
    class Failing(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            begin_and_create()

        @rule(number=NUMBERS)
        def fail(self, number: int) -> None:
            assert number < 17

    case = mock_s3vectors(Failing.TestCase)
    case.settings = settings(FEW, max_examples=100, print_blob=False)
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    ((_, text),) = result.failures
    report = text + capsys.readouterr().out
    assert "state = Failing()" in report
    assert "state.fail(number=17)" in report
    assert not STACK


def test_a_state_machine_that_cannot_begin_leaves_no_copy() -> None:
    class Broken(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            raise ZeroDivisionError

        @rule()
        def step(self) -> None: ...

    case: Any = mock_s3vectors(Broken.TestCase)
    with mock_s3vectors():
        before = level()
        with pytest.raises(ZeroDivisionError):
            case("runTest").debug()
        assert level() is before


def test_the_state_machine_itself_cannot_be_decorated() -> None:
    with pytest.raises(UsageError) as refusal:
        mock_s3vectors(Machine)
    assert str(refusal.value) == (
        "Machine is a state machine, and Hypothesis calls its rules by itself: decorate its test case, as in "
        "TestFilms = mock_s3vectors(Machine.TestCase)."
    )


def test_a_machine_that_a_decorated_function_runs_is_mocked() -> None:
    class Small(RuleBasedStateMachine):
        @rule()
        def step(self) -> None:
            assert names() == []

    mock_s3vectors(run_state_machine_as_test)(Small, settings=FEW)


# --- pytest's fixtures ------------------------------------------------------------------------


@settings(FEW, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=NUMBERS)
def test_each_example_of_a_test_with_the_fixture_begins_with_nothing(
    s3vectors_client: Any, number: int
) -> None:
    assert names(s3vectors_client) == []
    create(f"bucket-{number}", client=s3vectors_client)


@pytest.fixture
def shared(s3vectors_client: Any) -> None:
    create("shared", client=s3vectors_client)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize("number", [1, 2])
@FEW
@given(other=NUMBERS)
def test_each_example_begins_with_what_fixtures_made(number: int, other: int) -> None:
    assert names() == ["shared"]
    create(f"bucket-{number}-{other}")


def test_runs_of_pytest(pytester: pytest.Pytester) -> None:
    program = Path(__file__).with_name("programs") / "examples_under_pytest.py"
    pytester.makepyfile(program.read_text())
    result = pytester.runpytest("-p", "no:cacheprovider")
    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines(["*: test_fails(*", "*number=17,*"])
