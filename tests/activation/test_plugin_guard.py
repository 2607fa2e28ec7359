"""The ini option `s3vectors_guard`: what it finds in a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.mocking.stack import STACK
from tests.activation.test_guard import REASONS
from tests.activation.test_plugin import run

if TYPE_CHECKING:
    from tests.activation.test_plugin import Run

__all__ = ["run"]  # a fixture

GUARD = ("-o", "s3vectors_guard=true")


def test_a_fixture_of_a_decorated_function(run: Run) -> None:
    result = run(
        """
@pytest.fixture
def bucket():
    create("bucket")

@mock_s3vectors
def test(bucket): ...

def test_with_fixture(s3vectors_client):
    create("bucket")

@mock_s3vectors
def test_decorated():
    create("bucket")

def test_without_mock():
    with pytest.raises(__import__("mock_s3vectors").UsageError):
        create("bucket")
""",
        *GUARD,
        errors=1,
        passed=3,
    )
    result.stdout.fnmatch_lines([f"*UsageError: CreateVectorBucket{REASONS}"])


IN_INIT = """
@mock_s3vectors
class TestCase(unittest.TestCase):
    def __init__(self, name="runTest"):
        super().__init__(name)
        create("bucket")

    def test(self): ...
"""


@pytest.mark.parametrize("source", ["create('bucket')\n", IN_INIT])
def test_code_that_runs_before_the_mock(run: Run, source: str) -> None:
    result = run(source, *GUARD)
    result.stdout.fnmatch_lines(["*UsageError: CreateVectorBucket was called while no mock is on.*"])


def test_a_conftest(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.activation.prelude import create\ncreate('bucket')\n")
    result = run("def test(): ...\n", *GUARD)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*UsageError: CreateVectorBucket was called while no mock is on.*"])


def test_it_is_off_by_default_and_in_the_run_around_it(run: Run) -> None:
    run("def test():\n    assert not STACK.is_guarded\n", passed=1)
    run("def test():\n    assert not STACK.is_guarded\n", "-o", "s3vectors_guard=false", passed=1)
    run("def test():\n    assert STACK.is_guarded\n", *GUARD, passed=1)
    assert not STACK.is_guarded


def test_a_run_inside_a_guarded_one_is_guarded(run: Run) -> None:
    run(
        """
pytest_plugins = ["pytester"]

@pytest.mark.parametrize("option", ["false", "true"])
def test_inner(pytester, option):
    pytester.makepyfile('''
        from mock_s3vectors.mocking.stack import STACK
        def test():
            assert STACK.is_guarded
    ''')
    pytester.runpytest_inprocess("-o", f"s3vectors_guard={option}").assert_outcomes(passed=1)
    assert STACK.is_guarded
""",
        "-W",
        "ignore",
        *GUARD,
        passed=2,
    )


def test_a_wrong_value_ends_the_run(run: Run) -> None:
    result = run("def test(): ...\n", "-o", "s3vectors_guard=perhaps")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines[0] == "ERROR: s3vectors_guard: invalid truth value 'perhaps'"
