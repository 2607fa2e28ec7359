"""Constraints of the model: every one of them is held, in AWS's words, and none refuses more than it says."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import gateway as gateway_module
from mock_s3vectors.protocol.parser import RequestParser
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.protocol.validator import Validator

from .breaches import Breach, boundaries, breaches, violation_of
from .places import MATCHING, MISMATCHING, places, valid
from .wire import MODELLED, input_shape, method_of, operation_model, parsed, send, serialized

pytestmark = pytest.mark.usefixtures("no_coverage")

BREACHES = [breach for operation in MODELLED for breach in breaches(operation)]
_ROUTER = Router([operation_model(name) for name in MODELLED])


def stops_in_botocore(breach: Breach) -> bool:
    """Whether a client with its default configuration refuses to send these parameters."""
    report: Any = ParamValidator().validate(breach.params, input_shape(breach.place.operation))
    return bool(report.has_errors())


def read(operation: str, params: dict[str, Any]) -> Any:
    """The parameters as the mock gets them from a client."""
    request = serialized(operation, params)
    _, path = _ROUTER.route(request.method, request.path)
    return RequestParser(operation_model(operation)).parse(request, path)


@pytest.fixture
def nothing_operates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation of the model is there, and none may be reached."""

    def operate(*_: Any) -> Any:
        pytest.fail("the operation was reached")

    monkeypatch.setattr(gateway_module, "OPERATIONS", dict.fromkeys(MODELLED, operate))


def test_samples_cover_every_pattern_of_the_model() -> None:
    patterned = {
        place.shape.name
        for operation in MODELLED
        for place in places(operation)
        if "pattern" in place.shape.metadata
    }
    assert patterned <= set(MATCHING) == set(MISMATCHING)


def test_breaches_cover_every_kind_of_constraint() -> None:
    kinds = {breach.how.split()[0] for breach in BREACHES}
    assert kinds == {"no", "not", "too"}
    assert len(BREACHES) > 100


@pytest.mark.usefixtures("nothing_operates")
@pytest.mark.parametrize("breach", BREACHES, ids=repr)
def test_breaking_one_constraint_is_refused_for_just_that(breach: Breach) -> None:
    operation = breach.place.operation
    answer = parsed(operation, send(serialized(operation, breach.params)))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["Error"] == {"Code": "ValidationException", "Message": breach.violation.message}
    assert answer["fieldList"] == breach.violation.fields


@pytest.mark.parametrize("breach", BREACHES, ids=repr)
def test_real_clients_are_refused_likewise(clients: dict[bool, Any], breach: Breach) -> None:
    client = clients[stops_in_botocore(breach)]
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        getattr(client, method_of(breach.place.operation))(**breach.params)
    response = refusal.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Message"] == breach.violation.message
    assert response["fieldList"] == breach.violation.fields


def test_botocore_stops_what_is_missing_or_too_small_and_nothing_else() -> None:
    # If botocore learns to check more, the mock's checks still stand; this test says which clients meet them.
    stopped = [breach for breach in BREACHES if stops_in_botocore(breach)]
    assert stopped == [
        breach
        for breach in BREACHES
        if breach.how.startswith("no ") or breach.how in {"too short", "too small"}
    ]


@pytest.mark.parametrize("operation", MODELLED)
def test_values_on_a_boundary_are_accepted(operation: str) -> None:
    validator = Validator(operation_model(operation))
    for place, value in boundaries(operation):
        validator.validate(read(operation, place.put(value)))


@pytest.mark.parametrize("operation", MODELLED)
@given(data=st.data())
def test_of_several_violations_the_first_in_the_models_order_is_named(
    operation: str, data: st.DataObject
) -> None:
    shape = input_shape(operation)
    choices: dict[str, list[Breach]] = {name: [] for name in shape.members}
    for breach in breaches(operation):
        choices[breach.violation.path.split("/")[1]].append(breach)
    params: dict[str, Any] = valid(shape)
    broken: list[Breach] = []
    for name in shape.members:
        is_broken = bool(choices[name]) and data.draw(st.booleans(), label=name)
        if is_broken:
            breach = data.draw(st.sampled_from(choices[name]), label=name)
            params.pop(name, None)
            params |= {name: breach.params[name]} if name in breach.params else {}
            broken.append(breach)
    # The order in which a request has its members is the client's business.
    params = dict(data.draw(st.permutations(list(params.items())), label="order"))
    expected = broken[0].violation if broken else None
    assert violation_of(Validator(operation_model(operation)), read(operation, params)) == expected
