"""The texts of the service's errors, in the order in which a request meets them.

Each function returns the refusal for the case that its docstring describes. A text that AWS has shown or
documented is AWS's own; for any other text, the docstring names its entry in the registry of choices.
"""

from __future__ import annotations

import re
import uuid
from traceback import format_exception_only

from mock_s3vectors.errors.exceptions import (
    AccessDeniedException,
    ConflictException,
    DeniedByPolicies,
    FieldError,
    InternalServerException,
    KmsDisabledException,
    KmsInvalidKeyUsageException,
    KmsInvalidStateException,
    KmsNotFoundException,
    NotFoundException,
    SerializationException,
    ServiceError,
    ServiceQuotaExceededException,
    ServiceUnavailableException,
    UnknownOperationException,
    ValidationException,
)

_SHOWN_CHARACTERS = 300


def shorten(text: str) -> str:
    """Return a text from outside, cut for a message that repeats it: no answer grows with its request."""
    return (
        text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}... ({len(text)} characters)"
    )


# --- the request as a whole ---------------------------------------------------------------


def internal_failure(bug: Exception) -> InternalServerException:
    """A bug of the mock, as a server tells it. Choice: internal-failure-text."""
    text = shorten("".join(format_exception_only(bug)).strip()).encode(errors="backslashreplace").decode()
    return InternalServerException(f"mock_s3vectors failed, and its log has the traceback: {text}")


def unavailable() -> ServiceUnavailableException:
    """No mock is on to answer, or the file that keeps its state cannot have a change."""
    return ServiceUnavailableException("Currently unable to handle the request")


def unknown_operation(text: str) -> UnknownOperationException:
    """A request for something that the mock lacks, in its own words. Choice: unknown-operation-text."""
    return UnknownOperationException(text)


def request_too_large() -> ValidationException:
    """The body is over 20 MiB."""
    return ValidationException("Request body exceeds max allowed size")


def not_deserializable() -> SerializationException:
    """The body is no JSON, holds a lone surrogate, or has a member of the wrong JSON type.

    Choice: serialization-message.
    """
    return SerializationException("")


# --- permissions --------------------------------------------------------------------------


def access_denied(caller: str, action: str, resource: str, why: str) -> DeniedByPolicies:
    """Policies deny a caller an action."""
    return DeniedByPolicies(
        f"User: {caller} is not authorized to perform: {action} on resource: {resource} {why}"
    )


# --- addressing ---------------------------------------------------------------------------


def invalid_vector_bucket_name() -> ValidationException:
    """A character that a bucket's name cannot have, or cannot begin or end with."""
    return ValidationException("Invalid vector bucket name")


def invalid_index_name() -> ValidationException:
    """A character that an index name cannot have, or cannot begin or end with."""
    return ValidationException("Invalid index name")


def index_address() -> ValidationException:
    """Neither the ARN alone nor both names."""
    return ValidationException("Must specify either indexArn or both vectorBucketName and indexName")


def vector_bucket_address() -> ValidationException:
    """Both name and ARN, or neither of them (Choice: neither-name-nor-arn-text)."""
    return ValidationException("Must specify either vectorBucketName or vectorBucketArn but not both")


def vector_bucket_not_found() -> NotFoundException:
    """No such bucket, in an operation on buckets."""
    return NotFoundException("The specified vector bucket could not be found")


def index_not_found() -> NotFoundException:
    """No such index, or no such bucket in an operation on indexes and vectors."""
    return NotFoundException("The specified index could not be found")


def resource_not_found() -> NotFoundException:
    """No such bucket or index in an operation on tags. Choice: unknown-resource-text."""
    return NotFoundException("The specified resource could not be found")


# --- buckets and indexes ------------------------------------------------------------------


def vector_bucket_exists() -> ConflictException:
    """Creation is not idempotent."""
    return ConflictException("A vector bucket with the specified name already exists")


def index_exists() -> ConflictException:
    """Creation is not idempotent."""
    return ConflictException("An index with the specified name already exists")


def lost_race() -> InternalServerException:
    """A name that somebody else took during the call, as AWS sometimes says it."""
    return InternalServerException("Internal server error")


def vector_bucket_not_empty() -> ConflictException:
    """The bucket still has indexes."""
    return ConflictException("The specified vector bucket is not empty")


def default_index_mode_classic() -> ValidationException:
    """CLASSIC as the default of a bucket that is too new for it."""
    return ValidationException(
        "defaultIndexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode"
    )


def index_mode_classic() -> ValidationException:
    """CLASSIC for an index in a bucket that is too new for it."""
    return ValidationException(
        "indexMode cannot be set to CLASSIC because the vector bucket does not support CLASSIC mode"
    )


def _bad_encryption(text: str) -> ValidationException:
    return ValidationException(text, [FieldError("EncryptionConfiguration", text)])


def kms_key_with_aes256() -> ValidationException:
    """A key for an encryption that has none."""
    return _bad_encryption("kmsKeyArn must not be specified when sseType is AES256.")


def kms_key_missing() -> ValidationException:
    """aws:kms without a key. Choice: kms-key-missing-field-list."""
    return _bad_encryption("kmsKeyArn must be specified when sseType is set to aws:kms")


# --- KMS keys -----------------------------------------------------------------------------


def kms_key_not_found(arn: str) -> KmsNotFoundException:
    """No such key. The text was seen at CreateIndex. Choice: kms-texts."""
    return KmsNotFoundException(_by_kms(f"Key '{arn}' does not exist"))


def kms_key_disabled(arn: str) -> KmsDisabledException:
    """The key is disabled. Choice: kms-texts."""
    return KmsDisabledException(_by_kms(f"{arn} is disabled."))


def kms_key_state(arn: str, state: str) -> KmsInvalidStateException:
    """The key is in a state such as `PendingDeletion`. Choice: kms-texts."""
    words = re.sub("(?<=[a-z])(?=[A-Z])", " ", state).lower()
    return KmsInvalidStateException(_by_kms(f"{arn} is {words}."))


def kms_key_usage(arn: str, usage: str, action: str) -> KmsInvalidKeyUsageException:
    """The key is made for a use such as `SIGN_VERIFY`. Choice: kms-texts."""
    return KmsInvalidKeyUsageException(
        _by_kms(f"{arn} key usage is {usage} which is not valid for {action}.")
    )


def _by_kms(text: str) -> str:
    """Return a text of KMS, as this service passes it on."""
    return f"{text} (kms_request_id={uuid.uuid4()})"


def kms_key_unusable(reason: ServiceError) -> AccessDeniedException:
    """The key of a new index cannot be used. Choice: kms-errors-at-creation."""
    return AccessDeniedException(reason.message)


def no_access_for_indexing() -> AccessDeniedException:
    """The policy of the key of a new index does not let the service decrypt."""
    return AccessDeniedException("Insufficient access to perform asynchronous indexing")


# --- quotas -------------------------------------------------------------------------------


def too_many_vector_buckets(quota: int) -> ServiceQuotaExceededException:
    """No more vector buckets in this Region. Choice: vector-bucket-quota-text."""
    return ServiceQuotaExceededException(
        f"You have reached the maximum number of vector buckets in this Region: {quota}"
    )


def too_many_indexes(quota: int) -> ServiceQuotaExceededException:
    """No more indexes in this bucket. Choice: index-quota-text."""
    return ServiceQuotaExceededException(
        f"You have reached the maximum number of indexes in this vector bucket: {quota}"
    )


def too_many_vectors(quota: int) -> ServiceQuotaExceededException:
    """No more vectors in this index. Choice: vector-quota-text."""
    return ServiceQuotaExceededException(
        f"You have reached the maximum number of vectors in this index: {quota}"
    )


# --- text search configurations -----------------------------------------------------------


def text_search_on_classic_index() -> ValidationException:
    """A text search configuration for an index in CLASSIC mode. Choice: text-search-on-classic-index-text."""
    return ValidationException("textSearchConfigurations cannot be specified when indexMode is CLASSIC")


def add_or_delete() -> ValidationException:
    """Both of `add` and `delete`, or neither. Choice: add-or-delete-text."""
    return ValidationException("Must specify either add or delete but not both")


def duplicate_text_search_keys() -> ValidationException:
    """A metadata key twice in one list of configurations. Choice: duplicate-text-search-text."""
    return ValidationException("textSearchConfigurations must not contain duplicate metadata keys")


def too_many_text_searches(most: int) -> ValidationException:
    """More text search configurations than an index may have in all. Choice: too-many-text-searches."""
    return ValidationException(f"A vector index must have at most {most} text search configurations")


def text_search_exists(key: str) -> ConflictException:
    """`add` for a metadata key that is configured. Choice: add-configured-key."""
    return ConflictException(f"A text search configuration for metadata key '{key}' already exists")


def text_search_not_found(key: str) -> NotFoundException:
    """`delete` for a metadata key that is not configured. Choice: delete-unconfigured-key."""
    return NotFoundException(f"The text search configuration for metadata key '{key}' could not be found")


def text_search_is_building(key: str) -> ConflictException:
    """An update while a configuration of the index is BUILDING. Choice: update-while-building."""
    return ConflictException(f"The text search configuration for metadata key '{key}' is still building")


# --- policies and tags --------------------------------------------------------------------


def policy_not_found() -> NotFoundException:
    """The bucket has no policy."""
    return NotFoundException("The specified vector bucket policy could not be found")


def malformed_policy(fault: str = "it is not JSON") -> ValidationException:
    """The text is no JSON policy. Choice: malformed-policy-text."""
    return ValidationException(f"The specified policy is not a valid JSON policy document: {shorten(fault)}")


def too_many_tags() -> ValidationException:
    """More than 50 tags on one resource. Choice: too-many-tags-everywhere."""
    return ValidationException("Too many tags specified")


def system_tag() -> ValidationException:
    """A key that begins with `aws:`."""
    return ValidationException("System tags cannot be added/updated by requester")


def system_tag_case(key: str) -> ValidationException:
    """A key that begins with `aws:` in other letters, such as `AWS:`.

    Choice: system-tags-everywhere.
    """
    return ValidationException(f'Invalid System Tag: {key} must be prefixed with "aws:" in lowercase.')


# --- vectors ------------------------------------------------------------------------------


def vector_length(dimension: int, length: int) -> str:
    """Return why a vector of a wrong length is refused."""
    return f"vector must have length {dimension}, but has length {length}"


VECTOR_NOT_FINITE = "vector contains NaNs or Infs"
VECTOR_ZERO_NORM = "cosine distance does not support vectors with zero norm"
METADATA_VALUE = "Metadata values must be strings, numbers, booleans, or arrays"
METADATA_ARRAY_VALUE = "Metadata array values must be strings or numbers"
METADATA_EMPTY_ARRAY = "Empty arrays are not allowed in metadata"


def metadata_keys(most: int) -> str:
    """Return why metadata with too many keys is refused."""
    return f"Metadata object must have at most {most} keys"


def filterable_metadata_size(most: int) -> str:
    """Return why metadata with too large a filterable part is refused."""
    return f"Filterable metadata must have at most {most} bytes"


def metadata_size(most: int) -> str:
    """Return why metadata that is too large is refused."""
    return f"Metadata object must have at most {most} bytes"


def invalid_record(key: str, path: str, reason: str) -> ValidationException:
    """One record of a PutVectors batch is refused, and with it the batch."""
    return ValidationException(f"Invalid record for key '{key}': {reason}", [FieldError(path, reason)])


def metadata_not_an_object() -> ValidationException:
    """Metadata that is JSON, but no object."""
    return ValidationException("Metadata must be an object")


def key_too_long() -> ValidationException:
    """A vector key of at most 1,024 characters that takes more than 1,024 bytes."""
    return ValidationException("Record key length exceeds the maximum allowed")


def duplicate_keys() -> ValidationException:
    """A key twice in DeleteVectors. Choice: duplicate-keys-in-put."""
    return ValidationException("Request must not contain duplicate keys")


# --- pages and segments -------------------------------------------------------------------


def invalid_page_token() -> ValidationException:
    """A token that this mock did not hand out for this request, or that has expired.

    Choice: page-token-text.
    """
    return ValidationException("Invalid page token")


def segment_pair() -> ValidationException:
    """One of the pair is missing. Choice: half-segment-text."""
    return ValidationException("Must specify both segmentCount and segmentIndex or neither")


def segment_index() -> ValidationException:
    """An index that is not below the count. Choice: segment-index-text."""
    return ValidationException("segmentIndex must be less than segmentCount")


# --- queries ------------------------------------------------------------------------------


def invalid_query_vector(reason: str) -> ValidationException:
    """The query vector does not fit the index."""
    return ValidationException(
        "Query vector contains invalid values or is invalid for this index",
        [FieldError("vector", f"Invalid input: {reason}")],
    )


def nothing_to_query() -> ValidationException:
    """Neither a vector nor texts. Choice: nothing-to-query-text."""
    return ValidationException("Must specify at least one of queryVector and queryTexts")


def text_query_on_classic_index() -> ValidationException:
    """Texts to search for in an index in CLASSIC mode. Choice: text-query-on-classic-index-text."""
    return ValidationException("queryTexts cannot be specified when indexMode is CLASSIC")


def duplicate_query_text_keys() -> ValidationException:
    """A metadata key in two of the queryTexts. Choice: duplicate-query-texts-text."""
    return ValidationException("queryTexts must not contain duplicate metadata keys")


def key_not_searchable(key: str) -> ValidationException:
    """A metadata key that is not configured for text search. Choice: key-not-searchable-text."""
    return ValidationException(f"Metadata key '{key}' is not configured for text search")


def key_still_building(key: str) -> ValidationException:
    """A metadata key whose text search configuration is BUILDING. Choice: key-still-building."""
    return ValidationException(f"Text search on metadata key '{key}' is still building")


def classic_query_on_enhanced_index() -> ValidationException:
    """CLASSIC mode asked of an ENHANCED index."""
    return ValidationException("queryMode cannot be CLASSIC when indexMode is ENHANCED")


def invalid_filter() -> ValidationException:
    """A filter outside the grammar."""
    return ValidationException("Invalid filter", [FieldError("filter", "Invalid filter")])


def non_filterable_key() -> ValidationException:
    """A well-formed filter on a key that the index keeps as non-filterable."""
    return ValidationException("Invalid use of non-filterable metadata in filter")


def too_many_constraints() -> ValidationException:
    """A filter with too many constraints in ENHANCED mode. Choice: constraints-text."""
    return ValidationException("Filter must have at most 100 constraints")
