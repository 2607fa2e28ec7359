"""`@mock_s3vectors` on `unittest.TestCase` and `IsolatedAsyncioTestCase`, run by unittest itself."""

from __future__ import annotations

import unittest
from typing import Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation import cases
from tests.activation.world import CLIENT, account_of, create, names

OTHER = "111122223333"


def run(*cases: type[unittest.TestCase], passed: int) -> None:
    """Runs all tests of the classes, as often as it likes: a state must not outlive its run."""
    loader = unittest.TestLoader()
    for _ in range(2):
        result = unittest.TestResult()
        unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases).run(result)
        assert not [*result.errors, *result.failures]
        assert result.testsRun - len(result.skipped) == passed
        assert not STACK


def test_all_steps_of_a_test_case() -> None:
    @mock_s3vectors
    class Case(cases.AllSteps): ...

    run(Case, passed=3)


def test_a_decorated_base_class() -> None:
    @mock_s3vectors
    class Decorated(cases.AllSteps): ...

    class Derived(Decorated):
        @classmethod
        def setUpClass(cls) -> None:
            super().setUpClass()
            cases.expect(["class"])

        def test_three(self) -> None:
            self.test_one()

    class Further(Derived): ...

    run(Decorated, Derived, Further, passed=3 + 4 + 4)


def test_a_base_class_with_set_ups_that_is_not_decorated() -> None:
    class Common(unittest.TestCase):
        client: Any

        @classmethod
        def setUpClass(cls) -> None:
            super().setUpClass()
            cls.client = CLIENT
            create("common")

        def setUp(self) -> None:
            super().setUp()
            create("set-up")

        def tearDown(self) -> None:
            assert names(self.client) == ["common", "own", "set-up"]
            super().tearDown()

    @mock_s3vectors
    class Case(Common):
        def setUp(self) -> None:
            super().setUp()
            create("own")

        def test(self) -> None:
            assert names(self.client) == ["common", "own", "set-up"]

    run(Case, passed=1)


def test_without_any_set_up_each_test_begins_with_nothing() -> None:
    @mock_s3vectors(account_id=OTHER)
    class Case(unittest.TestCase):
        def test_one(self) -> None:
            assert account_of(CLIENT) == OTHER

        def test_two(self) -> None:
            self.test_one()

        def runTest(self) -> None:  # noqa: N802 - unittest's name
            self.test_one()

    run(Case, passed=2)
    case = Case()
    case.debug()
    case.debug()
    assert not STACK


def test_mixins_with_a_set_up_of_their_own() -> None:
    class Mixin:
        def setUp(self) -> None:
            super().setUp()  # type: ignore[misc]
            create("mixin")

    @mock_s3vectors
    class Decorated(unittest.TestCase):
        def setUp(self) -> None:
            super().setUp()
            create("decorated")

    class First(Mixin, Decorated):
        def test(self) -> None:
            assert names() == ["decorated", "mixin"]

    class Last(Decorated, Mixin, unittest.TestCase):
        def test(self) -> None:
            assert names() == ["decorated", "mixin"]

    run(First, Last, passed=2)


def test_skipped_and_failing_tests_switch_off_again() -> None:
    @mock_s3vectors
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            create("bucket")

        @unittest.skip("on purpose")
        def test_skipped(self) -> None: ...

        @unittest.expectedFailure
        def test_expected(self) -> None:
            create("bucket")

        def test_failing(self) -> None:
            raise AssertionError

        def test_raising(self) -> None:
            raise ZeroDivisionError

    result = unittest.TestResult()
    unittest.TestLoader().loadTestsFromTestCase(Case).run(result)
    counted = [result.failures, result.errors, result.skipped, result.expectedFailures]
    assert [len(tests) for tests in counted] == [1, 1, 1, 1]
    assert not STACK


@pytest.mark.parametrize("method", ["setUpClass", "tearDownClass", "setUp", "tearDown"])
def test_a_set_up_or_clean_up_that_fails(method: str) -> None:
    def fail(_: Any) -> None:
        create("bucket")
        raise ZeroDivisionError

    def passes(_: Any) -> None: ...

    body = {method: classmethod(fail) if "Class" in method else fail, "test": passes}
    case = mock_s3vectors(type("Case", (unittest.TestCase,), body))
    result = unittest.TestResult()
    unittest.TestLoader().loadTestsFromTestCase(case).run(result)
    assert len(result.errors) == 1
    assert "ZeroDivisionError" in result.errors[0][1]
    assert not STACK


def test_decorated_methods_of_a_test_case() -> None:
    class Case(unittest.TestCase):
        @mock_s3vectors
        def test_one(self) -> None:
            assert names() == []
            create("bucket")

        @mock_s3vectors(account_id=OTHER)
        def test_two(self) -> None:
            assert account_of(CLIENT) == OTHER

    run(Case, passed=2)


def test_a_decorated_method_adds_its_options_to_those_of_the_class() -> None:
    @mock_s3vectors(account_id=OTHER)
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            create("set-up")

        @mock_s3vectors(max_vector_buckets=2)
        def test(self) -> None:
            assert names() == ["set-up"]
            assert account_of(CLIENT) == OTHER
            with pytest.raises(CLIENT.exceptions.ServiceQuotaExceededException):
                create("third")

    run(Case, passed=1)


def test_start_in_set_up_and_stop_in_tear_down_or_clean_up() -> None:
    class TearDown(unittest.TestCase):
        mock = mock_s3vectors()

        def setUp(self) -> None:
            self.mock.start()

        def tearDown(self) -> None:
            self.mock.stop()

        def test_one(self) -> None:
            create("bucket")

        def test_two(self) -> None:
            create("bucket")

    class CleanUp(unittest.TestCase):
        def setUp(self) -> None:
            mock = mock_s3vectors()
            mock.start()
            self.addCleanup(mock.stop)

        def test(self) -> None:
            create("bucket")

    run(TearDown, CleanUp, passed=3)


# --- IsolatedAsyncioTestCase ----------------------------------------------------------------


def test_all_steps_of_an_async_test_case() -> None:
    @mock_s3vectors
    class Case(cases.AllAsyncSteps): ...

    run(Case, passed=3)


def test_an_async_test_case_on_a_decorated_base() -> None:
    @mock_s3vectors
    class Decorated(unittest.TestCase): ...

    class Case(Decorated, cases.AllAsyncSteps): ...

    run(Case, passed=3)
