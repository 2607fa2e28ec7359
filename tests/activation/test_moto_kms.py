"""Keys of moto's KMS, which indexes may be encrypted with while `mock_aws` is on."""

from __future__ import annotations

import json
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, mock_s3vectors
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, SETTINGS
from tests.support.shapes import needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Client, Refused

moto = pytest.importorskip("moto")
mock_aws: Any = moto.mock_aws

ACCOUNT = "123456789012"
ORDERS: dict[str, list[Callable[[], Any]]] = {
    "moto outside": [mock_aws, mock_s3vectors],
    "moto inside": [mock_s3vectors, mock_aws],
}
NO_ACCESS = "AccessDeniedException", "Insufficient access to perform asynchronous indexing", None

# The statement of AWS's guide.
GRANT: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"Service": "indexing.s3vectors.amazonaws.com"},
    "Action": "kms:Decrypt",
    "Resource": "*",
    "Condition": {
        "ArnLike": {"aws:SourceArn": f"arn:aws:s3vectors:us-east-1:{ACCOUNT}:bucket/*"},
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ForAnyValue:StringEquals": {
            "kms:EncryptionContextKeys": ["aws:s3vectors:arn", "aws:s3vectors:resource-id"]
        },
    },
}


def policy_of(*statements: dict[str, Any]) -> str:
    """A policy of a key with these statements besides that of the default policy."""
    of_account = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [of_account, *statements]})


def encrypted(arn: str) -> dict[str, Any]:
    return {"encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": arn}}


def new_kms(region: str = "us-east-1") -> Any:
    return boto3.client("kms", region_name=region)


def new_key(kms: Any, **settings: Any) -> str:
    """Make a key in moto; return its ARN."""
    return str(kms.create_key(**{"Policy": policy_of(GRANT), **settings})["KeyMetadata"]["Arn"])


def id_of(arn: str) -> str:
    """The id of a key, which moto wants where KMS takes an ARN too."""
    return arn.rpartition("/")[2]


def create(client: Client, arn: str) -> None:
    """Create a bucket with a key, and an index in it."""
    client.create_vector_bucket(**BUCKET, **encrypted(arn))
    client.create_index(**INDEX, **SETTINGS)


@pytest.fixture(params=ORDERS)
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client, with both mocks on, in either order."""
    with ExitStack() as stack:
        for mock in ORDERS[request.param]:
            stack.enter_context(mock())
        yield boto3.client("s3vectors", region_name="us-east-1")


@pytest.fixture
def kms(client: Client) -> Any:
    assert client
    return new_kms()


def outcome(client: Client) -> str | None:
    """The code of the error of GetVectors, None if it succeeds."""
    try:
        client.get_vectors(**INDEX, keys=["key"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def test_a_key_with_the_default_policy(client: Client, kms: Any, refused: Refused) -> None:
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    client.create_vector_bucket(**BUCKET, **encrypted(arn))
    assert refused(client.create_index, **INDEX, **SETTINGS) == NO_ACCESS
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy_of(GRANT))
    client.create_index(**INDEX, **SETTINGS)
    assert outcome(client) is None


def test_the_states_of_a_key(client: Client, kms: Any) -> None:
    arn = new_key(kms)
    create(client, arn)
    outcomes = [outcome(client)]
    for change in (kms.disable_key, kms.enable_key, kms.schedule_key_deletion, kms.cancel_key_deletion):
        change(KeyId=id_of(arn))
        outcomes.append(outcome(client))
    assert outcomes == [
        None,
        "KmsDisabledException",
        None,
        "KmsInvalidStateException",
        "KmsDisabledException",
    ]


def test_a_policy_that_changes_later_is_asked_by_the_next_creation_alone(
    client: Client, kms: Any, refused: Refused
) -> None:
    arn = new_key(kms)
    create(client, arn)
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy_of())
    assert outcome(client) is None
    assert refused(client.create_index, **BUCKET, indexName="another", **SETTINGS) == NO_ACCESS


def test_a_key_of_another_usage(client: Client, kms: Any, refused: Refused) -> None:
    arn = new_key(kms, KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")
    client.create_vector_bucket(**BUCKET, **encrypted(arn))
    code, text, _ = refused(client.create_index, **INDEX, **SETTINGS)
    assert code == "AccessDeniedException"
    assert text.startswith(f"{arn} key usage is SIGN_VERIFY which is not valid for GenerateDataKey. (kms_")


def test_a_key_that_waits_for_its_material(client: Client, kms: Any, refused: Refused) -> None:
    from moto.kms.models import kms_backends

    arn = new_key(kms)
    create(client, arn)
    kms_backends[ACCOUNT]["us-east-1"].keys[id_of(arn)].key_state = "PendingImport"
    code, text, _ = refused(client.get_vectors, **INDEX, keys=["key"])
    assert code == "KmsInvalidStateException"
    assert text.startswith(f"{arn} is pending import. (kms_request_id=")


def test_an_unknown_key(client: Client, kms: Any, refused: Refused) -> None:
    unknown = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/66666666-7777-8888-9999-000000000000"
    create(client, unknown)
    new_key(kms)
    code, text, _ = refused(client.create_index, **BUCKET, indexName="another", **SETTINGS)
    assert (code, text.partition(" (")[0]) == ("AccessDeniedException", f"Key '{unknown}' does not exist")
    assert outcome(client) == "KmsNotFoundException"


@needs("CreateIndex.encryptionConfiguration")
def test_keys_of_other_regions(client: Client, kms: Any, refused: Refused) -> None:
    primary = new_key(kms, MultiRegion=True)
    key_id = id_of(primary)
    kms.replicate_key(KeyId=key_id, ReplicaRegion="eu-west-1")
    replica = primary.replace("us-east-1", "eu-west-1")
    create(client, primary)
    own = encrypted(replica)
    code, _, _ = refused(client.create_index, **BUCKET, indexName="another", **SETTINGS, **own)
    assert code == "AccessDeniedException"
    there = boto3.client("s3vectors", region_name="eu-west-1")
    grant = {**GRANT, "Condition": {}}
    new_kms("eu-west-1").put_key_policy(KeyId=key_id, PolicyName="default", Policy=policy_of(grant))
    create(there, replica)
    assert outcome(there) is None


def test_a_key_of_mock_kms_comes_first() -> None:
    with mock_aws(), mock_s3vectors() as mock:
        client: Client = boto3.client("s3vectors", region_name="us-east-1")
        arn = new_key(new_kms())
        create(client, arn)
        mock.kms.key(arn=arn).disable()
        assert outcome(client) == "KmsDisabledException"
        mock.kms.key(arn=arn).forget()
        assert outcome(client) == "KmsNotFoundException"


def test_keys_are_forgotten_when_moto_ends() -> None:
    with mock_s3vectors():
        client: Client = boto3.client("s3vectors", region_name="us-east-1")
        with mock_aws():
            kms = new_kms()
            arn = new_key(kms)
            create(client, arn)
            kms.disable_key(KeyId=id_of(arn))
            assert outcome(client) == "KmsDisabledException"
        assert outcome(client) is None
        with mock_aws():
            assert outcome(client) is None


# --- policies -----------------------------------------------------------------------------------


def granted(**changes: Any) -> dict[str, Any]:
    """A grant without conditions, changed."""
    return {**GRANT, "Condition": {}, **changes}


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    """A grant on a condition."""
    return granted(Condition={operator: {key: list(values)}})


CONTEXT = "kms:EncryptionContext:aws:s3vectors:"
ADMITTING: dict[str, list[dict[str, Any]]] = {
    "as in the guide": [GRANT],
    "without conditions": [granted()],
    "all actions": [granted(Action=["kms:Get*", "kms:*"])],
    "actions in other letters": [granted(Action="KMS:decrypt")],
    "several services": [granted(Principal={"Service": ["s3.amazonaws.com", GRANT["Principal"]["Service"]]})],
    "everybody": [granted(Principal="*")],
    "everybody of AWS": [granted(Principal={"AWS": "*"})],
    "the key itself": [granted(Resource="arn:aws:kms:us-east-1:123456789012:key/*")],
    "this index": [when("ArnEquals", "aws:SourceArn", INDEX_ARN)],
    "this index by context": [when("StringEquals", f"{CONTEXT}arn", BUCKET_ARN, INDEX_ARN)],
    "indexes of this bucket by context": [when("StringLike", f"{CONTEXT}arn", f"{BUCKET_ARN}/*")],
    "this account": [when("StringEquals", "AWS:sourceaccount", ACCOUNT)],
    "services of AWS": [granted(Principal="*", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})],
    "this Region": [when("StringEquals", "aws:RequestedRegion", "us-east-1")],
    "since a day": [when("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z")],
}
others = granted(Effect="Deny", NotPrincipal={"AWS": ACCOUNT})
del others["Principal"]
NOT_ADMITTING: dict[str, list[dict[str, Any]]] = {
    "nothing": [],
    "another service": [granted(Principal={"Service": "s3vectors.amazonaws.com"})],
    "another account": [granted(Principal={"AWS": "111122223333"})],
    "another action": [granted(Action=["kms:Encrypt", "kms:GenerateDataKey*"])],
    "all actions of the service": [granted(Action="s3vectors:*")],
    "another key": [granted(Resource="arn:aws:kms:us-east-1:123456789012:key/another")],
    "another index": [when("ArnEquals", "aws:SourceArn", f"{BUCKET_ARN}/index/another")],
    "the bucket alone": [when("ArnEquals", "aws:SourceArn", BUCKET_ARN)],
    "another index by context": [when("StringEquals", f"{CONTEXT}arn", f"{INDEX_ARN}s")],
    "another account as source": [when("StringEquals", "aws:SourceAccount", "111122223333")],
    "a resource id": [when("StringLike", f"{CONTEXT}resource-id", "1*")],
    "another context": [when("ForAnyValue:StringEquals", "kms:EncryptionContextKeys", "aws:s3:arn")],
    "calls of users by the service": [
        when("StringEquals", "kms:ViaService", "s3vectors.us-east-1.amazonaws.com")
    ],
    "until a day": [when("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z")],
    "denied": [GRANT, granted(Effect="Deny")],
    "denied to all": [GRANT, granted(Effect="Deny", Principal="*")],
    "denied to all others": [GRANT, others],
}


def test_policies() -> None:
    found = {}
    with mock_aws(), mock_s3vectors():
        client: Client = boto3.client("s3vectors", region_name="us-east-1")
        kms = new_kms()
        arn = new_key(kms)
        for name, statements in {**ADMITTING, **NOT_ADMITTING}.items():
            kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=policy_of(*statements))
            with mock_s3vectors(), suppress(ClientError):
                create(client, arn)
                found[name] = statements
    assert found == ADMITTING


def test_a_key_of_another_account(client: Client, refused: Refused) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", "111122223333")
        arn = new_key(new_kms(), Policy=policy_of(granted()))
    assert ":111122223333:" in arn
    create(client, arn)
    assert outcome(client) is None
    policy = policy_of(when("StringEquals", "aws:SourceAccount", "111122223333"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_ACCOUNT_ID", "111122223333")
        new_kms().put_key_policy(KeyId=arn, PolicyName="default", Policy=policy)
    assert refused(client.create_index, **BUCKET, indexName="another", **SETTINGS) == NO_ACCESS


def test_a_text_that_is_no_policy(client: Client, kms: Any) -> None:
    arn = new_key(kms, Policy='{"Statement": []}')
    client.create_vector_bucket(**BUCKET, **encrypted(arn))
    with pytest.raises(UsageError) as error:
        client.create_index(**INDEX, **SETTINGS)
    assert str(error.value).startswith(f"The policy of the KMS key {arn} is no policy by IAM's grammar: ")
    assert str(error.value).endswith(". Give the key another.")
