"""The mock parses what botocore serializes: the same parameters come out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.protocol.parser import RequestParser, reader_of
from mock_s3vectors.protocol.router import Router

from .values import Sampler, canonical, inputs
from .wire import MODELLED, input_shape, operation_model, serialized

_ROUTER = Router([operation_model(name) for name in MODELLED])
_PARSERS = {name: RequestParser(operation_model(name)) for name in MODELLED}


def sent_and_read(operation: str, params: dict[str, Any]) -> Any:
    """The parameters after a way over the wire."""
    request = serialized(operation, params)
    name, path = _ROUTER.route(request.method, request.path)
    assert name == operation
    return _PARSERS[operation].parse(request, path)


def assert_survives(operation: str, params: dict[str, Any]) -> None:
    read = sent_and_read(operation, params)
    shape = input_shape(operation)
    assert canonical(shape, read) == canonical(shape, params)


@pytest.mark.parametrize("start", range(0, 24, 5))
@pytest.mark.parametrize("operation", MODELLED)
def test_complete_requests_come_through(operation: str, start: int) -> None:
    assert_survives(operation, Sampler(start).sample(input_shape(operation)))


@pytest.mark.parametrize("operation", MODELLED)
@given(data=st.data())
def test_any_request_comes_through(operation: str, data: st.DataObject) -> None:
    assert_survives(operation, data.draw(inputs(input_shape(operation))))


def test_every_input_is_read_without_a_copy_of_its_numbers() -> None:
    # The list that orjson made is the list that operations get: half a million floats are not moved twice.
    numbers = [0.5] * 4
    [member] = input_shape("PutVectors").members["vectors"].member.members["data"].members.values()
    assert reader_of(member)(numbers) is numbers


def test_numbers_that_json_cannot_write_come_as_strings() -> None:
    vector = {"float32": [float("nan"), float("inf"), float("-inf"), 1.0, 2]}
    params = {"topK": 1, "queryVector": vector}
    request = serialized("QueryVectors", params)
    assert b'["NaN", "Infinity", "-Infinity", 1.0, 2]' in request.body
    read = sent_and_read("QueryVectors", params)["queryVector"]["float32"]
    assert list(map(str, read)) == ["nan", "inf", "-inf", "1.0", "2"]


def test_an_absent_filter_and_an_empty_one_differ() -> None:
    vector = {"float32": [1.0]}
    assert "filter" not in sent_and_read("QueryVectors", {"queryVector": vector, "topK": 1, "filter": None})
    assert sent_and_read("QueryVectors", {"queryVector": vector, "topK": 1, "filter": {}})["filter"] == {}
