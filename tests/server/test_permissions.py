"""Permissions over HTTP: who a request says it is, what it tells about its way, and other mocks around."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from tests.server.wire import Connection, request
from tests.support.helpers import BUCKET, INDEX, INDEX_ARN, ORIGIN, SETTINGS, vector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_s3vectors import S3VectorsServer
    from tests.support.helpers import Client

OF_AWS = "https://s3vectors.us-east-1.api.aws"
HOME, AWAY = "123456789012", "444455556666"
ROOT = f"arn:aws:iam::{HOME}:root"
QUERY = {**INDEX, "topK": 1, **ORIGIN}
ALL = {"Effect": "Allow", "Action": "s3vectors:*", "Resource": "*"}
MAY_QUERY = {"Statement": {**ALL, "Action": "s3vectors:QueryVectors"}}


def client_of(server: S3VectorsServer, **credentials: Any) -> Client:
    return boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url, **credentials)


def fill(server: S3VectorsServer) -> Client:
    """Make an index with a vector; return the client of the account's root that did."""
    client = client_of(server)
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    client.put_vectors(**INDEX, vectors=[vector("a", year=1975)])
    return client


def code_of(call: Any, **parameters: Any) -> str:
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


def signed(url: str, keys: Mapping[str, str], operation: str, form: str, params: dict[str, Any]) -> Any:
    """Send a request that botocore has signed and `requests` sends; return the answer."""
    body = json.dumps(params)
    # botocore would move a body that it presigns to the query.
    made = AWSRequest("POST", f"{url}/{operation}", data="" if form == "presigned" else body)
    signer = SigV4QueryAuth if form == "presigned" else SigV4Auth
    signer(Credentials(*keys.values()), "s3vectors", "us-east-1").add_auth(made)
    return requests.post(str(made.url), data=body, headers=dict(made.headers), timeout=10)


@pytest.mark.parametrize("form", ["header", "presigned"])
@pytest.mark.parametrize("kind", ["user", "role"])
def test_requests_that_are_signed_by_hand(s3vectors_server: S3VectorsServer, kind: str, form: str) -> None:
    fill(s3vectors_server)
    iam = s3vectors_server.mock.iam
    reader = iam.user("reader", MAY_QUERY) if kind == "user" else iam.role("reader", MAY_QUERY)
    for url in (s3vectors_server.url, OF_AWS):
        answer = signed(url, reader, "QueryVectors", form, QUERY)
        assert (answer.status_code, answer.json()["vectors"]) == (200, [{"key": "a"}])
        answer = signed(url, reader, "GetVectors", form, {**INDEX, "keys": ["a"]})
        assert answer.headers["x-amzn-errortype"] == "AccessDeniedException"
        assert answer.json() == {
            "message": f"User: {reader.arn} is not authorized to perform: s3vectors:GetVectors on resource: "
            f"{INDEX_ARN} because no identity-based policy allows the s3vectors:GetVectors action"
        }


def test_policies_see_the_way_of_a_request(s3vectors_server: S3VectorsServer) -> None:
    fill(s3vectors_server)
    iam = s3vectors_server.mock.iam
    seen: list[list[str]] = []
    for when in (
        {"Bool": {"aws:SecureTransport": "false"}},
        {"Bool": {"aws:SecureTransport": "true"}},
        {"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringLike": {"aws:UserAgent": "*Boto3*"}},
    ):
        user = iam.user(f"user-{len(seen)}").allow("GetIndex", when=when)
        in_process = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=OF_AWS, **user)
        seen.append(
            [
                code_of(client.get_index, **INDEX)
                for client in (client_of(s3vectors_server, **user), in_process)
            ]
        )
    no = "AccessDeniedException"
    assert seen == [["ok", no], [no, "ok"], ["ok", "ok"], [no, no], ["ok", "ok"]]


def test_a_client_cannot_name_its_own_address(
    s3vectors_server: S3VectorsServer, connection: Connection
) -> None:
    fill(s3vectors_server)
    no = {"NotIpAddress": {"aws:SourceIp": "127.0.0.1"}}
    policy = {"Statement": {**ALL, "Effect": "Deny", "Principal": "*", "Condition": no}}
    client_of(s3vectors_server).put_vector_bucket_policy(**BUCKET, policy=json.dumps(policy))
    with mock_s3vectors(authorization="enforce"):
        headers = ["x-forwarded-for: 10.0.0.1", "x-forwarded-proto: https", "forwarded: for=10.0.0.1"]
        connection.send(request("POST", "/GetIndex", json.dumps(INDEX).encode(), *headers))
        assert connection.answer().status == 200


def test_all_calls_are_decided_if_the_server_says_so() -> None:
    with s3vectors_server(authorization="enforce") as server:
        root = fill(server)
        no = {"Statement": {**ALL, "Effect": "Deny", "Principal": "*"}}
        root.put_vector_bucket_policy(**BUCKET, policy=json.dumps(no))
        assert code_of(root.get_index, **INDEX) == "AccessDeniedException"
        # Whoever signs with nothing is the root, too.
        line = Connection(server.url)
        status, code, text = line.ask("POST", "/GetIndex", json.dumps(INDEX).encode()).error
        line.close()
        assert (status, code) == (403, "AccessDeniedException")
        assert text.startswith(f"User: {ROOT} is not authorized to perform: s3vectors:GetIndex on resource: ")


def test_identities_of_mocks_around_and_inside_a_server() -> None:
    with mock_s3vectors() as outer:
        user = outer.iam.user("outer", MAY_QUERY)
        with s3vectors_server() as server:
            fill(server)
            client = client_of(server, **user)
            assert code_of(client.query_vectors, **QUERY) == "ok"
            with mock_s3vectors() as inner:
                # They hold inside, and what is changed there ends there.
                other = client_of(server, **inner.iam.user("inner", MAY_QUERY))
                assert code_of(other.query_vectors, **QUERY) == "ok"
                assert code_of(client.get_index, **INDEX) == "AccessDeniedException"
            assert code_of(client.query_vectors, **QUERY) == "ok"
            # Its mock has ended, so it is nobody any more.
            with pytest.raises(ClientError, match="a user or a role of a mock that has ended"):
                other.query_vectors(**QUERY)
        assert code_of(boto3.client("s3vectors", "us-east-1", **user).query_vectors, **QUERY) == "ok"


SCOPE = "/20270101/us-east-1/s3vectors/aws4_request"


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("", ["authorization: AWS4-HMAC-SHA256 Credential=KEY/20270101/us-east-1/s3vectors/aws4_request"]),
        # A scope that is none, or a Region that is none, does not make the root of the caller.
        ("", ["authorization: AWS4-HMAC-SHA256 Credential=KEY/2027/us-east-1/s3vectors/aws4_request"]),
        ("", ["authorization: AWS4-HMAC-SHA256 Credential=KEY/20270101/US-EAST-1/s3vectors/aws4_request"]),
        ("", ["authorization: AWS4-HMAC-SHA256 Credential=KEY, SignedHeaders=host"]),
        (f"X-Amz-Credential=KEY{SCOPE}", []),
        (f"X-Amz-Credential=KEY{SCOPE}".replace("/", "%2F"), []),
        (f"a=b&X-Amz-Credential=KEY{SCOPE}".replace("/", "%2f"), []),
        (f"X-Amz-Credential=%41KIA{SCOPE}", []),
        (f"X-Amz-Credential=KEY{SCOPE}", ["authorization: Bearer token"]),
        (f"X-Amz-Credential=KEY{SCOPE}", ["authorization: "]),
        # The header counts, if both have an access key.
        (f"X-Amz-Credential=plain{SCOPE}", [f"authorization: AWS4-HMAC-SHA256 Credential=KEY{SCOPE}"]),
        # The value of another parameter names nobody.
        (f"X-Amz-Credential=KEY{SCOPE}&tagKeys=Credential=plain{SCOPE}", []),
        (f"tagKeys=X-Amz-Credential%3Dplain{SCOPE}&X-Amz-Credential=KEY{SCOPE}", []),
    ],
)
def test_an_access_key_names_the_caller_however_the_request_is_signed(
    s3vectors_server: S3VectorsServer, connection: Connection, query: str, headers: list[str]
) -> None:
    user = s3vectors_server.mock.iam.user("nobody")
    key = user["aws_access_key_id"]
    lines = [header.replace("KEY", key) for header in headers]
    query = query.replace("%41KIA", f"%41{key[1:]}").replace("KEY", key)
    connection.send(request("POST", f"/GetIndex?{query}", json.dumps(INDEX).encode(), *lines))
    assert connection.answer().error[:2] == (403, "AccessDeniedException")
    call = s3vectors_server.mock.calls.last
    assert (call.caller, call.region) == (user.arn, "us-east-1")


@pytest.mark.parametrize(
    "faulty",
    [
        {"Resource": "x" * 100_000},
        {"Action": "x" * 100_000},
        {"x" * 100_000: ""},
        {"Condition": {"x" * 100_000: {"aws:SourceIp": ""}}},
    ],
)
def test_the_refusal_of_a_policy_does_not_grow_with_it(
    s3vectors_server: S3VectorsServer, connection: Connection, faulty: dict[str, Any]
) -> None:
    fill(s3vectors_server)
    statement = {**ALL, **faulty}
    policy = json.dumps({"Statement": {**statement, "Principal": "*"}})
    status, code, text = connection.ask(
        "POST", "/PutVectorBucketPolicy", json.dumps({**BUCKET, "policy": policy}).encode()
    ).error
    assert (status, code) == (400, "ValidationException")
    assert text.startswith("The specified policy is not a valid JSON policy document: Statement.")
    assert len(text) < 700
    user = json.dumps({"user": "reader", "policy": {"Statement": statement}}).encode()
    status, code, text = connection.ask("POST", "/_mock_s3vectors/identities", user).error
    assert (status, code) == (400, "ValidationException")
    assert text.startswith("policy reader: Statement.")
    assert len(text) < 700


def test_each_call_meets_the_old_policy_or_the_new_one() -> None:
    """Both deny it, so no call may pass while one replaces the other."""
    with s3vectors_server(authorization="enforce") as server:
        root = fill(server)
        user = server.mock.iam.user("reader").allow("GetIndex")
        client = client_of(server, **user)
        statement = {**ALL, "Effect": "Deny", "Principal": "*", "Action": "s3vectors:GetIndex"}
        policies = [json.dumps({"Statement": {**statement, "Sid": sid}}) for sid in ("First", "Second")]
        root.put_vector_bucket_policy(**BUCKET, policy=policies[0])

        def read() -> set[str]:
            return {code_of(client.get_index, **INDEX) for _ in range(30)}

        with ThreadPoolExecutor(3) as threads:
            reading = [threads.submit(read) for _ in range(2)]
            while not all(one.done() for one in reading):
                for policy in reversed(policies):
                    root.put_vector_bucket_policy(**BUCKET, policy=policy)
            seen = set().union(*(one.result() for one in reading))
        decisions = [call.decision for call in server.mock.calls.of("GetIndex")]
    assert seen == {"AccessDeniedException"}
    assert {one.statement.sid for one in decisions if one and one.statement} <= {"First", "Second"}
    assert len(decisions) == 60
