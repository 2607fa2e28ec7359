"""The errors of the service as exceptions, and the exceptions and warnings of the mock itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class UsageError(RuntimeError):
    """A wrong use of the mock itself. The text says what was asked, what exists, and what to do.

    It is never one of the service's answers: it surfaces from the boto3 call unchanged.
    """


class NestedMockWarning(UserWarning):
    """A call looks for a bucket or an index that an inner mock made, and that was dropped when it ended."""


class LocalEndpointWarning(UserWarning):
    """A call goes to a local server that the environment names, and not to the mock that is on."""


class S3VectorsAdvice(UserWarning):
    """Advice, on request: a warning of calls that succeed, but are wrong or expensive on AWS.

    Attributes:
        code: a short and stable name, see `ADVICE`.
    """

    code: ClassVar[str]


class UnknownFilterKeyAdvice(S3VectorsAdvice):
    """A filter names a metadata key that no vector of the index has."""


class FilterTypeAdvice(S3VectorsAdvice):
    """A filter compares a metadata key with a type that none of the key's values in the index has."""


class LargeFilterableTextAdvice(S3VectorsAdvice):
    """One text takes most of the filterable metadata of a vector, which fills at least half of its room."""


class SmallPutsAdvice(S3VectorsAdvice):
    """Many PutVectors requests write few vectors each into one index."""


class UnusedNextTokenAdvice(S3VectorsAdvice):
    """The mock ended, and no call used the `nextToken` of the first page of a list or a query."""


class WholeIndexListedAdvice(S3VectorsAdvice):
    """ListVectors has read all pages of an index with their metadata. This is information only."""


# All kinds of advice, by their codes.
ADVICE: dict[str, type[S3VectorsAdvice]] = {
    "unknown-filter-key": UnknownFilterKeyAdvice,
    "filter-type": FilterTypeAdvice,
    "large-filterable-text": LargeFilterableTextAdvice,
    "small-puts": SmallPutsAdvice,
    "unused-next-token": UnusedNextTokenAdvice,
    "whole-index-listed": WholeIndexListedAdvice,
}
for _code, _kind in ADVICE.items():
    _kind.code = _code


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
    """No operation has this method and path. Choice: unknown-operation-class."""

    status = 404


class MalformedHttpRequestException(ServiceError):
    """The bytes are no HTTP."""

    status = 400


class AccessDeniedException(ServiceError):
    """The caller may not do this, or may not use the key; or a foreign web page sent the request."""

    status = 403


class MissingAuthenticationTokenException(ServiceError):
    """The request is not signed."""

    status = 403


class IncompleteSignatureException(ServiceError):
    """The signature lacks something, or is in another form than AWS's."""

    status = 403


class InvalidSignatureException(ServiceError):
    """The signature is another one than that of this request, or does not hold at this time."""

    status = 403


class UnrecognizedClientException(ServiceError):
    """The access key does not hold, or came with another session token."""

    status = 403


class KmsNotFoundException(ServiceError):
    """The KMS key of the index does not exist."""

    status = 400


class KmsDisabledException(ServiceError):
    """The KMS key of the index is disabled."""

    status = 400


class KmsInvalidStateException(ServiceError):
    """The KMS key of the index is in another state in which it cannot be used."""

    status = 400


class KmsInvalidKeyUsageException(ServiceError):
    """The KMS key of the index is not made for encryption."""

    status = 400


class DeniedByPolicies(AccessDeniedException):
    """The denial of a call by policies, which others with the same code are not."""

    @property
    def code(self) -> str:
        """The name of the error that it is to clients."""
        return AccessDeniedException.__name__


class MethodNotAllowedException(ServiceError):
    """The path exists, with another method."""

    status = 405


class RequestTimeoutException(ServiceError):
    """The rest of a request did not come."""

    status = 408


class MisdirectedRequestException(ServiceError):
    """The request names a host that is not this server."""

    status = 421


class InjectedError(ServiceError):
    """An error that a rule of the test has a call fail with."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.args = (code, status, message)  # so that it can be copied
        self._code = code
        self.status = status

    @property
    def code(self) -> str:
        """The name of the error that it stands for."""
        return self._code


class BareStatus(ServiceError):
    """An answer without a body that a rule of the test asks for, as from something between client and AWS."""

    def __init__(self, status: int) -> None:
        super().__init__("")
        self.args = (status,)  # so that it can be copied
        self.status = status

    @property
    def code(self) -> str:
        """The status: there is nothing else."""
        return str(self.status)
