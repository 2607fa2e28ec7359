"""Signatures that a mock checks if it is asked to: who signed, what was signed, and when."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
import requests
from botocore import UNSIGNED
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.mocking.surroundings import FAKE_CREDENTIALS
from mock_s3vectors.world import World
from tests.activation.world import account_of, arn, create, error_of, names, new_client
from tests.support.linear import assert_linear
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mock_s3vectors import MockS3Vectors

OTHER, FAKE = "111122223333", "testing"
URL = "https://s3vectors.us-east-1.api.aws/ListVectorBuckets"
NOON = 1_801_396_800  # 2027-01-31T12:00:00Z
DOES_NOT_MATCH = (
    "InvalidSignatureException",
    (
        "The request signature we calculated does not match the signature you provided. Check your AWS "
        "Secret Access Key and signing method. Consult the service documentation for details."
    ),
)
INVALID_TOKEN = (
    "UnrecognizedClientException",
    "The security token included in the request is invalid.",
)


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors(verify_signatures=True) as mock:
        yield mock


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    return error_of(caught.value)


def keys(access_key_id: str, secret: str, token: str | None = None) -> dict[str, Any]:
    named = {"aws_access_key_id": access_key_id, "aws_secret_access_key": secret}
    return named if token is None else {**named, "aws_session_token": token}


def signed(
    body: str = "{}", *, url: str = URL, secret: str = FAKE, service: str = "s3vectors", **headers: str
) -> AWSRequest:
    """A request as botocore signs it: its headers can be changed afterwards."""
    request = AWSRequest(
        "POST", url, {"content-type": "application/json", **headers}, data=body.encode(), stream_output=False
    )
    SigV4Auth(Credentials(FAKE, secret), service, "us-east-1").add_auth(request)
    return request


def send(request: AWSRequest, **changed: Any) -> tuple[int, str, str]:
    """Return the status of the answer, its code, and its message or its body."""
    sent = {"url": request.url, "data": request.data, "headers": dict(request.headers.items()), **changed}
    answer = requests.request("POST", timeout=1, **sent)
    code = answer.headers.get("x-amzn-errortype", "")
    return answer.status_code, code, answer.json()["message"] if code else answer.text


WELL = (200, "", '{"vectorBuckets":[]}')


# --- secrets ------------------------------------------------------------------------------------


def test_signatures_are_not_checked_by_default() -> None:
    with mock_s3vectors() as mock:
        user = mock.iam.user("reader").allow("*")
        assert names(new_client(**{**user, "aws_secret_access_key": "wrong"})) == []
        assert requests.post(URL, timeout=1).status_code == 200


@pytest.mark.parametrize("kind", ["user", "role"])
def test_the_secret_of_an_identity(mock: MockS3Vectors, kind: str) -> None:
    identity = getattr(mock.iam, kind)("reader").allow("*")
    assert names(new_client(**identity)) == []
    wrong = new_client(**{**identity, "aws_secret_access_key": "wrong"})
    assert refusal(lambda: names(wrong)) == DOES_NOT_MATCH
    assert mock.calls[-1].caller == identity.arn
    assert (mock.calls[-1].operation, mock.calls[-1].decision) == ("ListVectorBuckets", None)


def test_the_token_of_a_session(mock: MockS3Vectors) -> None:
    session, user = mock.iam.role("reader").allow("*"), mock.iam.user("reader").allow("*")
    without = {name: value for name, value in session.items() if name != "aws_session_token"}
    for wrong in ({**session, "aws_session_token": "wrong"}, without, {**user, "aws_session_token": "wrong"}):
        assert refusal(lambda wrong=wrong: names(new_client(**wrong))) == INVALID_TOKEN  # type: ignore[misc]


def test_the_credentials_that_the_mock_gives(mock: MockS3Vectors) -> None:
    """A mock lends them to clients that have none."""
    assert set(FAKE_CREDENTIALS.values()) == {"testing"}
    assert names(new_client()) == []
    assert account_of(new_client(**mock.credentials(OTHER))) == OTHER
    for key in ("testing", OTHER):
        client = new_client(**keys(key, "wrong"))
        assert refusal(lambda client=client: names(client)) == DOES_NOT_MATCH  # type: ignore[misc]


def test_the_key_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", OTHER)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with mock_s3vectors(verify_signatures=True):
        assert account_of(new_client()) == OTHER
        assert refusal(lambda: names(new_client(**keys(OTHER, "testing")))) == DOES_NOT_MATCH
        monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
        newer: Any = boto3.Session().client("s3vectors", region_name="us-east-1")
        assert names(newer) == ["whose-am-i"]
        assert refusal(lambda: names(new_client(**keys(OTHER, "secret", "other")))) == INVALID_TOKEN


def test_a_key_whose_secret_nobody_knows(mock: MockS3Vectors) -> None:
    client = new_client(**keys("some-id", "some-secret", "some-token"))
    assert names(client) == []
    mock.clock.shift(3600)
    assert refusal(lambda: names(client))[0] == "InvalidSignatureException"


def test_keys_of_moto(mock: MockS3Vectors) -> None:
    moto = pytest.importorskip("moto")
    with moto.mock_aws():
        iam = boto3.client("iam", region_name="us-east-1")
        iam.create_user(UserName="reader")
        made = iam.create_access_key(UserName="reader")["AccessKey"]
        user = keys(made["AccessKeyId"], made["SecretAccessKey"])
        sts = boto3.client("sts", region_name="us-east-1")
        role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/reader", "RoleSessionName": "session"}
        given = sts.assume_role(**role)["Credentials"]
        session = keys(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        for right in (user, session):
            assert names(new_client(**right)) == []
            wrong = new_client(**{**right, "aws_secret_access_key": "wrong"})
            assert refusal(lambda wrong=wrong: names(wrong)) == DOES_NOT_MATCH  # type: ignore[misc]
        assert refusal(lambda: names(new_client(**{**session, "aws_session_token": "x"}))) == INVALID_TOKEN
        iam.update_access_key(AccessKeyId=made["AccessKeyId"], Status="Inactive", UserName="reader")
        assert refusal(lambda: names(new_client(**user))) == INVALID_TOKEN
    assert mock.calls[0].caller == "arn:aws:iam::123456789012:user/reader"


def test_a_key_of_a_mock_that_has_ended() -> None:
    """Whether or not signatures are checked: such a client would act as the root of an account."""
    with mock_s3vectors() as mock:
        client = new_client(**mock.iam.user("reader").allow("*"))
        key = mock.iam.user("writer")["aws_access_key_id"]
        with mock_s3vectors() as inner:
            inner_client = new_client(**inner.iam.user("inner").allow("*"))
            assert names(inner_client) == names(client) == []
        with pytest.raises(UsageError, match=r"Its users and roles: arn:aws:iam::\d+:user/reader, arn:"):
            names(inner_client)
    with mock_s3vectors(), pytest.raises(UsageError) as caught:
        names(new_client(**keys(key, "wrong")))
    assert str(caught.value) == (
        f"The access key {key} is that of a user or a role of a mock that has ended, or that does not answer "
        "here, or it was undone. Make it with mock.iam of the mock that answers. Its users and roles: none."
    )


# --- what is signed -----------------------------------------------------------------------------


def test_a_request_that_was_changed_on_its_way(mock: MockS3Vectors) -> None:
    create("films")
    films = '{"vectorBucketName":"films"}'
    get = signed(films, url=URL.replace("ListVectorBuckets", "GetVectorBucket"), a="b")
    assert send(get)[0] == 200
    refused = (403, *DOES_NOT_MATCH)
    assert send(get, data=films.replace("films", "plots")) == refused
    assert send(get, url=URL) == refused
    assert send(get, url=f"{get.url}?a=b") == refused
    for changed in ({"a": "c"}, {"Host": "s3vectors.us-east-1.amazonaws.com"}):
        assert send(get, headers={**dict(get.headers.items()), **changed}) == refused
    without = {name: value for name, value in get.headers.items() if name != "a"}
    assert send(get, headers=without) == refused
    assert send(get, headers={**without, "A": "b  "})[0] == 200
    assert send(signed("{}", secret="wrong")) == refused
    assert mock.calls[-1].status == 403


def test_a_body_that_is_not_signed(mock: MockS3Vectors) -> None:
    named = "x-amz-content-sha256"
    assert mock.calls == []
    assert send(signed(**{named: "UNSIGNED-PAYLOAD"}), data='{"maxResults":1}') == WELL
    # The hash of an empty text, which is not that of the body.
    wrong = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert send(signed(**{named: wrong}))[1:] == DOES_NOT_MATCH


def test_the_body_of_a_presigned_url_that_is_not_signed_by_a_header(mock: MockS3Vectors) -> None:
    headers = {**JSON, "x-amz-content-sha256": "UNSIGNED-PAYLOAD"}
    request = AWSRequest("POST", URL, headers, data=b"{}", stream_output=False)
    SigV4QueryAuth(Credentials(FAKE, FAKE), "s3vectors", "us-east-1").add_auth(request)
    assert mock.calls == []
    assert send(request) == WELL
    assert send(request, data='{"maxResults":1}') == WELL
    del request.headers["x-amz-content-sha256"]
    assert send(request)[1:] == DOES_NOT_MATCH


@needs(*TAGS)
def test_parameters_in_the_path_and_in_the_query(mock: MockS3Vectors) -> None:
    """The slashes of an ARN are encoded, and an UntagResource repeats `tagKeys`."""
    user = mock.iam.user("reader").allow("*")
    client = new_client(**user)
    create("films", client=client)
    films = arn("films", client)
    client.tag_resource(resourceArn=films, tags={"a b": "c/d", "x": "y", "ü:=+@": ""})
    assert client.list_tags_for_resource(resourceArn=films)["tags"] == {"a b": "c/d", "x": "y", "ü:=+@": ""}
    client.untag_resource(resourceArn=films, tagKeys=["x", "ü:=+@", "a b"])
    assert client.list_tags_for_resource(resourceArn=films)["tags"] == {}


@pytest.mark.parametrize("endpoint", ["https://example.com:8443/a/b", "http://example.com"])
@pytest.mark.usefixtures("mock")
def test_an_endpoint_of_ones_own(endpoint: str) -> None:
    assert names(new_client(endpoint_url=endpoint)) == []
    wrong = new_client(endpoint_url=endpoint, **keys("testing", "wrong"))
    assert refusal(lambda: names(wrong)) == DOES_NOT_MATCH


# --- time ---------------------------------------------------------------------------------------


FORMAT = "%Y%m%dT%H%M%SZ"


def moment_of(date: str) -> float:
    return datetime.strptime(date, FORMAT).replace(tzinfo=timezone.utc).timestamp()


def text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime(FORMAT)


def at(mock: MockS3Vectors, seconds: float) -> None:
    """Have the mock's clock stand still at this time."""
    mock.clock.freeze()
    mock.clock.move_to(seconds)


def test_a_signature_holds_for_five_minutes(mock: MockS3Vectors) -> None:
    request = signed()
    then = moment_of(request.headers["X-Amz-Date"])
    for ahead in (-300, 0, 300.9):
        at(mock, then + ahead)
        assert send(request) == WELL
    at(mock, then + 301)
    assert send(request) == (
        403,
        "InvalidSignatureException",
        f"Signature expired: {text(then)} is now earlier than {text(then + 1)} ({text(then + 301)} - 5 min.)",
    )
    at(mock, then - 301)
    assert send(request) == (
        403,
        "InvalidSignatureException",
        (
            f"Signature not yet current: {text(then)} is still later than {text(then - 1)} "
            f"({text(then - 301)} + 5 min.)"
        ),
    )


@pytest.mark.parametrize(("moment", "shown"), [(0, "19691231T235500Z"), ("9999-12-31T23:59:59Z", "9999")])
def test_the_ends_of_time(mock: MockS3Vectors, moment: Any, shown: str) -> None:
    at(mock, moment)
    status, code, message = send(signed())
    assert (status, code) == (403, "InvalidSignatureException")
    assert shown in message or "19700101T000500Z" in message


def test_a_client_whose_clock_differs(mock: MockS3Vectors) -> None:
    client = new_client(**mock.iam.user("reader").allow("*"))
    mock.clock.shift(3_600)
    code, message = refusal(lambda: names(client))
    assert code == "InvalidSignatureException"
    assert re.fullmatch(r"Signature expired: (\S+) is now earlier than \S+ \(\S+ - 5 min\.\)", message)


def test_a_header_date_instead(mock: MockS3Vectors) -> None:
    request = signed(Date="Sun, 31 Jan 2027 12:00:00 GMT")
    assert "X-Amz-Date" not in request.headers
    assert send(request) == WELL
    at(mock, 0)
    assert send(request)[2].startswith("Signature not yet current: ")


# --- presigned ----------------------------------------------------------------------------------


JSON = {"content-type": "application/json"}


def presigned(identity: Mapping[str, Any], **settings: Any) -> str:
    """A URL for ListVectorBuckets, for which botocore signs the type of the content too."""
    url: str = new_client(**identity).generate_presigned_url("list_vector_buckets", **settings)
    return url


def post(url: str, **headers: str) -> tuple[int, str, str]:
    answer = requests.post(url, headers={**JSON, **headers}, timeout=1)
    code = answer.headers.get("x-amzn-errortype", "")
    return answer.status_code, code, answer.json()["message"] if code else answer.text


@pytest.mark.parametrize("kind", ["user", "role"])
def test_a_presigned_url(mock: MockS3Vectors, kind: str) -> None:
    identity = getattr(mock.iam, kind)("reader").allow("*")
    url = presigned(identity)
    assert post(url) == WELL
    assert mock.calls[-1].caller == identity.arn
    refused = (403, *DOES_NOT_MATCH)
    assert post(url.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200")) == refused
    assert post(f"{url}&a=b") == refused
    assert post(url, **{"content-type": "text/plain"}) == refused
    assert post(presigned({**identity, "aws_secret_access_key": "wrong"})) == refused


def test_how_long_a_presigned_url_holds(mock: MockS3Vectors) -> None:
    url = presigned(mock.credentials(OTHER), ExpiresIn=90)
    then = moment_of(parse_qs(urlsplit(url).query)["X-Amz-Date"][0])
    at(mock, then + 90)
    assert post(url) == WELL
    at(mock, then + 91)
    assert post(url)[1:] == (
        "InvalidSignatureException",
        (
            f"Signature expired: {text(then)} is now earlier than {text(then + 1)} "
            f"({text(then + 91)} - 1.5 min.)"
        ),
    )
    at(mock, then - 301)
    assert post(url)[2].startswith(f"Signature not yet current: {text(then)} ")


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("seconds", [0, 604_801, 10**9, -1])
def test_an_impossible_expiry(seconds: int) -> None:
    assert post(presigned({}, ExpiresIn=seconds)) == (
        403,
        "IncompleteSignatureException",
        "X-Amz-Expires must be a number of seconds from 1 to 604800.",
    )


# --- form ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("mock")
def test_an_unsigned_request() -> None:
    expected = "MissingAuthenticationTokenException", "Missing Authentication Token"
    assert refusal(lambda: names(new_client(config=Config(signature_version=UNSIGNED)))) == expected
    assert send(signed(), headers=JSON) == (403, *expected)


CREDENTIAL = "testing/20270131/us-east-1/s3vectors/aws4_request"
INCOMPLETE, INVALID = "IncompleteSignatureException", "InvalidSignatureException"
PARTS = {"Credential": CREDENTIAL, "SignedHeaders": "host;x-amz-date", "Signature": "0"}
DATED = {"x-amz-date": "20270131T120000Z"}
LACKS = "Authorization header requires '{}' parameter. "
UNDATED = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "


def header(**changed: str) -> dict[str, str]:
    """The headers of a signature of noon, with changes."""
    parts = ", ".join(f"{name}={value}" for name, value in {**PARTS, **changed}.items() if value)
    return {**JSON, **DATED, "Authorization": f"AWS4-HMAC-SHA256 {parts}"}


def signing(count: int) -> str:
    """The names of so many headers that are signed besides the host."""
    return ";".join(["host", *map(str, range(count))])


HASHED = "(Hashed with SHA-256 and encoded with Base64) Authorization={}"


@pytest.mark.parametrize(
    ("headers", "code", "message"),
    [
        (
            {"Authorization": "Bearer token"},
            INCOMPLETE,
            f"{LACKS.format('Credential')}{LACKS.format('Signature')}{LACKS.format('SignedHeaders')}{UNDATED}"
            + HASHED.format("sirDDmH2JNXZ7PrsYu3JMpduFdLxWZgJKX9UIu07OWs="),
        ),
        (
            header(Signature=""),
            INCOMPLETE,
            LACKS.format("Signature") + HASHED.format("frG4f+QlYNu9OW9jBHkwvn72XuHU7UWckLNPzdjOHHo="),
        ),
        (
            {**header(), "Authorization": header()["Authorization"].replace("256", "257")},
            INCOMPLETE,
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA257'.",
        ),
        (
            header(Credential="testing/20270131/us-east-1/aws4_request"),
            INCOMPLETE,
            (
                "Credential must have exactly 5 slash-delimited elements, e.g. "
                "keyid/date/region/service/term, got 'testing/20270131/us-east-1/aws4_request'"
            ),
        ),
        (
            {**header(), "x-amz-date": "2027-01-31"},
            INCOMPLETE,
            (
                "Date must be in ISO-8601 'basic format'. Got '2027-01-31'. See "
                "http://en.wikipedia.org/wiki/ISO_8601"
            ),
        ),
        (
            header(Credential="testing/20270130/eu-west-1/s3/aws5_request"),
            INVALID,
            (
                "Credential should be scoped to a valid region, not 'eu-west-1'. Credential should be scoped "
                "to correct service: 's3vectors'. Credential should be scoped with a valid terminator: "
                "'aws4_request', not 'aws5_request'. Date in Credential scope does not match YYYYMMDD from "
                "ISO-8601 version of date from HTTP: '20270130' != '20270131', from '20270131T120000Z'."
            ),
        ),
        (
            header(Credential=CREDENTIAL.replace("us-east-1", "US-EAST-1")),
            INVALID,
            "Credential should be scoped to a valid region, not 'US-EAST-1'.",
        ),
        (
            header(SignedHeaders="x-amz-date"),
            INVALID,
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (header(), *DOES_NOT_MATCH),
        (header(SignedHeaders=signing(200)), *DOES_NOT_MATCH),
    ],
)
def test_the_form_of_a_header(mock: MockS3Vectors, headers: dict[str, str], code: str, message: str) -> None:
    at(mock, NOON)
    answer = requests.post(URL, headers=headers, data="{}", timeout=1)
    assert (answer.status_code, answer.headers["x-amzn-errortype"]) == (403, code)
    assert answer.json() == {"message": message}


def test_the_form_of_a_query(mock: MockS3Vectors) -> None:
    url = presigned({})
    assert post(url, Authorization="Bearer token") == (
        403,
        INVALID,
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    )
    assert post(url.partition("&X-Amz-Date")[0]) == (
        403,
        INCOMPLETE,
        (
            "AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must "
            "include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. "
            "Re-examine the query-string parameters."
        ),
    )
    assert post(url.replace("SHA256", "SHA1"))[2] == "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."
    assert mock.calls[-1].params == {}


@pytest.mark.parametrize(
    "make",
    [
        lambda n: {"authorization": "AWS4-HMAC-SHA256 " + "Credential=a, " * n},
        lambda n: header(SignedHeaders="host;" * n),
        lambda n: header(SignedHeaders=signing(n)),
        lambda n: {**dict.fromkeys(map(str, range(n)), ""), **header(SignedHeaders=signing(n))},
        lambda n: header(Credential="a/" * n),
        lambda n: {**header(), "x-amz-date": "2" * n},
        lambda n: {**header(), "x-amz-date": "", "date": "Sun, 31 Jan 2027 " * n},
        lambda n: {"query": "&".join(["X-Amz-Algorithm=AWS4-HMAC-SHA256"] * n)},
        lambda n: {"query": "X-Amz-Algorithm=" + "%2F" * n},
    ],
)
def test_long_signatures_take_time_in_proportion(mock: MockS3Vectors, make: Callable[[int], Any]) -> None:
    at(mock, NOON)
    gateway, world, options = Gateway(), World(), mock.config
    world.clock.set_as(mock.clock)

    def work(length: str) -> None:
        headers = {name.lower(): value for name, value in make(int(length)).items()}
        request = HttpRequest("POST", "host", "/ListVectorBuckets", headers.pop("query", ""), headers, b"{}")
        exchange = gateway.handle(request, world, options)
        assert exchange.response is not None
        assert exchange.response.status == 403

    assert_linear(work, "5000", "40000")
