"""The pytest plugin, and decorated classes under pytest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.mocking.recording import LISTENING
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Mapping

# What short test files begin with.
PRELUDE = """
import unittest
import pytest
from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.recording import LISTENING
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import CLIENT, create, names
"""

WARNINGS = [
    *("-W", "error"),
    # pytest 9 wants fixtures for a whole class to be class methods; older ones know no such fixtures.
    *("-W", "ignore:Class-scoped fixtures"),
    # We run inside another pytest, which has imported mock_s3vectors.
    *("-W", "ignore:Module already imported so cannot be rewritten"),
]
FASTER = ["-p", "no:hypothesispytest", "-p", "no:cacheprovider"]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    return Run(pytester)


class Run:
    """Runs a test file and compares the number of outcomes; all must be as before again."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def __call__(self, source: str, *options: str, **outcomes: int) -> pytest.RunResult:
        # A program imports what it needs itself, and says first what it is about.
        self._pytester.makepyfile(source if source.startswith('"""') else PRELUDE + source)
        before = STACK.defaults, STACK.is_guarded, LISTENING.listener
        result = self._pytester.runpytest_inprocess(*WARNINGS, *FASTER, "--strict-markers", *options)
        if outcomes:
            result.assert_outcomes(**outcomes)
        assert not STACK
        assert (STACK.defaults, STACK.is_guarded, LISTENING.listener) == before
        return result


def program(name: str, changes: Mapping[str, str] | None = None) -> str:
    """Return the text of a program, or of a variant that other texts in some of its places make."""
    text = (Path(__file__).with_name("programs") / f"{name}.py").read_text()
    for old, new in (changes or {}).items():
        assert old in text
        text = text.replace(old, new)
    return text


# --- fixtures -----------------------------------------------------------------------------------


def test_the_fixtures(run: Run) -> None:
    run(program("fixtures"), passed=6)


@pytest.mark.parametrize("variable", ["AWS_DEFAULT_REGION", "AWS_REGION"])
def test_the_client_is_in_the_region_of_the_environment(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "eu-central-1")
    run(
        """
def test_region(s3vectors_client):
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    assert s3vectors_client.meta.region_name == "eu-central-1"
    assert names() == []
""",
        passed=1,
    )


@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3VECTORS"])
def test_the_client_is_on_the_mock_whatever_endpoint_the_environment_names(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "http://localhost:1")
    run(
        """
def test_endpoint(s3vectors_client):
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []
""",
        passed=1,
    )


def test_a_failing_test_switches_off_again(run: Run) -> None:
    run(
        """
def test_failing(s3vectors_client):
    create("bucket")
    assert False

def test_next(s3vectors_client):
    assert names() == []
""",
        failed=1,
        passed=1,
    )


def test_fixtures_of_the_user_on_top_of_ours(run: Run) -> None:
    run(program("fixtures_on_top"), passed=2)


def test_decorated_functions_are_fixtures(run: Run) -> None:
    run(program("fixtures_decorated"), passed=4)


def test_a_decorated_fixture_is_refused(run: Run) -> None:
    result = run(
        """
@mock_s3vectors
@pytest.fixture
def wrong(): ...

def test(wrong): ...
""",
        errors=1,
    )
    result.stdout.fnmatch_lines(["*UsageError: @mock_s3vectors is above @pytest.fixture: put it below*"])


def test_decorated_functions_with_fixtures_and_parameters(run: Run) -> None:
    run(program("functions_with_parameters"), passed=5)


# --- the marker -----------------------------------------------------------------------------------


def test_the_marker_on_function_class_and_module(run: Run) -> None:
    run(program("marker_with_options"), passed=4)


def test_the_marker_without_the_fixture(run: Run) -> None:
    run(program("marker_alone"), passed=6)


def test_the_marker_on_one_of_several_parameters(run: Run) -> None:
    run(
        """
@pytest.mark.parametrize("on", [False, pytest.param(True, marks=pytest.mark.s3vectors), False])
def test(on):
    assert bool(STACK) is on
""",
        passed=3,
    )


def test_the_mock_of_the_marker_is_on_in_the_fixtures_of_the_test_and_in_no_others(run: Run) -> None:
    run(program("marker_and_fixtures"), passed=3)


def test_a_fixture_that_clears_the_environment_does_no_harm(run: Run) -> None:
    run(program("environment_cleared"), passed=2)


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        ('s3vectors("hnsw")', "*UsageError: @pytest.mark.s3vectors was given ('hnsw',): name its options*"),
        (
            "s3vectors(__import__('mock_s3vectors').Config())",
            "*UsageError: @pytest.mark.s3vectors was given a Config without a name: did you mean config=[?]*",
        ),
        ("s3vectors(acount_id='1')", "*UsageError: mock_s3vectors has no option 'acount_id'. Did you mean*"),
        ("s3vectors(account_id='1')", "*UsageError: '1' is not an account id: give 12 digits*"),
    ],
)
def test_a_wrong_marker_is_refused(run: Run, marker: str, text: str) -> None:
    result = run(f"@pytest.mark.{marker}\ndef test(): ...\n", errors=1)
    result.stdout.fnmatch_lines([text])


def test_the_marker_is_known(run: Run) -> None:
    result = run("def test(): ...\n", "--markers")
    result.stdout.fnmatch_lines(
        ["@pytest.mark.s3vectors([*][*]options): mock Amazon S3 Vectors in the test*"]
    )


def test_the_fixtures_are_described(run: Run) -> None:
    result = run("def test(): ...\n", "--fixtures", "-v")
    # pytest sorts them by the texts of their line numbers.
    result.stdout.fnmatch_lines(["s3vectors_mock*", "*Yield a mock that is on*"])
    result.stdout.fnmatch_lines(["s3vectors_client*", "*Return a boto3 client*"])


# --- decorated classes ---------------------------------------------------------------------------


@pytest.mark.parametrize("takes", ["self", "self, method", "self, *args", "self, method=None"])
def test_setup_method_may_take_the_method_or_not(run: Run, takes: str) -> None:
    run(program("set_up_methods", {"_method(self)": f"_method({takes})"}), passed=3)


def test_setup_method_gets_the_method(run: Run) -> None:
    run(program("set_up_gets_method"), passed=3)


@pytest.mark.parametrize("form", ["@classmethod", ""])
def test_what_setup_class_made_is_copied_into_each_test(run: Run, form: str) -> None:
    run(program("set_up_class", {"@classmethod": form}), passed=6)


def test_module_and_function_level_set_ups_may_be_decorated(run: Run) -> None:
    run(program("set_ups_of_module"), passed=1)


def test_fixtures_in_a_decorated_class(run: Run) -> None:
    run(program("class_fixtures"), passed=5)


@pytest.mark.parametrize("form", ["", "@classmethod"])
def test_set_ups_and_fixtures_of_a_decorated_class_together(run: Run, form: str) -> None:
    if form and pytest.version_tuple < (9,):
        pytest.skip("this pytest has no fixtures that are class methods")
    run(program("class_fixtures_and_set_ups", {"    def shared(": f"    {form}\n    def shared("}), passed=2)


def test_fixtures_that_fail_in_a_decorated_class(run: Run) -> None:
    run(program("class_fixtures_failing"), passed=3, errors=3)


@pytest.mark.parametrize("method", ["setup_method", "teardown_method", "setup_class", "teardown_class"])
def test_a_set_up_that_fails_in_a_decorated_class(run: Run, method: str) -> None:
    passed = {"setup_method": 1, "setup_class": 1}.get(method, 2)
    above = "@classmethod\n    " if "class" in method else ""
    run(program("set_up_failing", {"def setup_method": f"{above}def {method}"}), passed=passed, errors=1)


def test_inner_classes_and_base_classes(run: Run) -> None:
    run(program("classes_within_and_above"), passed=5)


def test_parametrized_and_hypothesis_tests_in_a_decorated_class(run: Run) -> None:
    run(program("class_of_examples"), passed=5)


# --- unittest under pytest -----------------------------------------------------------------------


@pytest.mark.parametrize("base", ["unittest.TestCase", "unittest.IsolatedAsyncioTestCase"])
def test_a_decorated_test_case(run: Run, base: str) -> None:
    run(program("case_decorated", {"unittest.TestCase": base}), passed=5)


def test_an_async_test_case(run: Run) -> None:
    run(program("case_async"), passed=2)


def test_a_test_case_that_uses_the_fixtures(run: Run) -> None:
    run(
        """
@pytest.mark.usefixtures("s3vectors_mock")
class TestCase(unittest.TestCase):
    def test_one(self):
        assert names() == []
        create("bucket")

    def test_two(self):
        self.test_one()
""",
        passed=2,
    )


def test_a_class_whose_mock_cannot_begin_runs_no_test(run: Run) -> None:
    result = run(
        """
mock = mock_s3vectors()

def fail(world=None):
    raise ZeroDivisionError

mock.block = fail

@mock
class TestThings:
    @pytest.fixture(autouse=True)
    def fixture(self):
        create("fixture")

    def test_one(self): ...

    def test_two(self): ...
""",
        errors=2,
    )
    # No fixture has run without the mock.
    assert '>       create("fixture")' not in result.stdout.str()
