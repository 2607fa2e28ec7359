"""The texts of refusals of a request whose signature is missing, incomplete, wrong or too old.

They are those of AWS's other services, which check signatures alike: S3 Vectors' own were not published.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from mock_s3vectors.errors.exceptions import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)
from mock_s3vectors.errors.refusals import shorten

# Choice: signature-errors, of all that follow.


def missing() -> MissingAuthenticationTokenException:
    """Return the refusal of an unsigned request."""
    return MissingAuthenticationTokenException("Missing Authentication Token")


def signed_twice() -> InvalidSignatureException:
    """Return the refusal of a request that is both signed in a header and presigned."""
    return InvalidSignatureException(
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    )


def header_lacks(names: list[str], *, is_undated: bool, header: str) -> IncompleteSignatureException:
    """Return the refusal of a header that lacks parts of a signature."""
    lacking = [f"Authorization header requires '{name}' parameter. " for name in names]
    if is_undated:
        lacking.append(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        )
    digest = b64encode(sha256(header.encode(errors="replace")).digest()).decode()
    return IncompleteSignatureException(
        f"{''.join(lacking)}(Hashed with SHA-256 and encoded with Base64) Authorization={digest}"
    )


def query_lacks(names: list[str]) -> IncompleteSignatureException:
    """Return the refusal of a query that lacks parts of a signature."""
    lacking = "".join(f"AWS query-string parameters must include '{name}'. " for name in names)
    return IncompleteSignatureException(f"{lacking}Re-examine the query-string parameters.")


def unknown_algorithm(name: str) -> IncompleteSignatureException:
    """Return the refusal of another algorithm than AWS4-HMAC-SHA256."""
    return IncompleteSignatureException(f"Unsupported AWS 'algorithm': '{shorten(name)}'.")


def malformed_credential(credential: str) -> IncompleteSignatureException:
    """Return the refusal of a credential that has more or fewer parts."""
    return IncompleteSignatureException(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
        f"'{shorten(credential)}'"
    )


def malformed_date(date: str) -> IncompleteSignatureException:
    """Return the refusal of a time in another form."""
    return IncompleteSignatureException(
        f"Date must be in ISO-8601 'basic format'. Got '{shorten(date)}'. See "
        "http://en.wikipedia.org/wiki/ISO_8601"
    )


def malformed_expiry() -> IncompleteSignatureException:
    """Return the refusal of a presigned URL that says not how long it holds, or says it holds too long."""
    return IncompleteSignatureException("X-Amz-Expires must be a number of seconds from 1 to 604800.")


def expired(signed: str, earliest: str, now: str, minutes: float) -> InvalidSignatureException:
    """Return the refusal of a request that was signed too long ago."""
    return InvalidSignatureException(
        f"Signature expired: {signed} is now earlier than {earliest} ({now} - {minutes:g} min.)"
    )


def not_yet_current(signed: str, latest: str, now: str, minutes: float) -> InvalidSignatureException:
    """Return the refusal of a request that was signed in the future."""
    return InvalidSignatureException(
        f"Signature not yet current: {signed} is still later than {latest} ({now} + {minutes:g} min.)"
    )


def wrong_scope(faults: list[str]) -> InvalidSignatureException:
    """Return the refusal of a credential for something else."""
    return InvalidSignatureException(" ".join(faults))


def wrong_region(region: str) -> str:
    """Return what is wrong with a credential for another Region than that of the host."""
    return f"Credential should be scoped to a valid region, not '{shorten(region)}'."


def wrong_service(service: str) -> str:
    """Return what is wrong with a credential for another service than this."""
    return f"Credential should be scoped to correct service: '{service}'."


def wrong_terminator(terminator: str) -> str:
    """Return what is wrong with the last part of a credential."""
    return (
        f"Credential should be scoped with a valid terminator: 'aws4_request', not '{shorten(terminator)}'."
    )


def wrong_day(day: str, signed: str) -> str:
    """Return what is wrong with a credential for another day than that of the request."""
    return (
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'{shorten(day)}' != '{signed[:8]}', from '{signed}'."
    )


def unsigned_host() -> InvalidSignatureException:
    """Return the refusal of a signature that does not cover the host."""
    return InvalidSignatureException(
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    )


def invalid_token() -> UnrecognizedClientException:
    """Return the refusal of an access key that does not hold, or that came with another session token."""
    return UnrecognizedClientException("The security token included in the request is invalid.")


def does_not_match() -> InvalidSignatureException:
    """Return the refusal of a signature with another secret, or of another request."""
    return InvalidSignatureException(
        "The request signature we calculated does not match the signature you provided. Check your AWS "
        "Secret Access Key and signing method. Consult the service documentation for details."
    )
