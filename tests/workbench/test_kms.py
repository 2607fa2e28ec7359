"""`mock.kms`: keys, their states, and how long they last.

tests/api/test_kms.py has what operations answer.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import KmsKey, UsageError, current_mock, mock_s3vectors, s3vectors_server
from mock_s3vectors.world.keys import Key
from tests.support.helpers import BUCKET, INDEX, ORIGIN, SETTINGS, bucket_names, vector
from tests.support.mocks import world
from tests.support.shapes import REQUEST_ID

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client

ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


def create(client: Client, key: object) -> None:
    """Create a bucket with a key, and an index in it."""
    encryption = {"sseType": "aws:kms", "kmsKeyArn": str(key)}
    client.create_vector_bucket(**BUCKET, encryptionConfiguration=encryption)
    client.create_index(**INDEX, **SETTINGS)


def code_of_get(client: Client) -> str | None:
    """The code of the error of GetVectors, None if it succeeds."""
    try:
        client.get_vectors(**INDEX, keys=["key"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


# --- making keys --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "beginning"),
    [
        ({}, "arn:aws:kms:us-east-1:123456789012:key/"),
        ({"account": "111122223333"}, "arn:aws:kms:us-east-1:111122223333:key/"),
        ({"region": "us-gov-west-1"}, "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/"),
        (
            {"account": None, "region": None, "usage": "SIGN_VERIFY"},
            "arn:aws:kms:us-east-1:123456789012:key/",
        ),
    ],
)
def test_a_new_key(mock: MockS3Vectors, asked: Any, beginning: str) -> None:
    key = mock.kms.key(**asked)
    assert key.arn.startswith(beginning)
    assert REQUEST_ID.fullmatch(key.arn.removeprefix(beginning))
    assert key.state == "Enabled"
    assert mock.kms.key(**asked).arn != key.arn


def test_the_account_is_that_of_the_options_and_the_region_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mock_s3vectors(account_id="111122223333") as mock:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        assert mock.kms.key().arn.startswith("arn:aws:kms:eu-west-1:111122223333:key/")


def test_texts(mock: MockS3Vectors) -> None:
    key = mock.kms.key(arn=ARN)
    assert (key.arn, str(key), f"{key}") == (ARN, ARN, ARN)
    key.disable()
    assert repr(key) == f"<KMS key {ARN}: Disabled>"
    assert repr(mock.kms) == f"<KMS keys: {ARN}>"
    key.forget()
    assert repr(key) == f"<KMS key {ARN}: gone>"
    assert repr(mock.kms) == "<KMS keys: none>"
    with mock_s3vectors() as inner:
        keys = inner.kms
    assert repr(keys) == "<KMS keys of a mock that is off>"


def test_changes_of_two_threads(mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    key = mock.kms.key(arn=ARN)
    read = KmsKey._key  # noqa: SLF001 - between this and the change, the other thread goes on

    def read_slowly(self: KmsKey, asked: str) -> Key:
        found = read(self, asked)
        time.sleep(0.05)
        return found

    monkeypatch.setattr(KmsKey, "_key", read_slowly)
    with ThreadPoolExecutor(2) as threads:
        for change in [threads.submit(key.disable), threads.submit(key.admit_indexing, admit=False)]:
            change.result()
    found = world().keys.of(ARN)
    assert found == Key(ARN, state="Disabled", admits_indexing=False)


def test_a_key_that_exists_is_returned_as_it_is(mock: MockS3Vectors) -> None:
    mock.kms.key(arn=ARN).disable()
    same = mock.kms.key(arn=ARN)
    assert (same.arn, same.state) == (ARN, "Disabled")
    same.forget()
    assert mock.kms.key(arn=ARN, usage="KEY_AGREEMENT").state == "Enabled"


NO_ARN = (
    " is not the ARN of a KMS key: give one such as "
    "'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'. "
    "The service takes no alias."
)
USAGES = "ENCRYPT_DECRYPT, SIGN_VERIFY, GENERATE_VERIFY_MAC, KEY_AGREEMENT"
ALIAS = "arn:aws:kms:us-east-1:123456789012:alias/my-key"
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"arn": ALIAS}, f"arn='{ALIAS}'{NO_ARN}"),
    ({"arn": "1234abcd"}, f"arn='1234abcd'{NO_ARN}"),
    ({"arn": f"{ARN}\n"}, f"arn='{ARN}\\n'{NO_ARN}"),
    ({"arn": "arn:aws:kms::123456789012:key/1"}, f"arn='arn:aws:kms::123456789012:key/1'{NO_ARN}"),
    ({"arn": 1}, f"arn=1{NO_ARN}"),
    (
        {"arn": ARN + "1" * 2048},
        f"arn='{ARN}{'1' * (299 - len(ARN))}... ({len(ARN) + 2050} characters){NO_ARN}",
    ),
    (
        {"arn": ARN, "region": "us-east-1"},
        "key() was given arn and account or region, which the ARN names: leave them out.",
    ),
    (
        {"arn": ARN, "account": "123456789012"},
        "key() was given arn and account or region, which the ARN names: leave them out.",
    ),
    ({"region": "US"}, "region='US' is not a Region: give its name, as in region='eu-west-1'."),
    (
        {"usage": "ENCRYPT"},
        f"usage='ENCRYPT' is no usage of a KMS key: give one of {USAGES}.",
    ),
]


@pytest.mark.parametrize(("asked", "text"), WRONG)
def test_keys_that_cannot_be(mock: MockS3Vectors, asked: dict[str, Any], text: str) -> None:
    with pytest.raises(UsageError) as error:
        mock.kms.key(**asked)
    assert str(error.value) == text
    with pytest.raises(UsageError, match="account"):
        mock.kms.key(account="1")


def test_a_usage_does_not_change(mock: MockS3Vectors) -> None:
    mock.kms.key(arn=ARN, usage="SIGN_VERIFY")
    with pytest.raises(UsageError) as error:
        mock.kms.key(arn=ARN)
    assert str(error.value) == (
        f"usage='ENCRYPT_DECRYPT': the key {ARN} exists with usage 'SIGN_VERIFY', which cannot be changed. "
        "Give its usage, or another ARN."
    )


# --- states -------------------------------------------------------------------------------------

ENABLED: tuple[str, ...] = ()
DISABLED = ("disable",)
PENDING = ("schedule_deletion",)

# What was done to a key before, what is done now, and the state that follows or the advice.
CHANGES = [
    (ENABLED, "enable", "Enabled"),
    (ENABLED, "disable", "Disabled"),
    (ENABLED, "schedule_deletion", "PendingDeletion"),
    (ENABLED, "cancel_deletion", "is Enabled: call schedule_deletion() first."),
    (DISABLED, "enable", "Enabled"),
    (DISABLED, "disable", "Disabled"),
    (DISABLED, "schedule_deletion", "PendingDeletion"),
    (DISABLED, "cancel_deletion", "is Disabled: call schedule_deletion() first."),
    (PENDING, "enable", "is PendingDeletion: call cancel_deletion() first."),
    (
        PENDING,
        "disable",
        "is PendingDeletion: call cancel_deletion(), which disables it.",
    ),
    (
        PENDING,
        "schedule_deletion",
        "is PendingDeletion: call forget() to have it deleted now, or cancel_deletion().",
    ),
    (PENDING, "cancel_deletion", "Disabled"),
    (PENDING, "admit_indexing", "PendingDeletion"),
    (DISABLED, "admit_indexing", "Disabled"),
]


@pytest.mark.parametrize(("before", "change", "after"), CHANGES)
def test_a_change_of_state(mock: MockS3Vectors, before: tuple[str, ...], change: str, after: str) -> None:
    key = mock.kms.key(arn=ARN)
    for earlier in before:
        getattr(key, earlier)()
    if after.isalpha():
        assert getattr(key, change)() is key
        assert key.state == after
    else:
        state = key.state
        with pytest.raises(UsageError) as error:
            getattr(key, change)()
        assert str(error.value) == f"{change}() was used on the key {ARN}, which {after}"
        assert key.state == state


ALL = ("enable", "disable", "schedule_deletion", "cancel_deletion", "admit_indexing", "forget")


@pytest.mark.parametrize("change", ALL)
def test_a_key_that_was_forgotten(mock: MockS3Vectors, change: str) -> None:
    key = mock.kms.key(arn=ARN)
    key.forget()
    with pytest.raises(UsageError) as error:
        getattr(key, change)()
    assert str(error.value) == (
        f"{change}() was used on the key {ARN}, which was forgotten: make it again, with mock.kms."
    )


def test_admit_indexing_takes_a_plain_no(mock: MockS3Vectors, s3vectors_client: Client) -> None:
    key = mock.kms.key()
    key.admit_indexing(False)  # noqa: FBT003 - as users call it
    with pytest.raises(s3vectors_client.exceptions.AccessDeniedException):
        create(s3vectors_client, key)


# --- how long they last -------------------------------------------------------------------------

OFF = (
    "{} was used on a mock that is off: use it on the mock that is on, between its start() and stop() or "
    "inside its block. current_mock() returns it."
)


@pytest.mark.parametrize("change", ALL)
def test_a_key_ends_with_its_mock(change: str) -> None:
    mock = mock_s3vectors()
    with mock:
        key = mock.kms.key(arn=ARN)
    with pytest.raises(UsageError) as error:
        getattr(key, change)()
    assert str(error.value) == OFF.format(f"{change}()")
    with mock, pytest.raises(UsageError) as error:
        getattr(key, change)()
    assert str(error.value) == (
        f"{change}() was used on the key {ARN}, which was made on a mock that has ended, or was undone: "
        "make it on the mock that is on, with mock.kms."
    )
    assert (key.arn, repr(key)) == (ARN, f"<KMS key {ARN}: gone>")


def test_a_mock_that_is_off_has_no_keys() -> None:
    mock = mock_s3vectors()
    with pytest.raises(UsageError) as error:
        _ = mock.kms
    assert str(error.value) == OFF.format("kms")
    with mock:
        kms = mock.kms
    with pytest.raises(UsageError) as error:
        kms.key()
    assert str(error.value) == OFF.format("kms.key()")


def test_reset_leaves_keys(mock: MockS3Vectors, s3vectors_client: Client) -> None:
    key = mock.kms.key()
    key.disable()
    create_bucket = s3vectors_client.create_vector_bucket
    create_bucket(**BUCKET)
    mock.reset()
    assert bucket_names(s3vectors_client) == []
    assert key.state == "Disabled"


def test_seeding_and_looking_need_no_key(mock: MockS3Vectors, s3vectors_client: Client) -> None:
    key = mock.kms.key()
    create(s3vectors_client, key)
    key.forget()
    mock.seed("bucket", "index", [[1, 2]])
    mock.seed("bucket", "another", [[1, 2]])
    assert list(mock.index("bucket", "another").keys) == ["0"]
    assert code_of_get(s3vectors_client) == "KmsNotFoundException"


class TestInnerMock:
    def test_finds_the_keys_of_the_outer_one(self, mock: MockS3Vectors, s3vectors_client: Client) -> None:
        key = mock.kms.key()
        create(s3vectors_client, key)
        with mock_s3vectors():
            assert code_of_get(s3vectors_client) is None
            key.disable()
            assert code_of_get(s3vectors_client) == "KmsDisabledException"
        assert code_of_get(s3vectors_client) == "KmsDisabledException"

    @pytest.mark.parametrize("shared", [False, True])
    def test_undoes_its_own_changes(
        self, mock: MockS3Vectors, s3vectors_client: Client, *, shared: bool
    ) -> None:
        key = mock.kms.key()
        create(s3vectors_client, key)
        with mock_s3vectors(shared=shared) as inner:
            inner.kms.key(arn=key.arn).forget()
            new = inner.kms.key()
            assert code_of_get(s3vectors_client) == "KmsNotFoundException"
            assert (new.state, repr(key) == f"<KMS key {key}: gone>") == ("Enabled", shared)
        assert code_of_get(s3vectors_client) is None
        assert key.state == "Enabled"
        # There is no such key any more, or it would have another usage.
        assert mock.kms.key(arn=new.arn, usage="SIGN_VERIFY").state == "Enabled"

    def test_has_the_first_key(self, s3vectors_client: Client) -> None:
        create(s3vectors_client, ARN)
        with mock_s3vectors() as inner:
            inner.kms.key()
            assert code_of_get(s3vectors_client) == "KmsNotFoundException"
        assert code_of_get(s3vectors_client) is None


@mock_s3vectors
def test_in_a_decorated_function() -> None:
    client = boto3.client("s3vectors", region_name="us-east-1")
    key = current_mock().kms.key()
    create(client, key)
    key.schedule_deletion()
    assert code_of_get(client) == "KmsInvalidStateException"


@mock_s3vectors
class TestInAClass:
    def setup_method(self) -> None:
        self.key = current_mock().kms.key(arn=ARN)
        self.client: Client = boto3.client("s3vectors", region_name="us-east-1")
        create(self.client, self.key)

    @pytest.mark.parametrize("_", range(2))
    def test_each_test_begins_anew(self, _: int) -> None:
        assert code_of_get(self.client) is None
        self.key.forget()
        assert code_of_get(self.client) == "KmsNotFoundException"


def test_through_a_server(s3vectors_mock: MockS3Vectors) -> None:
    assert s3vectors_mock
    with s3vectors_server() as server:
        client: Client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url, **KEYS)
        key = server.mock.kms.key()
        create(client, key)
        key.disable()
        assert code_of_get(client) == "KmsDisabledException"


KEYS: Any = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}


# --- errors that rules ask for ------------------------------------------------------------------

MADE_UP = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
TEXTS = {
    "KmsNotFoundException": "Key '{}' does not exist",
    "KmsDisabledException": "{} is disabled.",
    "KmsInvalidStateException": "{} is pending deletion.",
    "KmsInvalidKeyUsageException": "{} key usage is SIGN_VERIFY which is not valid for Decrypt.",
}


@pytest.mark.parametrize("code", TEXTS)
@pytest.mark.parametrize("key", [None, ARN])
def test_the_usual_texts(mock: MockS3Vectors, s3vectors_client: Client, code: str, key: str | None) -> None:
    if key is not None:
        create(s3vectors_client, key)
    mock.fail(["GetVectors", "QueryVectors"], code)
    get, query = s3vectors_client.get_vectors, s3vectors_client.query_vectors
    for call, arguments in ((get, {"keys": ["key"]}), (query, {**ORIGIN, "topK": 1})):
        with pytest.raises(ClientError) as error:
            call(**INDEX, **arguments)
        response: Any = error.value.response
        text, request_id = response["Error"]["Message"].removesuffix(")").split(" (kms_request_id=")
        assert (response["Error"]["Code"], text) == (code, TEXTS[code].format(key or MADE_UP))
        assert REQUEST_ID.fullmatch(request_id)


def test_an_error_of_keys_for_a_call_that_names_no_index(
    mock: MockS3Vectors, s3vectors_client: Client
) -> None:
    mock.fail("PutVectors", "KmsDisabledException")
    with pytest.raises(s3vectors_client.exceptions.KmsDisabledException, match="is disabled"):
        s3vectors_client.put_vectors(indexName="index", vectors=[vector("key")])
