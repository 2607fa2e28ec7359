"""The guard: calls of S3 Vectors are refused while no mock is on."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
import requests
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import NoCredentialsError
from botocore.httpsession import URLLib3Session
from botocore.stub import Stubber
from requests_aws4auth import AWS4Auth

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.conftest import NetworkError
from tests.activation.local_server import local_server
from tests.activation.test_surroundings import surroundings
from tests.activation.world import Aws, create, names, new_client, through

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.activation.local_server import Server

__all__ = ["local_server"]  # a fixture

ENDPOINT = "https://s3vectors.us-east-1.api.aws"
REASONS = (
    " was called while no mock is on. s3vectors_guard refuses that, and the request was not sent anywhere. "
    "Is the call in a fixture of a decorated function? It runs before the function: let the fixture use "
    "s3vectors_mock or s3vectors_client. Is it in the __init__ of a class, or at the top of a module? Move "
    "it into a test or a fixture. Did a thread or a task make it, and outlive its mock? Wait for it while "
    "the mock is on. Otherwise mock the test, with @pytest.mark.s3vectors or @mock_s3vectors."
)


@pytest.fixture(autouse=True)
def guard() -> Iterator[None]:
    before = surroundings()["patched methods"]
    with STACK.guard():
        yield
    assert surroundings()["patched methods"] == before


def refused(call: str) -> Any:
    return pytest.raises(UsageError, match=f"^{re.escape(call + REASONS)}$")


def test_a_client_is_refused_at_once() -> None:
    aws = Aws(client := new_client(aws_access_key_id="id", aws_secret_access_key="secret"))
    with refused("ListVectorBuckets"):
        names(client)
    with refused("CreateVectorBucket"):
        create("bucket", client=client)
    assert aws.urls == []


def test_mocks_work_as_ever_and_calls_between_them_are_refused() -> None:
    for _ in range(2):
        with mock_s3vectors():
            create("bucket")
            with mock_s3vectors():
                assert names() == ["bucket"]
            assert names() == ["bucket"]
            assert requests.post(f"{ENDPOINT}/ListVectorBuckets", json={}, timeout=1).status_code == 200
        with refused("ListVectorBuckets"):
            names()


def test_without_the_guard_a_call_is_botocores_own() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(STACK, "is_guarded", False)
        with pytest.raises(NoCredentialsError):
            names(new_client())


def test_guards_nest_and_end_with_their_blocks() -> None:
    with STACK.guard():
        pass
    with refused("ListVectorBuckets"):
        names()


def test_nobody_looks_for_credentials(role_profile: str) -> None:
    client = boto3.Session(profile_name=role_profile).client("s3vectors", region_name="us-east-1")
    with refused("ListVectorBuckets"):
        names(client)


@pytest.mark.parametrize(
    "session",
    [
        pytest.param(lambda: botocore.session.Session(include_builtin_handlers=False), id="no handlers"),
        pytest.param(botocore.session.Session, id="handlers"),
    ],
)
@pytest.mark.parametrize("settings", [{}, {"signature_version": UNSIGNED}])
def test_clients_of_every_kind(session: Any, settings: dict[str, Any]) -> None:
    client = session().create_client("s3vectors", region_name="us-east-1", config=Config(**settings))
    with refused("ListVectorBuckets"):
        names(client)


def test_a_custom_endpoint_elsewhere_is_refused() -> None:
    with refused("ListVectorBuckets"):
        names(new_client(endpoint_url="https://vectors.example.com/path"))


@pytest.mark.parametrize("has_handlers", [True, False])
def test_a_call_whose_mock_has_come_and_gone_is_not_sent(has_handlers: bool) -> None:  # noqa: FBT001
    session = botocore.session.Session(include_builtin_handlers=has_handlers)
    session.set_credentials("id", "secret")
    client = session.create_client("s3vectors", region_name="us-east-1")
    aws, mock = Aws(client), mock_s3vectors()
    client.meta.events.register_last("before-call", lambda **_: mock.start())
    client.meta.events.register_first("request-created", lambda **_: mock.stop())
    if has_handlers:
        with refused(f"{ENDPOINT}/ListVectorBuckets"):
            names(client)
    else:
        # Refused where it began, since its client does not ask the mock that was on then.
        with pytest.raises(UsageError, match=r"^An s3vectors client that does not ask the mock was called"):
            names(client)
        mock.stop()
    assert aws.urls == []


def test_a_thread_that_outlives_its_mock() -> None:
    errors: list[BaseException] = []
    is_over = threading.Event()

    def call_late() -> None:
        is_over.wait()
        try:
            names()
        except UsageError as error:
            errors.append(error)

    with mock_s3vectors():
        thread = threading.Thread(target=call_late)
        thread.start()
    is_over.set()
    thread.join()
    assert str(errors[0]) == f"ListVectorBuckets{REASONS}"


def test_a_call_that_began_under_a_mock_says_that_it_has_ended() -> None:
    client, mock = new_client(aws_access_key_id="id", aws_secret_access_key="secret"), mock_s3vectors()
    mock.start()
    client.meta.events.register_last("before-call", lambda **_: mock.stop())
    with pytest.raises(UsageError, match=r"^The mock ended before it had answered this call"):
        names(client)


# --- other ways to S3 Vectors -------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    ["s3vectors.us-east-1.api.aws", "s3vectors-fips.us-west-2.api.aws", "s3vectors.us-east-1.amazonaws.com"],
)
def test_calls_of_requests(host: str) -> None:
    signed = AWS4Auth("id", "secret", "us-east-1", "s3vectors")
    with refused(f"https://{host}/PutVectors"):
        requests.post(f"https://{host}/PutVectors", json={}, auth=signed, timeout=1)
    session = requests.Session()
    with refused(f"https://{host}/PutVectors"):
        session.post(f"https://{host}/PutVectors?X-Amz-Credential=secret", timeout=1)


def test_requests_that_programs_send_with_botocore() -> None:
    request: Any = AWSRequest("POST", f"{ENDPOINT}/PutVectors", data=b"{}").prepare()
    with refused(f"{ENDPOINT}/PutVectors"):
        URLLib3Session().send(request)


def test_the_s3_vectors_of_moto_is_no_mock_of_ours() -> None:
    with pytest.importorskip("moto").mock_aws(), refused("ListVectorBuckets"):
        names(new_client())


# --- calls that pass ----------------------------------------------------------------------------


def test_calls_to_a_local_server_pass(local_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://localhost:{local_server.server_port}"
    keys = {"aws_access_key_id": "id", "aws_secret_access_key": "secret"}
    assert names(new_client(endpoint_url=url, **keys)) == []
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3VECTORS", url)
    # There is no mock that it might be meant for, so there is no warning.
    assert names(new_client(**keys)) == []
    assert requests.post(f"{url}/ListVectorBuckets", json={}, timeout=1).status_code == 200
    assert len(local_server.paths) == 3
    with s3vectors_server() as server:
        assert names(through(server)) == []


def test_a_stubbed_call_passes() -> None:
    client = new_client()
    with Stubber(client) as stubber:
        stubber.add_response("list_vector_buckets", {"vectorBuckets": []})
        assert names(client) == []


def test_other_services_and_hosts_are_left_alone() -> None:
    other: Any = boto3.client("sts", region_name="us-east-1")
    with pytest.raises(NoCredentialsError):
        other.get_caller_identity()
    with pytest.raises(NetworkError):
        requests.get("https://example.com/s3vectors", timeout=1)
