"""Calls of `requests`, signed by hand or presigned."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import botocore.session
import pytest
import requests
import responses
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import EndpointConnectionError
from botocore.httpsession import URLLib3Session
from requests.adapters import HTTPAdapter
from requests_aws4auth import AWS4Auth

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.gateway import Gateway
from tests.activation.world import CLIENT, create, names, new_client
from tests.drivers.test_no_network import OF_CLIENT, no_sockets
from tests.support.shapes import TAGS, needs, service_model

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["no_sockets"]  # a fixture

PROGRAMS = Path(__file__).with_name("programs")
ENDPOINT = "https://s3vectors.us-east-1.api.aws"
ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
SIGNED = AWS4Auth("id", "secret", "us-east-1", "s3vectors")
FILMS = {"vectorBucketName": "films"}


def post(operation: str, **params: Any) -> requests.Response:
    return requests.post(f"{ENDPOINT}/{operation}", json=params, auth=SIGNED, timeout=1)


@mock_s3vectors
def test_signed_by_hand() -> None:
    assert post("CreateVectorBucket", **FILMS).status_code == 200
    answer = post("GetVectorBucket", **FILMS)
    assert (answer.status_code, answer.reason) == (200, "OK")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-amz-request-id"] == answer.headers["x-amzn-requestid"]
    assert answer.json()["vectorBucket"]["vectorBucketArn"] == ARN
    assert names() == ["films"]


@mock_s3vectors
def test_signed_with_botocore() -> None:
    body = json.dumps(FILMS)
    request = AWSRequest("POST", "https://s3vectors.eu-west-1.api.aws/CreateVectorBucket", data=body)
    SigV4Auth(Credentials("111122223333", "secret"), "s3vectors", "eu-west-1").add_auth(request)
    answer = requests.post(str(request.url), data=body, headers=dict(request.headers), timeout=1)
    assert answer.status_code == 200
    theirs = new_client("eu-west-1", **mock_s3vectors().credentials("111122223333"))
    assert names(theirs) == ["films"]
    assert names() == []


@mock_s3vectors
def test_refusals() -> None:
    answer = post("GetVectorBucket", **FILMS)
    assert (answer.status_code, answer.reason) == (404, "Not Found")
    assert answer.headers["x-amzn-errortype"] == "NotFoundException"
    assert answer.json() == {"message": "The specified vector bucket could not be found"}
    with pytest.raises(requests.HTTPError, match=r"^404 Client Error: Not Found for url: https://s3vectors"):
        answer.raise_for_status()


@needs(*TAGS)
@mock_s3vectors
def test_tags_of_an_encoded_arn() -> None:
    create("films")
    url = f"{ENDPOINT}/tags/{quote(ARN, safe='')}"
    assert requests.post(url, json={"tags": {"a b": "c/d", "e": "f"}}, auth=SIGNED, timeout=1).ok
    assert requests.delete(url, params={"tagKeys": ["e", "g"]}, auth=SIGNED, timeout=1).ok
    assert requests.get(url, auth=SIGNED, timeout=1).json() == {"tags": {"a b": "c/d"}}


# --- presigned --------------------------------------------------------------------------------


@needs(*TAGS)
@mock_s3vectors
def test_presigned() -> None:
    client = new_client("eu-west-1", **mock_s3vectors().credentials("111122223333"))
    create("films", client=client)
    buckets = requests.post(client.generate_presigned_url("list_vector_buckets"), timeout=1).json()
    assert [bucket["vectorBucketName"] for bucket in buckets["vectorBuckets"]] == ["films"]
    arn = buckets["vectorBuckets"][0]["vectorBucketArn"]
    assert arn == "arn:aws:s3vectors:eu-west-1:111122223333:bucket/films"
    client.tag_resource(resourceArn=arn, tags={"a": "b"})
    url = client.generate_presigned_url("list_tags_for_resource", Params={"resourceArn": arn})
    assert requests.get(url, timeout=1).json() == {"tags": {"a": "b"}}


@mock_s3vectors
def test_presigned_with_a_body() -> None:
    """botocore moves parameters from the body to the query, where the model does not expect them."""
    create("films")
    url = new_client().generate_presigned_url("get_vector_bucket", Params=FILMS)
    assert "?vectorBucketName=films&X-Amz-Algorithm=" in url
    assert requests.post(url, json=FILMS, timeout=1).json()["vectorBucket"]["vectorBucketArn"] == ARN
    refusal = requests.post(url, timeout=1)
    assert (refusal.status_code, refusal.headers["x-amzn-errortype"]) == (400, "ValidationException")


@mock_s3vectors
def test_a_text_body_goes_as_utf_8() -> None:
    create("films")
    statement = {"Sid": "für alle 🎬", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Statement": statement}, ensure_ascii=False)
    body = json.dumps({**FILMS, "policy": policy}, ensure_ascii=False)
    request = requests.Request("POST", f"{ENDPOINT}/PutVectorBucketPolicy").prepare()
    request.body = body  # as it is; some releases of `requests` encode it
    assert requests.Session().send(request).status_code == 200
    assert CLIENT.get_vector_bucket_policy(**FILMS)["policy"] == policy


# --- hosts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "partition"),
    [
        ("s3vectors.us-west-2.api.aws", "aws"),
        ("s3vectors-fips.us-west-2.api.aws", "aws"),
        ("S3Vectors.us-west-2.api.aws:443", "aws"),
        ("s3vectors.us-west-2.api.aws.", "aws"),
        ("s3vectors.us-gov-west-1.api.aws", "aws-us-gov"),
        ("s3vectors-fips.us-gov-west-1.api.aws", "aws-us-gov"),
        ("s3vectors.cn-north-1.api.amazonwebservices.com.cn", "aws-cn"),
        ("s3vectors.eusc-de-east-1.api.amazonwebservices.eu", "aws-eusc"),
    ],
)
@mock_s3vectors
def test_hosts_of_s3_vectors(host: str, partition: str) -> None:
    assert requests.post(f"https://{host}/CreateVectorBucket", json=FILMS, timeout=1).status_code == 200
    answer = requests.post(f"http://{host}/GetVectorBucket", json=FILMS, timeout=1).json()
    # Unsigned, so the Region is that of the host.
    region = host.split(".")[1]
    arn = answer["vectorBucket"]["vectorBucketArn"]
    assert arn == f"arn:{partition}:s3vectors:{region}:123456789012:bucket/films"


def test_every_host_that_botocore_makes() -> None:
    session = botocore.session.get_session()
    hosts = set()
    for partition in session.get_available_partitions():
        for region in session.get_available_regions("ec2", partition):
            client = new_client(region, aws_access_key_id="a", aws_secret_access_key="b")
            url = client.generate_presigned_url("list_vector_buckets")
            hosts.add(url.split("/")[2])
            with mock_s3vectors():
                assert requests.post(url, timeout=1).json() == {"vectorBuckets": []}
    assert len(hosts) > 30


@pytest.mark.parametrize(
    ("host", "right"),
    [
        ("s3vectors.us-east-1.amazonaws.com", "s3vectors.us-east-1.api.aws"),
        ("s3vectors-fips.us-east-1.amazonaws.com", "s3vectors.us-east-1.api.aws"),
        ("s3vectors.cn-north-1.amazonaws.com.cn", "s3vectors.cn-north-1.api.amazonwebservices.com.cn"),
    ],
)
@pytest.mark.usefixtures("no_sockets")
@mock_s3vectors
def test_hosts_without_s3_vectors(host: str, right: str) -> None:
    with pytest.raises(UsageError) as refusal:
        requests.post(f"https://{host}/ListVectorBuckets", timeout=1)
    assert str(refusal.value) == (
        f"{host} was called while a mock is on, and the request was not sent anywhere. S3 Vectors is not "
        f"there, even if client.meta.endpoint_url says so: call {right}."
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/s3vectors",
        "https://s3vectors.example.com/",
        "https://s3vectors.us-east-1.api.aws.example.com/",
        "https://s3.us-east-1.api.aws/s3vectors",
        "https://s3vectors/",
        "http://127.0.0.1:1/ListVectorBuckets?s3vectors",
    ],
)
@mock_s3vectors
def test_other_hosts_are_called(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    sent: list[str | None] = []

    def send(_: HTTPAdapter, request: requests.PreparedRequest, **__: Any) -> requests.Response:
        sent.append(request.url)
        answer = requests.Response()
        answer.status_code = 299
        return answer

    monkeypatch.setattr(HTTPAdapter, "send", send)
    assert requests.get(url, timeout=1).status_code == 299
    assert sent == [url]


# --- sessions -----------------------------------------------------------------------------------


@mock_s3vectors
def test_sessions_with_hooks_adapters_and_streams() -> None:
    seen: list[int] = []

    def note_status(answer: requests.Response, **_: Any) -> None:
        seen.append(answer.status_code)

    with requests.Session() as session:
        session.hooks["response"].append(note_status)
        session.mount("https://s3vectors", HTTPAdapter(max_retries=3))
        session.auth = SIGNED
        answer = session.post(f"{ENDPOINT}/ListVectorBuckets", json={}, stream=True)
        assert b"".join(answer.iter_content(5)) == b'{"vectorBuckets":[]}'
        assert answer.elapsed.total_seconds() > 0
        assert answer.request.url == f"{ENDPOINT}/ListVectorBuckets"
    assert seen == [200]


def send_again(answer: requests.Response, **settings: Any) -> requests.Response:
    """Send a request once more, for another Region, through the same connection: as `HTTPDigestAuth` does."""
    again = answer.request.copy()
    again.headers["authorization"] = (
        "AWS4-HMAC-SHA256 Credential=id/20261121/eu-west-1/s3vectors/aws4_request"
    )
    second: requests.Response = answer.connection.send(again, **settings)
    second.history.append(answer)
    return second


@mock_s3vectors
def test_a_hook_may_send_a_request_again() -> None:
    create("films", client=new_client("eu-west-1"))
    with requests.Session() as session:
        answer = session.post(f"{ENDPOINT}/GetVectorBucket", json=FILMS, hooks={"response": send_again})
    assert isinstance(answer.connection, HTTPAdapter)
    assert answer.json()["vectorBucket"]["vectorBucketArn"] == ARN.replace("us-east-1", "eu-west-1")
    assert [before.status_code for before in answer.history] == [404]


def test_a_hook_may_not_send_a_request_again_after_the_mock() -> None:
    mock = mock_s3vectors()

    def stop(answer: requests.Response, **_: Any) -> None:
        mock.stop()
        answer.connection.send(answer.request)

    mock.start()
    with pytest.raises(UsageError, match=r"^The mock ended before it had answered this call"):
        requests.post(f"{ENDPOINT}/ListVectorBuckets", json={}, hooks={"response": stop}, timeout=1)


@mock_s3vectors
def test_an_answer_leaves_no_cookies_and_no_history() -> None:
    with requests.Session() as session:
        session.cookies.set("mine", "kept")
        answer = session.post(f"{ENDPOINT}/ListVectorBuckets", json={}, allow_redirects=True)
        assert answer.request.headers["cookie"] == "mine=kept"
        assert (answer.history, answer.is_redirect, dict(answer.cookies)) == ([], False, {})
        assert dict(session.cookies) == {"mine": "kept"}


@pytest.mark.parametrize(
    "body",
    [
        '{"vectorBucketName": "films"}',
        b'{"vectorBucketName": "films"}',
        bytearray(b'{"vectorBucketName": "films"}'),
        io.BytesIO(b'{"vectorBucketName": "films"}'),
        io.StringIO('{"vectorBucketName": "films"}'),
        iter([b'{"vectorBucketName":', b' "films"}']),
    ],
    ids=lambda body: type(body).__name__,
)
@mock_s3vectors
def test_bodies_of_all_kinds(body: Any) -> None:
    assert requests.post(f"{ENDPOINT}/CreateVectorBucket", data=body, timeout=1).status_code == 200
    assert names() == ["films"]


@mock_s3vectors
def test_20_mib_and_no_more() -> None:
    limit = 20_971_520
    assert requests.post(f"{ENDPOINT}/ListVectorBuckets", data=b"{}".ljust(limit), timeout=1).ok
    refusal = requests.post(f"{ENDPOINT}/ListVectorBuckets", data=b"{}".ljust(limit + 1), timeout=1)
    assert (refusal.status_code, refusal.json()) == (
        400,
        {"message": "Request body exceeds max allowed size"},
    )


@pytest.mark.usefixtures("no_sockets")
def test_all_operations_without_a_socket() -> None:
    model = service_model()
    with mock_s3vectors():
        for method, params in OF_CLIENT.items():
            if not hasattr(CLIENT, method):
                continue
            http = model.operation_model(CLIENT.meta.method_to_api_mapping[method]).http
            arn = quote(params.get("resourceArn", ""), safe="")
            answer = requests.request(
                http["method"],
                ENDPOINT + http["requestUri"].format(resourceArn=arn),
                json=params,
                params={"tagKeys": params.get("tagKeys")},
                auth=SIGNED,
                timeout=1,
            )
            assert answer.status_code == 200, (method, answer.text)


@pytest.mark.usefixtures("no_sockets")
@mock_s3vectors
def test_a_path_without_an_operation() -> None:
    with pytest.raises(UsageError, match=r"^GET /QueryVectors is not an operation of Amazon S3 Vectors"):
        requests.get(f"{ENDPOINT}/QueryVectors", timeout=1)


@mock_s3vectors
def test_a_bug_of_ours_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Gateway, "handle", fail)
    with pytest.raises(ZeroDivisionError):
        post("ListVectorBuckets")


# --- beside a test's own `responses`, and moto ------------------------------------------------------


def own_responses() -> responses.RequestsMock:
    mock = responses.RequestsMock()
    mock.add(responses.GET, "https://example.com/", body="theirs")
    return mock


@pytest.mark.parametrize("ours_first", [True, False])
def test_a_test_may_use_responses_for_itself(*, ours_first: bool) -> None:
    theirs = own_responses()
    mocks: list[Any] = [mock_s3vectors(), theirs] if ours_first else [theirs, mock_s3vectors()]
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock)
        assert post("CreateVectorBucket", **FILMS).status_code == 200
        assert requests.get("https://example.com/", timeout=1).text == "theirs"
        with pytest.raises(requests.ConnectionError, match="Connection refused by Responses"):
            requests.get("https://example.com/other", timeout=1)
        assert names() == ["films"]
        # Their calls do not contain ours, and each response that they expect was asked for.
        assert [call.request.url for call in theirs.calls] == [
            "https://example.com/",
            "https://example.com/other",
        ]


@responses.activate
@mock_s3vectors
def test_under_the_decorator_of_responses() -> None:
    responses.get("https://example.com/", body="theirs")
    responses.add_passthru("https://s3vectors")
    assert post("ListVectorBuckets").json() == {"vectorBuckets": []}
    assert requests.get("https://example.com/", timeout=1).text == "theirs"
    assert len(responses.calls) == 1


@pytest.mark.parametrize("theirs_ends_first", [True, False])
def test_mocks_that_do_not_end_in_turn(*, theirs_ends_first: bool) -> None:
    before = HTTPAdapter.send, requests.Session.get_adapter
    ours, theirs = mock_s3vectors(), own_responses()
    ours.start()
    theirs.start()
    requests.get("https://example.com/", timeout=1)
    ends = [theirs.stop, ours.stop] if theirs_ends_first else [ours.stop, theirs.stop]
    for end in ends:
        end()
    assert (HTTPAdapter.send, requests.Session.get_adapter) == before


@pytest.mark.parametrize("moto_first", [True, False])
def test_beside_moto(*, moto_first: bool) -> None:
    moto = pytest.importorskip("moto")
    mocks: list[Callable[[], Any]] = [moto.mock_aws, mock_s3vectors]
    with ExitStack() as stack:
        for mock in mocks if moto_first else reversed(mocks):
            stack.enter_context(mock())
        assert post("CreateVectorBucket", **FILMS).status_code == 200
        assert names() == ["films"]
        from moto.s3vectors.models import s3vectors_backends

        assert not s3vectors_backends["123456789012"]["aws"].vector_buckets
        assert requests.get("https://films.s3.us-east-1.amazonaws.com/", timeout=1).status_code == 404


# --- hooks ------------------------------------------------------------------------------------------


REFUSED = (
    f"{ENDPOINT}/ListVectorBuckets was called while a mock is on, in a way that does not ask it, and the "
    "request was not sent anywhere. Call it with a client of boto3, or with a session of `requests` whose "
    "get_adapter nobody has replaced."
)


def with_an_adapter_of_its_own() -> Any:
    class Session(requests.Session):
        def get_adapter(self, url: Any) -> Any:  # noqa: ARG002 - the library's
            return HTTPAdapter()

    return Session().post


def with_the_get_adapter_of_before() -> Any:
    """As `requests_mock` leaves behind every session that it was used with."""
    session: Any = requests.Session()
    session.get_adapter = session.get_adapter
    return session.post


def with_an_adapter_alone() -> Any:
    return lambda url, **_: HTTPAdapter().send(requests.Request("POST", url).prepare())


def with_botocore_alone() -> Any:
    return lambda url, **_: URLLib3Session().send(AWSRequest("POST", url).prepare())


@pytest.mark.parametrize(
    "way",
    [
        with_an_adapter_of_its_own,
        with_the_get_adapter_of_before,
        with_an_adapter_alone,
        with_botocore_alone,
    ],
)
@pytest.mark.parametrize("query", ["", "?X-Amz-Credential=id&X-Amz-Signature=0123abc"])
@pytest.mark.usefixtures("no_sockets")
def test_no_way_leads_past_the_mock(way: Callable[[], Any], query: str) -> None:
    """The refusal does not show what a presigned URL is signed with."""
    post_past_us = way()
    with mock_s3vectors(), pytest.raises(UsageError) as refusal:
        post_past_us(f"{ENDPOINT}/ListVectorBuckets{query}", data=b"{}")
    assert str(refusal.value) == REFUSED


def test_a_request_whose_mock_ends_while_it_is_signed_is_not_even_prepared() -> None:
    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        mock.stop()
        return request

    request = requests.Request("POST", f"{ENDPOINT}/ListVectorBuckets", auth=sign)
    mock = mock_s3vectors()
    mock.start()
    with pytest.raises(UsageError, match=r"^The mock ended before it had answered this call"):
        requests.Session().prepare_request(request)


@pytest.mark.parametrize("way", [with_an_adapter_of_its_own, with_botocore_alone])
def test_other_ways_to_other_hosts_are_open(way: Callable[[], Any]) -> None:
    with mock_s3vectors(), pytest.raises((requests.ConnectionError, EndpointConnectionError)):
        way()("http://127.0.0.1:1/ListVectorBuckets")


@mock_s3vectors
def test_headers_may_be_bytes() -> None:
    scope = b"AWS4-HMAC-SHA256 Credential=111122223333/20261121/eu-west-1/s3vectors/aws4_request"
    url = f"{ENDPOINT}/CreateVectorBucket"
    assert requests.post(url, json=FILMS, headers={"Authorization": scope}, timeout=1).ok
    theirs = new_client("eu-west-1", **mock_s3vectors().credentials("111122223333"))
    assert names(theirs) == ["films"]


def test_a_patch_of_somebody_else_outlives_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A patch around ours puts ours back when the mock is off: ours must do nothing then."""
    sent: list[Any] = []

    def send(*arguments: Any, **_: Any) -> requests.Response:
        sent.append(arguments)
        return requests.Response()

    monkeypatch.setattr(HTTPAdapter, "send", send)
    session_class: Any = requests.Session
    own = session_class.get_adapter
    with mock_s3vectors():
        ours = session_class.get_adapter
        assert ours is not own

        def theirs(session: requests.Session, url: str) -> Any:
            return ours(session, url)

        session_class.get_adapter = theirs
        assert post("ListVectorBuckets").ok
    assert session_class.get_adapter is theirs
    session_class.get_adapter = ours
    post("ListVectorBuckets")
    assert len(sent) == 1
    with mock_s3vectors():
        assert post("ListVectorBuckets").json() == {"vectorBuckets": []}
    session_class.get_adapter = own


def test_responses_is_imported_when_somebody_calls() -> None:
    program = (PROGRAMS / "responses_not_loaded.py").read_text()
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("False\nTrue\n", "")


def test_requests_that_is_imported_while_the_mock_is_on() -> None:
    program = (PROGRAMS / "requests_within_mock.py").read_text()
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("{'vectorBuckets': []}\n", "")
