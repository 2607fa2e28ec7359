"""botocore parses what the mock serializes: the same results and errors come out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import BareStatus, FieldError, InjectedError, ServiceError
from mock_s3vectors.protocol.serializer import serialize_error, serialize_result
from tests.support.shapes import check_response, service_model

from .values import TEXTS, canonical, results
from .wire import MODELLED, output_shape, parsed

ERRORS = sorted(
    name for name in service_model().shape_names if service_model().shape_for(name).metadata.get("exception")
)
# Not the two that rules make, which have any code and status.
OWN = sorted(
    kind.__name__ for kind in ServiceError.__subclasses__() if kind not in (BareStatus, InjectedError)
)


def class_of(code: str) -> type[ServiceError]:
    """The mock's class for an error of the model, or one as it would be, where the mock has none yet."""
    known = {kind.__name__: kind for kind in ServiceError.__subclasses__()}
    return known.get(code) or type(code, (ServiceError,), {"status": status_of(code)})


def status_of(code: str) -> int:
    """The model's status; ValidationException has none there, and is answered with 400."""
    status: int = service_model().shape_for(code).metadata.get("error", {}).get("httpStatusCode", 400)
    return status


@pytest.mark.parametrize("operation", MODELLED)
@given(data=st.data())
def test_any_result_comes_through(operation: str, data: st.DataObject) -> None:
    shape = output_shape(operation)
    result = data.draw(results(shape))
    response = serialize_result(result)
    assert response.status == 200
    assert "x-amzn-errortype" not in response.headers
    read = parsed(operation, response)
    metadata = read.pop("ResponseMetadata")
    assert canonical(shape, read) == canonical(shape, result)
    assert metadata["RequestId"] == response.headers["x-amzn-requestid"]


@given(
    code=st.sampled_from(ERRORS),
    message=TEXTS,
    fields=st.lists(st.builds(FieldError, path=TEXTS, message=TEXTS), max_size=3),
    operation=st.sampled_from(MODELLED),
)
def test_any_error_comes_through(code: str, message: str, fields: list[FieldError], operation: str) -> None:
    if code != "ValidationException":
        fields = []
    response = serialize_error(class_of(code)(message, fields))
    check_response(operation, response.status, dict(response.headers), response.body)
    read = parsed(operation, response)
    assert read.pop("ResponseMetadata") == {
        "RequestId": response.headers["x-amzn-requestid"],
        "HTTPStatusCode": status_of(code),
        "HTTPHeaders": dict(response.headers),
    }
    expected: dict[str, Any] = {"Error": {"Message": message, "Code": code}, "message": message}
    if fields:
        expected["fieldList"] = [{"path": field.path, "message": field.message} for field in fields]
    assert read == expected


NOT_IN_THE_MODEL = {
    "IncompleteSignatureException": 403,
    "InvalidSignatureException": 403,
    "MalformedHttpRequestException": 400,
    "MethodNotAllowedException": 405,
    "MisdirectedRequestException": 421,
    "MissingAuthenticationTokenException": 403,
    "RequestTimeoutException": 408,  # older models lack it
    "SerializationException": 400,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
}


@pytest.mark.parametrize("code", OWN)
def test_statuses_are_those_of_the_model(code: str) -> None:
    expected = status_of(code) if code in ERRORS else NOT_IN_THE_MODEL[code]
    assert class_of(code)("text").status == expected
    assert code in {*ERRORS, *NOT_IN_THE_MODEL}


def test_an_error_has_its_code_in_the_header_and_its_message_in_the_body() -> None:
    response = serialize_error(refusals.vector_bucket_not_found())
    assert response.status == 404
    assert response.headers["x-amzn-errortype"] == "NotFoundException"
    assert response.body == b'{"message":"The specified vector bucket could not be found"}'


def test_a_validation_error_lists_its_fields() -> None:
    response = serialize_error(refusals.invalid_filter())
    assert json.loads(response.body) == {
        "message": "Invalid filter",
        "fieldList": [{"path": "filter", "message": "Invalid filter"}],
    }


def test_an_empty_result_is_an_empty_object() -> None:
    assert serialize_result({}).body == b"{}"


def test_bodies_are_utf_8() -> None:
    response = serialize_result({"policy": "\u00e9\U0001f600"})
    assert response.body == '{"policy":"\u00e9\U0001f600"}'.encode()
    assert response.headers["content-length"] == str(len(response.body)) == "19"


def test_every_response_has_an_id_of_its_own() -> None:
    responses = [serialize_result({}) for _ in range(50)] + [
        serialize_error(refusals.index_not_found()) for _ in range(50)
    ]
    assert len({response.headers["x-amzn-requestid"] for response in responses}) == 100
    for response in responses:
        assert response.headers["x-amz-request-id"] == response.headers["x-amzn-requestid"]
