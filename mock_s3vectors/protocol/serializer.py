"""Serializing: a result or an error of the service becomes the bytes of an HTTP response."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.errors.exceptions import BareStatus
from mock_s3vectors.messages import HttpResponse

if TYPE_CHECKING:
    from mock_s3vectors.errors.exceptions import ServiceError


def serialize_result(result: dict[str, Any]) -> HttpResponse:
    """Return the response of a success, whose vector data may be rows of a float64 matrix."""
    return _respond(200, result, {})


def serialize_error(error: ServiceError) -> HttpResponse:
    """Return the response of an error, with its code in a header and its message in the body."""
    if isinstance(error, BareStatus):
        return HttpResponse(error.status, {"content-length": "0"}, b"")
    body: dict[str, Any] = {"message": error.message}
    if error.fields:
        body["fieldList"] = [{"path": field.path, "message": field.message} for field in error.fields]
    return _respond(error.status, body, {"x-amzn-errortype": error.code})


def _respond(status: int, document: dict[str, Any], headers: dict[str, str]) -> HttpResponse:
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    request_id = str(uuid.uuid4())
    headers |= {
        "content-type": "application/json",
        "content-length": str(len(body)),
        "x-amz-request-id": request_id,
        # The same under the other name that AWS's services use. Choice: request-id-header.
        "x-amzn-requestid": request_id,
    }
    return HttpResponse(status, headers, body)
