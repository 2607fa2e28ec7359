"""The clients that are answered, in which account and Region, and those that are not."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from botocore import UNSIGNED
from botocore.exceptions import NoCredentialsError

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.errors import refusals
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.operations import OPERATIONS
from tests.activation import world
from tests.activation.world import account_of, arn, create, names

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.drivers import Driver

OTHER = "111122223333"
KEYS: dict[str, Any] = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}
URL = "https://s3vectors.us-east-1.api.aws/ListVectorBuckets"
REFUSED = (
    "An s3vectors client that does not ask the mock was called while it is on, and the request was "
    "not sent anywhere. The client is older than `import mock_s3vectors`, or has no built-in "
    "handlers: give it to mock_s3vectors.patch_client, or import mock_s3vectors before it is made."
)


# --- which are answered -----------------------------------------------------------------------------


def test_each_mock_begins_with_nothing(driver: Driver) -> None:
    for _ in range(2):
        with driver.mock() as mock:
            client = driver.client()
            assert names(client) == []
            create("bucket", client=client)
            assert names(client) == ["bucket"]
            mock.reset()
            assert names(client) == []


def test_mocks_that_are_started_and_stopped(driver: Driver) -> None:
    mock = driver.mock(account_id=OTHER)
    for _ in range(2):
        mock.start()
        assert account_of(driver.client()) == OTHER
        mock.stop()


def test_the_fixture_and_the_marker(in_process: Driver, request: pytest.FixtureRequest) -> None:
    # As `@pytest.mark.s3vectors` does, but later than the fixture that finds all mocks off.
    request.node.add_marker(pytest.mark.s3vectors(account_id=OTHER))
    s3vectors_mock: MockS3Vectors = request.getfixturevalue("s3vectors_mock")
    client = in_process.client()
    assert account_of(client) == OTHER
    s3vectors_mock.reset()
    assert names(client) == []


@pytest.mark.parametrize("keys", [KEYS, {}], ids=["with keys", "without credentials"])
def test_a_client_made_before(in_process: Driver, keys: dict[str, Any]) -> None:
    client = in_process.client(**keys)
    for _ in range(2):
        with mock_s3vectors():
            create("bucket", client=client)
            assert names(client) == names() == ["bucket"]


def test_all_clients_of_a_process_share_the_state(driver: Driver) -> None:
    with driver.mock() as mock:
        client = driver.client()
        create("of-boto3")
        create("of-driver", client=client)
        assert names(client) == names() == ["of-boto3", "of-driver"]
        world.CLIENT.delete_vector_bucket(vectorBucketName="of-boto3")
        assert names(client) == names() == ["of-driver"]
        mock.reset()
        assert names(client) == names() == []


def test_accounts_and_regions_have_buckets_of_their_own(driver: Driver) -> None:
    with driver.mock():
        ours, others = (mock_s3vectors().credentials(account) for account in ("123456789012", OTHER))
        create("bucket", client=driver.client(**others))
        europe = driver.client(region="eu-west-1", **others)
        create("bucket", client=europe)
        assert arn("bucket", europe) == f"arn:aws:s3vectors:eu-west-1:{OTHER}:bucket/bucket"
        europe.delete_vector_bucket(vectorBucketName="bucket")
        assert names(driver.client(**others)) == ["bucket"]
        assert names(driver.client(**ours)) == names(driver.client()) == []


def test_a_client_made_where_there_were_no_credentials(in_process: Driver) -> None:
    """As on a build server: the module is imported long before any mock has set fake ones."""
    client = in_process.client()
    with mock_s3vectors(account_id=OTHER):
        assert account_of(client) == OTHER
        url = client.generate_presigned_url("list_vector_buckets")
        assert url.startswith(f"{URL}?")
        assert "X-Amz-Credential=testing%2F" in url
    with pytest.raises(NoCredentialsError):
        names(client)


def test_a_client_with_credentials_keeps_them(in_process: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    client = in_process.client(**KEYS)
    others = in_process.client(aws_access_key_id=OTHER, aws_secret_access_key="mine")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "444455556666")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of the environment")
    of_the_environment = in_process.client()
    with mock_s3vectors():
        assert "X-Amz-Credential=some-id%2F" in client.generate_presigned_url("list_vector_buckets")
        assert names(client) == []
        assert account_of(others) == OTHER
        assert account_of(of_the_environment) == "444455556666"


def test_a_client_of_a_role_asks_nobody_for_credentials(in_process: Driver, role_profile: str) -> None:
    """The fixture `no_network` would see it call STS."""
    older = in_process.client(session={"profile": role_profile})
    with mock_s3vectors():
        create("bucket", client=older)
        newer = in_process.client(session={"profile": role_profile})
        assert names(newer) == names() == ["bucket"]


@pytest.mark.parametrize("fips", [False, True])
def test_an_unsigned_client_is_in_the_region_of_its_host(in_process: Driver, *, fips: bool) -> None:
    config = in_process.config(signature_version=UNSIGNED, use_fips_endpoint=fips)
    client = in_process.client(region="us-west-2", config=config)
    with mock_s3vectors():
        create("bucket", client=client)
        assert arn("bucket", client) == "arn:aws:s3vectors:us-west-2:123456789012:bucket/bucket"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_an_error_that_is_worth_a_retry_is_retried(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    calls = []

    def unavailable_at_first(*_: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise refusals.unavailable()
        return {"vectorBuckets": []}

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", unavailable_at_first)
    with driver.mock():
        client = driver.client(config=driver.config(retries={"mode": mode, "max_attempts": 3}))
        driver.do_not_wait(monkeypatch)
        response = client.list_vector_buckets()
    assert response["ResponseMetadata"]["RetryAttempts"] == 1
    assert response["vectorBuckets"] == []
    assert len(calls) == 2


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_bug_of_ours_surfaces_unchanged_and_at_once(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    bug, calls = KeyError("bug"), []

    def broken(*_: Any) -> Any:
        calls.append(1)
        raise bug

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", broken)
    client = in_process.client(config=in_process.config(retries={"mode": mode, "max_attempts": 5}))
    with mock_s3vectors(), pytest.raises(KeyError) as raised:
        client.list_vector_buckets()
    assert raised.value is bug
    assert calls == [1]


# --- which are not ----------------------------------------------------------------------------------


def test_clients_of_other_services_are_left_alone(in_process: Driver) -> None:
    with mock_s3vectors():
        dynamodb, s3, sts = (in_process.client(service) for service in ("dynamodb", "s3", "sts"))
        to_dynamodb = in_process.watch(dynamodb, b'{"TableNames": ["of-aws"]}')
        to_s3 = in_process.watch(s3, b"")
        to_sts = in_process.watch(
            sts,
            b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>444455556666</Account>"
            b"</GetCallerIdentityResult></GetCallerIdentityResponse>",
        )
        assert dynamodb.list_tables()["TableNames"] == ["of-aws"]
        s3.head_bucket(Bucket="bucket")
        assert sts.get_caller_identity()["Account"] == "444455556666"
    called = [url.split("/")[2].split(".") for (url,) in (to_dynamodb, to_s3, to_sts)]
    assert [(host[0], *host[-2:]) for host in called] == [
        ("dynamodb", "amazonaws", "com"),
        ("bucket", "amazonaws", "com"),
        ("sts", "amazonaws", "com"),
    ]


def test_clients_of_other_services_get_no_credentials_lent(in_process: Driver) -> None:
    client = in_process.client("dynamodb")
    with mock_s3vectors(), pytest.raises(NoCredentialsError):
        client.list_tables()


def assert_refused(client: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        client.list_vector_buckets()
    assert str(refusal.value) == REFUSED


@pytest.mark.parametrize("without", ["built-in handlers", "our hook"])
def test_a_client_that_does_not_ask_is_refused_until_it_is_patched(in_process: Driver, without: str) -> None:
    """Before and after the mock it goes where it always went."""
    if without == "our hook":
        client = in_process.older_client(**KEYS)
    else:
        client = in_process.client(session={"include_builtin_handlers": False}, **KEYS)
    sent = in_process.watch(client, b'{"vectorBuckets": []}')
    assert names(client) == []
    with mock_s3vectors():
        for _ in range(2):
            assert_refused(client)
        create("bucket")
        in_process.patch(client)
        assert names(client) == ["bucket"]
    assert names(client) == []
    assert sent == [URL] * 2


@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("inside", [False, True])
def test_a_client_that_is_patched_often_or_needlessly_calls_once(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch, times: int, *, inside: bool
) -> None:
    calls = []
    create_bucket = OPERATIONS["CreateVectorBucket"]

    def count(*arguments: Any) -> Any:
        calls.append(1)
        return create_bucket(*arguments)

    monkeypatch.setitem(OPERATIONS, "CreateVectorBucket", count)
    clients = [in_process.client(), in_process.client(**KEYS), in_process.older_client(**KEYS)]

    def patch_all() -> None:
        for client in clients * times:
            in_process.patch(client)

    if not inside:
        patch_all()
    with mock_s3vectors():
        if inside:
            patch_all()
        for number, client in enumerate(clients):
            create(f"bucket-{number}", client=client)
        assert names() == ["bucket-0", "bucket-1", "bucket-2"]
    assert len(calls) == 3


@pytest.mark.parametrize("service", ["s3", "sts"])
def test_only_clients_of_s3vectors_can_be_patched(in_process: Driver, service: str) -> None:
    with pytest.raises(UsageError, match=r"patch_client was given <(aio)?botocore\.client\.S"):
        in_process.patch(in_process.client(service))


# --- beside moto, and beside a server ---------------------------------------------------------------


@pytest.mark.parametrize("moto_first", [True, False])
def test_moto_beside_it(in_process: Driver, *, moto_first: bool) -> None:
    moto = pytest.importorskip("moto")
    from moto.s3vectors.models import s3vectors_backends

    mocks = [moto.mock_aws, mock_s3vectors]
    outer, inner = mocks if moto_first else reversed(mocks)
    with outer(), inner():
        client = in_process.client()
        create("bucket", client=client)
        # moto's own s3vectors refuses this size.
        client.create_index(
            vectorBucketName="bucket",
            indexName="index",
            dataType="float32",
            dimension=4096,
            distanceMetric="cosine",
        )
        assert not s3vectors_backends["123456789012"]["aws"].vector_buckets
        assert names(client) == names() == ["bucket"]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """How the requests came that the mock has answered, "in process" or "over HTTP", and their paths."""
    seen: list[tuple[str, str]] = []
    handle = Gateway.handle

    def note(gateway: Gateway, request: Any, *others: Any) -> Any:
        # The server has threads of its own.
        in_process = threading.current_thread() is threading.main_thread()
        seen.append(("in process" if in_process else "over HTTP", request.path))
        return handle(gateway, request, *others)

    monkeypatch.setattr(Gateway, "handle", note)
    return seen


def test_a_local_server_is_asked_itself(in_process: Driver, ways: list[tuple[str, str]]) -> None:
    with mock_s3vectors(), s3vectors_server() as server:
        create("bucket", client=in_process.client(endpoint_url=server.url))
        of_the_environment = in_process.client()
        assert of_the_environment.meta.endpoint_url == server.url
        assert names(of_the_environment) == ["bucket"]
        direct = in_process.client(config=in_process.config(ignore_configured_endpoint_urls=True))
        assert names(direct) == ["bucket"]
    assert ways == [
        ("over HTTP", "/CreateVectorBucket"),
        ("over HTTP", "/ListVectorBuckets"),
        ("in process", "/ListVectorBuckets"),
    ]
