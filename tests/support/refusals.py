"""The service's refusals: code, message and `fieldList`, as the fixture `refused` returns them.

Broken constraints of the model have a module of their own, `constraints`.
"""

from __future__ import annotations

from typing import Any

Refusal = tuple[str, str, Any]


def invalid(message: str, fields: Any = None) -> Refusal:
    return "ValidationException", message, fields


def not_found(what: str) -> Refusal:
    return "NotFoundException", f"{what} could not be found", None


def conflict(message: str) -> Refusal:
    return "ConflictException", message, None


NOT_DESERIALIZABLE: Refusal = ("SerializationException", "", None)

# Names and addresses.
NO_BUCKET = not_found("The specified vector bucket")
NO_INDEX = not_found("The specified index")
NO_RESOURCE = not_found("The specified resource")
NO_POLICY = not_found("The specified vector bucket policy")
BAD_BUCKET_ADDRESS = invalid("Must specify either vectorBucketName or vectorBucketArn but not both")
BAD_INDEX_ADDRESS = invalid("Must specify either indexArn or both vectorBucketName and indexName")
BAD_BUCKET_NAME = invalid("Invalid vector bucket name")
BAD_INDEX_NAME = invalid("Invalid index name")

# Lists and pages.
BAD_TOKEN = invalid("Invalid page token")

# Keys, vectors and metadata.
DUPLICATE_KEYS = invalid("Request must not contain duplicate keys")
NOT_FINITE = "vector contains NaNs or Infs"
ZERO_NORM = "cosine distance does not support vectors with zero norm"
BAD_VALUE = "Metadata values must be strings, numbers, booleans, or arrays"
FILTERABLE_TOO_LARGE = "Filterable metadata must have at most 2048 bytes"
NO_OBJECT = invalid("Metadata must be an object")


def wrong_dimension(wanted: int, length: int) -> str:
    return f"vector must have length {wanted}, but has length {length}"


def bad_record(key: str, path: str, reason: str) -> Refusal:
    return invalid(f"Invalid record for key '{key}': {reason}", [{"path": path, "message": reason}])


def bad_query_vector(reason: str) -> Refusal:
    message = "Query vector contains invalid values or is invalid for this index"
    return invalid(message, [{"path": "vector", "message": f"Invalid input: {reason}"}])


# Filters.
INVALID_FILTER = invalid("Invalid filter", [{"path": "filter", "message": "Invalid filter"}])
NON_FILTERABLE = invalid("Invalid use of non-filterable metadata in filter")
TOO_MANY_CONSTRAINTS = invalid("Filter must have at most 100 constraints")

# Modes of indexes.
NO_CLASSIC_QUERY = invalid("queryMode cannot be CLASSIC when indexMode is ENHANCED")
NO_CLASSIC_INDEX = invalid(
    "indexMode cannot be set to CLASSIC because the vector bucket does not support CLASSIC mode"
)

# Texts.
NOTHING_ASKED = invalid("Must specify at least one of queryVector and queryTexts")
NO_TEXTS_WHEN_CLASSIC = invalid("queryTexts cannot be specified when indexMode is CLASSIC")


def not_searchable(key: str) -> Refusal:
    return invalid(f"Metadata key '{key}' is not configured for text search")


def already_searchable(key: str) -> Refusal:
    return conflict(f"A text search configuration for metadata key '{key}' already exists")
