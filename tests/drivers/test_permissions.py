"""Permissions hold alike for every client: identities, calls across accounts, and KMS keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import current_mock
from tests.support.life_cycle import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import Workbench
    from tests.support.drivers import Driver

HOME, AWAY = "111122223333", "444455556666"
BUCKET = {"vectorBucketName": "films"}
INDEX = {**BUCKET, "indexName": "plots"}
SHAPE = {"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
BUCKET_ARN = f"arn:aws:s3vectors:us-east-1:{HOME}:bucket/films"
INDEX_ARN = f"{BUCKET_ARN}/index/plots"
QUERY = {"indexArn": INDEX_ARN, "topK": 1, "queryVector": {"float32": [1.0, 2.0]}}
FOUND = [{"key": "a"}]
MAY_QUERY = {"Statement": {"Effect": "Allow", "Action": "s3vectors:QueryVectors", "Resource": INDEX_ARN}}


class Clients:
    """Clients of one library, of the mock that is on."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.root = self.of(aws_access_key_id=HOME, aws_secret_access_key="testing")
        self.other_root = self.of(aws_access_key_id=AWAY, aws_secret_access_key="testing")

    def of(self, **credentials: Any) -> Any:
        """Return a client with these credentials."""
        return self._driver.client(**credentials)

    def call(self, client: Any, operation: str, **parameters: Any) -> Any:
        """Return the answer or the refusal."""
        return self._driver.perform(client, operation, parameters)

    def found(self, client: Any, **more: Any) -> Any:
        """Return the vectors that a query finds, or the refusal."""
        answer = self.call(client, "QueryVectors", **QUERY, **more)
        return answer if isinstance(answer, Refusal) else answer["vectors"]

    def put_policy(self, *statements: dict[str, Any]) -> None:
        """Give the bucket a policy."""
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        assert self.call(self.root, "PutVectorBucketPolicy", **BUCKET, policy=policy) == {}


def begin(driver: Driver) -> Clients:
    """Return the clients of a mock that is on, with an index that has a vector."""
    clients = Clients(driver)
    clients.call(clients.root, "CreateVectorBucket", **BUCKET)
    clients.call(clients.root, "CreateIndex", **INDEX, **SHAPE)
    record = {"key": "a", "data": {"float32": [1.0, 2.0]}, "metadata": {"year": 1975}}
    assert clients.call(clients.root, "PutVectors", **INDEX, vectors=[record]) == {}
    return clients


@pytest.fixture
def clients(driver: Driver) -> Iterator[Clients]:
    with driver.mock(account_id=HOME):
        yield begin(driver)


@pytest.fixture
def mock(clients: Clients) -> Workbench:  # noqa: ARG001 - it is on
    return current_mock()


def denied(arn: str, action: str, resource: str, why: str) -> Refusal:
    """Return the refusal of a call that policies deny."""
    text = f"User: {arn} is not authorized to perform: {action} on resource: {resource} {why}"
    return Refusal("AccessDeniedException", text)


def test_a_user_may_query_and_not_see_metadata(clients: Clients, mock: Workbench) -> None:
    reader = mock.iam.user("reader", MAY_QUERY)
    client = clients.of(**reader)
    assert clients.found(client) == FOUND
    refusal = denied(
        f"arn:aws:iam::{HOME}:user/reader",
        "s3vectors:GetVectors",
        INDEX_ARN,
        "because no identity-based policy allows the s3vectors:GetVectors action",
    )
    assert clients.found(client, returnMetadata=True) == refusal
    assert clients.found(client, filter={"year": 1975}) == refusal
    call = mock.calls.last
    assert call.decision is not None
    assert (call.caller, call.account, call.error) == (reader.arn, HOME, "AccessDeniedException")
    assert (call.decision.allowed, call.decision.kind) == (False, "identity")
    # Whoever has a client keeps it: a policy of later on holds for it too.
    reader.allow("s3vectors:GetVectors", on=INDEX_ARN)
    assert clients.found(client, returnMetadata=True) == [{"key": "a", "metadata": {"year": 1975}}]
    reader.deny("s3vectors:Query*")
    assert clients.found(client) == denied(
        reader.arn, "s3vectors:QueryVectors", INDEX_ARN, "with an explicit deny in an identity-based policy"
    )


def test_a_denied_call_does_nothing_and_hides_what_is_not_there(clients: Clients, mock: Workbench) -> None:
    reader = mock.iam.user("reader", MAY_QUERY)
    client = clients.of(**reader)
    why = "because no identity-based policy allows the s3vectors:{} action"
    assert clients.call(client, "DeleteVectors", **INDEX, keys=["a"]) == denied(
        reader.arn, "s3vectors:DeleteVectors", INDEX_ARN, why.format("DeleteVectors")
    )
    assert clients.call(client, "GetVectorBucket", vectorBucketName="none") == denied(
        reader.arn,
        "s3vectors:GetVectorBucket",
        f"arn:aws:s3vectors:us-east-1:{HOME}:bucket/none",
        why.format("GetVectorBucket"),
    )
    assert clients.call(client, "ListVectorBuckets") == denied(
        reader.arn, "s3vectors:ListVectorBuckets", "*", why.format("ListVectorBuckets")
    )
    assert clients.found(clients.root) == FOUND


def test_the_session_of_a_role(clients: Clients, mock: Workbench) -> None:
    role = mock.iam.role("batch", MAY_QUERY, session_name="nightly", account=HOME)
    assert role["aws_session_token"]
    client = clients.of(**role)
    assert clients.found(client) == FOUND
    assert mock.calls.last.caller == f"arn:aws:sts::{HOME}:assumed-role/batch/nightly"
    assert clients.found(client, returnMetadata=True) == denied(
        f"arn:aws:sts::{HOME}:assumed-role/batch/nightly",
        "s3vectors:GetVectors",
        INDEX_ARN,
        "because no identity-based policy allows the s3vectors:GetVectors action",
    )


def test_a_session_policy_limits_a_role(clients: Clients, mock: Workbench) -> None:
    listing = {"Statement": {"Effect": "Allow", "Action": "s3vectors:List*", "Resource": "*"}}
    role = mock.iam.role("batch", MAY_QUERY, session_policy=listing)
    assert clients.found(clients.of(**role)) == denied(
        f"arn:aws:sts::{HOME}:assumed-role/batch/session",
        "s3vectors:QueryVectors",
        INDEX_ARN,
        "because no session policy allows the s3vectors:QueryVectors action",
    )


def test_the_bucket_of_another_account_takes_its_policy(clients: Clients, mock: Workbench) -> None:
    why = "because no resource-based policy allows the s3vectors:QueryVectors action"
    root, action = f"arn:aws:iam::{AWAY}:root", "s3vectors:QueryVectors"
    assert clients.found(clients.other_root) == denied(root, action, INDEX_ARN, why)
    visitor = mock.iam.user("visitor", account=AWAY)
    client = clients.of(**visitor)
    granted = {"Effect": "Allow", "Principal": {"AWS": AWAY}, "Action": action, "Resource": INDEX_ARN}
    clients.put_policy(granted)
    assert clients.found(clients.other_root) == FOUND
    # The policy lets the account say who may.
    assert clients.found(client).message.startswith(f"User: {visitor.arn} is not authorized to perform: ")
    visitor.allow(action, on=INDEX_ARN)
    assert clients.found(client) == FOUND
    assert clients.call(clients.root, "DeleteVectorBucketPolicy", **BUCKET) == {}
    assert clients.found(client) == denied(visitor.arn, action, INDEX_ARN, why)


def test_a_bucket_policy_bites_its_own_root_only_if_all_calls_are_decided(driver: Driver) -> None:
    everybody = {"Effect": "Deny", "Principal": "*", "Action": "s3vectors:Query*", "Resource": "*"}
    refusal = denied(
        f"arn:aws:iam::{HOME}:root",
        "s3vectors:QueryVectors",
        INDEX_ARN,
        "with an explicit deny in a resource-based policy",
    )
    seen = []
    for mode in (None, "enforce", "report", "off"):
        with driver.mock(account_id=HOME, authorization=mode):
            clients = begin(driver)
            clients.put_policy(everybody)
            found, decision = clients.found(clients.root), current_mock().calls.last.decision
        seen.append((found, None if decision is None else decision.allowed))
    assert seen == [(FOUND, None), (refusal, False), (FOUND, False), (FOUND, None)]


def test_signatures_are_checked_on_request(driver: Driver) -> None:
    with driver.mock(account_id=HOME, verify_signatures=True):
        clients, iam = begin(driver), current_mock().iam
        reader, role = dict(iam.user("reader", MAY_QUERY)), dict(iam.role("batch", MAY_QUERY))
        other = {**reader, "aws_secret_access_key": "of somebody else"}
        tokens = {name: value for name, value in role.items() if name != "aws_session_token"}
        found = [clients.found(clients.of(**keys)) for keys in (reader, role, other, tokens)]
    assert found[:2] == [FOUND, FOUND]
    assert [refusal.code for refusal in found[2:]] == [
        "InvalidSignatureException",
        "UnrecognizedClientException",
    ]
    assert found[2].message.startswith("The request signature we calculated does not match the signature ")


def test_keys_that_cannot_be_used(clients: Clients, mock: Workbench) -> None:
    key = mock.kms.key()
    assert create_encrypted(clients, "secret", key.arn) == []
    index = {"vectorBucketName": "secret", "indexName": "plots"}
    query = {**index, "topK": 1, "queryVector": {"float32": [1.0, 2.0]}}

    def outcome() -> str | None:
        answer = clients.call(clients.root, "QueryVectors", **query)
        return answer.code if isinstance(answer, Refusal) else None

    seen = [outcome()]
    key.disable()
    seen.append(outcome())
    # It reads no vector.
    assert "index" in clients.call(clients.root, "GetIndex", **index)
    key.enable()
    seen.append(outcome())
    key.schedule_deletion()
    seen.append(outcome())
    key.cancel_deletion()
    key.enable()
    seen.append(outcome())
    key.forget()
    seen.append(outcome())
    usable = None
    assert seen == [
        usable,
        "KmsDisabledException",
        usable,
        "KmsInvalidStateException",
        usable,
        "KmsNotFoundException",
    ]


def test_an_index_needs_a_key_that_exists_and_admits_indexing(clients: Clients, mock: Workbench) -> None:
    key = mock.kms.key(account=HOME)
    (unknown,) = create_encrypted(clients, "unknown", f"arn:aws:kms:us-east-1:{HOME}:key/none")
    assert unknown.code == "AccessDeniedException"
    assert unknown.message.startswith(f"Key 'arn:aws:kms:us-east-1:{HOME}:key/none' does not exist (")
    key.admit_indexing(admit=False)
    text = "Insufficient access to perform asynchronous indexing"
    assert create_encrypted(clients, "refused", key.arn) == [Refusal("AccessDeniedException", text)]
    key.admit_indexing()
    assert create_encrypted(clients, "secret", key.arn) == []


def create_encrypted(clients: Clients, bucket: str, key_arn: str) -> list[Refusal]:
    """Create a bucket with a key, and an index in it, which inherits the key; return the refusals."""
    names = {"vectorBucketName": bucket}
    encryption = {"encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": key_arn}}
    answers = [
        clients.call(clients.root, "CreateVectorBucket", **names, **encryption),
        clients.call(clients.root, "CreateIndex", **names, indexName="plots", **SHAPE),
    ]
    return [answer for answer in answers if isinstance(answer, Refusal)]
