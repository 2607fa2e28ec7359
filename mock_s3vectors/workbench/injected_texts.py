"""The texts of errors that a rule of a test asks for without a text. Choice: injected-texts."""

from __future__ import annotations

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals

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
    "KmsDisabledException": "The KMS key is disabled",
    "KmsInvalidKeyUsageException": "The KMS key cannot be used for this",
    "KmsInvalidStateException": "The state of the KMS key does not allow this",
    "KmsNotFoundException": "The KMS key could not be found",
    "NotFoundException": refusals.vector_bucket_not_found().message,
    "RequestTimeoutException": "The request timed out",
    "SerializationException": refusals.not_deserializable().message,
    "ServiceUnavailableException": refusals.unavailable().message,
    "TooManyRequestsException": "Too many requests",
    "ValidationException": "The request is not valid",
}


def injected_text(code: str, operation: str) -> str:
    """Return the text of an error of an operation."""
    return _BY_OPERATION.get(code, {}).get(operation) or _BY_CODE.get(code, code)
