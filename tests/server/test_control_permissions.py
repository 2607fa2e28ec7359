"""Identities, KMS keys and decisions over HTTP: the documents that go in and out, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from tests.server.test_control_workbench import Control
from tests.server.wire import Connection
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, ORIGIN, SETTINGS, vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors, S3VectorsServer
    from tests.support.helpers import Client

HOME, AWAY = "123456789012", "444455556666"
MAY_QUERY = {"Statement": {"Effect": "Allow", "Action": "s3vectors:QueryVectors", "Resource": INDEX_ARN}}
MAY_LIST = {"Statement": [{"Effect": "Allow", "Action": "s3vectors:List*", "Resource": "*"}]}
KEYS = {"access_key_id": "AKIAREADER0000000000", "secret_access_key": "testing"}
KEY_ARN = f"arn:aws:kms:us-east-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
QUERY = {**INDEX, "topK": 1, **ORIGIN}


@pytest.fixture
def control(connection: Connection) -> Control:
    return Control(connection)


@pytest.fixture
def client_of(s3vectors_server: S3VectorsServer) -> Callable[[dict[str, Any]], Client]:
    """Makes clients that sign with the access keys of an answer."""
    root: Client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=s3vectors_server.url)
    root.create_vector_bucket(**BUCKET)
    root.create_index(**INDEX, **SETTINGS)
    root.put_vectors(**INDEX, vectors=[vector("a", year=1975)])

    def make(identity: dict[str, Any]) -> Client:
        keys = {f"aws_{name}": value for name, value in identity.items() if name != "arn"}
        return boto3.client("s3vectors", region_name="us-east-1", endpoint_url=s3vectors_server.url, **keys)

    return make


def outcome(call: Callable[..., Any], **arguments: Any) -> str:
    """Return the end of the message of a refusal, after the resource; `ok` if there is none."""
    try:
        call(**arguments)
    except ClientError as error:
        message: str = error.response["Error"]["Message"]
        return message.partition(" on resource: ")[2].partition(" ")[2] or message
    return "ok"


# --- decisions --------------------------------------------------------------------------------


def test_a_call_is_explained_by_its_request_id(
    control: Control, client_of: Callable[[dict[str, Any]], Client], s3vectors_server: S3VectorsServer
) -> None:
    client = client_of(control.ask("POST", "/identities", {"user": "reader", "policy": MAY_QUERY}))
    with pytest.raises(ClientError) as denied:
        client.query_vectors(**QUERY, returnMetadata=True)
    request_id = denied.value.response["ResponseMetadata"]["RequestId"]
    text = control.ask("GET", f"/explain/{request_id}")["explanation"]
    assert text == str(s3vectors_server.mock.explain(denied.value))
    assert text.startswith("Policies denied QueryVectors.\n")
    assert "needs:    s3vectors:GetVectors, for returnMetadata (denied)\n" in text
    missing = "No call that is kept was answered with the request id 'none'."
    assert control.refusal("GET", "/explain/none") == missing
    control.ask("DELETE", "/calls")
    assert control.refusal("GET", f"/explain/{request_id}") == missing.replace("none", request_id)


def test_the_smallest_policy_is_enough(
    control: Control, client_of: Callable[[dict[str, Any]], Client], s3vectors_server: S3VectorsServer
) -> None:
    client = client_of({"arn": ""})
    control.ask("DELETE", "/calls")
    client.query_vectors(**QUERY, returnMetadata=True)
    client.list_indexes(**BUCKET)
    policy = control.ask("GET", "/policy")
    assert policy == s3vectors_server.mock.iam.least_privilege()
    assert policy["Statement"] == [
        {"Effect": "Allow", "Action": ["s3vectors:ListIndexes"], "Resource": [BUCKET_ARN]},
        {
            "Effect": "Allow",
            "Action": ["s3vectors:GetVectors", "s3vectors:QueryVectors"],
            "Resource": [INDEX_ARN],
        },
    ]
    reader = client_of_keys(client, control.ask("POST", "/identities", {"user": "reader", "policy": policy}))
    assert outcome(reader.query_vectors, **QUERY, returnMetadata=True) == "ok"
    assert outcome(reader.list_indexes, **BUCKET) == "ok"
    assert outcome(reader.get_index, **INDEX) != "ok"


# --- identities -------------------------------------------------------------------------------


def test_a_user_that_is_made_over_http(
    control: Control, client_of: Callable[[dict[str, Any]], Client], s3vectors_mock: MockS3Vectors
) -> None:
    made = control.ask("POST", "/identities", {"user": "reader", "policy": MAY_QUERY})
    arn = f"arn:aws:iam::{HOME}:user/reader"
    assert made == {
        "arn": arn,
        "access_key_id": made["access_key_id"],
        "secret_access_key": made["secret_access_key"],
    }
    client = client_of(made)
    assert outcome(client.query_vectors, **QUERY) == "ok"
    lacking = "because no identity-based policy allows the s3vectors:GetVectors action"
    assert outcome(client.query_vectors, **QUERY, returnMetadata=True) == lacking
    call = control.ask("GET", "/calls")["calls"][-1]
    assert (call["caller"], call["status"], call["error"]) == (arn, 403, "AccessDeniedException")
    assert call["decision"] == {"allowed": False, "kind": "identity", "statement": None, "why": lacking}
    assert s3vectors_mock.calls.last.caller == arn


def test_the_statement_that_decided_is_shown_with_the_call(
    control: Control, client_of: Callable[[dict[str, Any]], Client]
) -> None:
    no = {"Sid": "NoList", "Effect": "Deny", "Action": "s3vectors:ListIndexes", "Resource": "*"}
    policy = {"Statement": [*MAY_LIST["Statement"], no]}
    client = client_of(control.ask("POST", "/identities", {"user": "lister", "policies": [policy]}))
    why = "with an explicit deny in an identity-based policy"
    assert outcome(client.list_vectors, **INDEX) == "ok"
    assert outcome(client.list_indexes, **BUCKET) == why
    allowed, denied = (call["decision"] for call in control.ask("GET", "/calls")["calls"][-2:])
    assert (allowed["allowed"], allowed["kind"], allowed["statement"]["sid"]) == (True, "identity", None)
    assert denied == {
        "allowed": False,
        "kind": "identity",
        "statement": {
            "policy": "policies[0] of lister",
            "policyArn": None,
            "position": 1,
            "sid": "NoList",
            "source": no,
        },
        "why": why,
    }


def test_identities_are_listed_without_secrets_and_can_be_sent_again(control: Control) -> None:
    user = {
        "user": "/team/reader",
        "policy": MAY_QUERY,
        "policies": [MAY_LIST],
        "boundary": MAY_LIST,
        "tags": {"team": "films"},
        "account": AWAY,
        **KEYS,
    }
    role = {"role": "batch", "session_name": "nightly", "session_policy": MAY_LIST, "session_token": "tokens"}
    control.ask("POST", "/identities", user)
    made = control.ask("POST", "/identities", role)
    assert made["session_token"] == "tokens"
    listed = control.ask("GET", "/identities")["identities"]
    assert listed == [
        {
            "user": "/team/reader",
            "policies": [MAY_QUERY, MAY_LIST],
            "boundary": MAY_LIST,
            "tags": {"team": "films"},
            "account": AWAY,
            "arn": f"arn:aws:iam::{AWAY}:user/team/reader",
            "access_key_id": KEYS["access_key_id"],
        },
        {
            "role": "batch",
            "session_name": "nightly",
            "session_policy": MAY_LIST,
            "policies": [],
            "boundary": None,
            "tags": {},
            "account": HOME,
            "arn": f"arn:aws:sts::{HOME}:assumed-role/batch/nightly",
            "access_key_id": made["access_key_id"],
        },
    ]
    for entry in listed:
        control.ask("POST", "/identities", entry)
    assert control.ask("GET", "/identities")["identities"] == listed


def test_an_identity_that_exists_gets_what_the_document_has_and_keeps_its_keys(
    control: Control, client_of: Callable[[dict[str, Any]], Client]
) -> None:
    made = control.ask("POST", "/identities", {"user": "reader", "policy": MAY_QUERY})
    client = client_of(made)
    assert outcome(client.list_vectors, **INDEX) != "ok"
    assert control.ask("POST", "/identities", {"user": "reader", "policy": MAY_LIST}) == made
    assert outcome(client.list_vectors, **INDEX) == "ok"
    assert outcome(client.query_vectors, **QUERY) != "ok"
    # One more access key, as a user of IAM may have.
    second = control.ask("POST", "/identities", {"user": "reader", "policy": MAY_QUERY, **KEYS})
    assert second == {"arn": made["arn"], **KEYS}
    for keys in (made, second):
        assert outcome(client_of_keys(client, keys).query_vectors, **QUERY) == "ok"
    assert control.ask("DELETE", f"/identities/{made['arn']}") == {}
    assert control.ask("GET", "/identities") == {"identities": []}


def test_access_keys_of_ones_own_stay(control: Control) -> None:
    arn = f"arn:aws:iam::{HOME}:user/reader"
    control.ask("POST", "/identities", {"user": "reader", **KEYS})
    again = control.ask("POST", "/identities", {"user": "reader", "policy": MAY_LIST})
    assert again == {"arn": arn, **KEYS}
    other = control.ask("POST", "/identities", {"user": "reader", "secret_access_key": "another"})
    assert other == {"arn": arn, **KEYS, "secret_access_key": "another"}
    assert len(control.ask("GET", "/identities")["identities"]) == 1


def client_of_keys(like: Client, identity: dict[str, Any]) -> Client:
    keys = {f"aws_{name}": value for name, value in identity.items() if name != "arn"}
    return boto3.client("s3vectors", region_name="us-east-1", endpoint_url=like.meta.endpoint_url, **keys)


def test_identities_are_forgotten(control: Control, s3vectors_server: S3VectorsServer) -> None:
    older = s3vectors_server.mock.iam.user("older")
    with mock_s3vectors():
        names = ["first", "second", "third"]
        first, second, third = (control.ask("POST", "/identities", {"user": name}) for name in names)
        assert control.ask("DELETE", f"/identities/{first['access_key_id']}") == {}
        quoted = second["arn"].replace(":", "%3A").replace("/", "%2F")
        assert control.ask("DELETE", f"/identities/{quoted}") == {}
        known = f"{older.arn}, {third['arn']}"
        text = f"There is no identity with the access key or the ARN 'none'. Known: {known}."
        assert control.refusal("DELETE", "/identities/none") == text
        text = f"{older.arn} is older than this mock, and stays."
        assert control.refusal("DELETE", f"/identities/{older.arn}") == text
        assert control.ask("DELETE", "/identities") == {}
        assert [known["arn"] for known in control.ask("GET", "/identities")["identities"]] == [older.arn]


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (b"", "None: an identity is an object with either user or role, which is its name."),
        ([], "[]: an identity is an object with either user or role, which is its name."),
        ({}, "{}: an identity is an object with either user or role, which is its name."),
        (
            [{"user": "a", "secret_access_key": "hidden"}],
            "[{'user': 'a', 'secret_access_key': '...'}]: an identity is an object with either user or role",
        ),
        ({"user": "a", "role": "b"}, "an identity is an object with either user or role"),
        ({"user": "a b"}, "'a b' is not the name of a user: give 1 to 64 letters"),
        ({"user": None}, "None is not the name of a user: "),
        (
            {"user": "reader", "polices": []},
            (
                "A user has no 'polices'. Did you mean 'policies'? It may have user, policy, policies, "
                "boundary, tags, account, access_key_id, secret_access_key."
            ),
        ),
        ({"user": "reader", "session_token": "t"}, "A user has no 'session_token'."),
        ({"user": "reader", "policy": {"Statement": []}}, "policy reader: Statement must be "),
        ({"user": "reader", "policies": MAY_LIST}, "policies="),
        ({"user": "reader", "account": "1"}, "'1' is not an account id: "),
        ({"user": "reader", "tags": {"aws:a": "b"}}, "tags: 'aws:a' is not the key of a tag: "),
        ({"role": "batch", "session_name": ""}, "session_name='' is not the name of a session: "),
        (
            {"user": "reader", "access_key_id": HOME},
            f"access_key_id: '{HOME}' cannot be used: give 16 to 128 letters, digits and underscores.",
        ),
        ({"user": "reader", "access_key_id": "AKIA/READER/00000000"}, "access_key_id: "),
        (
            {"user": "reader", "secret_access_key": ""},
            (
                "secret_access_key: the given one cannot be used: "
                "give 1 to 4,096 characters of ASCII without white space."
            ),
        ),
        ({"role": "batch", "session_token": "a b"}, "session_token: the given one cannot be used: "),
        (b"{", "The body is not JSON: "),
    ],
)
def test_an_identity_that_is_refused(control: Control, document: Any, text: str) -> None:
    assert text in control.refusal("POST", "/identities", document)
    assert control.ask("GET", "/identities") == {"identities": []}


def test_an_access_key_names_one_identity(control: Control) -> None:
    reader = control.ask("POST", "/identities", {"user": "reader", **KEYS})
    text = f"access_key_id='{reader['access_key_id']}' is that of {reader['arn']}: give another one."
    assert control.refusal("POST", "/identities", {"user": "other", **KEYS}) == text


# --- keys -------------------------------------------------------------------------------------


def test_keys_over_http(control: Control, client_of: Callable[[dict[str, Any]], Client]) -> None:
    client = client_of({"arn": ""})
    assert control.ask("GET", "/keys") == {"keys": []}
    usual = {"arn": KEY_ARN, "usage": "ENCRYPT_DECRYPT", "state": "Enabled", "admits_indexing": True}
    assert control.ask("POST", "/keys", {"arn": KEY_ARN, "admit_indexing": False}) == {
        **usual,
        "admits_indexing": False,
    }
    secret = {"vectorBucketName": "secret"}
    settings = {"encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": KEY_ARN}}
    client.create_vector_bucket(**secret, **settings)
    index = {**secret, "indexName": "index"}
    text = "Insufficient access to perform asynchronous indexing"
    assert outcome(client.create_index, **index, **SETTINGS) == text
    assert control.ask("POST", "/keys", {"arn": KEY_ARN, "admit_indexing": True}) == usual
    assert outcome(client.create_index, **index, **SETTINGS) == "ok"

    def code() -> str:
        try:
            client.query_vectors(**index, topK=1, **ORIGIN)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "ok"

    seen = []
    for change in ("disable", "enable", "schedule_deletion", "cancel_deletion"):
        state = control.ask("POST", "/keys", {"arn": KEY_ARN, change: True})["state"]
        seen.append((state, code()))
    control.ask("DELETE", f"/keys/{KEY_ARN}")
    seen.append((control.ask("GET", "/keys"), code()))
    control.ask("DELETE", "/keys")
    seen.append((control.ask("GET", "/keys"), code()))
    assert seen == [
        ("Disabled", "KmsDisabledException"),
        ("Enabled", "ok"),
        ("PendingDeletion", "KmsInvalidStateException"),
        ("Disabled", "KmsDisabledException"),
        ({"keys": []}, "KmsNotFoundException"),
        # Nobody has made a key, so any key does.
        ({"keys": []}, "ok"),
    ]


def test_a_key_of_an_account_and_a_region(control: Control) -> None:
    made = control.ask("POST", "/keys", {"account": AWAY, "region": "eu-west-1", "usage": "SIGN_VERIFY"})
    assert made["arn"].startswith(f"arn:aws:kms:eu-west-1:{AWAY}:key/")
    assert made["usage"] == "SIGN_VERIFY"
    assert control.ask("GET", "/keys") == {"keys": [made]}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (b"", "No document was given: a key is an object with arn, account, region, usage, enable, "),
        ({"arn": "key/1"}, "arn='key/1' is not the ARN of a KMS key: "),
        ({"arn": KEY_ARN, "account": HOME}, "key() was given arn and account or region"),
        ({"state": "Disabled"}, "A key has no 'state'."),
        ({"disable": False}, "'disable' is False: it must be true, or be left out."),
        ({"admit_indexing": 1}, "'admit_indexing' is 1: it must be true or false."),
        ({"disable": True, "enable": True}, "give one of enable, disable, schedule_deletion, "),
        ({"usage": "SIGN"}, "usage='SIGN' is no usage of a KMS key: "),
        ({"account": "12"}, "'12' is not an account id: "),
    ],
)
def test_a_key_that_is_refused(control: Control, document: Any, text: str) -> None:
    assert text in control.refusal("POST", "/keys", document)
    assert control.ask("GET", "/keys") == {"keys": []}


def test_a_change_that_kms_refuses(control: Control) -> None:
    control.ask("POST", "/keys", {"arn": KEY_ARN, "schedule_deletion": True})
    text = control.refusal("POST", "/keys", {"arn": KEY_ARN, "enable": True})
    assert text.startswith("enable() ")
    assert f"the key {KEY_ARN}, which is PendingDeletion: call cancel_deletion() first" in text
    assert control.refusal("DELETE", "/keys/none") == f"There is no key 'none'. Keys: {KEY_ARN}."


# --- all of it --------------------------------------------------------------------------------


def test_a_reset_goes_back_to_the_identities_and_keys_of_the_mock_around(
    control: Control, s3vectors_server: S3VectorsServer
) -> None:
    outer = s3vectors_server.mock
    older, key = outer.iam.user("older"), outer.kms.key()
    with mock_s3vectors():
        before = control.ask("GET", "/identities"), control.ask("GET", "/keys")
        assert (len(before[0]["identities"]), len(before[1]["keys"])) == (1, 1)
        control.ask("POST", "/identities", {"user": "newer"})
        control.ask("POST", "/identities", {"user": "older", "policy": MAY_LIST})
        control.ask("POST", "/keys", {"region": "eu-west-1"})
        control.ask("POST", "/keys", {"arn": key.arn, "disable": True})
        assert control.ask("GET", "/keys") != before[1]
        assert control.ask("POST", "/reset") == {}
        assert (control.ask("GET", "/identities"), control.ask("GET", "/keys")) == before
        assert before[0]["identities"][0]["arn"] == older.arn
    assert key.state == "Enabled"


def test_a_mock_inside_begins_with_them_and_undoes_its_own() -> None:
    with s3vectors_server() as server:
        line = Connection(server.url)
        control = Control(line)
        control.ask("POST", "/identities", {"user": "reader", "policy": MAY_LIST})
        with mock_s3vectors():
            control.ask("POST", "/identities", {"user": "reader", "policy": MAY_QUERY})
            control.ask("POST", "/identities", {"user": "other"})
            inside = [known["policies"] for known in control.ask("GET", "/identities")["identities"]]
        outside = [known["policies"] for known in control.ask("GET", "/identities")["identities"]]
        line.close()
    assert (inside, outside) == ([[MAY_QUERY], []], [[MAY_LIST]])
