"""The texts of errors that a rule of a test asks for without a text. Choice: injected-texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ServiceError
from mock_s3vectors.operations.helpers.addressing import existing_index_arn, place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Exchange

_NO_KEY = "00000000-0000-0000-0000-000000000000"

# By code, and then by operation. Those of NotFoundException and ConflictException say what was looked for.
_BY_OPERATION = {
    "ConflictException": {
        "CreateVectorBucket": refusals.vector_bucket_exists().message,
        "CreateIndex": refusals.index_exists().message,
        "DeleteVectorBucket": refusals.vector_bucket_not_empty().message,
    },
    "NotFoundException": {
        **dict.fromkeys(
            [
                *("DeleteIndex", "GetIndex", "UpdateIndexMode", "UpdateMetadataConfiguration"),
                *("DeleteVectors", "GetVectors", "ListVectors", "PutVectors", "QueryVectors"),
            ],
            refusals.index_not_found().message,
        ),
        **dict.fromkeys(
            ["ListTagsForResource", "TagResource", "UntagResource"], refusals.resource_not_found().message
        ),
        "GetVectorBucketPolicy": refusals.policy_not_found().message,
    },
    "ServiceQuotaExceededException": {
        "CreateVectorBucket": refusals.too_many_vector_buckets(limits.VECTOR_BUCKETS).message,
        "CreateIndex": refusals.too_many_indexes(limits.INDEXES_PER_VECTOR_BUCKET).message,
        "PutVectors": refusals.too_many_vectors(limits.VECTORS_PER_INDEX).message,
    },
}

_BY_CODE = {
    "AccessDeniedException": "Access denied",
    "ConflictException": "The resource is being changed by another request",
    "InternalServerException": "Internal server error",
    "NotFoundException": refusals.vector_bucket_not_found().message,
    "RequestTimeoutException": "The request timed out",
    "SerializationException": refusals.not_deserializable().message,
    "ServiceUnavailableException": refusals.unavailable().message,
    "TooManyRequestsException": "Too many requests",
    "ValidationException": "The request is not valid",
}


# Those of KMS keys, from the ARN of one.
_BY_KEY: dict[str, Callable[[str], ServiceError]] = {
    "KmsDisabledException": refusals.kms_key_disabled,
    "KmsInvalidKeyUsageException": lambda arn: refusals.kms_key_usage(arn, "SIGN_VERIFY", "Decrypt"),
    "KmsInvalidStateException": lambda arn: refusals.kms_key_state(arn, "PendingDeletion"),
    "KmsNotFoundException": refusals.kms_key_not_found,
}


def injected_text(code: str, exchange: Exchange) -> str:
    """Return the text of an error of a call."""
    of_key = _BY_KEY.get(code)
    if of_key is not None:
        return of_key(_key_of(exchange)).message
    operation = str(exchange.operation)
    return _BY_OPERATION.get(code, {}).get(operation) or _BY_CODE.get(code, code)


def _key_of(exchange: Exchange) -> str:
    """Return the ARN of the key of the index that a call names; if it has none, a made-up one."""
    try:
        arn = existing_index_arn(exchange.caller, exchange.params or {})
        _, index = place_of(exchange, arn).found()
    except ServiceError:
        index = None
    found = None if index is None else index.encryption.get("kmsKeyArn")
    caller = exchange.caller
    return found or f"arn:{caller.partition}:kms:{caller.region}:{caller.account}:key/{_NO_KEY}"
