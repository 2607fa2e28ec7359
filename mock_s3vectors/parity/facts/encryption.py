"""Facts about encryption: which settings go together, and keys that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import expect_accepted, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import Matching

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Encryption")

AES256 = {"sseType": "AES256"}
WITH_KEY = "kmsKeyArn must not be specified when sseType is AES256."
WITHOUT_KEY = "kmsKeyArn must be specified when sseType is set to aws:kms"
PATH = "EncryptionConfiguration"
KEY_PATTERN = "^(arn:aws[-a-z0-9]*:kms:[-a-z0-9]*:[0-9]{12}:key/.+)$"
OF_INDEXES = "CreateIndex.encryptionConfiguration"
# No key of KMS has this id.
KEY_ID = "11111111-2222-4333-8444-555555555555"


def key_in(ask: Asking, region: str | None = None) -> str:
    """Return the ARN of a key that does not exist."""
    return f"arn:{ask.partition}:kms:{region or ask.region}:{ask.account}:key/{KEY_ID}"


def kms(ask: Asking, region: str | None = None) -> dict[str, Any]:
    """Return settings with that key."""
    return {"sseType": "aws:kms", "kmsKeyArn": key_in(ask, region)}


def expect_bucket(ask: Asking, expected: dict[str, Any], **settings: Any) -> None:
    """Expect that a vector bucket can be created with settings, and compare the encryption that it has."""
    bucket = {"vectorBucketName": ask.name()}
    if expect_accepted(ask, "CreateVectorBucket", **bucket, **settings):
        described = ask("GetVectorBucket", **bucket).get("vectorBucket", {})
        ask.compare("encryptionConfiguration", expected, described.get("encryptionConfiguration"))


def expect_index(ask: Asking, expected: dict[str, Any], bucket: str, **settings: Any) -> None:
    """Expect that an index can be created with settings, and compare the encryption that it has."""
    index = {"vectorBucketName": bucket, "indexName": ask.name()}
    if expect_accepted(ask, "CreateIndex", **index, **SETTINGS, **settings):
        described = ask("GetIndex", **index).get("index", {})
        ask.compare("encryptionConfiguration", expected, described.get("encryptionConfiguration"))


def no_key(arn: str) -> dict[str, Any]:
    """Return the refusal of an index with a key that does not exist."""
    uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    text = rf"Key '{arn}' does not exist \(kms_request_id={uuid}\)"
    return refusal("AccessDeniedException", Matching(text))


def new_index(ask: Asking) -> dict[str, Any]:
    """Return the parameters of an index to create."""
    return {"vectorBucketName": ask.shared_bucket, "indexName": ask.name(), **SETTINGS}


@facts("bucket-encryption-default", "seen", "A vector bucket is encrypted with AES256 by default.")
def _(ask: Asking) -> None:
    expect_bucket(ask, AES256)


@facts("bucket-encryption-aes256", "documented", "A vector bucket may ask for AES256.")
def _(ask: Asking) -> None:
    expect_bucket(ask, AES256, encryptionConfiguration=AES256)


@facts("bucket-key-with-aes256", "seen", "A vector bucket with AES256 takes no key.")
def _(ask: Asking) -> None:
    configuration = {**AES256, "kmsKeyArn": key_in(ask)}
    expected = refusal("ValidationException", WITH_KEY, (PATH, WITH_KEY))
    bucket = {"vectorBucketName": ask.name(), "encryptionConfiguration": configuration}
    ask.expect(expected, "CreateVectorBucket", **bucket)


@facts("bucket-key-without-type", "seen", "A key without a type of encryption is refused as with AES256.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.name(), "encryptionConfiguration": {"kmsKeyArn": key_in(ask)}}
    answer = ask("CreateVectorBucket", **bucket)
    ask.compare("CreateVectorBucket", refusal("ValidationException", WITH_KEY), without_fields(answer))


@facts("bucket-kms-without-key", "seen", "A vector bucket with aws:kms needs a key.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.name(), "encryptionConfiguration": {"sseType": "aws:kms"}}
    answer = ask("CreateVectorBucket", **bucket)
    ask.compare("CreateVectorBucket", refusal("ValidationException", WITHOUT_KEY), without_fields(answer))


@facts(
    "kms-without-key-field-list",
    "choice",
    "The refusals of aws:kms without a key, and of a key without a type, have a `fieldList`.",
    choices=("kms-key-missing-field-list",),
)
def _(ask: Asking) -> None:
    for given, text in (({"sseType": "aws:kms"}, WITHOUT_KEY), ({"kmsKeyArn": key_in(ask)}, WITH_KEY)):
        bucket = {"vectorBucketName": ask.name(), "encryptionConfiguration": given}
        ask.expect(refusal("ValidationException", text, (PATH, text)), "CreateVectorBucket", **bucket)


@facts("index-key-with-aes256", "seen", "An index with AES256 takes no key.")
def _(ask: Asking) -> None:
    configuration = {**AES256, "kmsKeyArn": key_in(ask)}
    expected = refusal("ValidationException", WITH_KEY, (PATH, WITH_KEY))
    ask.expect(expected, "CreateIndex", **new_index(ask), encryptionConfiguration=configuration)


@facts("index-kms-without-key", "seen", "An index with aws:kms needs a key.")
def _(ask: Asking) -> None:
    answer = ask("CreateIndex", **new_index(ask), encryptionConfiguration={"sseType": "aws:kms"})
    ask.compare("CreateIndex", refusal("ValidationException", WITHOUT_KEY), without_fields(answer))


@facts("encryption-type-unknown", "documented", "The types of encryption are AES256 and aws:kms.")
def _(ask: Asking) -> None:
    for sse_type in ("none", "aes256"):
        expect_violation(
            ask,
            "/encryptionConfiguration/sseType",
            "satisfy enum value set: [AES256, aws:kms]",
            "CreateVectorBucket",
            vectorBucketName=ask.name(),
            encryptionConfiguration={"sseType": sse_type},
        )


@facts("key-arn-form", "documented", "A key is named by its ARN, not by its id or an alias.")
def _(ask: Asking) -> None:
    alias = f"arn:{ask.partition}:kms:{ask.region}:{ask.account}:alias/mine"
    for key in (KEY_ID, alias):
        expect_violation(
            ask,
            "/encryptionConfiguration/kmsKeyArn",
            f"satisfy regular expression pattern: {KEY_PATTERN}",
            "CreateVectorBucket",
            vectorBucketName=ask.name(),
            encryptionConfiguration={"sseType": "aws:kms", "kmsKeyArn": key},
        )


@facts("index-encryption-inherited", "seen", "An index without settings has those of its vector bucket.")
def _(ask: Asking) -> None:
    ask.needs("GetIndex>index.encryptionConfiguration")
    found = ask("GetIndex", **ask.index()).get("index", {})
    ask.compare("encryptionConfiguration", AES256, found.get("encryptionConfiguration"))


@facts(
    "empty-encryption-of-a-bucket",
    "choice",
    "A vector bucket whose encryption configuration is empty is encrypted with AES256.",
    choices=("empty-encryption-configuration",),
)
def _(ask: Asking) -> None:
    expect_bucket(ask, AES256, encryptionConfiguration={})


@facts(
    "empty-encryption-of-an-index",
    "choice",
    "An index whose encryption configuration is empty inherits no key from its vector bucket.",
    choices=("empty-encryption-configuration",),
)
def _(ask: Asking) -> None:
    ask.needs("GetIndex>index.encryptionConfiguration")
    bucket = ask.bucket(encryptionConfiguration=kms(ask))
    expect_index(ask, AES256, bucket, encryptionConfiguration={})


@facts(
    "index-aes256-in-a-kms-bucket",
    "documented",
    "An index may have AES256 in a vector bucket with a key.",
)
def _(ask: Asking) -> None:
    ask.needs("GetIndex>index.encryptionConfiguration")
    bucket = ask.bucket(encryptionConfiguration=kms(ask))
    expect_index(ask, AES256, bucket, encryptionConfiguration=AES256)


@facts(
    "bucket-key-unchecked",
    "choice",
    "CreateVectorBucket does not ask whether its key exists.",
    choices=("bucket-key-unchecked",),
)
def _(ask: Asking) -> None:
    expect_bucket(ask, kms(ask), encryptionConfiguration=kms(ask))


@facts("index-key-unknown", "seen", "An index cannot be created with a key that does not exist.")
def _(ask: Asking) -> None:
    answer = ask("CreateIndex", **new_index(ask), encryptionConfiguration=kms(ask))
    ask.compare("CreateIndex", no_key(key_in(ask)), answer)


@facts(
    "index-key-unknown-inherited",
    "seen",
    "An index cannot be created with a key that it inherits and that does not exist.",
)
def _(ask: Asking) -> None:
    ask.needs(OF_INDEXES)
    bucket = {"vectorBucketName": ask.bucket(encryptionConfiguration=kms(ask))}
    ask.expect(no_key(key_in(ask)), "CreateIndex", **bucket, indexName=ask.name(), **SETTINGS)


@facts(
    "index-key-of-another-region",
    "choice",
    "To an index, a key of another Region does not exist.",
    choices=("kms-key-elsewhere",),
)
def _(ask: Asking) -> None:
    there = ask.other_region
    answer = ask("CreateIndex", **new_index(ask), encryptionConfiguration=kms(ask, there))
    ask.compare("CreateIndex", no_key(key_in(ask, there)), answer)
