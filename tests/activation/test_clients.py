"""Which clients are answered: all of s3vectors, however and whenever they were made, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore import handlers
from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError

from mock_s3vectors import UsageError, mock_s3vectors, patch_client
from mock_s3vectors.doors.clients import answer_request
from mock_s3vectors.doors.hosts import is_loopback
from mock_s3vectors.mocking.stack import MockStack
from mock_s3vectors.operations import OPERATIONS
from tests.activation.local_server import local_server
from tests.activation.world import CLIENT, Aws, account_of, arn, create, error_of, names, new_client
from tests.support.helpers import vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.activation.local_server import Server

__all__ = ["local_server"]  # a fixture

KEYS: Any = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that the mock has answered."""
    paths = []
    handle = MockStack.handle

    def count(self: MockStack, request: Any, begun: Any = None) -> Any:
        paths.append(request.path)
        return handle(self, request, begun)

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


def test_a_client_made_where_there_were_no_credentials() -> None:
    """As on a build server: the module is imported long before any mock has set fake ones."""
    client = new_client()
    with mock_s3vectors(account_id="111122223333"):
        assert account_of(client) == "111122223333"
        assert "X-Amz-Credential=testing" in client.generate_presigned_url("list_vector_buckets")
    with pytest.raises(NoCredentialsError):
        names(client)


def test_the_credentials_of_a_client_are_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = new_client(aws_access_key_id="444455556666", aws_secret_access_key="mine")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111122223333")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the environment")
    of_the_environment = new_client()
    with mock_s3vectors():
        assert account_of(mine) == "444455556666"
        assert account_of(of_the_environment) == "111122223333"


def test_a_client_of_a_role_asks_nobody_for_credentials(role_profile: str) -> None:
    """The fixture `no_network` would see it call STS."""
    older = boto3.Session(profile_name=role_profile, region_name="us-east-1").client("s3vectors")
    with mock_s3vectors():
        create("bucket", client=older)
        newer = boto3.Session(profile_name=role_profile, region_name="us-east-1").client("s3vectors")
        assert names(newer) == ["bucket"]


def test_a_client_of_a_role_that_moto_knows(role_profile: str) -> None:
    moto = pytest.importorskip("moto")
    with mock_s3vectors(), moto.mock_aws():
        client = boto3.Session(profile_name=role_profile, region_name="us-east-1").client("s3vectors")
        assert account_of(client) == "111122223333"


@pytest.mark.parametrize("fips", [False, True])
def test_an_unsigned_client_is_in_the_region_of_its_host(*, fips: bool) -> None:
    config = Config(signature_version=botocore.UNSIGNED, use_fips_endpoint=fips)
    client = new_client("us-west-2", config=config)
    with mock_s3vectors():
        create("bucket", client=client)
        assert arn("bucket", client).split(":")[3:5] == ["us-west-2", "123456789012"]


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


def test_an_older_client_is_answered_once_it_is_patched(old_client: Any, handled: list[str]) -> None:
    """What happens until then is in test_closed_world.py."""
    aws = Aws(old_client)
    with mock_s3vectors():
        patch_client(old_client)
        create("bucket", client=old_client)
        assert names() == ["bucket"]
    assert len(handled) == 2
    assert aws.urls == []
    old_client.list_vector_buckets()
    assert aws.urls == ["https://s3vectors.us-east-1.api.aws/ListVectorBuckets"]


def test_a_client_without_credentials_can_be_patched(old_client: Any) -> None:
    old_client._request_signer._credentials = None
    patch_client(old_client)
    with mock_s3vectors():
        assert names(old_client) == []


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("inside", [False, True])
def test_a_client_that_is_patched_often_or_needlessly_calls_once(
    old_client: Any, handled: list[str], times: int, *, inside: bool
) -> None:
    clients = [CLIENT, new_client(**KEYS), old_client]

    def patch_all() -> None:
        for client in clients:
            for _ in range(times):
                patch_client(client)

    if not inside:
        patch_all()
    with mock_s3vectors():
        if inside:
            patch_all()
        for number, client in enumerate(clients):
            create(f"bucket-{number}", client=client)
    assert handled == ["/CreateVectorBucket"] * 3


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


def test_only_clients_of_s3vectors_can_be_patched() -> None:
    with pytest.raises(UsageError, match=r"patch_client was given <botocore\.client\.S3 "):
        patch_client(boto3.client("s3", region_name="us-east-1"))


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


@pytest.fixture
def filled() -> Iterator[dict[str, str]]:
    """Five buckets; in the first, five indexes; in the first of these, 250 vectors."""
    address = {"vectorBucketName": "bucket-0", "indexName": "index-0"}
    with mock_s3vectors():
        create(*(f"bucket-{number}" for number in range(5)))
        for number in range(5):
            CLIENT.create_index(
                vectorBucketName="bucket-0",
                indexName=f"index-{number}",
                dataType="float32",
                dimension=2,
                distanceMetric="euclidean",
            )
        CLIENT.put_vectors(**address, vectors=[vector(f"key-{i:03}", [i, 0]) for i in range(250)])
        yield address


PAGED: dict[str, tuple[str, str, int, dict[str, Any]]] = {
    "list_vector_buckets": ("vectorBuckets", "vectorBucketName", 5, {}),
    "list_indexes": ("indexes", "indexName", 5, {"vectorBucketName": "bucket-0"}),
    "list_vectors": ("vectors", "key", 250, {"vectorBucketName": "bucket-0", "indexName": "index-0"}),
    "query_vectors": (
        "vectors",
        "key",
        250,
        {
            "vectorBucketName": "bucket-0",
            "indexName": "index-0",
            "queryVector": {"float32": [0, 0]},
            "topK": 250,
        },
    ),
}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("operation", PAGED)
def test_paginators(operation: str) -> None:
    if not CLIENT.can_paginate(operation):
        pytest.skip("this botocore has no paginator for it")
    members, name, count, params = PAGED[operation]
    paginator = CLIENT.get_paginator(operation)
    complete = [item[name] for item in paginator.paginate(**params).build_full_result()[members]]
    assert len(set(complete)) == len(complete) == count
    limit = {} if operation == "query_vectors" else {"PaginationConfig": {"PageSize": 2}}
    pages = list(paginator.paginate(**params, **limit))
    assert [item[name] for page in pages for item in page[members]] == complete
    assert len(pages) == (3 if operation == "query_vectors" else (count + 1) // 2)
    assert all("nextToken" in page for page in pages[:-1])
    assert "nextToken" not in pages[-1]


def test_all_paginators_are_tested() -> None:
    known = set(CLIENT.meta.method_to_api_mapping)
    assert {operation for operation in known if CLIENT.can_paginate(operation)} <= set(PAGED)
    assert not CLIENT.can_paginate("create_vector_bucket")


def test_a_paginator_goes_on_where_another_ended(filled: dict[str, str]) -> None:
    paginator = CLIENT.get_paginator("list_vectors")
    first = paginator.paginate(
        **filled, PaginationConfig={"MaxItems": 100, "PageSize": 50}
    ).build_full_result()
    token = first["NextToken"]
    rest = paginator.paginate(**filled, PaginationConfig={"StartingToken": token}).build_full_result()
    assert (len(first["vectors"]), len(rest["vectors"])) == (100, 150)


def test_response_metadata() -> None:
    with mock_s3vectors():
        one, other = (CLIENT.list_vector_buckets()["ResponseMetadata"] for _ in range(2))
    assert one["HTTPStatusCode"] == 200
    assert one["RetryAttempts"] == 0
    assert one["HTTPHeaders"]["content-type"] == "application/json"
    assert one["RequestId"] == one["HTTPHeaders"]["x-amzn-requestid"]
    assert one["RequestId"] != other["RequestId"]


def test_response_metadata_of_an_error() -> None:
    with mock_s3vectors(), pytest.raises(ClientError) as refusal:
        CLIENT.get_vector_bucket(vectorBucketName="missing")
    metadata: Any = refusal.value.response["ResponseMetadata"]
    assert metadata["HTTPStatusCode"] == 404
    assert metadata["RetryAttempts"] == 0
    assert metadata["RequestId"]
    assert metadata["HTTPHeaders"]["x-amzn-errortype"] == "NotFoundException"


def test_exceptions_of_the_client() -> None:
    exceptions = CLIENT.exceptions
    with mock_s3vectors():
        create("bucket")
        with pytest.raises(exceptions.ConflictException) as conflict:
            create("bucket")
        assert error_of(conflict.value) == (
            "ConflictException",
            "A vector bucket with the specified name already exists",
        )
        assert conflict.value.operation_name == "CreateVectorBucket"
        with pytest.raises(exceptions.NotFoundException) as missing:
            CLIENT.get_vector_bucket(vectorBucketName="missing")
        assert missing.value.response["message"] == "The specified vector bucket could not be found"
        with pytest.raises(exceptions.ValidationException) as invalid:
            CLIENT.get_vector_bucket(vectorBucketName="bucket", vectorBucketArn=arn("bucket"))
        assert isinstance(invalid.value, exceptions.ClientError)
    # Classes of one client catch what another raises only by ClientError, as with AWS.
    assert issubclass(new_client().exceptions.NotFoundException, ClientError)


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


# --- what is no answer ------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_bug_of_ours_surfaces_unchanged_and_at_once(monkeypatch: pytest.MonkeyPatch, mode: Any) -> None:
    bug, calls = KeyError("bug"), []

    def broken(*_: Any) -> Any:
        calls.append(1)
        raise bug

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", broken)
    with mock_s3vectors():
        client = new_client(config=Config(retries={"mode": mode, "max_attempts": 5}))
        with pytest.raises(KeyError) as raised:
            client.list_vector_buckets()
    assert raised.value is bug
    assert calls == [1]


def test_other_services_go_to_aws() -> None:
    with mock_s3vectors():
        client = boto3.client("dynamodb", region_name="us-east-1")
        aws = Aws(client, b'{"TableNames": ["from-aws"]}')
        assert client.list_tables()["TableNames"] == ["from-aws"]
        s3 = boto3.client("s3", region_name="us-east-1")
        aws_s3 = Aws(s3, b"")
        s3.head_bucket(Bucket="bucket")
    assert [url.split("/")[2] for url in aws.urls] == ["dynamodb.us-east-1.amazonaws.com"]
    assert len(aws_s3.urls) == 1


def test_other_services_get_no_credentials_lent() -> None:
    client = boto3.client("dynamodb", region_name="us-east-1")
    with mock_s3vectors(), pytest.raises(NoCredentialsError):
        client.list_tables()
