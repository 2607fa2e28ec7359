"""The service's errors and the mock's own: every message text lives here.

Texts seen on AWS or documented stand as they are. A text that nobody has published is marked
`Choice:`; the README lists those under "Unverified choices".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class UsageError(RuntimeError):
    """The mock itself was used wrongly; the text says what was asked, what exists and what to do.

    It is never part of the service's answers: it surfaces from the boto3 call unchanged.
    """


@dataclass(frozen=True)
class FieldError:
    """One entry of a ValidationException's `fieldList`."""

    path: str
    message: str


class ServiceError(Exception):
    """An error that Amazon S3 Vectors answers with; becomes a modelled HTTP response.

    Attributes:
        code: the exception's name in the service model, for instance `NotFoundException`.
        status: the HTTP status code.
        message: the text, as `e.response["Error"]["Message"]` shows it.
        fields: the entries of `fieldList` (ValidationException only).
    """

    code: str
    status: int

    def __init__(self, message: str, fields: Sequence[FieldError] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.fields = tuple(fields)


class ValidationException(ServiceError):  # noqa: N818 - AWS's own name
    code, status = "ValidationException", 400


class SerializationException(ServiceError):  # noqa: N818 - AWS's own name
    code, status = "SerializationException", 400


class NotFoundException(ServiceError):  # noqa: N818 - AWS's own name
    code, status = "NotFoundException", 404


class ConflictException(ServiceError):  # noqa: N818 - AWS's own name
    code, status = "ConflictException", 409


class ServiceQuotaExceededException(ServiceError):  # noqa: N818 - AWS's own name
    code, status = "ServiceQuotaExceededException", 402


def invalid_filter() -> ValidationException:
    """A filter outside the grammar."""
    return ValidationException("Invalid filter", [FieldError("filter", "Invalid filter")])


def non_filterable_key() -> ValidationException:
    """A well-formed filter on a key that the index keeps as non-filterable."""
    return ValidationException("Invalid use of non-filterable metadata in filter")
