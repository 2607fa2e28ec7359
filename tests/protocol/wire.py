"""The client's end of the wire, as botocore has it; and the corridor that answers.

Requests are made by botocore's serializer and answers read by botocore's parser, so what these tests
compare is the mock with botocore, never the mock with itself.
"""

from __future__ import annotations

import inspect
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore import xform_name
from botocore.awsrequest import create_request_object, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from mock_s3vectors import Config
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.world import Stores, World
from tests.support import refusals
from tests.support.helpers import INDEX
from tests.support.shapes import TAGS, needs, service_model

if TYPE_CHECKING:
    from mock_s3vectors.messages import HttpResponse

HOST = "s3vectors.us-east-1.api.aws"

# All that the installed model has.
MODELLED = tuple(sorted(service_model().operation_names))

NEEDS_TAGS = needs(*TAGS)

_SERIALIZER = create_serializer("rest-json", include_validation=False)
_PARSER: Any = create_parser("rest-json")


def operation_model(operation: str) -> Any:
    return service_model().operation_model(operation)


def input_shape(operation: str) -> Any:
    return operation_model(operation).input_shape


def output_shape(operation: str) -> Any:
    return operation_model(operation).output_shape


def method_of(operation: str) -> str:
    """The name under which a boto3 client has an operation."""
    return xform_name(operation)


def is_in_body(member: Any) -> bool:
    """Whether a member of an input travels in the body: all do that are not given another place."""
    return "location" not in member.serialization


def serialized(operation: str, params: dict[str, Any]) -> HttpRequest:
    """Return the request that a botocore client would send."""
    # Not the method that a mock may have put around botocore's own.
    serialize = inspect.unwrap(type(_SERIALIZER).serialize_to_request)
    document: Any = serialize(_SERIALIZER, params, operation_model(operation))
    prepare_request_dict(document, f"https://{HOST}")
    request: Any = create_request_object(document).prepare()
    url = urlsplit(request.url)
    return HttpRequest(
        method=request.method,
        host=HOST,
        path=url.path,
        query=url.query,
        headers={},
        body=request.body or b"",
    )


def parsed(operation: str, response: HttpResponse) -> dict[str, Any]:
    """Return what a botocore client makes of an answer."""
    document = {"status_code": response.status, "headers": response.headers, "body": response.body}
    result: dict[str, Any] = _PARSER.parse(document, output_shape(operation))
    if response.status >= 300:
        # As in botocore's endpoint: the members of an error are parsed by the shape that its code names.
        shape = service_model().shape_for_error_code(result["Error"]["Code"])
        result.update(_PARSER.parse(document, shape) if shape is not None else {})
    return result


def post(operation: str, body: bytes | str | dict[str, Any]) -> HttpRequest:
    """A request to a fixed path, with a body as it stands or a document as JSON."""
    if isinstance(body, dict):
        body = json.dumps(body)
    return raw("POST", f"/{operation}", body=body.encode() if isinstance(body, str) else body)


def raw(method: str, path: str, query: str = "", body: bytes = b"", host: str = HOST) -> HttpRequest:
    """A request of any kind, unsigned, so that its Region is the host's."""
    return HttpRequest(method=method, host=host, path=path, query=query, headers={}, body=body)


def put(vectors: str) -> HttpRequest:
    """A PutVectors request with this JSON as its vectors."""
    return post("PutVectors", f'{{"vectorBucketName": "bucket", "indexName": "index", "vectors": {vectors}}}')


def stored(stores: Stores) -> Any:
    """All vectors, as the wire shows them."""
    everything = {**INDEX, "returnData": True, "returnMetadata": True}
    return perform("ListVectors", everything, stores)["vectors"]


@lru_cache(maxsize=1)
def gateway() -> Gateway:
    """One for all tests: it holds the model, and no state."""
    return Gateway()


def perform(operation: str, params: dict[str, Any], stores: Stores) -> Any:
    """The result of a request to a fixed path, which has to succeed."""
    response = send(post(operation, params), stores)
    assert response.status == 200, response.body
    return json.loads(response.body)


def send(request: HttpRequest, stores: Stores | None = None) -> HttpResponse:
    """The answer to a request; without stores, from an empty service."""
    response = gateway().handle(request, World(stores), Config()).answer()
    assert response is not None
    return response


def refusal(response: HttpResponse) -> tuple[int, str, str, Any]:
    """Status, code, message and `fieldList` of an error, whose body has nothing besides."""
    body = json.loads(response.body)
    refused = response.status, response.headers["x-amzn-errortype"], body.pop("message")
    fields = body.pop("fieldList", None)
    assert body == {}
    return *refused, fields


NOT_DESERIALIZABLE = (400, *refusals.NOT_DESERIALIZABLE)
