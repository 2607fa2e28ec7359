"""Clients of boto3 and botocore, however made and whatever their endpoint; others are in tests/drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore import handlers
from botocore.config import Config

from mock_s3vectors import UsageError, mock_s3vectors, patch_client
from mock_s3vectors.doors.clients import answer_request
from mock_s3vectors.doors.hosts import is_loopback
from mock_s3vectors.mocking.stack import MockStack
from tests.activation.local_server import local_server
from tests.activation.world import CLIENT, account_of, arn, create, names, new_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.activation.local_server import Server

__all__ = ["local_server"]  # a fixture

KEYS: Any = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that the mock has answered."""
    paths = []
    handle = MockStack.handle

    def count(self: MockStack, request: Any, *rest: Any) -> Any:
        paths.append(request.path)
        return handle(self, request, *rest)

    monkeypatch.setattr(MockStack, "handle", count)
    return paths


# --- however and whenever they were made ------------------------------------------------------


def of_the_default_session() -> Any:
    return boto3.client("s3vectors", region_name="us-east-1")


def of_a_default_session_that_was_set_up() -> Any:
    boto3.setup_default_session(region_name="us-east-1", **KEYS)
    return boto3.client("s3vectors")


def of_a_session() -> Any:
    return boto3.Session(region_name="us-east-1").client("s3vectors")


def of_botocore() -> Any:
    return botocore.session.get_session().create_client("s3vectors", region_name="us-east-1")


def with_a_config() -> Any:
    retries: Any = {"mode": "standard", "max_attempts": 2}
    config = Config(region_name="us-east-1", retries=retries, read_timeout=1, user_agent_extra="tests")
    return boto3.client("s3vectors", config=config, verify=False)


def with_keys() -> Any:
    return new_client(**KEYS, aws_session_token="some-token")


WAYS: list[Callable[[], Any]] = [
    of_the_default_session,
    of_a_default_session_that_was_set_up,
    of_a_session,
    of_botocore,
    with_a_config,
    with_keys,
]


@pytest.mark.parametrize("make", WAYS)
def test_a_client_made_inside(make: Callable[[], Any], handled: list[str]) -> None:
    with mock_s3vectors():
        create("bucket", client=make())
        assert names() == ["bucket"]
    assert handled == ["/CreateVectorBucket", "/ListVectorBuckets"]


@pytest.mark.parametrize("make", WAYS)
def test_a_client_made_before(make: Callable[[], Any], handled: list[str]) -> None:
    client = make()
    for _ in range(2):
        with mock_s3vectors():
            create("bucket", client=client)
            assert names() == ["bucket"]
    assert handled == ["/CreateVectorBucket", "/ListVectorBuckets"] * 2


def test_a_session_made_before() -> None:
    sessions: list[Any] = [boto3.Session(), boto3.Session(region_name="eu-west-1", **KEYS)]
    with mock_s3vectors():
        for session in sessions:
            assert names(session.client("s3vectors", region_name="us-east-1")) == []


def test_a_client_of_a_module() -> None:
    with mock_s3vectors():
        create("bucket", client=CLIENT)
        assert names(new_client()) == ["bucket"]


def test_a_client_of_a_role_that_moto_knows(role_profile: str) -> None:
    moto = pytest.importorskip("moto")
    with mock_s3vectors(), moto.mock_aws():
        client = boto3.Session(profile_name=role_profile, region_name="us-east-1").client("s3vectors")
        assert account_of(client) == "111122223333"


def test_handlers_of_the_user_see_the_request() -> None:
    seen = []
    client = new_client(**KEYS)
    client.meta.events.register("before-send.s3vectors", lambda request, **_: seen.append(request.url))
    with mock_s3vectors():
        create("bucket", client=client)
    assert seen == ["https://s3vectors.us-east-1.api.aws/CreateVectorBucket"]


# --- patch_client -------------------------------------------------------------------------------


@pytest.fixture
def old_client(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of a session that is older than the import of mock_s3vectors."""
    theirs = [entry for entry in handlers.BUILTIN_HANDLERS if "s3vectors" not in entry[0]]
    assert len(theirs) < len(handlers.BUILTIN_HANDLERS)
    with monkeypatch.context() as patch:
        patch.setattr(handlers, "BUILTIN_HANDLERS", theirs)
        return boto3.Session(**KEYS).client("s3vectors", region_name="us-east-1")


def test_a_client_without_credentials_can_be_patched(old_client: Any) -> None:
    old_client._request_signer._credentials = None  # noqa: SLF001 - botocore's
    patch_client(old_client)
    with mock_s3vectors():
        assert names(old_client) == []


def test_a_hook_that_is_registered_twice_runs_an_operation_once(handled: list[str]) -> None:
    client = new_client(**KEYS)
    client.meta.events.register("before-send.s3vectors", answer_request)
    client.meta.events.register("before-send", answer_request)
    with mock_s3vectors():
        create("bucket", client=client)
    assert handled == ["/CreateVectorBucket"]


@pytest.mark.parametrize("wrong", ["s3vectors", None, boto3.Session, object()])
def test_only_clients_can_be_patched(wrong: Any) -> None:
    with pytest.raises(UsageError, match=r"give it a client as boto3.client\('s3vectors'\) makes it"):
        patch_client(wrong)


# --- endpoints ----------------------------------------------------------------------------------

REGIONS = {
    "us-east-1": ("aws", "s3vectors.us-east-1.api.aws"),
    "ap-southeast-2": ("aws", "s3vectors.ap-southeast-2.api.aws"),
    "us-gov-west-1": ("aws-us-gov", "s3vectors.us-gov-west-1.api.aws"),
    "cn-north-1": ("aws-cn", "s3vectors.cn-north-1.api.amazonwebservices.com.cn"),
}


def called_host(client: Any) -> str:
    """The host that a client calls; `client.meta.endpoint_url` shows another one."""
    hosts: list[str] = []
    client.meta.events.register_first(
        "before-send.s3vectors", lambda request, **_: hosts.append(request.url.split("/")[2])
    )
    names(client)
    return hosts[0]


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("fips", [False, True])
def test_regions_partitions_and_fips_endpoints(region: str, *, fips: bool) -> None:
    partition, host = REGIONS[region]
    with mock_s3vectors():
        client = new_client(region, config=Config(use_fips_endpoint=fips))
        create("bucket", client=client)
        assert arn("bucket", client) == f"arn:{partition}:s3vectors:{region}:123456789012:bucket/bucket"
        assert called_host(client) == (host.replace("s3vectors", "s3vectors-fips") if fips else host)
        assert names() == (["bucket"] if region == "us-east-1" else [])


@pytest.mark.parametrize(
    "url", ["https://vectors.example.com", "http://10.0.0.7:8443", "https://[2001:db8::7]"]
)
def test_a_custom_endpoint_is_answered_in_the_region_of_the_client(url: str) -> None:
    with mock_s3vectors():
        client = new_client("eu-west-1", endpoint_url=url)
        create("bucket", client=client)
        assert names(new_client("eu-west-1")) == ["bucket"]
        assert called_host(client) == url.split("/")[2]


@pytest.mark.parametrize("path", ["/", "/base", "/a/b/"])
def test_a_custom_endpoint_with_a_path(path: str) -> None:
    with mock_s3vectors():
        client = new_client(endpoint_url=f"https://proxy.example.com{path}")
        create("bucket", client=client)
        assert names(client) == names() == ["bucket"]
        if hasattr(client, "tag_resource"):
            client.tag_resource(resourceArn=arn("bucket"), tags={"a": "b"})
            assert client.list_tags_for_resource(resourceArn=arn("bucket"))["tags"] == {"a": "b"}


def test_a_custom_endpoint_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3VECTORS", "https://vectors.example.com")
    with mock_s3vectors():
        assert called_host(new_client()) == "vectors.example.com"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_local_server_is_left_alone(local_server: Server, host: str, handled: list[str]) -> None:
    with mock_s3vectors():
        create("bucket")
        handled.clear()
        client = new_client(endpoint_url=f"http://{host}:{local_server.server_port}")
        assert names(client) == []
        assert names(client) == []
    assert local_server.paths == ["/ListVectorBuckets"] * 2
    assert handled == []
    client.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("vectors.localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("128.0.0.1", False),
        ("::2", False),
        ("localhost.example.com", False),
        ("notlocalhost", False),
        ("127.0.0.1.example.com", False),
        ("s3vectors.us-east-1.api.aws", False),
        ("", False),
    ],
)
def test_what_a_loopback_host_is(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


# --- what botocore makes of answers ---------------------------------------------------------------


def test_presigned_urls() -> None:
    with mock_s3vectors():
        url = CLIENT.generate_presigned_url("get_vector_bucket", {"vectorBucketName": "bucket"}, ExpiresIn=60)
    assert url.startswith("https://s3vectors.us-east-1.api.aws/GetVectorBucket?")
    assert "X-Amz-Signature=" in url
    assert "X-Amz-Expires=60" in url


def test_a_request_is_validated_by_botocore_first(handled: list[str]) -> None:
    with mock_s3vectors(), pytest.raises(botocore.exceptions.ParamValidationError):
        CLIENT.create_vector_bucket(vectorBucketName=1)
    assert handled == []
