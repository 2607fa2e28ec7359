"""Under pytest, a rule that never fired fails the test that made it, in whichever way its mock came."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.activation.test_plugin import run
from tests.support.helpers import PLAIN_RUN

if TYPE_CHECKING:
    import pytest

    from tests.activation.test_plugin import Run

__all__ = ["run"]  # a fixture

HELPERS = """
from mock_s3vectors import UsageError, current_mock, s3vectors_server

def forget():
    current_mock().fail("GetIndex", 503)

def answer():
    current_mock().on("ListVectorBuckets").answer({"vectorBuckets": [{
        "vectorBucketName": "given", "creationTime": 0, "vectorBucketArn": "arn"}]})
"""


def complaints(result: pytest.RunResult) -> list[str]:
    """Return the names of the reports that say that a rule never fired."""
    parts = re.split(r"^_{3,} (.*?) _{3,}$", result.stdout.str(), flags=re.MULTILINE)
    return [
        name
        for name, text in zip(parts[1::2], parts[2::2], strict=True)
        if re.search(
            r"^E +AssertionError: mock\.on\('GetIndex'\)\.fail\(503\) never fired\.", text, re.MULTILINE
        )
    ]


def test_the_test_that_made_the_rule_fails(run: Run) -> None:
    result = run(
        HELPERS
        + """
@mock_s3vectors
def test_decorated():
    forget()

def test_fixture(s3vectors_mock):
    assert current_mock() is s3vectors_mock
    forget()

def test_client(s3vectors_client):
    forget()

@pytest.mark.s3vectors
def test_mark():
    forget()

def test_server(s3vectors_server):
    s3vectors_server.mock.fail("GetIndex", 503)

def test_mock_of_server(s3vectors_mock, s3vectors_server):
    assert current_mock() is s3vectors_server.mock
    s3vectors_mock.fail("GetIndex", 503)

def test_block():
    with mock_s3vectors() as mock:
        mock.fail("GetIndex", 503)

@mock_s3vectors
class TestClass:
    def test_one(self):
        forget()

    def test_two(self):
        assert current_mock().rules == ()

    @mock_s3vectors
    def test_inner(self):
        forget()

@mock_s3vectors
class TestCase(unittest.TestCase):
    def test_case(self):
        forget()

    def test_sound(self):
        assert current_mock().rules == ()

@pytest.mark.s3vectors
class TestMarked:
    def test_marked(self):
        forget()

@pytest.fixture
def made_by_fixture(s3vectors_mock):
    s3vectors_mock.fail("GetIndex", 503)

def test_rule_of_fixture(made_by_fixture):
    pass

@pytest.fixture
@mock_s3vectors
def decorated_fixture():
    yield

def test_decorated_fixture(decorated_fixture):
    forget()
""",
        failed=3,
        errors=10,
        passed=12,
    )
    assert complaints(result) == [
        "ERROR at teardown of test_fixture",
        "ERROR at teardown of test_client",
        "ERROR at teardown of test_mark",
        "ERROR at teardown of test_server",
        "ERROR at teardown of test_mock_of_server",
        "ERROR at teardown of TestClass.test_one",
        "ERROR at teardown of TestCase.test_case",
        "ERROR at teardown of TestMarked.test_marked",
        "ERROR at teardown of test_rule_of_fixture",
        "ERROR at teardown of test_decorated_fixture",
        "test_decorated",
        "test_block",
        "TestClass.test_inner",
    ]


def test_not_when_the_test_fails_otherwise(run: Run) -> None:
    result = run(
        HELPERS
        + """
def fail():
    forget()
    raise ZeroDivisionError

@mock_s3vectors
def test_decorated():
    fail()

def test_fixture(s3vectors_mock):
    fail()

def test_server(s3vectors_server):
    fail()

@mock_s3vectors
class TestClass:
    def test_one(self):
        fail()

@mock_s3vectors
class TestCase(unittest.TestCase):
    def test_case(self):
        fail()

@pytest.mark.xfail(strict=True)
def test_expected(s3vectors_mock):
    fail()

def test_skipped(s3vectors_mock):
    forget()
    pytest.skip("on purpose")

@pytest.fixture
def broken(s3vectors_mock):
    fail()

def test_broken_fixture(broken):
    pass
""",
    )
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["errors"], outcomes["xfailed"], outcomes["skipped"]) == (5, 1, 1, 1)
    assert complaints(result) == []


def test_rules_of_fixtures_that_tests_share(run: Run) -> None:
    """The last of the tests answers for them, since pytest has no other place to say it."""
    result = run(
        HELPERS
        + """
@pytest.fixture(scope="module")
def shared():
    with mock_s3vectors() as mock:
        mock.fail("GetIndex", 503)
        mock.on("ListVectorBuckets").answer({"vectorBuckets": []}, times=1)
        yield mock

def test_one(shared):
    create("films")
    assert names() == []
    assert names() == ["films"]

def test_two(shared, s3vectors_mock):
    assert current_mock() is s3vectors_mock
    assert len(s3vectors_mock.rules) == 2
    assert len(s3vectors_mock.calls) == 0
    rule = shared.on("ListVectorBuckets").answer({"vectorBuckets": []}, times=1)
    assert names() == []
    rule.remove()

def test_three(shared):
    assert len(shared.rules) == 2
    shared.assert_called("CreateVectorBucket", times=1)
""",
        passed=3,
        errors=1,
    )
    assert complaints(result) == ["ERROR at teardown of test_three"]


def test_rules_of_a_class(run: Run) -> None:
    result = run(
        HELPERS
        + """
@mock_s3vectors
class TestClass:
    @classmethod
    def setup_class(cls):
        create("of-class")
        cls.rule = current_mock().fail("CreateVectorBucket", "AccessDeniedException", times=1)

    def setup_method(self):
        self.own = current_mock().on("ListVectorBuckets").answer({"vectorBuckets": []}, times=1)

    def test_one(self):
        assert names() == []
        with pytest.raises(CLIENT.exceptions.AccessDeniedException):
            create("films")
        create("films")
        assert (self.rule.hits, self.own.hits, len(current_mock().calls)) == (1, 1, 3)
        current_mock().clock.move_to(5_000_000_000)

    def test_two(self):
        assert current_mock().clock.now() < 5_000_000_000
        self.test_one()

    @classmethod
    def teardown_class(cls):
        assert (cls.rule.hits, len(current_mock().calls)) == (0, 1)

@mock_s3vectors
class TestForgotten:
    @classmethod
    def setup_class(cls):
        forget()

    def test_one(self):
        pass

    def test_two(self):
        pass

@mock_s3vectors
class TestFailed:
    @classmethod
    def setup_class(cls):
        forget()

    def test_one(self):
        raise ZeroDivisionError

    def test_two(self):
        pass
""",
        passed=5,
        failed=1,
        errors=1,
    )
    assert complaints(result) == ["ERROR at teardown of TestForgotten.test_two"]


def test_a_complaint_leaves_nothing_on(run: Run) -> None:
    run(
        HELPERS
        + """
import os

def test_one(s3vectors_server):
    forget()
    s3vectors_server.mock.clock.move_to(5_000_000_000)

def test_two():
    assert not STACK
    assert "AWS_ENDPOINT_URL_S3VECTORS" not in os.environ
    assert "AWS_ACCESS_KEY_ID" not in os.environ
    with pytest.raises(UsageError, match="while no mock is on"):
        current_mock()

@mock_s3vectors
class TestClass:
    def test_three(self):
        forget()

    def test_four(self):
        assert names() == []
        assert current_mock().rules == ()

def test_five(s3vectors_mock):
    assert s3vectors_mock.clock.now() < 5_000_000_000
    assert s3vectors_mock.rules == ()
""",
        passed=5,
        errors=2,
    )


def test_a_run_that_is_interrupted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_it=HELPERS.replace("from mock_s3vectors import", "from mock_s3vectors import mock_s3vectors,")
        + """
def test(s3vectors_mock):
    forget()
    raise KeyboardInterrupt
"""
    )
    result = pytester.runpytest_subprocess(*PLAIN_RUN)
    assert result.ret == 2
    assert "KeyboardInterrupt" in result.stdout.str()
    assert "never fired" not in result.stdout.str() + result.stderr.str()


def test_without_the_plugin(pytester: pytest.Pytester) -> None:
    """pytest calls each method of a class by itself, and the test finds the rules of its set-up."""
    pytester.makepyfile(
        """
        from mock_s3vectors import current_mock, mock_s3vectors
        from tests.activation.prelude import names

        @mock_s3vectors
        class TestClass:
            def setup_method(self):
                self.rule = current_mock().on("ListVectorBuckets").answer({"vectorBuckets": []})

            def test_one(self):
                assert names() == []
                assert self.rule.hits == 1

            def test_two(self):
                current_mock().fail("GetIndex", 503)
        """
    )
    result = pytester.runpytest_inprocess("-p", "no:mock_s3vectors", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*AssertionError: mock.on('GetIndex').fail(503) never fired.*"])
