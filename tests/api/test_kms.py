"""KMS keys: which operations need the key of an index, and what they answer if it cannot be used."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.workbench.kms import KmsKey
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, ORIGIN, SETTINGS, listed_keys, vector
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE, OF_AN_EMPTY_BUCKET
from tests.support.refusals import (
    BAD_TOKEN,
    DUPLICATE_KEYS,
    INVALID_FILTER,
    NO_INDEX,
    Refusal,
    bad_record,
    conflict,
    invalid,
    wrong_dimension,
)
from tests.support.shapes import QUERY_PAGES, REQUEST_ID, TAGS, TEXT_SEARCH, has, needs
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, ClientAt, Refused

# Before general availability indexes had no encryption of their own.
indexes_have_encryption = needs("CreateIndex.encryptionConfiguration")

ELSEWHERE = "arn:aws:kms:us-east-1:123456789012:key/66666666-7777-8888-9999-000000000000"
DENIED = "AccessDeniedException"
NO_ACCESS = DENIED, "Insufficient access to perform asynchronous indexing", None


def encrypted(key: object) -> dict[str, Any]:
    """Settings of a bucket or an index with a key."""
    return {"encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": str(key)}}


def refusal_of(client: Client, operation: str, **arguments: Any) -> Refusal | None:
    """Call, and return the refusal without the id of KMS's request; None if there is none."""
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        response: Any = error.response
        text, of_kms, end = response["Error"]["Message"].partition(" (kms_request_id=")
        assert not of_kms or REQUEST_ID.fullmatch(end.removesuffix(")"))
        return response["Error"]["Code"], text + of_kms, response.get("fieldList")
    return None


def by_kms(code: str, text: str) -> Refusal:
    return code, f"{text} (kms_request_id=", None


def not_found(key: object, code: str = "KmsNotFoundException") -> Refusal:
    return by_kms(code, f"Key '{key}' does not exist")


def disabled(key: object, code: str = "KmsDisabledException") -> Refusal:
    return by_kms(code, f"{key} is disabled.")


def pending(key: object, code: str = "KmsInvalidStateException") -> Refusal:
    return by_kms(code, f"{key} is pending deletion.")


def of_other_usage(key: object, action: str, code: str = "KmsInvalidKeyUsageException") -> Refusal:
    return by_kms(code, f"{key} key usage is SIGN_VERIFY which is not valid for {action}.")


def create_index(client: Client, name: str = "index", **settings: Any) -> None:
    client.create_index(**BUCKET, indexName=name, **SETTINGS, **settings)


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


@pytest.fixture
def key(mock: MockS3Vectors, s3vectors_client: Client) -> KmsKey:
    """A key, of a bucket and the index in it, which has one vector."""
    key = mock.kms.key()
    s3vectors_client.create_vector_bucket(**BUCKET, **encrypted(key))
    create_index(s3vectors_client)
    s3vectors_client.put_vectors(**INDEX, vectors=[vector("key")])
    return key


# --- every operation, in every state ------------------------------------------------------------

READING = ("get_vectors", "query_vectors", "delete_vectors")
VECTORS = ("put_vectors", *READING)

# In the order in which they are called: those last that leave nothing behind for others.
OPERATIONS: dict[str, dict[str, Any]] = {
    "create_vector_bucket": {"vectorBucketName": "another"},
    "list_vector_buckets": {},
    **{name: {"vectorBucketName": "empty", **given} for name, given in OF_AN_EMPTY_BUCKET.items()},
    **{name: {**BUCKET, **given} for name, given in IN_A_BUCKET.items()},
    **{name: {"resourceArn": BUCKET_ARN, **given} for name, given in OF_A_RESOURCE.items()},
    **{name: {**INDEX, **given} for name, given in IN_AN_INDEX.items() if name != "delete_index"},
    "delete_index": INDEX,
}

# By state: how a key gets into it, and the refusals by operation. All other operations succeed.
Refusals = dict[str, Refusal]
Change = Callable[[KmsKey], object]


def all_refused(create: Refusal, vectors: Refusal) -> Refusals:
    return {"create_index": create, **dict.fromkeys(VECTORS, vectors)}


def when_disabled(arn: str) -> Refusals:
    return all_refused(disabled(arn, DENIED), disabled(arn))


forbid_indexing = partial(KmsKey.admit_indexing, admit=False)
STATES: dict[str, tuple[list[Change], Callable[[str], Refusals]]] = {
    "enabled": ([], lambda _: {}),
    "disabled": ([KmsKey.disable], when_disabled),
    "enabled again": ([KmsKey.disable, KmsKey.enable], lambda _: {}),
    "pending deletion": (
        [KmsKey.schedule_deletion],
        lambda arn: all_refused(pending(arn, DENIED), pending(arn)),
    ),
    "deletion cancelled": ([KmsKey.schedule_deletion, KmsKey.cancel_deletion], when_disabled),
    "forgotten": ([KmsKey.forget], lambda arn: all_refused(not_found(arn, DENIED), not_found(arn))),
    "not admitting indexing": ([forbid_indexing], lambda _: {"create_index": NO_ACCESS}),
    "disabled and not admitting it": ([KmsKey.disable, forbid_indexing], when_disabled),
    "admitting it again": ([forbid_indexing, KmsKey.admit_indexing], lambda _: {}),
}


def refusals_of_all(client: Client) -> Refusals:
    """Call every operation of the model; return the refusals."""
    found = {
        name: refusal_of(client, name, **given)
        for name, given in OPERATIONS.items()
        if has(name.title().replace("_", ""))
    }
    return {name: refusal for name, refusal in found.items() if refusal is not None}


def test_the_operations_are_all_that_there_are(client: Client) -> None:
    names = {client.meta.method_to_api_mapping[name] for name in OPERATIONS if hasattr(client, name)}
    assert names == set(client.meta.service_model.operation_names)


@pytest.mark.parametrize(("changes", "refusals"), STATES.values(), ids=STATES)
def test_a_key(
    s3vectors_client: Client,
    key: KmsKey,
    changes: list[Change],
    refusals: Callable[[str], Refusals],
) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="empty", **encrypted(key))
    for change in changes:
        change(key)
    assert refusals_of_all(s3vectors_client) == refusals(key.arn)


def test_a_key_of_another_usage(s3vectors_client: Client, mock: MockS3Vectors) -> None:
    # While nobody knows a key, an index may be made with it.
    for name in ("bucket", "empty"):
        s3vectors_client.create_vector_bucket(vectorBucketName=name, **encrypted(ELSEWHERE))
    create_index(s3vectors_client)
    mock.kms.key(arn=ELSEWHERE, usage="SIGN_VERIFY")
    assert refusals_of_all(s3vectors_client) == {
        "create_index": of_other_usage(ELSEWHERE, "GenerateDataKey", DENIED),
        "put_vectors": of_other_usage(ELSEWHERE, "GenerateDataKey"),
        **dict.fromkeys(READING, of_other_usage(ELSEWHERE, "Decrypt")),
    }


def test_an_unknown_key(s3vectors_client: Client, mock: MockS3Vectors) -> None:
    for name in ("bucket", "empty"):
        s3vectors_client.create_vector_bucket(vectorBucketName=name, **encrypted(ELSEWHERE))
    create_index(s3vectors_client)
    mock.kms.key()
    assert refusals_of_all(s3vectors_client) == {
        "create_index": not_found(ELSEWHERE, DENIED),
        **dict.fromkeys(VECTORS, not_found(ELSEWHERE)),
    }


def test_each_key_is_accepted_while_none_is_known(s3vectors_client: Client) -> None:
    for name in ("bucket", "empty"):
        s3vectors_client.create_vector_bucket(vectorBucketName=name, **encrypted(ELSEWHERE))
    create_index(s3vectors_client)
    assert refusals_of_all(s3vectors_client) == {}


@pytest.mark.parametrize("authorization", [None, "off", "report", "enforce"])
def test_keys_are_asked_whether_or_not_policies_are(authorization: Any, refused: Refused) -> None:

    with mock_s3vectors(authorization=authorization) as mock:
        client: Client = boto3.client(
            "s3vectors", region_name="us-east-1", **mock.credentials("123456789012")
        )
        key = mock.kms.key()
        client.create_vector_bucket(**BUCKET, **encrypted(key))
        create_index(client)
        key.disable()
        assert refusal_of(client, "get_vectors", **INDEX, keys=["key"]) == disabled(key)
        key.admit_indexing(admit=False)
        key.enable()
        assert refused(create_index, client=client, name="another") == NO_ACCESS


# --- whose key it is ----------------------------------------------------------------------------


@indexes_have_encryption
class TestIndex:
    def test_with_a_key_of_its_own(self, client: Client, mock: MockS3Vectors, refused: Refused) -> None:
        key = mock.kms.key()
        create_index(client, **encrypted(key))
        assert client.get_index(**INDEX)["index"]["encryptionConfiguration"]["kmsKeyArn"] == key.arn
        key.admit_indexing(admit=False)
        assert refused(create_index, client=client, name="another", **encrypted(key)) == NO_ACCESS
        key.forget()
        assert refusal_of(client, "get_vectors", **INDEX, keys=["key"]) == not_found(key)

    @pytest.mark.usefixtures("key")
    def test_needs_its_own_key_alone(self, s3vectors_client: Client, mock: MockS3Vectors) -> None:
        own = mock.kms.key()
        create_index(s3vectors_client, "with-own-key", **encrypted(own))
        create_index(s3vectors_client, "without-key", encryptionConfiguration={"sseType": "AES256"})
        own.disable()
        get = {**BUCKET, "keys": ["key"]}
        assert refusal_of(s3vectors_client, "get_vectors", **INDEX, keys=["key"]) is None
        assert refusal_of(s3vectors_client, "get_vectors", indexName="without-key", **get) is None
        assert refusal_of(s3vectors_client, "get_vectors", indexName="with-own-key", **get) == disabled(own)

    def test_without_a_key_in_a_bucket_with_an_unknown_one(
        self, s3vectors_client: Client, mock: MockS3Vectors
    ) -> None:
        mock.kms.key()
        s3vectors_client.create_vector_bucket(**BUCKET, **encrypted(ELSEWHERE))
        create_index(s3vectors_client, encryptionConfiguration={"sseType": "AES256"})
        s3vectors_client.put_vectors(**INDEX, vectors=[vector("key")])
        assert listed_keys(s3vectors_client, INDEX) == ["key"]


# --- where a key is -----------------------------------------------------------------------------

HERE = "arn:aws:kms:us-east-1:123456789012:key/"


def creation_with(client: Client, key: object) -> Refusal | None:
    """Create an index in a new bucket with a key; return the refusal."""
    client.create_vector_bucket(**BUCKET, **encrypted(key))
    arguments = {**BUCKET, "indexName": "index", **SETTINGS}
    return refusal_of(client, "create_index", **arguments)


@pytest.mark.parametrize(
    "where", [{"account": "111122223333"}, {"arn": f"{HERE}mrk-1234"}, {"arn": f"{HERE}1"}]
)
def test_keys_that_can_be_used(s3vectors_client: Client, mock: MockS3Vectors, where: Any) -> None:
    assert creation_with(s3vectors_client, mock.kms.key(**where)) is None


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:kms:eu-west-1:123456789012:key/1",
        "arn:aws-cn:kms:us-east-1:123456789012:key/1",
        # A replica of it, which has not been made.
        f"{HERE}mrk-1234",
    ],
)
def test_keys_that_cannot(s3vectors_client: Client, mock: MockS3Vectors, arn: str) -> None:
    mock.kms.key(arn="arn:aws:kms:eu-west-1:123456789012:key/mrk-1234")
    if "mrk" not in arn:
        mock.kms.key(arn=arn)
    assert creation_with(s3vectors_client, arn) == not_found(arn, DENIED)


@pytest.mark.parametrize(
    "arn", ["arn:aws:kms::123456789012:key/ /:", "arn:aws:kms:eu-west-1:123456789012:key/1"]
)
def test_a_key_of_no_region_or_another_one_is_accepted_too(s3vectors_client: Client, arn: str) -> None:
    assert creation_with(s3vectors_client, arn) is None


def test_a_key_in_another_partition(client_at: ClientAt, mock: MockS3Vectors) -> None:
    key = mock.kms.key(region="cn-north-1")
    assert key.arn.startswith("arn:aws-cn:kms:cn-north-1:123456789012:key/")
    assert creation_with(client_at("cn-north-1"), key) is None


def test_an_alias_is_no_key(s3vectors_client: Client, refused: Refused) -> None:
    alias = encrypted("arn:aws:kms:us-east-1:123456789012:alias/my-key")
    code, text, _ = refused(s3vectors_client.create_vector_bucket, **BUCKET, **alias)
    assert code == "ValidationException"
    assert re.match(".*'/encryptionConfiguration/kmsKeyArn' failed to satisfy constraint", text)


# --- which error wins ---------------------------------------------------------------------------

SHORT = [vector("key", [1])]
EARLIER: list[Any] = [
    ("get_vectors", {"indexName": "missing", "keys": ["key"]}, NO_INDEX),
    ("put_vectors", {"vectors": SHORT}, bad_record("key", "vectors[0]", wrong_dimension(2, 1))),
    ("put_vectors", {"vectors": [vector("key")] * 2}, DUPLICATE_KEYS),
    ("get_vectors", {"keys": ["\u00e9" * 600]}, invalid("Record key length exceeds the maximum allowed")),
    ("delete_vectors", {"keys": ["key", "key"]}, DUPLICATE_KEYS),
    ("query_vectors", {**ORIGIN, "topK": 1, "filter": {"a": {"$no": 1}}}, INVALID_FILTER),
    pytest.param(
        "query_vectors", {**ORIGIN, "topK": 1, "nextToken": "no"}, BAD_TOKEN, marks=needs(*QUERY_PAGES)
    ),
]


@pytest.mark.parametrize(("operation", "arguments", "refusal"), EARLIER)
def test_a_wrong_request_is_refused_before_its_key(
    s3vectors_client: Client, key: KmsKey, operation: str, arguments: dict[str, Any], refusal: Refusal
) -> None:
    key.disable()
    assert refusal_of(s3vectors_client, operation, **{**INDEX, **arguments}) == refusal


def test_the_key_is_asked_before_the_quota_of_vectors(s3vectors_client: Client, key: KmsKey) -> None:
    put = {**INDEX, "vectors": [vector("another")]}
    with mock_s3vectors(max_vectors_per_index=1):
        code, _, _ = refusal_of(s3vectors_client, "put_vectors", **put) or pytest.fail("stored")
        assert code == "ServiceQuotaExceededException"
        key.disable()
        assert refusal_of(s3vectors_client, "put_vectors", **put) == disabled(key)


def test_a_wrong_creation_is_refused_before_its_key(
    s3vectors_client: Client, key: KmsKey, refused: Refused
) -> None:
    key.disable()
    exists = conflict("An index with the specified name already exists")
    assert refused(create_index, client=s3vectors_client) == exists
    with mock_s3vectors(max_indexes_per_vector_bucket=1):
        code, _, _ = refused(create_index, client=s3vectors_client, name="another")
        assert code == "ServiceQuotaExceededException"
    if has(*TAGS):
        tags = {"aws:tag": "x"}
        code, _, _ = refused(create_index, client=s3vectors_client, name="another", tags=tags)
        assert code == "ValidationException"


# --- reading and writing ------------------------------------------------------------------------


def test_a_refused_write_leaves_no_trace(s3vectors_client: Client, key: KmsKey) -> None:
    key.disable()
    assert refusal_of(s3vectors_client, "put_vectors", **INDEX, vectors=[vector("new")]) == disabled(key)
    assert refusal_of(s3vectors_client, "delete_vectors", **INDEX, keys=["key"]) == disabled(key)
    assert listed_keys(s3vectors_client, INDEX) == ["key"]
    key.enable()
    assert s3vectors_client.get_vectors(**INDEX, keys=["key", "new"])["vectors"] == [{"key": "key"}]


def test_an_empty_index_needs_its_key(s3vectors_client: Client, key: KmsKey) -> None:
    s3vectors_client.delete_vectors(**INDEX, keys=["key"])
    key.disable()
    assert refusal_of(s3vectors_client, "query_vectors", **INDEX, **ORIGIN, topK=1) == disabled(key)


def test_listing_vectors_with_all_that_they_have_needs_no_key(s3vectors_client: Client, key: KmsKey) -> None:
    key.forget()
    listed = s3vectors_client.list_vectors(**INDEX, returnData=True, returnMetadata=True)
    assert listed["vectors"] == [{"key": "key", "data": {"float32": [1.0, 2.0]}, "metadata": {}}]


@needs(*QUERY_PAGES)
def test_each_page_of_a_query_needs_the_key(s3vectors_client: Client, key: KmsKey) -> None:
    s3vectors_client.put_vectors(**INDEX, vectors=[vector(str(number)) for number in range(150)])
    query = {**INDEX, **ORIGIN, "topK": 150}
    token = s3vectors_client.query_vectors(**query)["nextToken"]
    key.disable()
    assert refusal_of(s3vectors_client, "query_vectors", **query, nextToken=token) == disabled(key)
    key.enable()
    assert len(s3vectors_client.query_vectors(**query, nextToken=token)["vectors"]) == 50


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("vector_too", [False, True])
def test_queries_by_text_need_the_key(
    s3vectors_client: Client, mock: MockS3Vectors, *, vector_too: bool
) -> None:
    key = mock.kms.key()
    s3vectors_client.create_vector_bucket(**BUCKET, **encrypted(key))
    create_index(s3vectors_client, metadataConfiguration=searchable("plot"))
    s3vectors_client.put_vectors(**INDEX, vectors=[vector("key", plot="a boat")])
    query = {**INDEX, "topK": 1, "queryTexts": [{"metadataKey": "plot", "text": "boat"}]}
    query |= ORIGIN if vector_too else {}
    assert [hit["key"] for hit in s3vectors_client.query_vectors(**query)["vectors"]] == ["key"]
    key.schedule_deletion()
    assert refusal_of(s3vectors_client, "query_vectors", **query) == pending(key)


def test_an_index_is_addressed_by_arn(s3vectors_client: Client, key: KmsKey) -> None:
    key.disable()
    assert refusal_of(s3vectors_client, "get_vectors", indexArn=INDEX_ARN, keys=["key"]) == disabled(key)
