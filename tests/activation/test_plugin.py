"""The pytest plugin, and decorated classes under pytest."""

from __future__ import annotations

import pytest

from mock_s3vectors.mocking.stack import STACK

# What each test file begins with. The client is older than all mocks, and has no credentials.
PRELUDE = """
import asyncio, unittest
import boto3
import pytest
from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK

CLIENT = boto3.Session().client("s3vectors", region_name="us-east-1")

def create(*names):
    for name in names:
        CLIENT.create_vector_bucket(vectorBucketName=name)

def names():
    return [bucket["vectorBucketName"] for bucket in CLIENT.list_vector_buckets()["vectorBuckets"]]

def account():
    create("whose-am-i")
    found = CLIENT.get_vector_bucket(vectorBucketName="whose-am-i")["vectorBucket"]["vectorBucketArn"]
    CLIENT.delete_vector_bucket(vectorBucketName="whose-am-i")
    return found.split(":")[4]
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
    """Runs a test file and compares the number of outcomes; all mocks must be off again."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def __call__(self, source: str, *options: str, **outcomes: int) -> pytest.RunResult:
        self._pytester.makepyfile(PRELUDE + source)
        result = self._pytester.runpytest_inprocess(*WARNINGS, *FASTER, "--strict-markers", *options)
        if outcomes:
            result.assert_outcomes(**outcomes)
        assert not STACK
        return result


# --- fixtures -----------------------------------------------------------------------------------


def test_the_fixtures(run: Run) -> None:
    run(
        """
from mock_s3vectors import MockS3Vectors

def test_client(s3vectors_client):
    assert type(s3vectors_client).__name__ == "S3Vectors"
    assert s3vectors_client.meta.region_name == "us-east-1"
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    assert names() == ["bucket"]

def test_client_is_on_a_fresh_mock(s3vectors_client):
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []

def test_mock(s3vectors_mock):
    assert isinstance(s3vectors_mock, MockS3Vectors)
    assert names() == []
    create("bucket")
    s3vectors_mock.reset()
    assert names() == []

@pytest.mark.parametrize("turn", range(2))
def test_both(s3vectors_client, s3vectors_mock, turn):
    create("bucket")
    s3vectors_mock.reset()
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []
    create("bucket")

def test_off_again():
    assert not STACK
""",
        passed=6,
    )


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
    run(
        """
@pytest.fixture
def bucket(s3vectors_client):
    create("bucket")
    yield "bucket"
    CLIENT.delete_vector_bucket(vectorBucketName="bucket")

def test_one(bucket):
    assert names() == [bucket]

def test_two(bucket, s3vectors_mock):
    assert names() == [bucket]
""",
        passed=2,
    )


def test_decorated_functions_are_fixtures(run: Run) -> None:
    run(
        """
@pytest.fixture
@mock_s3vectors(account_id="111122223333")
def yielding():
    create("bucket")
    yield "bucket"
    assert names() == ["bucket", "test"]

@pytest.fixture(scope="module")
def of_the_module():
    with mock_s3vectors() as mock:
        create("module")
        yield mock

def test_yielding(yielding):
    assert names() == [yielding]
    assert account() == "111122223333"
    create("test")

def test_off_again():
    assert not STACK

def test_of_the_module(of_the_module):
    assert names() == ["module"]

def test_of_the_module_is_shared(of_the_module, s3vectors_client):
    assert names() == ["module"]
""",
        passed=4,
    )


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
    result.stdout.fnmatch_lines(["*UsageError: @mock_s3vectors stands above @pytest.fixture: put it below*"])


def test_decorated_functions_with_fixtures_and_parameters(run: Run) -> None:
    run(
        """
@pytest.fixture
def word():
    return "word"

@pytest.mark.parametrize("number", [1, 2])
@mock_s3vectors
def test_mark_above(word, number):
    create(f"{word}-{number}")
    assert names() == [f"{word}-{number}"]

@mock_s3vectors(account_id="111122223333")
@pytest.mark.parametrize("number", [1, 2])
def test_mark_below(number, word):
    assert account() == "111122223333"
    create("bucket")

@mock_s3vectors
def test_with_the_client(s3vectors_client):
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    assert names() == ["bucket"]
""",
        passed=5,
    )


# --- the marker -----------------------------------------------------------------------------------


def test_the_marker_on_function_class_and_module(run: Run) -> None:
    run(
        """
pytestmark = pytest.mark.s3vectors(account_id="111122223333", max_vector_buckets=9)

def test_module(s3vectors_mock):
    assert s3vectors_mock.config.account_id == account() == "111122223333"

@pytest.mark.s3vectors(account_id="444455556666")
def test_function(s3vectors_mock):
    assert account() == "444455556666"
    assert s3vectors_mock.config.max_vector_buckets == 9

@pytest.mark.s3vectors(account_id="444455556666")
class TestMarked:
    def test_class(self, s3vectors_client):
        assert account() == "444455556666"

    @pytest.mark.s3vectors(account_id="777788889999", search_engine="hnsw")
    def test_closest(self, s3vectors_mock):
        config = s3vectors_mock.config
        assert (config.account_id, config.max_vector_buckets) == ("777788889999", 9)
        assert config.search_engine == "hnsw"
""",
        passed=4,
    )


def test_the_marker_without_the_fixture(run: Run) -> None:
    run(
        """
@pytest.mark.s3vectors
def test_without_options():
    assert names() == []
    create("bucket")

@pytest.mark.s3vectors()
@pytest.mark.parametrize("turn", range(2))
def test_each_turn_is_fresh(turn):
    assert names() == []
    create("bucket")

@pytest.mark.s3vectors(account_id="111122223333")
class TestMarked:
    def setup_method(self):
        create("set-up")

    def test(self):
        assert names() == ["set-up"]
        assert account() == "111122223333"

@pytest.mark.s3vectors(account_id="111122223333")
class TestCase(unittest.TestCase):
    def setUp(self):
        create("set-up")

    def test(self):
        self.assertEqual(names(), ["set-up"])
        self.assertEqual(account(), "111122223333")

def test_unmarked():
    assert not STACK
""",
        passed=6,
    )


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
    run(
        """
@pytest.fixture(scope="session", autouse=True)
def of_the_session():
    assert not STACK

@pytest.fixture(scope="module")
def of_the_module():
    assert not STACK

@pytest.fixture(autouse=True)
def of_the_test(request):
    assert bool(STACK) == ("mocked" in request.node.name)
    if STACK:
        create("fixture")

@pytest.mark.s3vectors
def test_mocked(of_the_module):
    assert names() == ["fixture"]

@pytest.mark.s3vectors
def test_mocked_with_client(of_the_module, s3vectors_client):
    assert names() == ["fixture"]

def test_off(of_the_module): ...
""",
        passed=3,
    )


def test_a_fixture_that_clears_the_environment_does_no_harm(run: Run) -> None:
    run(
        """
@pytest.fixture(autouse=True)
def clean(monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)

@pytest.mark.s3vectors
def test_marked():
    assert boto3.client("s3vectors", region_name="us-east-1").list_vector_buckets()["vectorBuckets"] == []

def test_client(s3vectors_client):
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []
""",
        passed=2,
    )


@pytest.mark.parametrize(
    ("marker", "text"),
    [
        ('s3vectors("hnsw")', "*UsageError: @pytest.mark.s3vectors was given ('hnsw',): name its options*"),
        (
            "s3vectors(__import__('mock_s3vectors').Config())",
            "*UsageError: @pytest.mark.s3vectors was given a Config without a name: did you mean config=[?]*",
        ),
        ("s3vectors(acount_id='1')", "*UsageError: mock_s3vectors has no option 'acount_id'. Did you mean*"),
        ("s3vectors(account_id='1')", "*UsageError: '1' is no account id: give 12 digits*"),
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
    result.stdout.fnmatch_lines(
        ["s3vectors_mock*", "*Yield a mock that is on*", "s3vectors_client*", "*Return a boto3 client*"]
    )


# --- decorated classes ---------------------------------------------------------------------------


@pytest.mark.parametrize("takes", ["self", "self, method", "self, *args", "self, method=None"])
def test_setup_method_may_take_the_method_or_not(run: Run, takes: str) -> None:
    run(
        f"""
@mock_s3vectors
class TestDecorated:
    def setup_method({takes}):
        self.seen = names()
        create("set-up")

    def teardown_method({takes}):
        assert names() == ["set-up", "test"]

    def test_one(self):
        assert self.seen == []
        create("test")

    def test_two(self):
        self.test_one()

    def test_again(self):
        self.setup_method{"(None)" if takes == "self, method" else "()"} if False else self.test_one()
""",
        passed=3,
    )


def test_setup_method_gets_the_method(run: Run) -> None:
    run(
        """
class Base:
    def setup_method(self, method):
        self.name = method.__name__

@mock_s3vectors
class TestDecorated(Base):
    def teardown_method(self, method):
        assert method.__name__ == self.name

    def test_one(self):
        assert self.name == "test_one"

class TestDerived(TestDecorated):
    def setup_method(self, method):
        super().setup_method(method=method)

class TestStatic:
    @staticmethod
    @mock_s3vectors
    def setup_method():
        create("bucket")

    def test(self):
        assert not STACK
""",
        passed=3,
    )


@pytest.mark.parametrize("form", ["@classmethod", ""])
def test_what_setup_class_made_is_copied_into_each_test(run: Run, form: str) -> None:
    run(
        f"""
@mock_s3vectors
class TestDecorated:
    {form}
    def setup_class(cls):
        cls.word = cls.__name__
        create("class")

    {form}
    def teardown_class(cls):
        assert cls.word == cls.__name__
        assert names() == ["class"]

    def test_one(self):
        assert self.word == type(self).__name__
        assert names() == ["class"]
        create("test")

    def test_two(self):
        self.test_one()

    @staticmethod
    def test_static():
        assert names() == ["class"]
        create("test")

class TestDerived(TestDecorated):
    def setup_method(self):
        assert names() == ["class"]
        create("set-up")

    def test_one(self):
        assert names() == ["class", "set-up"]

    def test_static(self):
        assert names() == ["class", "set-up"]
""",
        passed=6,
    )


def test_module_and_function_level_set_ups_may_be_decorated(run: Run) -> None:
    run(
        """
seen = []

@mock_s3vectors
def setup_module(module):
    seen.append(module.__name__)
    create("bucket")

@mock_s3vectors
def teardown_module():
    create("bucket")

@mock_s3vectors
def setup_function(function):
    seen.append(function.__name__)

@mock_s3vectors
def teardown_function():
    create("bucket")

def test_one():
    assert seen == [__name__, "test_one"]
""",
        passed=1,
    )


def test_fixtures_in_a_decorated_class(run: Run) -> None:
    run(
        """
@pytest.fixture
def outside_the_class():
    create("outside")
    yield
    assert "outside" in names()

@mock_s3vectors(account_id="111122223333")
class TestDecorated:
    @pytest.fixture(scope="class")
    def shared(self):
        create("shared")
        yield "shared"
        # The class's own state: what tests made is not in it.
        assert names() == ["shared"]
        CLIENT.delete_vector_bucket(vectorBucketName="shared")

    @pytest.fixture(autouse=True)
    def prepared(self):
        create("prepared")
        yield
        CLIENT.delete_vector_bucket(vectorBucketName="prepared")

    @pytest.fixture
    def returned(self, outside_the_class):
        create("returned")
        return account()

    def test_one(self, shared, returned):
        assert names() == ["outside", "prepared", "returned", "shared"]
        assert returned == account() == "111122223333"
        create("test")

    def test_two(self, shared):
        assert names() == ["prepared", "shared"]
        create("test")

    def test_dynamic(self, request):
        request.getfixturevalue("returned")
        assert names() == ["outside", "prepared", "returned", "shared"]

    def test_ours(self, s3vectors_client, s3vectors_mock):
        assert names() == ["prepared", "shared"]

def test_elsewhere(tmp_path):
    assert not STACK
""",
        passed=5,
    )


@pytest.mark.parametrize("form", ["", "@classmethod"])
def test_set_ups_and_fixtures_of_a_decorated_class_together(run: Run, form: str) -> None:
    if form and pytest.version_tuple < (9,):
        pytest.skip("this pytest has no fixtures that are class methods")
    run(
        f"""
@mock_s3vectors
class TestDecorated:
    @classmethod
    def setup_class(cls):
        create("class")

    def setup_method(self):
        create("method")

    @pytest.fixture(scope="class", autouse=True)
    {form}
    def shared(self):
        create("shared")
        yield
        assert names() == ["class", "shared"]

    @pytest.fixture
    def own(self):
        create("own")
        yield
        assert names() == ["class", "method", "own", "shared", "test"]

    def test_one(self, own):
        assert names() == ["class", "method", "own", "shared"]
        create("test")

    def test_two(self, own):
        self.test_one(own)

    def teardown_method(self):
        assert names() == ["class", "method", "own", "shared", "test"]

    @classmethod
    def teardown_class(cls):
        assert names() == ["class", "shared"]
""",
        passed=2,
    )


def test_fixtures_that_fail_in_a_decorated_class(run: Run) -> None:
    run(
        """
@mock_s3vectors
class TestDecorated:
    @pytest.fixture
    def failing(self):
        create("bucket")
        assert False

    @pytest.fixture
    def failing_after(self):
        create("bucket")
        yield
        assert False

    @pytest.fixture(scope="class")
    def failing_for_all(self):
        assert STACK
        assert False

    def test_one(self, failing): ...

    def test_two(self, failing_after): ...

    def test_three(self, failing_for_all): ...

    def test_four(self):
        assert names() == []

def test_off():
    assert not STACK
""",
        passed=3,
        errors=3,
    )


@pytest.mark.parametrize("method", ["setup_method", "teardown_method", "setup_class", "teardown_class"])
def test_a_set_up_that_fails_in_a_decorated_class(run: Run, method: str) -> None:
    passed = {"setup_method": 1, "setup_class": 1}.get(method, 2)
    run(
        f"""
@mock_s3vectors
class TestDecorated:
    {"@classmethod" if "class" in method else ""}
    def {method}(self):
        create("bucket")
        assert False

    def test(self): ...

def test_off():
    assert not STACK
""",
        passed=passed,
        errors=1,
    )


def test_inner_classes_and_base_classes(run: Run) -> None:
    run(
        """
class Base:
    @pytest.fixture(autouse=True)
    def prepared(self):
        create("base")

    def test_base(self):
        assert names() == ["base"]

@mock_s3vectors
class TestOuter(Base):
    class TestInner:
        @pytest.fixture
        def bucket(self):
            create("inner")

        def test_inner(self, bucket):
            assert names() == ["base", "inner"]

class TestDerived(TestOuter):
    def test_derived(self):
        assert names() == ["base"]
""",
        passed=5,
    )


def test_parametrized_and_hypothesis_tests_in_a_decorated_class(run: Run) -> None:
    run(
        """
from hypothesis import given, settings, strategies as st

@mock_s3vectors
class TestDecorated:
    @pytest.mark.parametrize("turn", range(3))
    def test_turn(self, turn):
        assert names() == []
        create("bucket")

    @settings(max_examples=5, database=None, deadline=None)
    @given(number=st.integers(0, 3))
    def test_property(self, number):
        assert STACK

@settings(max_examples=5, database=None, deadline=None)
@given(number=st.integers(0, 3))
@mock_s3vectors
def test_each_example_begins_anew(number):
    assert names() == []
    create("bucket")
""",
        passed=5,
    )


# --- unittest under pytest -----------------------------------------------------------------------


@pytest.mark.parametrize("base", ["unittest.TestCase", "unittest.IsolatedAsyncioTestCase"])
def test_a_decorated_test_case(run: Run, base: str) -> None:
    run(
        f"""
@mock_s3vectors(account_id="111122223333")
class TestDecorated({base}):
    @classmethod
    def setUpClass(cls):
        create("class")
        cls.addClassCleanup(lambda: names())

    @classmethod
    def tearDownClass(cls):
        assert names() == ["class"]

    @pytest.fixture(autouse=True)
    def fixture(self):
        create("fixture")
        yield
        assert names() == ["class", "clean-up", "fixture", "set-up", "test"]

    def setUp(self):
        self.addCleanup(create, "clean-up")
        create("set-up")

    def tearDown(self):
        self.assertEqual(names(), ["class", "fixture", "set-up", "test"])

    def test_one(self):
        self.assertEqual(names(), ["class", "fixture", "set-up"])
        self.assertEqual(account(), "111122223333")
        create("test")

    def test_two(self):
        self.test_one()

class TestDerived(TestDecorated):
    def test_three(self):
        self.test_one()
""",
        passed=5,
    )


def test_an_async_test_case(run: Run) -> None:
    run(
        """
@mock_s3vectors
class TestDecorated(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.addAsyncCleanup(self.clean_up)
        create("set-up")

    async def asyncTearDown(self):
        create("torn-down")

    async def clean_up(self):
        assert names() == ["set-up", "test", "torn-down"]

    async def test_one(self):
        await asyncio.sleep(0)
        assert names() == ["set-up"]
        create("test")

    async def test_two(self):
        await self.test_one()
""",
        passed=2,
    )


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
