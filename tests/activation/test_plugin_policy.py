"""`pytest --s3vectors-policy=FILE`: the smallest policy that allows all calls of a run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.activation.test_plugin import run
from tests.support.helpers import PLAIN_RUN
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from tests.activation.test_plugin import Run

__all__ = ["run"]  # a fixture

OWNER = "arn:aws:s3vectors:us-east-1:123456789012"

# Calls of a module's fixture, of several mocks of a test, of a failed one, of a skipped one, through a
# server, and one that policies deny.
TESTS = """
import boto3
from mock_s3vectors import s3vectors_server

@pytest.fixture(scope="module", autouse=True)
def of_module():
    with mock_s3vectors():
        create("of-module")
        yield
        CLIENT.delete_vector_bucket(vectorBucketName="of-module")

@mock_s3vectors
def test_two_mocks():
    create("one")
    with mock_s3vectors():
        create("two")

def test_that_fails(s3vectors_client):
    names()
    s3vectors_client.create_vector_bucket(vectorBucketName="failed", tags={"a": "b"})
    raise AssertionError

def test_missing(s3vectors_client):
    with pytest.raises(s3vectors_client.exceptions.NotFoundException):
        s3vectors_client.get_index(vectorBucketName="missing", indexName="index")

def test_served():
    with s3vectors_server() as server:
        client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
        client.create_vector_bucket(vectorBucketName="served")

def test_denied(s3vectors_mock):
    client = boto3.client("s3vectors", region_name="us-east-1", **s3vectors_mock.iam.user("nobody"))
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.get_vector_bucket(vectorBucketName="denied")
"""


def allow(actions: list[str], *resources: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": [f"s3vectors:{action}" for action in actions],
        "Resource": list(resources),
    }


CREATED = [f"{OWNER}:bucket/{name}" for name in ("failed", "of-module", "one", "served", "two")]
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        allow(["ListVectorBuckets"], "*"),
        allow(["TagResource"], f"{OWNER}:bucket/failed"),
        allow(["CreateVectorBucket"], *CREATED),
        allow(["GetIndex"], f"{OWNER}:bucket/missing/index/index"),
        allow(["DeleteVectorBucket"], f"{OWNER}:bucket/of-module"),
    ],
}


def written(pytester: pytest.Pytester, name: str = "policy.json") -> Any:
    return json.loads((pytester.path / name).read_text())


@needs(*TAGS)
def test_a_run_writes_the_policy_for_all_its_calls(run: Run, pytester: pytest.Pytester) -> None:
    result = run(TESTS, "--s3vectors-policy=policy.json", passed=4, failed=1)
    assert written(pytester) == POLICY
    path = pytester.path / "policy.json"
    said = f"mock_s3vectors: a policy for 5 actions on 7 resources was written to {path}"
    result.stdout.fnmatch_lines([said])
    # The failed test still shows its calls.
    result.stdout.fnmatch_lines(["*S3 Vectors calls*", "*CreateVectorBucket failed => 200*"])


@needs(*TAGS)
@pytest.mark.slow
def test_workers_of_xdist_send_what_their_calls_needed(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    preamble = "import pytest\nfrom mock_s3vectors import mock_s3vectors\n"
    preamble += "from tests.activation.prelude import CLIENT, create, names\n"
    pytester.makepyfile(preamble + TESTS)
    # A process of its own: workers inherit the path of the one that starts them.
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *PLAIN_RUN]
    done = subprocess.run(
        [*command, "--s3vectors-policy", "policy.json"],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert "1 failed, 4 passed" in done.stdout
    assert written(pytester) == POLICY
    assert done.stdout.count("was written to") == 1


def test_without_calls_the_policy_allows_nothing(run: Run, pytester: pytest.Pytester) -> None:
    run("def test(): pass", "--s3vectors-policy=policy.json", passed=1)
    assert written(pytester) == {"Version": "2012-10-17", "Statement": []}


@pytest.mark.parametrize("argument", ["--collect-only", "--deselect=nothing.py", "nowhere.py"])
def test_a_run_without_tests_leaves_the_file(run: Run, pytester: pytest.Pytester, argument: str) -> None:
    path = pytester.path / "policy.json"
    path.write_text("{}")
    text = "" if argument.startswith("--deselect") else "def test(): pass"
    result = run(text, "--s3vectors-policy=policy.json", argument)
    assert path.read_text() == "{}"
    result.stdout.fnmatch_lines([f"mock_s3vectors: no test ran, so {path} was not written"])


def test_a_run_that_ends_early_writes_what_it_saw(run: Run, pytester: pytest.Pytester) -> None:
    run(
        "def test(s3vectors_mock):\n    create('early')\n    pytest.exit('enough')\n",
        "--s3vectors-policy=policy.json",
    )
    assert written(pytester)["Statement"] == [allow(["CreateVectorBucket"], f"{OWNER}:bucket/early")]


@pytest.mark.parametrize(
    ("file", "reason"), [("nowhere/policy.json", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_written_is_refused_before_the_run(
    run: Run, pytester: pytest.Pytester, file: str, reason: str
) -> None:
    result = run("def test(): raise AssertionError", f"--s3vectors-policy={file}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    path = pytester.path / file
    result.stderr.fnmatch_lines([f"ERROR: --s3vectors-policy={path} cannot be written: {reason}"])
    assert "1 failed" not in result.stdout.str()


def test_a_file_that_exists_is_replaced_and_a_refused_run_leaves_it(
    run: Run, pytester: pytest.Pytester
) -> None:
    (pytester.path / "policy.json").write_text("what was there before, and is longer than the policy" * 9)
    run("def test(): pass", "--s3vectors-policy=policy.json", passed=1)
    assert written(pytester)["Statement"] == []
    run("def test(): pass", "--s3vectors-policy=policy.json", "--no-such-option")
    assert written(pytester)["Statement"] == []


def test_a_run_inside_a_test_keeps_its_calls_to_itself(run: Run, pytester: pytest.Pytester) -> None:
    run(
        """
pytest_plugins = ["pytester"]

def test_outer(pytester, s3vectors_mock):
    create("outer")
    pytester.makepyfile('''
        from tests.activation.prelude import create
        def test(s3vectors_mock):
            create("inner")
    ''')
    pytester.runpytest_inprocess("--s3vectors-policy=inner.json").assert_outcomes(passed=1)
    assert "inner" in (pytester.path / "inner.json").read_text()
    names()
""",
        "-W",
        "ignore",
        "--s3vectors-policy=policy.json",
        passed=1,
    )
    assert written(pytester)["Statement"] == [
        allow(["ListVectorBuckets"], "*"),
        allow(["CreateVectorBucket"], f"{OWNER}:bucket/outer"),
    ]
