"""The service's errors with their texts, and the mock's own.

`transports.refusals` has those of the HTTP server itself. A text seen on AWS or documented stands as it is. A
text that nobody has published carries the word `Choice` beside it; the README lists those under "Unverified
choices".
"""

from __future__ import annotations

from dataclasses import dataclass
from traceback import format_exception_only
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class UsageError(RuntimeError):
    """The mock itself was used wrongly; the text says what was asked, what exists and what to do.

    It is never one of the service's answers: it surfaces from the boto3 call unchanged.
    """


class LocalEndpointWarning(UserWarning):
    """A call goes to a local server that the environment names, and not to the mock that is on."""


@dataclass(frozen=True)
class FieldError:
    """One entry of a ValidationException's `fieldList`."""

    path: str
    message: str


class ServiceError(Exception):
    """An error that Amazon S3 Vectors answers with; it leaves as a modelled HTTP response.

    Attributes:
        code: the exception's name in the service model, for instance `NotFoundException`.
        status: the HTTP status code.
        message: the text that `e.response["Error"]["Message"]` shows.
        fields: the entries of `fieldList` (ValidationException only).
    """

    status: int

    def __init__(self, message: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)

    @property
    def code(self) -> str:
        """The name of the class, which is AWS's name for the error."""
        return type(self).__name__


class ValidationException(ServiceError):
    """The request breaks a rule; the model gives no status, the service answers 400."""

    status = 400


class SerializationException(ServiceError):
    """The request's bytes do not hold what the operation's input shape asks for."""

    status = 400


class ServiceQuotaExceededException(ServiceError):
    """A count quota is used up."""

    status = 402


class NotFoundException(ServiceError):
    """The bucket, index, policy or resource does not exist."""

    status = 404


class ConflictException(ServiceError):
    """The resource exists already, or is not empty."""

    status = 409


class InternalServerException(ServiceError):
    """The service failed; over HTTP, this is a bug of the mock."""

    status = 500


class ServiceUnavailableException(ServiceError):
    """The service cannot answer now."""

    status = 503


class UnknownOperationException(ServiceError):
    """No operation has this method and path. Choice: the class is that of Smithy's own servers."""

    status = 404


_SHOWN_CHARACTERS = 300


def shorten(text: str) -> str:
    """Return a text from outside, cut for a message that repeats it: no answer grows with its request."""
    return (
        text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}... ({len(text)} characters)"
    )


# --- the request as a whole ---------------------------------------------------------------


def internal_failure(bug: Exception) -> InternalServerException:
    """A bug of the mock, as a server tells it. Choice: the text."""
    text = shorten("".join(format_exception_only(bug)).strip()).encode(errors="backslashreplace").decode()
    return InternalServerException(f"mock_s3vectors failed, and its log has the traceback: {text}")


def unavailable() -> ServiceUnavailableException:
    """Nobody is there to answer."""
    return ServiceUnavailableException("Currently unable to handle the request")


def unknown_operation(text: str) -> UnknownOperationException:
    """What the mock does not have, in its own words. Choice: the text."""
    return UnknownOperationException(text)


def request_too_large() -> ValidationException:
    """The body is over 20 MiB."""
    return ValidationException("Request body exceeds max allowed size")


def not_deserializable() -> SerializationException:
    """The body is no JSON, holds a lone surrogate, or has a member of the wrong JSON type.

    Choice: the empty message is known for the lone surrogate only.
    """
    return SerializationException("")


def constraint_violation(violation: FieldError) -> ValidationException:
    """A constraint of the service model is broken. AWS names one, however many there are.

    Choice: `fieldList`, which follows Smithy's convention.
    """
    return ValidationException(f"1 validation error detected. {violation.message}", [violation])


def _violation(subject: str, path: str, rule: str) -> FieldError:
    return FieldError(path, f"{subject} at '{path}' failed to satisfy constraint: Member must {rule}")


def _bounds(least: int | None, most: int | None) -> str:
    if most is None:
        return f"greater than or equal to {least}"
    if least is None:
        return f"less than or equal to {most}"
    return f"between {least} and {most}, inclusive"


def bad_length(path: str, length: int, least: int | None, most: int | None) -> FieldError:
    """A string, list or map that is too short or too long."""
    return _violation(f"Value with length {length}", path, f"have length {_bounds(least, most)}")


def bad_range(path: str, least: int | None, most: int | None) -> FieldError:
    """A number that is too small or too large."""
    return _violation("Value", path, f"be {_bounds(least, most)}")


def bad_enum(path: str, allowed: Sequence[str]) -> FieldError:
    """A string that is not one of those allowed, which are named in the model's order."""
    return _violation("Value", path, f"satisfy enum value set: [{', '.join(allowed)}]")


def bad_pattern(path: str, pattern: str) -> FieldError:
    """A string that does not match as a whole."""
    return _violation("Value", path, f"satisfy regular expression pattern: ^{pattern}$")


def missing(path: str) -> FieldError:
    """A required member is absent."""
    return _violation("Value", path, "not be null")


# --- addressing ---------------------------------------------------------------------------


def invalid_vector_bucket_name() -> ValidationException:
    """A character that a bucket's name cannot have, or cannot begin or end with."""
    return ValidationException("Invalid vector bucket name")


def invalid_index_name() -> ValidationException:
    """The same for an index."""
    return ValidationException("Invalid index name")


def index_address() -> ValidationException:
    """Neither the ARN alone nor both names."""
    return ValidationException("Must specify either indexArn or both vectorBucketName and indexName")


def vector_bucket_address() -> ValidationException:
    """Both name and ARN, or neither of them (Choice for neither)."""
    return ValidationException("Must specify either vectorBucketName or vectorBucketArn but not both")


def vector_bucket_not_found() -> NotFoundException:
    """No such bucket, in an operation on buckets."""
    return NotFoundException("The specified vector bucket could not be found")


def index_not_found() -> NotFoundException:
    """No such index, or no such bucket in an operation on indexes and vectors."""
    return NotFoundException("The specified index could not be found")


def resource_not_found() -> NotFoundException:
    """No such bucket or index in an operation on tags. Choice: the text."""
    return NotFoundException("The specified resource could not be found")


# --- buckets and indexes ------------------------------------------------------------------


def vector_bucket_exists() -> ConflictException:
    """Creation is not idempotent."""
    return ConflictException("A vector bucket with the specified name already exists")


def index_exists() -> ConflictException:
    """Creation is not idempotent."""
    return ConflictException("An index with the specified name already exists")


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
    """aws:kms without a key. Choice: `fieldList`."""
    return _bad_encryption("kmsKeyArn must be specified when sseType is set to aws:kms")


def too_many_vector_buckets(quota: int) -> ServiceQuotaExceededException:
    """Choice: the text."""
    return ServiceQuotaExceededException(
        f"You have reached the maximum number of vector buckets in this Region: {quota}"
    )


def too_many_indexes(quota: int) -> ServiceQuotaExceededException:
    """Choice: the text."""
    return ServiceQuotaExceededException(
        f"You have reached the maximum number of indexes in this vector bucket: {quota}"
    )


def too_many_vectors(quota: int) -> ServiceQuotaExceededException:
    """Choice: the text."""
    return ServiceQuotaExceededException(
        f"You have reached the maximum number of vectors in this index: {quota}"
    )


# --- text search configurations -----------------------------------------------------------


def text_search_on_classic_index() -> ValidationException:
    """A text search configuration for an index in CLASSIC mode. Choice: the text."""
    return ValidationException("textSearchConfigurations cannot be specified when indexMode is CLASSIC")


def add_or_delete() -> ValidationException:
    """Both of `add` and `delete`, or neither. Choice: the text."""
    return ValidationException("Must specify either add or delete but not both")


def duplicate_text_search_keys() -> ValidationException:
    """A metadata key twice in one list of text search configurations. Choice: the text."""
    return ValidationException("textSearchConfigurations must not contain duplicate metadata keys")


def too_many_text_searches(most: int) -> ValidationException:
    """More text search configurations than an index may have in all. Choice: the text and the class."""
    return ValidationException(f"A vector index must have at most {most} text search configurations")


def text_search_exists(key: str) -> ConflictException:
    """`add` for a metadata key that is configured. Choice: the text."""
    return ConflictException(f"A text search configuration for metadata key '{key}' already exists")


def text_search_not_found(key: str) -> NotFoundException:
    """`delete` for a metadata key that is not configured. Choice: the text."""
    return NotFoundException(f"The text search configuration for metadata key '{key}' could not be found")


def text_search_is_building(key: str) -> ConflictException:
    """An update while a configuration of the index is BUILDING. Choice: the text."""
    return ConflictException(f"The text search configuration for metadata key '{key}' is still building")


# --- policies and tags --------------------------------------------------------------------


def policy_not_found() -> NotFoundException:
    """The bucket has no policy."""
    return NotFoundException("The specified vector bucket policy could not be found")


def malformed_policy(fault: str = "it is no JSON") -> ValidationException:
    """The text is no JSON policy. Choice: the text of the message."""
    return ValidationException(f"The specified policy is not a valid JSON policy document: {fault}")


def too_many_tags() -> ValidationException:
    """More than 50 tags on one resource."""
    return ValidationException("Too many tags specified")


def system_tag() -> ValidationException:
    """A key that begins with `aws:`."""
    return ValidationException("System tags cannot be added/updated by requester")


def system_tag_case(key: str) -> ValidationException:
    """A key that begins with `aws:` in other letters, such as `AWS:`.

    Choice: seen when an index is created; the same wherever tags are given.
    """
    return ValidationException(f'Invalid System Tag: {key} must be prefixed with "aws:" in lowercase.')


# --- vectors ------------------------------------------------------------------------------


def vector_length(dimension: int, length: int) -> str:
    """Why a vector is refused: its length."""
    return f"vector must have length {dimension}, but has length {length}"


VECTOR_NOT_FINITE = "vector contains NaNs or Infs"
VECTOR_ZERO_NORM = "cosine distance does not support vectors with zero norm"
METADATA_VALUE = "Metadata values must be strings, numbers, booleans, or arrays"
METADATA_ARRAY_VALUE = "Metadata array values must be strings or numbers"
METADATA_EMPTY_ARRAY = "Empty arrays are not allowed in metadata"


def metadata_keys(most: int) -> str:
    """Why a record's metadata is refused: the number of its keys."""
    return f"Metadata object must have at most {most} keys"


def filterable_metadata_size(most: int) -> str:
    """Why a record's metadata is refused: the size of its filterable part."""
    return f"Filterable metadata must have at most {most} bytes"


def metadata_size(most: int) -> str:
    """Why a record's metadata is refused: its size."""
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
    """A key twice in DeleteVectors. Choice: the same in PutVectors."""
    return ValidationException("Request must not contain duplicate keys")


# --- pages and segments -------------------------------------------------------------------


def invalid_page_token() -> ValidationException:
    """A token that this mock did not hand out for this request, or that has expired.

    Choice: seen for QueryVectors only; the same text for the three other lists.
    """
    return ValidationException("Invalid page token")


def segment_pair() -> ValidationException:
    """One of the pair is missing. Choice: the text."""
    return ValidationException("Must specify both segmentCount and segmentIndex or neither")


def segment_index() -> ValidationException:
    """Choice: the text."""
    return ValidationException("segmentIndex must be less than segmentCount")


# --- queries ------------------------------------------------------------------------------


def invalid_query_vector(reason: str) -> ValidationException:
    """The query vector does not fit the index."""
    return ValidationException(
        "Query vector contains invalid values or is invalid for this index",
        [FieldError("vector", f"Invalid input: {reason}")],
    )


def nothing_to_query() -> ValidationException:
    """Choice: the text."""
    return ValidationException("Must specify at least one of queryVector and queryTexts")


def text_query_on_classic_index() -> ValidationException:
    """Texts to search for in an index in CLASSIC mode, whatever queryMode says. Choice: the text."""
    return ValidationException("queryTexts cannot be specified when indexMode is CLASSIC")


def duplicate_query_text_keys() -> ValidationException:
    """A metadata key in two of the queryTexts. Choice: the text."""
    return ValidationException("queryTexts must not contain duplicate metadata keys")


def key_not_searchable(key: str) -> ValidationException:
    """Texts to search for under a metadata key that is not configured for it. Choice: the text."""
    return ValidationException(f"Metadata key '{key}' is not configured for text search")


def key_still_building(key: str) -> ValidationException:
    """The same for a key whose configuration is BUILDING. Choice: the text and the class."""
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
    """A filter with too many constraints in ENHANCED mode. Choice: the text."""
    return ValidationException("Filter must have at most 100 constraints")
