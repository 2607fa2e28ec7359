"""Checks what the mock answers against botocore's model, strictly: botocore itself never does."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import botocore
import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel

# From this release on the model has every member that the mock may answer with.
COMPLETE_MODEL = (1, 44, 5)
HAS_COMPLETE_MODEL = tuple(int(part) for part in botocore.__version__.split(".")[:3]) >= COMPLETE_MODEL

# For tests of what an older model has not.
current_model = pytest.mark.skipif(not HAS_COMPLETE_MODEL, reason="botocore's model is older")


# Lower-case, in groups, as AWS's are.
REQUEST_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("s3vectors", "service-2"), "s3vectors")


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
        if code == "SerializationException":  # thrown before the operation is known: in no model
            assert (status, list(document)) == (400, ["message"])
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
        assert isinstance(value, list), path
        _check_size(len(value), shape, path)
        for position, member in enumerate(value):
            check_value(member, shape.member, f"{path}/{position}")
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
            assert not HAS_COMPLETE_MODEL, f"{path} has {name}, which the model does not know"


def _check_size(size: int, shape: Any, path: str) -> None:
    assert size >= shape.metadata.get("min", 0), path
    assert size <= shape.metadata.get("max", size), path
