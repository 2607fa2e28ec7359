"""Asks botocore's model: what it has, for tests that need it; and whether it allows an answer of the mock.

botocore itself never checks answers. Older versions have fewer operations and members, newer ones may have
more: a test names each thing that it needs, never a version.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

from mock_s3vectors.parity.model import UnknownToBotocoreError, shape_at

# Lower-case, in groups, as AWS's are.
REQUEST_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@cache
def service_model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("s3vectors", "service-2"), "s3vectors")


def find(path: str) -> Any:
    """The shape of an operation's member, None if the model has none.

    `TagResource` is an operation, `CreateIndex.tags` a member of its input, `GetIndex>index.indexMode` one of
    its output. Lists are passed through: `QueryVectors.queryTexts.text`.
    """
    try:
        return shape_at(service_model(), path)
    except UnknownToBotocoreError:
        return None


def has(*paths: str) -> bool:
    """Whether the model has all of these."""
    return all(find(path) is not None for path in paths)


def needs(*paths: str) -> pytest.MarkDecorator:
    """Skips tests of what the model does not have."""
    missing = [path for path in paths if not has(path)]
    return pytest.mark.skipif(bool(missing), reason=f"botocore {botocore.__version__} has no {missing[:1]}")


# What many tests need.
MODES = (
    "UpdateIndexMode",
    "PutVectorBucketDefaultIndexMode",
    "GetIndex>index.indexMode",
    "GetVectorBucket>vectorBucket.defaultIndexMode",
    "QueryVectors.queryMode",
)
DISTANCE_METRIC = ("QueryVectors>distanceMetric",)
QUERY_PAGES = ("QueryVectors.nextToken", "QueryVectors>nextToken")
TAGS = ("TagResource", "UntagResource", "ListTagsForResource", "CreateVectorBucket.tags", "CreateIndex.tags")
TEXT_SEARCH = (
    "CreateIndex.metadataConfiguration.textSearchConfigurations",
    "UpdateMetadataConfiguration",
    "QueryVectors.queryTexts",
    "QueryVectors>vectors.scores",
)


@cache
def lacks_members() -> bool:
    """Whether the model lacks anything that the mock may answer with."""
    return not has(*MODES, *QUERY_PAGES, *TAGS, *TEXT_SEARCH)


# The statuses of errors that come before the operation is known.
_IN_NO_MODEL = {
    "SerializationException": 400,
    "IncompleteSignatureException": 403,
    "InvalidSignatureException": 403,
    "MissingAuthenticationTokenException": 403,
    "UnrecognizedClientException": 403,
}


def check_response(operation: str, status: int, headers: dict[str, str], body: bytes) -> None:
    """Raises AssertionError unless a response is what the model says of the operation or its errors."""
    assert headers["content-type"] == "application/json"
    assert headers["content-length"] == str(len(body))
    assert headers["x-amzn-requestid"] == headers["x-amz-request-id"]
    assert REQUEST_ID.fullmatch(headers["x-amz-request-id"])
    document = json.loads(body)
    if status == 200:
        assert "x-amzn-errortype" not in headers
        shape: Any = service_model().operation_model(operation).output_shape
    else:
        code = headers["x-amzn-errortype"]
        assert "__type" not in document
        if code in _IN_NO_MODEL:
            assert (status, list(document)) == (_IN_NO_MODEL[code], ["message"])
            return
        shape = service_model().shape_for(code)
        assert shape.metadata.get("error", {}).get("httpStatusCode", 400) == status
    check_value(document, shape, operation)


def check_value(value: Any, shape: Any, path: str) -> None:
    """Raises AssertionError unless a JSON value is of a shape, down to its last member."""
    if getattr(shape, "is_document_type", False):
        assert isinstance(value, dict), path
        return
    kind = shape.type_name
    if kind == "structure":
        _check_structure(value, shape, path)
    elif kind == "list":
        _check_list(value, shape, path)
    elif kind == "map":
        assert isinstance(value, dict), path
        for key, member in value.items():
            check_value(key, shape.key, f"{path} key")
            check_value(member, shape.value, f"{path}/{key}")
    elif kind == "string":
        assert isinstance(value, str), path
        _check_size(len(value), shape, path)
        assert value in shape.metadata.get("enum", [value]), path
    elif kind == "float":
        assert value == "Infinity" or (isinstance(value, (int, float)) and not isinstance(value, bool)), path
    elif kind == "boolean":
        assert isinstance(value, bool), path
    else:  # integers, and timestamps as whole seconds
        assert kind in {"integer", "timestamp"}, f"{path}: {kind}"
        assert type(value) is int, path


def _check_structure(value: Any, shape: Any, path: str) -> None:
    assert isinstance(value, dict), path
    missing = set(shape.required_members) - set(value)
    assert not missing, f"{path} lacks {missing}"
    if getattr(shape, "is_tagged_union", False):
        assert len(value) == 1, path
    for name, member in value.items():
        if name in shape.members:
            check_value(member, shape.members[name], f"{path}/{name}")
        else:
            # An older botocore does not know the newer members, and ignores them.
            assert lacks_members(), f"{path} has {name}, which the model does not know"


def _check_list(value: Any, shape: Any, path: str) -> None:
    assert isinstance(value, list), path
    _check_size(len(value), shape, path)
    # All numbers of a vector at once: tests get millions of them.
    if shape.member.type_name == "float" and {*map(type, value)} <= {int, float}:
        return
    for position, member in enumerate(value):
        check_value(member, shape.member, f"{path}/{position}")


def _check_size(size: int, shape: Any, path: str) -> None:
    assert size >= shape.metadata.get("min", 0), path
    assert size <= shape.metadata.get("max", size), path
