"""Facts about signatures: how a request is refused that is not signed, or signed wrongly or long ago."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import compare_own_text
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import Matching

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

    from mock_s3vectors.parity.asking import Asking

    Change = Callable[[AWSPreparedRequest], object]

facts = Facts("Signatures")

OPERATION = "GetVectorBucket"
LONG_AGO = "20260101T120000Z"
DOES_NOT_MATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details."
)


def body_of(ask: Asking) -> bytes:
    """Return the body of a request that every caller of a run may make."""
    return json.dumps({"vectorBucketName": ask.shared_bucket}).encode()


def expect_refused(ask: Asking, code: str, text: Any, change: Change, body: bytes | None = None) -> None:
    """Change a request after it has been signed, and compare its refusal, whose text is the mock's."""
    answer = ask.raw(OPERATION, body or body_of(ask), once_signed=change)
    compare_own_text(ask, refusal(code, text, status=403), OPERATION, answer)


def expired(minutes: str) -> Matching:
    """Return what equals the text about a signature that held for so long."""
    moment = "[0-9]{8}T[0-9]{6}Z"
    return Matching(
        rf"Signature expired: {moment} is now earlier than {moment} \({moment} - {minutes} min\.\)"
    )


def substitute(pattern: str, text: str) -> Change:
    """Return a change of the header with the signature."""

    def change(request: AWSPreparedRequest) -> None:
        header = request.headers["Authorization"]
        header = re.sub(pattern, text, header if isinstance(header, str) else header.decode())
        _set(request, "Authorization", header)

    return change


def _set(request: AWSPreparedRequest, name: str, value: str) -> None:
    del request.headers[name]
    request.headers[name] = value


def dated_long_ago(request: AWSPreparedRequest) -> None:
    """Give a request another time, with a scope of the same day."""
    substitute("/[0-9]{8}/", f"/{LONG_AGO[:8]}/")(request)
    _set(request, "X-Amz-Date", LONG_AGO)


def presigned(ask: Asking, seconds: int, date: str | None = None, **parameters: str) -> Change:
    """Return a change by which a request is signed in its URL, and not in a header.

    Args:
        ask: the calls of the fact.
        seconds: how long the signature holds.
        date: another time, when it is said to be signed.
        **parameters: those of the operation, which botocore writes into the query.
    """
    # botocore signs that there is no body.
    sign = ask.client.generate_presigned_url
    url = sign("get_vector_bucket", Params=parameters, ExpiresIn=seconds)
    if date is not None:
        url = re.sub("(?<=X-Amz-Date=)[^&]*", date, url)

    def change(request: AWSPreparedRequest) -> None:
        request.url = url
        for header in {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"} & {*request.headers}:
            del request.headers[header]

    return change


@facts(
    "signature-missing",
    "choice",
    "A request that is not signed is a MissingAuthenticationTokenException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    def unsign(request: AWSPreparedRequest) -> None:
        del request.headers["Authorization"]

    code = "MissingAuthenticationTokenException"
    expect_refused(ask, code, "Missing Authentication Token", unsign)


@facts(
    "signature-incomplete",
    "choice",
    "A signature without one of its parts is an IncompleteSignatureException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    code = "IncompleteSignatureException"
    text = (
        r"Authorization header requires 'SignedHeaders' parameter\. \(Hashed with SHA-256 and encoded with "
    )
    text += "Base64\\) Authorization=[A-Za-z0-9+/]{43}="
    expect_refused(ask, code, Matching(text), substitute("SignedHeaders=[^,]*, ?", ""))


@facts(
    "signature-algorithm",
    "choice",
    "A signature of another algorithm is an IncompleteSignatureException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    code, text = "IncompleteSignatureException", "Unsupported AWS 'algorithm': 'AWS5-HMAC-SHA256'."
    expect_refused(ask, code, text, substitute("^AWS4", "AWS5"))


@facts(
    "signature-credential",
    "choice",
    "A signature whose credential lacks a part is an IncompleteSignatureException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    code = "IncompleteSignatureException"
    text = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
    change = substitute("/aws4_request", "")
    expect_refused(ask, code, Matching(f"{re.escape(text)}got '.*'"), change)


@facts(
    "signature-expired",
    "choice",
    "A request that was signed long ago is an InvalidSignatureException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    text = expired("5")
    expect_refused(ask, "InvalidSignatureException", text, dated_long_ago)


@facts(
    "signature-scope",
    "choice",
    "A signature for another service, another day or another use is an InvalidSignatureException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    code = "InvalidSignatureException"
    text: Any = "Credential should be scoped to correct service: 's3vectors'."
    expect_refused(ask, code, text, substitute("/s3vectors/", "/s3/"))
    text = "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'."
    expect_refused(ask, code, text, substitute("/aws4_request", "/aws5_request"))
    text = r"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    text += r"'20260101' != '([0-9]{8})', from '\1T[0-9]{6}Z'\."
    expect_refused(ask, code, Matching(text), substitute("/[0-9]{8}/", "/20260101/"))


@facts(
    "signature-order",
    "choice",
    "The form of a signature is checked before its time, and the time before its scope.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    def old_for_another_service(request: AWSPreparedRequest) -> None:
        dated_long_ago(request)
        substitute("/s3vectors/", "/s3/")(request)

    def old_without_a_form(request: AWSPreparedRequest) -> None:
        dated_long_ago(request)
        substitute("^AWS4", "AWS5")(request)

    text = expired("5")
    expect_refused(ask, "InvalidSignatureException", text, old_for_another_service)
    code = "IncompleteSignatureException"
    expect_refused(ask, code, "Unsupported AWS 'algorithm': 'AWS5-HMAC-SHA256'.", old_without_a_form)


@facts(
    "signature-wrong",
    "choice",
    "A signature that does not match is an InvalidSignatureException.",
    choices=("signature-errors",),
)
def _(ask: Asking) -> None:
    change = substitute("Signature=[0-9a-f]{64}", f"Signature={'0' * 64}")
    expect_refused(ask, "InvalidSignatureException", DOES_NOT_MATCH, change)


@facts(
    "signature-of-another-body",
    "choice",
    "A signature holds for the body that was signed alone.",
    choices=("signature-errors", "unsigned-payload"),
)
def _(ask: Asking) -> None:
    def replace_body(request: AWSPreparedRequest) -> None:
        request.body = body_of(ask)

    # As long as the other, since the header says how long it is.
    signed = body_of(ask)[:-1] + b" "
    expect_refused(ask, "InvalidSignatureException", DOES_NOT_MATCH, replace_body, signed)


@facts(
    "signature-of-no-body",
    "choice",
    "A signature holds for any body if `x-amz-content-sha256` is UNSIGNED-PAYLOAD.",
    choices=("unsigned-payload",),
)
def _(ask: Asking) -> None:
    def replace_body(request: AWSPreparedRequest) -> None:
        request.body = body_of(ask)

    signed, headers = body_of(ask)[:-1] + b" ", {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    answer = ask.raw(OPERATION, signed, headers=headers, once_signed=replace_body)
    found = answer.get("vectorBucket", {}).get("vectorBucketName")
    ask.compare("the name", ask.shared_bucket, found)


@facts(
    "presigned-url",
    "choice",
    "A request may be signed in its URL, for 604,800 seconds at most.",
    choices=("presigned-expiry",),
)
def _(ask: Asking) -> None:
    # A caller who is let in is told what a request without a body lacks.
    answer = ask.raw(OPERATION, b"", once_signed=presigned(ask, 604_800))
    ask.compare("the error", "ValidationException", answer.get("error"))
    code, text = "IncompleteSignatureException", "X-Amz-Expires must be a number of seconds from 1 to 604800."
    expect_refused(ask, code, text, presigned(ask, 604_801))


@facts(
    "presigned-url-expired",
    "choice",
    "A presigned URL holds as long as it says, and no five minutes longer.",
    choices=("presigned-expiry",),
)
def _(ask: Asking) -> None:
    signed = (datetime.now(timezone.utc) - timedelta(seconds=120)).strftime("%Y%m%dT%H%M%SZ")
    change = presigned(ask, 30, signed)
    text = expired(r"0\.5")
    expect_refused(ask, "InvalidSignatureException", text, change)


@facts(
    "presigned-url-parameters",
    "choice",
    "Parameters of an operation in the query of a presigned URL are not read.",
    choices=("presigned-parameters",),
)
def _(ask: Asking) -> None:
    change = presigned(ask, 60, vectorBucketName=ask.shared_bucket)
    answer = ask.raw(OPERATION, b"", once_signed=change)
    text = "Must specify either vectorBucketName or vectorBucketArn but not both"
    compare_own_text(ask, refusal("ValidationException", text), OPERATION, answer)
