"""Rules, clock and calls in decorated classes, run by unittest itself: each test is a savepoint."""

from __future__ import annotations

import unittest
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mock_s3vectors import current_mock, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import arn, create, names, new_client

if TYPE_CHECKING:
    from tests.support.mocks import MakeMock

LIST = "ListVectorBuckets"
FAR = 5_000_000_000
NEVER_FIRED = "mock.on('GetIndex').fail(503) never fired."


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.fixture(params=[mock_s3vectors, s3vectors_server], ids=["mock", "server"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def forget() -> None:
    """Make a rule that never fires."""
    current_mock().fail("GetIndex", 503)


def fails() -> bool:
    """Return whether a call fails."""
    try:
        names()
    except ClientError:
        return True
    return False


def run(case: type[unittest.TestCase]) -> dict[str, list[str]]:
    """Run the tests; return the names of those that failed, with the last lines of what was said of them."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert not STACK
    found: dict[str, list[str]] = {}
    for test, text in [*result.failures, *result.errors]:
        said = text[text.rindex("\n", 0, text.find("Error: ")) + 1 :].splitlines()[0]
        whole = getattr(test, "test_case", test)
        found.setdefault(getattr(whole, "_testMethodName", str(test)), []).append(said)
    return found


def test_a_rule_that_never_fired_fails_its_own_test(kind: MakeMock) -> None:
    @kind
    class Case(unittest.TestCase):
        def test_one(self) -> None:
            create("films")

        def test_two(self) -> None:
            forget()

        def test_three(self) -> None:
            self.assertEqual(current_mock().rules, ())  # noqa: PT009 - as users of unittest write it

        def test_tidy(self) -> None:
            current_mock().fail("GetIndex", 503).remove()

        def test_broken(self) -> None:
            forget()
            raise ZeroDivisionError

        def test_broken_part(self) -> None:
            forget()
            with self.subTest():
                raise ZeroDivisionError

        def test_skipped(self) -> None:
            forget()
            self.skipTest("on purpose")

        @unittest.expectedFailure
        def test_expected(self) -> None:
            forget()
            raise ZeroDivisionError

    found = run(Case)
    assert {name: len(said) for name, said in found.items()} == {
        "test_two": 1,
        "test_broken": 1,
        "test_broken_part": 1,
    }
    assert found["test_two"][0].startswith(f"AssertionError: {NEVER_FIRED}")
    assert found["test_broken"][0] == "ZeroDivisionError"


@pytest.mark.parametrize("method", ["setUp", "tearDown", "clean_up"])
def test_rules_of_what_is_around_a_test_are_of_the_test(method: str) -> None:
    def around(_: Any) -> None:
        forget()

    def test(self: Any) -> None:
        if method == "clean_up":
            self.addCleanup(around, self)

    body = {"test": test, **({method: around} if method != "clean_up" else {})}
    found = run(mock_s3vectors(type("Case", (unittest.TestCase,), body)))
    assert [said[:15] for said in found["test"]] == ["AssertionError:"]


def test_rules_of_the_class_fail_its_end() -> None:
    class Case(unittest.TestCase):
        broken = False

        @classmethod
        def setUpClass(cls) -> None:
            forget()

        def test(self) -> None:
            assert len(current_mock().rules) == 1
            assert not self.broken

    @mock_s3vectors
    class Sound(Case): ...

    @mock_s3vectors
    class Broken(Case):
        broken = True

    ((name, said),) = run(Sound).items()
    assert name.startswith("tearDownClass (")
    assert said[0].startswith(f"AssertionError: {NEVER_FIRED}")
    assert [*run(Broken)] == ["test"]  # the class says nothing besides


def test_start_in_set_up() -> None:
    class Case(unittest.TestCase):
        def setUp(self) -> None:
            self.mock = mock_s3vectors()
            self.mock.start()
            self.addCleanup(self.mock.stop)

        def test_sound(self) -> None:
            self.mock.fail("CreateVectorBucket", "AccessDeniedException")
            with pytest.raises(ClientError):
                create("films")

        def test_forgotten(self) -> None:
            self.mock.fail("GetIndex", 503)

    found = run(Case)
    assert [*found] == ["test_forgotten"]
    assert found["test_forgotten"][0].startswith(f"AssertionError: {NEVER_FIRED}")


def test_each_test_finds_what_the_class_made(kind: MakeMock) -> None:
    """Rules as far as they were, the clock as it was; and nothing of another test."""

    @kind
    class Case(unittest.TestCase):
        client: Any
        rules: Any
        found: Any = None

        @classmethod
        def setUpClass(cls) -> None:
            mock = current_mock()
            cls.client = new_client(config=Config(retries={"total_max_attempts": 1}))
            cls.rules = (
                mock.fail(LIST, "AccessDeniedException", times=2, after=1),
                mock.delay(LIST, 0, probability=0.5, seed=1),
                mock.on("GetVectorBucket").limit(requests=2, per=3600),
            )
            mock.clock.move_to(FAR)
            create("of-class")
            arn("of-class")

        @classmethod
        def tearDownClass(cls) -> None:
            assert [call.params["vectorBucketName"] for call in current_mock().calls] == ["of-class"] * 2
            assert current_mock().rules == cls.rules[::-1]
            assert [rule.hits for rule in cls.rules] == [0, 0, 0]

        def check(self) -> None:
            mock = current_mock()
            assert not mock.calls
            assert [fails() for _ in range(4)] == [False, True, True, False]
            found = [call.rule for call in mock.calls]
            assert found == (self.found or found)
            type(self).found = found
            create("of-test")
            arn("of-class", self.client)
            with pytest.raises(ClientError, match="TooManyRequests"):
                arn("of-class", self.client)
            assert [rule.hits for rule in self.rules][::2] == [2, 1]
            assert mock.clock.now() < FAR + 500
            mock.clock.shift(1000)
            added = mock.fail("GetIndex", "AccessDeniedException", optional=True)
            assert mock.rules == (added, *self.rules[::-1])
            self.rules[1].remove()
            assert mock.rules == (added, self.rules[2], self.rules[0])

        def test_one(self) -> None:
            self.check()

        def test_two(self) -> None:
            self.check()

        def test_three(self) -> None:
            self.check()

    assert run(Case) == {}


def test_the_mock_object_steers_the_test_that_runs() -> None:
    mock = mock_s3vectors()

    @mock
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("of-class")
            assert current_mock() is mock
            assert len(mock.calls) == 1

        def test_one(self) -> None:
            assert current_mock() is mock
            assert len(mock.calls) == 0
            mock.fail(LIST, "AccessDeniedException")
            mock.clock.move_to(FAR)
            assert fails()

        def test_two(self) -> None:
            assert mock.rules == ()
            assert not fails()
            assert len(mock.calls) == 1
            assert mock.clock.now() < FAR
            assert mock.bucket("of-class").name == "of-class"

    assert run(Case) == {}


def test_inner_mocks_in_a_test() -> None:
    @mock_s3vectors
    class Case(unittest.TestCase):
        @mock_s3vectors(max_vector_buckets=3)
        def test_decorated(self) -> None:
            forget()

        def test_block(self) -> None:
            with mock_s3vectors() as inner:
                inner.fail(LIST, "AccessDeniedException")
                assert fails()
            assert not fails()

    found = run(Case)
    assert [*found] == ["test_decorated"]
    assert len(found["test_decorated"]) == 1


def test_an_async_test_case(kind: MakeMock) -> None:
    @kind
    class Case(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            self.rule = current_mock().fail(LIST, "AccessDeniedException")
            self.addAsyncCleanup(self.clean_up)

        async def clean_up(self) -> None:
            assert current_mock().rules == (self.rule,)

        async def test_one(self) -> None:
            assert fails()

        def test_two(self) -> None:
            assert fails()

        async def test_forgotten(self) -> None: ...

        async def test_broken(self) -> None:
            raise ZeroDivisionError

    found = run(Case)
    assert {name: len(said) for name, said in found.items()} == {"test_forgotten": 1, "test_broken": 1}
    assert "never fired" in found["test_forgotten"][0]


def test_debug_complains_too() -> None:
    @mock_s3vectors
    class Case(unittest.TestCase):
        def test(self) -> None:
            forget()

    with pytest.raises(AssertionError, match="never fired"):
        Case("test").debug()
    assert not STACK


def test_methods_that_are_called_outside_of_a_run() -> None:
    """The test finds the rules of its set-up, which nobody complains of; it answers for its own."""

    @mock_s3vectors
    class Tests:
        def setup_method(self) -> None:
            self.rule = current_mock().fail(LIST, "AccessDeniedException")

        def test_sound(self) -> None:
            assert fails()
            self.rule.remove()
            assert not fails()

        def test_forgotten(self) -> None:
            forget()

    tests = Tests()
    tests.setup_method()
    tests.test_sound()
    tests.setup_method()
    with pytest.raises(AssertionError, match="never fired"):
        tests.test_forgotten()
    assert not STACK
