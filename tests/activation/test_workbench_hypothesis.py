"""Rules, clock and calls in property tests: each example begins with what there was before the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from mock_s3vectors import current_mock, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import create, names, run_case

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.mocks import MakeMock

FEW = settings(
    max_examples=8,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
NUMBERS = st.integers(0, 1000)
FAR = 5_000_000_000
LIST = "ListVectorBuckets"


def check_and_change(number: int) -> None:
    """Fail unless no other example has been here; then leave something of each kind."""
    mock = current_mock()
    assert (len(mock.calls), mock.clock.now() < FAR) == (0, True)
    rule = mock.on(LIST).answer({"vectorBuckets": []}, times=1)
    create(f"bucket-{number}")
    assert [names(), names()] == [[], [f"bucket-{number}"]]
    assert (len(mock.calls), rule.hits) == (3, 1)
    mock.clock.move_to(FAR)


@pytest.mark.parametrize("kind", [mock_s3vectors, s3vectors_server])
def test_examples_of_decorated_functions(kind: MakeMock) -> None:
    @kind
    @FEW
    @given(NUMBERS)
    def above(number: int) -> None:
        assert current_mock().rules == ()
        check_and_change(number)

    @FEW
    @given(NUMBERS)
    @kind
    def below(number: int) -> None:
        assert current_mock().rules == ()
        check_and_change(number)

    for test in (above, below):
        test()
        assert not STACK


@FEW
@given(number=NUMBERS)
def test_examples_of_the_fixture(s3vectors_mock: MockS3Vectors, number: int) -> None:
    assert current_mock() is s3vectors_mock
    assert s3vectors_mock.rules == ()
    check_and_change(number)


@pytest.mark.parametrize("kind", [mock_s3vectors, s3vectors_server])
def test_examples_find_the_rules_of_their_class_as_it_made_them(kind: MakeMock) -> None:
    @kind
    class Tests:
        def setup_method(self) -> None:
            self.rule = current_mock().on(LIST).answer({"vectorBuckets": []}, times=2, after=1)

        @FEW
        @given(NUMBERS)
        def test_it(self, number: int) -> None:
            assert current_mock().rules == (self.rule,)
            create(f"bucket-{number}")
            assert [len(names()) for _ in range(4)] == [1, 0, 0, 1]
            assert self.rule.hits == 2

    tests = Tests()
    tests.setup_method()
    tests.test_it()
    assert tests.rule.hits == 0
    assert not STACK


def test_an_example_whose_rule_never_fired_is_found() -> None:
    seen: list[int] = []

    @mock_s3vectors
    @settings(FEW, max_examples=50)
    @given(NUMBERS)
    def test(number: int) -> None:
        seen.append(number)
        with_rule = current_mock().on(LIST).answer({"vectorBuckets": []})
        if number < 10:
            assert names() == []
            assert with_rule.hits == 1

    with pytest.raises(AssertionError, match=rf"^mock\.on\('{LIST}'\)\.answer\(.*\) never fired\."):
        test()
    assert seen[-1] == 10  # Hypothesis has found the least
    assert not STACK


def test_examples_that_are_given_up_say_nothing() -> None:
    @mock_s3vectors
    @FEW
    @given(NUMBERS)
    def test(number: int) -> None:
        current_mock().fail("GetIndex", 503, optional=number % 2 == 0)
        assume(number % 2 == 0)

    test()


def test_each_run_of_a_state_machine_begins_anew() -> None:
    class Machine(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            mock = current_mock()
            assert (mock.rules, len(mock.calls), mock.clock.now() < FAR) == ((), 0, True)
            self.expected = mock.on(LIST).answer({"vectorBuckets": []})
            assert names() == []
            mock.clock.move_to(FAR)

        @rule()
        def again(self) -> None:
            assert current_mock().rules == (self.expected,)
            assert names() == []

    Case = mock_s3vectors(Machine.TestCase)  # noqa: N806 - a class
    Case.settings = settings(FEW, stateful_step_count=5)
    run_case(Case)
