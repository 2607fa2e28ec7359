"""A client that cannot ask the mock does not get past it either."""

from __future__ import annotations

import subprocess
import sys

import pytest

PREPARE = """
import boto3
from botocore.httpsession import URLLib3Session
client = boto3.client(
    "s3vectors", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
)
import mock_s3vectors

def send(session, request):
    raise AssertionError("sent to " + request.url)

URLLib3Session.send = send
"""


def run(program: str) -> str:
    command = [sys.executable, "-W", "error", "-c", PREPARE + program]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_a_client_older_than_the_import_is_stopped_and_told_what_to_do() -> None:
    output = run("""
with mock_s3vectors.mock_s3vectors():
    try:
        client.list_vector_buckets()
    except mock_s3vectors.UsageError as error:
        print(error)
""")
    assert output == (
        "An s3vectors client that does not ask the mock was called while it is on, and the request was "
        "not sent anywhere. The client is older than `import mock_s3vectors`, or has no built-in "
        "handlers: give it to mock_s3vectors.patch_client, or import mock_s3vectors before it is made.\n"
    )


def test_once_patched_it_is_answered() -> None:
    output = run("""
mock_s3vectors.patch_client(client)
with mock_s3vectors.mock_s3vectors():
    print(client.list_vector_buckets()["vectorBuckets"])
""")
    assert output == "[]\n"


def test_when_no_mock_is_on_it_is_let_through() -> None:
    output = run("""
try:
    client.list_vector_buckets()
except AssertionError as error:
    print(error)
""")
    assert output == "sent to https://s3vectors.us-east-1.api.aws/ListVectorBuckets\n"


def test_clients_of_other_services_are_let_through() -> None:
    output = run("""
other = boto3.client("sts", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
with mock_s3vectors.mock_s3vectors():
    try:
        other.get_caller_identity()
    except AssertionError as error:
        print(error)
""")
    assert output.startswith("sent to https://sts.")


@pytest.mark.parametrize(
    "imports",
    ["import mock_s3vectors, botocore.session", "import botocore.session, mock_s3vectors"],
    ids=["mock first", "botocore first"],
)
def test_a_client_without_built_in_handlers_is_stopped_too(imports: str) -> None:
    program = f"""
{imports}
from botocore.httpsession import URLLib3Session

def send(session, request):
    raise AssertionError("sent to " + request.url)

URLLib3Session.send = send
session = botocore.session.Session(include_builtin_handlers=False)
client = session.create_client(
    "s3vectors", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
)
with mock_s3vectors.mock_s3vectors():
    try:
        client.list_vector_buckets()
    except mock_s3vectors.UsageError:
        print("stopped")
"""
    command = [sys.executable, "-W", "error", "-c", program]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "stopped\n"
