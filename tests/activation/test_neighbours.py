"""The insides of other libraries that the package knows, each tried with the real library.

tests/clients/aiobotocore/test_neighbours.py does the same for aiobotocore.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import ssl
import subprocess
import sys
from contextlib import nullcontext
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import IsolatedAsyncioTestCase, TestCase
from unittest.mock import MagicMock

import boto3
import pytest
from botocore import UNSIGNED, handlers
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ConnectionClosedError
from botocore.serialize import RestJSONSerializer
from botocore.session import Session
from hypothesis import given, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, rule
from urllib3.exceptions import ProtocolError

from mock_s3vectors import mock_s3vectors, neighbours
from tests.activation.world import new_client
from tests.server.certificates import make_certificates
from tests.support.helpers import endpoint_of
from tests.support.shapes import service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROGRAMS = Path(__file__).with_name("programs")
KEYS: Any = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}

# --- all of them --------------------------------------------------------------------------------


def test_none_of_them_loads_a_library() -> None:
    program = (PROGRAMS / "neighbours_not_loaded.py").read_text()
    libraries = ["boto3", "botocore", "aiobotocore", "moto", "unittest", "hypothesis", "pytest"]
    command = [sys.executable, "-S", "-c", program, *libraries]
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("set()\n", "")


METHODS = [
    ("botocore.endpoint", "Endpoint", "make_request"),
    ("botocore.endpoint", "Endpoint", "_send"),
    ("botocore.endpoint", "Endpoint", "_needs_retry"),
    ("botocore.endpoint", "Endpoint", "_do_get_response"),
    ("botocore.validate", "ParamValidationDecorator", "serialize_to_request"),
    ("botocore.serialize", "BaseRestSerializer", "serialize_to_request"),
    ("botocore.httpsession", "URLLib3Session", "send"),
    ("moto.core.botocore_stubber", "BotocoreStubber", "process_request"),
    ("requests.sessions", "Session", "prepare_request"),
    ("requests.sessions", "Session", "get_adapter"),
    ("requests.adapters", "HTTPAdapter", "get_connection_with_tls_context"),
    ("requests.adapters", "HTTPAdapter", "get_connection"),
]


@pytest.mark.parametrize(("module", "owner", "name"), METHODS)
def test_a_mock_replaces_a_method(module: str, owner: str, name: str) -> None:
    pytest.importorskip(module.partition(".")[0])
    owning = getattr(importlib.import_module(module), owner)
    if not hasattr(owning, name) and name.startswith("get_connection"):
        pytest.skip("requests has one of these or both, depending on its release")
    theirs = vars(owning)[name]
    with mock_s3vectors():
        assert vars(owning)[name].__wrapped__ is theirs
    assert vars(owning)[name] is theirs


# --- boto3, botocore ----------------------------------------------------------------------------


def test_the_default_session_of_boto3() -> None:
    assert neighbours.default_session() is None
    boto3.setup_default_session(region_name="eu-west-1")
    assert neighbours.default_session().region_name == "eu-west-1"
    neighbours.set_default_session(boto3.Session(region_name="eu-west-2"))
    assert boto3.client("s3vectors").meta.region_name == "eu-west-2"
    neighbours.set_default_session(None)
    assert boto3.client("s3vectors", region_name="eu-west-3").meta.region_name == "eu-west-3"
    assert neighbours.default_session() is not None


def test_built_in_handlers_of_botocore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "BUILTIN_HANDLERS", [("an-event", lambda **_: called.append("botocore"))])
    called: list[str] = []
    early = {"an-event": lambda **_: called.append("early")}
    late = {"an-event": lambda **_: called.append("late")}
    for _ in range(2):
        neighbours.add_built_in_handlers(handlers, early, late)
    assert len(handlers.BUILTIN_HANDLERS) == 3
    Session().get_component("event_emitter").emit("an-event")
    assert called == ["early", "botocore", "late"]


def test_the_service_of_an_endpoint() -> None:
    assert neighbours.service_of(endpoint_of(new_client(**KEYS))) == "s3vectors"
    sts = boto3.client("sts", region_name="us-east-1", **KEYS)
    assert neighbours.service_of(endpoint_of(sts)) == "sts"
    assert neighbours.service_of(object()) == ""


def test_the_events_of_an_endpoint() -> None:
    client = new_client(**KEYS)
    assert neighbours.event_emitter(endpoint_of(client)) is client.meta.events


def serializer_of(client: Any) -> Any:
    return client._serializer  # noqa: SLF001 - botocore's: a client does not show it otherwise


@pytest.mark.parametrize("validates", [True, False])
def test_the_serializer_of_a_client(*, validates: bool) -> None:
    config = Config(parameter_validation=validates)
    found = neighbours.json_serializer(serializer_of(new_client(config=config, **KEYS)))
    assert type(found) is RestJSONSerializer
    sts = boto3.client("sts", region_name="us-east-1", config=config, **KEYS)
    assert neighbours.json_serializer(serializer_of(sts)) is None
    derived: Any = type("Derived", (RestJSONSerializer,), {})()
    assert neighbours.json_serializer(derived) is None


def test_the_request_without_parameters() -> None:
    operation = service_model().operation_model("ListVectors")
    serializer = neighbours.json_serializer(serializer_of(new_client(**KEYS)))
    for on in (nullcontext(), mock_s3vectors()):
        with on:
            assert neighbours.empty_request(serializer, operation) == {
                "method": "POST",
                "url_path": "/ListVectors",
                "query_string": {},
                "headers": {"Content-Type": "application/json"},
                "body": b"{}",
            }


def test_the_headers_of_a_request() -> None:
    request: Any = AWSRequest("GET", "https://example.com", headers={"One": "1", "two": b"2"}).prepare()
    for headers in (request.headers, {"One": "1", "two": b"2"}):
        assert [(str(name), value) for name, value in neighbours.header_items(headers)] == [
            ("One", "1"),
            ("two", b"2"),
        ]


def test_attributes_that_botocore_validates(monkeypatch: pytest.MonkeyPatch) -> None:
    assert neighbours.validated_attributes() in ({"required", "min", "document", "union"}, set())
    name = "botocore.validate.ParamValidator.VALIDATED_METADATA_ATTRS"
    monkeypatch.setattr(name, {"min", "max"}, raising=False)
    assert neighbours.validated_attributes() == {"min", "max"}


def test_the_parsers_of_an_endpoint() -> None:
    factory = neighbours.parser_factory(endpoint_of(new_client(**KEYS)))
    assert neighbours.parsing_methods(factory.create_parser("rest-xml")) is None
    parser = factory.create_parser("rest-json")
    load, parse = neighbours.parsing_methods(parser) or pytest.fail("an unknown parser")
    shape = service_model().shape_for("ListVectorsOutput")
    assert load(b'{"vectors": []}') == parse(shape, {"vectors": [], "more": 1}) == {"vectors": []}

    neighbours.set_parsing_methods(parser, lambda _: ["loaded"], lambda *given: {"parsed": given})
    response: Any = {"body": b"{}", "status_code": 200, "headers": {}}
    assert parser.parse(response, shape)["parsed"] == (shape, ["loaded"])
    assert neighbours.parsing_methods(type("Derived", (type(parser),), {})()) is None


def test_settings_of_botocore_are_not_async() -> None:
    assert not neighbours.is_async(Config())
    assert not neighbours.is_async(None)


class Network:
    """Something in the place of urllib3's pools."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.asked: list[str] = []

    def connection_from_url(self, url: str) -> Network:
        self.asked.append(url)
        return self

    def urlopen(self, method: str, **_: Any) -> None:
        self.asked.append(method)
        raise self.error


@pytest.mark.parametrize("is_on", [False, True])
def test_a_request_that_is_sent_through_something_else(*, is_on: bool) -> None:
    url = "https://s3vectors.us-east-1.api.aws/ListVectorBuckets"
    network = Network(ProtocolError("Connection aborted.", ConnectionResetError()))
    with mock_s3vectors() if is_on else nullcontext(), pytest.raises(ConnectionClosedError):
        neighbours.send_through(network, AWSRequest("POST", url, data=b"{}").prepare())
    assert network.asked == [url, "POST"]


def test_the_content_of_a_response() -> None:
    headers: Any = {}
    response = AWSResponse("https://example.com", 200, headers, BytesIO())
    neighbours.set_content(response, b"body")
    assert (response.content, response.text) == (b"body", "body")


def signed(client: Any, do: Callable[[Any, Any], None]) -> str:
    """Return the `Authorization` of a call, having done something before it is signed."""
    seen: list[str] = []

    def before_sign(request: Any, request_signer: Any, **_: Any) -> None:
        do(request, request_signer)

    def before_send(request: Any, **_: Any) -> None:
        seen.append(str(request.headers.get("Authorization")))

    # First, before the handler of the mock, whose answer ends the event.
    client.meta.events.register_first("before-sign.s3vectors", before_sign)
    client.meta.events.register_first("before-send.s3vectors", before_send)
    with mock_s3vectors():
        client.list_vector_buckets()
    return seen[0]


def test_the_credentials_of_a_signer() -> None:
    def look(_: Any, signer: Any) -> None:
        found = neighbours.credentials_of(signer)
        assert (found.access_key, found.secret_key) == ("some-id", "some-secret")
        assert neighbours.credentials_class(signer) is Credentials

    assert "Credential=some-id/" in signed(new_client(**KEYS), look)


@pytest.mark.parametrize("settings", [{}, {"config": Config(signature_version=UNSIGNED)}])
def test_a_signer_without_credentials(settings: Any) -> None:
    client = new_client(**settings)
    found: list[Any] = []
    signed(client, lambda _, signer: found.append(neighbours.credentials_of(signer)))
    assert found == [None]


def test_the_credentials_of_one_request() -> None:
    def lend(request: Any, signer: Any) -> None:
        lent = neighbours.credentials_class(signer)("lent-id", "lent-secret")
        neighbours.set_request_credentials(request, lent)

    assert "Credential=lent-id/" in signed(new_client(**KEYS), lend)


def test_signatures_of_botocore() -> None:
    """Of AWS's test suite for Signature Version 4."""
    key = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    empty = sha256(b"").hexdigest()
    signed, date = "20150830T123600Z", {"x-amz-date": "20150830T123600Z"}
    scope = "us-east-1", "service"
    vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    for url, headers in (
        ("https://example.amazonaws.com/", date),
        ("https:///", {**date, "host": "example.amazonaws.com"}),
    ):
        assert neighbours.signature_of(("GET", url, headers, empty), signed, key, scope) == vanilla
    url = "https://example.amazonaws.com/?Param2=value2&Param1=value1"
    ordered = "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"
    assert neighbours.signature_of(("GET", url, date, empty), signed, key, scope) == ordered


# --- moto ---------------------------------------------------------------------------------------


def test_whether_moto_is_on() -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        assert neighbours.moto_is_on()
        with moto.mock_aws():
            pass
        assert neighbours.moto_is_on()
    assert not neighbours.moto_is_on()


ALL: dict[str, str] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [ALL]})
OTHER_POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{**ALL, "Action": "s3:*"}]})
TAGS = [{"Key": "team", "Value": "search"}]
INLINE = neighbours.MotoPolicy("inline", None, POLICY)
MANAGED = neighbours.MotoPolicy("managed", "arn:aws:iam::123456789012:policy/path/managed", OTHER_POLICY)


@pytest.fixture
def moto_iam() -> Iterator[Any]:
    """A client of moto's IAM, in which there is a managed policy whose second version holds."""
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        iam = boto3.client("iam", region_name="us-east-1")
        iam.create_policy(PolicyName="managed", Path="/path/", PolicyDocument=POLICY)
        iam.create_policy_version(PolicyArn=MANAGED.arn, PolicyDocument=OTHER_POLICY, SetAsDefault=True)
        yield iam


def assumed(role: str, account: str = "123456789012", **more: Any) -> dict[str, str]:
    """Return the credentials of a session of a role."""
    arn = f"arn:aws:iam::{account}:role/{role}"
    sts = boto3.client("sts", region_name="us-east-1")
    given_to: dict[str, str] = sts.assume_role(RoleArn=arn, RoleSessionName="session", **more)["Credentials"]
    return given_to


def test_users_of_moto(moto_iam: Any) -> None:
    user = moto_iam.create_user(UserName="user", Path="/team/", Tags=TAGS)["User"]
    made = moto_iam.create_access_key(UserName="user")["AccessKey"]
    key, secret = made["AccessKeyId"], made["SecretAccessKey"]
    expected = neighbours.MotoCaller(
        "123456789012",
        secret,
        arn="arn:aws:iam::123456789012:user/team/user",
        name="user",
        unique_id=user["UserId"],
        tags={"team": "search"},
    )
    assert neighbours.moto_caller_of(key) == expected
    moto_iam.put_user_policy(UserName="user", PolicyName="inline", PolicyDocument=POLICY)
    moto_iam.attach_user_policy(UserName="user", PolicyArn=MANAGED.arn)
    assert neighbours.moto_caller_of(key) == expected._replace(policies=(INLINE, MANAGED))
    for group in ("group", "another"):
        moto_iam.create_group(GroupName=group)
        moto_iam.put_group_policy(GroupName=group, PolicyName="inline", PolicyDocument=POLICY)
        moto_iam.attach_group_policy(GroupName=group, PolicyArn=MANAGED.arn)
    moto_iam.add_user_to_group(GroupName="group", UserName="user")
    assert neighbours.moto_caller_of(key) == expected._replace(policies=(INLINE, MANAGED) * 2)
    moto_iam.update_access_key(AccessKeyId=key, Status="Inactive", UserName="user")
    changed = neighbours.moto_caller_of(key)
    assert changed is not None
    assert not changed.is_active
    moto_iam.delete_access_key(AccessKeyId=key, UserName="user")
    assert neighbours.moto_caller_of(key) is None
    assert neighbours.moto_caller_of("some-id") is None


def test_sessions_of_roles_of_moto(moto_iam: Any) -> None:
    named = {"RoleName": "reader", "Path": "/team/", "AssumeRolePolicyDocument": POLICY}
    role = moto_iam.create_role(**named, Tags=TAGS)["Role"]
    made = assumed("team/reader")
    key = made["AccessKeyId"]
    expected = neighbours.MotoCaller(
        "123456789012",
        made["SecretAccessKey"],
        arn="arn:aws:sts::123456789012:assumed-role/reader/session",
        role_arn="arn:aws:iam::123456789012:role/team/reader",
        unique_id=f"{role['RoleId']}:session",
        tags={"team": "search"},
        session_token=made["SessionToken"],
    )
    assert neighbours.moto_caller_of(key) == expected
    moto_iam.put_role_policy(RoleName="reader", PolicyName="inline", PolicyDocument=POLICY)
    moto_iam.attach_role_policy(RoleName="reader", PolicyArn=MANAGED.arn)
    moto_iam.put_role_permissions_boundary(RoleName="reader", PermissionsBoundary=MANAGED.arn)
    expected = expected._replace(policies=(INLINE, MANAGED), boundary=MANAGED)
    assert neighbours.moto_caller_of(key) == expected
    moto_iam.delete_role_permissions_boundary(RoleName="reader")
    missing = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    moto_iam.put_role_permissions_boundary(RoleName="reader", PermissionsBoundary=missing)
    assert neighbours.moto_caller_of(key) == expected._replace(
        boundary=neighbours.MotoPolicy(missing, missing, None)
    )
    found = neighbours.moto_caller_of(assumed("team/reader", Policy=POLICY)["AccessKeyId"])
    assert found is not None
    assert found.session_policy == neighbours.MotoPolicy("of the session", None, POLICY)


def test_sessions_of_roles_that_moto_lacks(moto_iam: Any) -> None:
    made = assumed("reader", "111122223333")
    found = neighbours.moto_caller_of(made["AccessKeyId"])
    assert found is not None
    assert found._replace(unique_id="") == neighbours.MotoCaller(
        "111122223333",
        made["SecretAccessKey"],
        arn="arn:aws:sts::111122223333:assumed-role/reader/session",
        role_arn="arn:aws:iam::111122223333:role/reader",
        policies=None,
        session_token=made["SessionToken"],
    )
    assert found.unique_id.endswith(":session")
    assert moto_iam.list_roles()["Roles"] == []


def test_keys_of_moto() -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        assert not neighbours.moto_has_kms_keys()
        kms = boto3.client("kms", region_name="eu-west-1")
        assert not neighbours.moto_has_kms_keys()
        made = kms.create_key(Policy="{}", KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]
        arn = made["Arn"]
        assert neighbours.moto_has_kms_keys()
        assert neighbours.moto_kms_key(arn) == ("Enabled", "SIGN_VERIFY", "{}")
        for change, state in (
            (kms.disable_key, "Disabled"),
            (kms.enable_key, "Enabled"),
            (kms.schedule_key_deletion, "PendingDeletion"),
            (kms.cancel_key_deletion, "Disabled"),
        ):
            change(KeyId=made["KeyId"])
            assert neighbours.moto_kms_key(arn) == (state, "SIGN_VERIFY", "{}")
        for old, new in (
            ("eu-", "us-"),
            ("123456789012", "111122223333"),
            ("key/", "key/1"),
            ("aws:", "aws-cn:"),
        ):
            assert neighbours.moto_kms_key(arn.replace(old, new)) is None


def test_keys_of_moto_while_it_is_off() -> None:
    moto = pytest.importorskip("moto")
    mock = moto.mock_aws()
    mock.start()
    arn = boto3.client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["Arn"]
    assert neighbours.moto_kms_key(arn) is not None
    mock.stop(remove_data=False)
    assert neighbours.moto_kms_key(arn) is None
    assert not neighbours.moto_has_kms_keys()
    mock.start(reset=False)
    assert neighbours.moto_has_kms_keys()
    mock.stop()


def test_a_key_of_a_template_of_moto() -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        from moto.kms.models import Key

        properties = {"KeyPolicy": {"Version": date(2012, 10, 17)}, "Enabled": False}
        region = "us-east-1"
        key: Any = Key.create_from_cloudformation_json(
            "name", {"Properties": properties}, "123456789012", region_name=region
        )
        found = neighbours.moto_kms_key(key.arn)
        assert found == ("Disabled", "ENCRYPT_DECRYPT", '{"Version": "2012-10-17"}')


# --- unittest -----------------------------------------------------------------------------------


def test_test_cases_of_unittest() -> None:
    for cls in (TestCase, IsolatedAsyncioTestCase, Counter.TestCase):
        assert neighbours.is_unittest_case(cls)
    assert not neighbours.is_unittest_case(Counter)


# --- Hypothesis ---------------------------------------------------------------------------------


class Counter(RuleBasedStateMachine):
    """Notes the runs of a machine and of one that is derived from it."""

    runs: list[str] = []  # noqa: RUF012 - shared on purpose

    @rule()
    def count(self) -> None:
        self.runs.append(type(self).__name__)


class Derived(Counter):
    """Another one."""


def test_state_machines() -> None:
    assert neighbours.is_state_machine(Counter)
    assert not neighbours.is_state_machine(Counter.TestCase)
    for machine in (Counter, Derived):
        assert neighbours.machine_of(machine.TestCase.runTest) is machine


def test_a_state_machine_is_run() -> None:
    Counter.runs.clear()
    few = settings(Counter.TestCase.settings, max_examples=1, stateful_step_count=1, database=None)
    neighbours.run_machine(Derived, few)
    assert set(Counter.runs) == {"Derived"}


def plain(number: int) -> None:
    """A test that Hypothesis has not seen."""


def test_a_test_with_examples() -> None:
    seen: list[str] = []

    @settings(max_examples=3, database=None)
    @given(strategies.integers())
    def example(number: int) -> None:
        assert isinstance(number, int)
        seen.append("example")

    def wrap(test: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> None:
            seen.append("before")
            test(*args, **kwargs)

        return wrapper

    assert neighbours.has_examples(example)
    assert neighbours.inner_test(example).__name__ == "example"
    neighbours.wrap_examples(example, wrap)
    assert neighbours.inner_test(example).__name__ == "wrapper"
    example()
    assert seen == ["before", "example"] * (len(seen) // 2)
    assert len(seen) >= 2


def test_functions_that_hypothesis_did_not_make() -> None:
    for target in (plain, MagicMock(), Counter.TestCase.runTest, int, None):
        assert not neighbours.has_examples(target)
    for function in (plain, MagicMock(), given(strategies.integers())(plain)):
        assert neighbours.machine_of(function) is None


# --- pytest -------------------------------------------------------------------------------------


@pytest.fixture
def for_each_test() -> None:
    """One that pytest makes for each test."""


@pytest.fixture(scope="module")
def for_the_module() -> None:
    """One that pytest makes once for all tests here."""


def test_fixtures_of_pytest() -> None:
    assert neighbours.is_fixture(for_each_test)
    assert neighbours.is_fixture(for_the_module)
    assert not neighbours.is_fixture(plain)


@pytest.mark.usefixtures("for_each_test", "for_the_module")
def test_fixtures_that_a_test_asks_for(request: pytest.FixtureRequest) -> None:
    found = neighbours.fixture_names(request.node)
    assert found is not None
    assert {"for_each_test", "for_the_module"} <= set(found)
    assert neighbours.is_shared_fixture(request.node, "for_the_module")
    assert not neighbours.is_shared_fixture(request.node, "for_each_test")
    assert not neighbours.is_shared_fixture(request.node, "no_such_fixture")


def test_an_item_without_fixtures() -> None:
    assert neighbours.fixture_names(object()) is None
    assert not neighbours.is_shared_fixture(object(), "for_each_test")


def test_fixtures_that_pytest_is_told_to_make(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("""
from mock_s3vectors import neighbours

def pytest_itemcollected(item):
    if "first" in item.name:
        neighbours.set_fixture_names(item, ["late", "early", *neighbours.fixture_names(item)])
""")
    pytester.makepyfile((PROGRAMS / "fixtures_in_order.py").read_text())
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)


# --- asyncio --------------------------------------------------------------------------------------


def test_a_sleep_in_an_event_loop() -> None:
    done: list[str] = []

    async def sleep() -> None:
        await neighbours.sleep_in_event_loop(0.05)
        done.append("slept")

    async def main() -> None:
        sleeping = asyncio.create_task(sleep())
        await asyncio.sleep(0)
        done.append("meanwhile")
        await sleeping

    asyncio.run(main())
    assert done == ["meanwhile", "slept"]


def test_what_a_tls_connection_has_not_sent(tmp_path: Path) -> None:
    files = make_certificates(tmp_path)
    of_server, of_client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    of_server.load_cert_chain(files.both)
    of_client.load_verify_locations(files.authority)
    size = 10_000_000
    unsent: list[int] = []

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        unsent.append(neighbours.unsent_by_tls(writer.transport))
        writer.write(bytes(size))
        unsent.append(neighbours.unsent_by_tls(writer.transport))
        await reader.read(1)
        unsent.append(neighbours.unsent_by_tls(writer.transport))
        writer.close()
        writer.close()
        unsent.append(neighbours.unsent_by_tls(writer.transport))

    async def receive() -> None:
        async with await asyncio.start_server(send, "127.0.0.1", ssl=of_server) as server:
            address = server.sockets[0].getsockname()
            reader, writer = await asyncio.open_connection(*address, ssl=of_client)
            writer.write(b"1")
            await reader.readexactly(size)
            writer.write(b"2")
            assert await reader.read() == b""
            writer.close()

    asyncio.run(receive())
    # The system has taken a part of it. Python 3.10 counts what waits to be encrypted until all of it is.
    assert size / 2 < unsent.pop(1) < size * 2.2
    assert unsent == [0, 0, 0]


def test_an_event_loop_runs_its_coroutines_only() -> None:
    async def inside() -> bool:
        return neighbours.is_in_event_loop() and not await asyncio.to_thread(neighbours.is_in_event_loop)

    assert not neighbours.is_in_event_loop()
    assert asyncio.run(inside())
