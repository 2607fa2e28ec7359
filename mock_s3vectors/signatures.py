"""The step of the gateway that checks who signed a request: by AWS's Signature Version 4, if it is asked to.

A secret is known if a test made the access key with `mock.iam`, if moto made it, if the mock lends it, or if
it is the environment's own. Choice: unknown-access-keys.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote

from mock_s3vectors.arns import is_account_id
from mock_s3vectors.errors import signature_refusals as refusals
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.identity import region_of_host
from mock_s3vectors.neighbours import moto_caller_of, signature_of
from mock_s3vectors.world.access_keys import is_of_a_mock

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.world.identities import Identities

_SERVICE = "s3vectors"
_ALGORITHM = "AWS4-HMAC-SHA256"
_TERMINATOR = "aws4_request"
_PARTS = ("access key", "day", "Region", "service", "terminator")
_IN_HEADER = ("Credential", "Signature", "SignedHeaders")
_PRESIGNED = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
_UNSIGNED = "UNSIGNED-PAYLOAD"
_TIME_FORMAT = "%Y%m%dT%H%M%SZ"
_SECONDS = re.compile("[0-9]{1,6}")
_LONGEST_EXPIRY = 604_800
# How long a signature holds, and how far in the future it may be.
_WINDOW = 300
# A time before it is a negative number, which `fromtimestamp` does not take on Windows.
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
# No client signs more. botocore's signer takes time in the square of their number.
_MOST_HEADERS = 100
# The secret that a mock lends to clients without credentials, and gives with `credentials()`.
_FAKE = "testing"


@dataclass(frozen=True)
class _Signature:
    """The signature of a request, with what the request says of it.

    Attributes:
        credential: the access key and the scope, with slashes.
        names: those of the headers that are signed, in lower case.
        value: 64 hexadecimal digits.
        signed: when it was signed, as `20270131T120000Z`.
        query: the query that is signed.
        token: that of a session, else None.
        payload: what it says of its body, None if nothing. Choice: unsigned-payload.
        expires: for how many seconds a presigned URL holds, as it says; None for a header.
    """

    credential: str
    names: list[str]
    value: str
    signed: str
    query: str
    token: str | None
    payload: str | None
    expires: str | None = None


def authenticate(exchange: Exchange, identities: Identities) -> None:
    """Raise unless a request is signed by whoever its access key names, if the options ask for that.

    Raises:
        UsageError: the access key is that of an identity of a mock that has ended.
        MissingAuthenticationTokenException: the request is not signed.
        IncompleteSignatureException: its signature lacks something, or has another form.
        InvalidSignatureException: its signature is wrong, or does not hold at this time.
        UnrecognizedClientException: its access key does not hold, or its session token is another one.
    """
    caller = exchange.caller
    if caller.identity is None and is_of_a_mock(caller.access_key_id):
        raise _no_identity(caller.access_key_id, identities)
    if exchange.config.verify_signatures:
        _verify(exchange.request, caller, exchange.began)


def _no_identity(access_key_id: str, identities: Identities) -> UsageError:
    known = ", ".join(identity.principal.arn for identity in identities.all()) or "none"
    return UsageError(
        f"The access key {access_key_id} is that of a user or a role of a mock that has ended, or that does "
        f"not answer here, or it was undone. Make it with mock.iam of the mock that answers. Its users and "
        f"roles: {known}."
    )


def _verify(request: HttpRequest, caller: Caller, now: float) -> None:
    """Raise unless a signature is right, as far as that can be known."""
    signature = _signature_in(request)
    access_key_id, day, region, service, terminator = _parts_of(signature.credential)
    _check_time(signature, now)
    # A Region of a wrong form is not the one in which the caller acts.
    is_right_region = region == caller.region == (region_of_host(request.host) or region)
    scope = {
        refusals.wrong_region(region): is_right_region,
        refusals.wrong_service(_SERVICE): service == _SERVICE,
        refusals.wrong_terminator(terminator): terminator == _TERMINATOR,
        refusals.wrong_day(day, signature.signed): day == signature.signed[:8],
    }
    if not all(scope.values()):
        raise refusals.wrong_scope([fault for fault, is_right in scope.items() if not is_right])
    if "host" not in signature.names:
        raise refusals.unsigned_host()
    known = _known_key(caller)
    if known is None:
        return
    secret, token = known
    if (token or None) != signature.token:
        raise refusals.invalid_token()
    if signature.value != _expected(request, signature, (access_key_id, secret), region):
        raise refusals.does_not_match()


def _expected(request: HttpRequest, signature: _Signature, key: tuple[str, str], region: str) -> str | None:
    """Return the signature of a request with the known secret; None if too many headers are signed."""
    headers = {name: request.headers[name] for name in signature.names if name in request.headers}
    if len(headers) > _MOST_HEADERS:
        return None
    # Whoever calls by HTTP says the host in a header. Without one, a signature cannot be right.
    url = request.url or SplitResult("https", "unknown", request.path, "", "")
    digest = _UNSIGNED if signature.payload == _UNSIGNED else sha256(request.body).hexdigest()
    whole = request.method, url._replace(query=signature.query, fragment="").geturl(), headers, digest
    return signature_of(whole, signature.signed, key, (region, _SERVICE))


# --- what a request says of its signature -------------------------------------------------------


def _signature_in(request: HttpRequest) -> _Signature:
    """Return what a request says of its signature, in a header or in its query.

    Raises:
        MissingAuthenticationTokenException: it says nothing.
        IncompleteSignatureException: it lacks something.
        InvalidSignatureException: it says it in both ways.
    """
    header, pairs = request.headers.get("authorization"), request.query.split("&")
    params = {unquote(name): unquote(value) for name, _, value in (pair.partition("=") for pair in pairs)}
    if header and _PRESIGNED[0] in params:
        raise refusals.signed_twice()
    if header:
        return _signature_in_header(header, request)
    if _PRESIGNED[0] not in params:
        raise refusals.missing()
    lacking = [name for name in _PRESIGNED if not params.get(name)]
    if lacking:
        raise refusals.query_lacks(lacking)
    algorithm, credential, value, names, signed = (params[name] for name in _PRESIGNED)
    _check_algorithm(algorithm)
    return _Signature(
        credential,
        names.lower().split(";"),
        value,
        signed,
        "&".join(pair for pair in pairs if not pair.startswith("X-Amz-Signature=")),
        params.get("X-Amz-Security-Token"),
        params.get("X-Amz-Content-Sha256") or request.headers.get("x-amz-content-sha256"),
        params.get("X-Amz-Expires", ""),
    )


def _signature_in_header(header: str, request: HttpRequest) -> _Signature:
    algorithm, _, rest = header.partition(" ")
    parts = {
        name.strip(): value.strip() for name, _, value in (part.partition("=") for part in rest.split(","))
    }
    dated = request.headers.get("x-amz-date") or _in_basic_format(request.headers.get("date"))
    lacking = [name for name in _IN_HEADER if not parts.get(name)]
    if lacking or not dated:
        raise refusals.header_lacks(lacking, is_undated=not dated, header=header)
    _check_algorithm(algorithm)
    return _Signature(
        parts["Credential"],
        parts["SignedHeaders"].lower().split(";"),
        parts["Signature"],
        str(dated),
        request.query,
        request.headers.get("x-amz-security-token"),
        request.headers.get("x-amz-content-sha256"),
    )


def _check_algorithm(name: str) -> None:
    if name != _ALGORITHM:
        raise refusals.unknown_algorithm(name)


def _in_basic_format(date: str | None) -> str | None:
    """Return the value of a header `Date` as `x-amz-date` has it; as it is, if it is no time of HTTP."""
    try:
        return date and parsedate_to_datetime(date).strftime(_TIME_FORMAT)
    except (ValueError, OverflowError):
        return date


def _parts_of(credential: str) -> list[str]:
    """Return the access key, and the four parts of the scope.

    Raises:
        IncompleteSignatureException: it has more or fewer parts.
    """
    parts = credential.split("/")
    if len(parts) != len(_PARTS):
        raise refusals.malformed_credential(credential)
    return parts


# --- time ---------------------------------------------------------------------------------------


def _check_time(signature: _Signature, now: float) -> None:
    """Raise unless a signature holds now.

    Choice: presigned-expiry.

    Raises:
        IncompleteSignatureException: it says no time.
        InvalidSignatureException: it does not hold any more, or not yet.
    """
    try:
        signed = datetime.strptime(signature.signed, _TIME_FORMAT).replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        raise refusals.malformed_date(signature.signed) from None
    window = _WINDOW if signature.expires is None else _seconds(signature.expires)
    if signed < int(now) - window:
        raise refusals.expired(signature.signed, _format(now - window), _format(now), window / 60)
    if signed > int(now) + _WINDOW:
        raise refusals.not_yet_current(signature.signed, _format(now + _WINDOW), _format(now), _WINDOW / 60)


def _seconds(text: str) -> int:
    """Return for how many seconds a presigned URL holds.

    Raises:
        IncompleteSignatureException: it does not say, or says more than it may.
    """
    seconds = int(text) if _SECONDS.fullmatch(text) else 0
    if not 0 < seconds <= _LONGEST_EXPIRY:
        raise refusals.malformed_expiry()
    return seconds


def _format(moment: float) -> str:
    """Return a time as `x-amz-date` has it."""
    return (_EPOCH + timedelta(seconds=int(moment))).strftime(_TIME_FORMAT)


# --- secrets ------------------------------------------------------------------------------------


def _known_key(caller: Caller) -> tuple[str, str | None] | None:
    """Return the secret that belongs to an access key, and its session token; None if nobody knows them.

    Raises:
        UnrecognizedClientException: moto's IAM has switched the access key off.
    """
    identity, access_key_id = caller.identity, caller.access_key_id
    if identity is not None and identity.access_key_id:
        return identity.secret_access_key, identity.session_token
    of_moto = moto_caller_of(access_key_id)
    if of_moto is not None:
        if not of_moto.is_active:
            raise refusals.invalid_token()
        return of_moto.secret_access_key, of_moto.session_token
    if access_key_id == os.environ.get("AWS_ACCESS_KEY_ID"):
        return os.environ.get("AWS_SECRET_ACCESS_KEY", ""), os.environ.get("AWS_SESSION_TOKEN")
    is_fake = access_key_id == _FAKE or is_account_id(access_key_id)
    return (_FAKE, None) if is_fake else None
