"""Work and answers in proportion to the request: no text from outside costs more than its length."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.arns import is_index_name, is_vector_bucket_name, parse_arn
from mock_s3vectors.doors.hosts import is_endpoint, is_loopback
from mock_s3vectors.errors import exceptions, refusals
from mock_s3vectors.identity import identify
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.operations.helpers.paging import read_token
from mock_s3vectors.protocol.parser import RequestParser
from mock_s3vectors.protocol.partitions import partition_of
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.protocol.validator import checker_of
from tests.support.constraints import wrong_length
from tests.support.helpers import INDEX, OWNER
from tests.support.linear import TIMES, assert_linear
from tests.support.shapes import service_model

from .places import POSTED, Place, places, valid, with_body
from .wire import HOST, MODELLED, NEEDS_TAGS, operation_model, post, raw, refusal, send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors.world import Stores

pytestmark = pytest.mark.usefixtures("no_coverage")

# --- answers --------------------------------------------------------------------------------

MANY = 20_000


def overgrown(place: Place) -> Iterator[Any]:
    """Values for a place that are large, and wrong in as many ways as they have members."""
    if getattr(place.shape, "is_document_type", False) or place.shape.type_name == "map":
        values: list[Any] = [None, "#", ""]
        yield from ({f"#{number}": value for number in range(MANY)} for value in values)
        yield {f"{number}": "" for number in range(MANY)}
        yield {"#" * MANY: "#" * MANY}
    elif place.shape.type_name == "list":
        members: list[Any] = ["", "#" * 200, {}, 0, None, valid(place.shape.member)]
        yield from ([member] * MANY for member in members)
    elif place.shape.type_name == "string":
        yield "#" * MANY


@pytest.mark.parametrize("operation", POSTED)
def test_a_refusal_does_not_grow_with_the_request(operation: str, stores: Stores) -> None:
    for place in places(operation):
        if place.in_body:
            for value in overgrown(place):
                answer = send(with_body(operation, json.dumps(place.put(value)).encode()), stores)
                assert (answer.status >= 400, len(answer.body) < 1000) == (True, True), place


def test_four_hundred_thousand_empty_keys() -> None:
    answer = send(post("DeleteVectors", {**INDEX, "keys": [""] * 400_000}))
    assert refusal(answer) == (400, *wrong_length("/keys", 400_000, 1, 500).refusal)


@pytest.mark.parametrize(
    ("operation", "member", "most"), [("DeleteVectors", "keys", 500), ("PutVectors", "vectors", 500)]
)
def test_members_of_a_list_that_is_too_long_are_not_looked_at(operation: str, member: str, most: int) -> None:
    answer = send(post(operation, {**INDEX, member: [0] * (most + 1)}))
    assert answer.headers["x-amzn-errortype"] == "ValidationException"
    assert f"Value with length {most + 1} at '/{member}'" in answer.body.decode()
    answer = send(post(operation, {**INDEX, member: [0] * most}))
    assert answer.headers["x-amzn-errortype"] == "SerializationException"


def test_a_path_that_is_no_operation_is_shown_in_part() -> None:
    with pytest.raises(UsageError) as misuse:
        send(raw("POST", "/" + "x" * 200_000))
    assert str(misuse.value).startswith(
        f"POST /{'x' * 294}... (200006 characters) is not an operation of Amazon"
    )
    assert len(str(misuse.value)) < 1500


def test_a_bug_is_shown_in_part() -> None:
    answer = refusals.internal_failure(KeyError("k" * 200_000))
    assert len(answer.message) < 500


# --- work -----------------------------------------------------------------------------------

_ROUTER = Router([operation_model(name) for name in MODELLED])


def identified_by_header(text: str) -> Any:
    request = HttpRequest("POST", HOST, "/ListVectorBuckets", "", {"authorization": text}, b"")
    return identify(request, "123456789012")


def identified_by_query(text: str) -> Any:
    return identify(raw("GET", "/tags/x", text), "123456789012")


def identified_by_host(text: str) -> Any:
    return identify(raw("GET", "/tags/x", host=text), "123456789012")


def partition(region: str) -> Any:
    return partition_of.__wrapped__(region)  # not from its cache


def loopback(host: str) -> Any:
    return is_loopback.__wrapped__(host)


def matched(shape: str) -> Callable[[str], Any]:
    """Checks a text by the pattern of a shape of the model."""
    checker = checker_of(service_model().shape_for(shape))
    assert checker is not None
    return lambda text: checker(text, "/member")


def routed(path: str) -> Any:
    try:
        return _ROUTER.route("GET", path)
    except UsageError:
        return None


def read_by_token(token: str) -> None:
    with pytest.raises(exceptions.ValidationException):
        read_token(token)


def untagged(query: str) -> Any:
    try:
        return RequestParser(operation_model("UntagResource")).parse(
            raw("DELETE", "/tags/x", query), {"resourceArn": quote(query)}
        )
    except exceptions.SerializationException:
        return None


def hostile(function: Callable[[str], Any], *texts: str, name: str = "") -> Iterator[Any]:
    """Cases for a function: texts made of a beginning, a piece that is repeated, and an end."""
    for text in texts:
        yield pytest.param(function, *text.split("|"), id=f"{name or function.__name__}({text!r})")


CASES = [
    *hostile(
        identified_by_header,
        "|Credential=|",
        "Credential=|a|",
        "Credential=|%2F|",
        "Credential=a/20260101/|a|",
        "|Credential=a/20260101/a|",
        "|Credential=%2F20260101%2Fa|",
        "Credential=|%2F20260101%2Fa|",
    ),
    *hostile(
        identified_by_query,
        "X-Amz-|Credential=|",
        "|X-Amz-Credential=a%2F20260101%2F|",
    ),
    *hostile(
        identified_by_host,
        "s3vectors.|a|",
        "s3vectors.|a.|",
        "|s3vectors.|",
    ),
    *hostile(
        parse_arn,
        "arn:aws|-|",
        "arn:aws:s3vectors:|a|",
        f"{OWNER}:bucket/|a|",
        f"{OWNER}:bucket/|a|/index/!",
        f"{OWNER}:bucket/|a/index/|",
        "|arn:aws|",
    ),
    *hostile(is_vector_bucket_name, "|a|!", "|a-|", "|-|a"),
    *hostile(is_index_name, "|a|!", "|a.|", "|.-|a"),
    *hostile(partition, "|a|", "us-|a|", "us-|a-|", "us-a-|1|x", "|us-|"),
    *hostile(
        is_endpoint,
        "https://s3vectors.|a|",
        "https://|s3vectors.|",
        "|s3vectors|",
        "https://s3vectors.|a.|api.aws",
    ),
    *hostile(loopback, "|1.|", "|:|", "|a.|localhos", "|1|"),
    *hostile(routed, "/tags/|a|/", "/tags/|%2F|/", "|/tags/|"),
    *hostile(read_by_token, "|a|", "|-_|", "|=|"),
    *(
        pytest.param(*case.values, id=case.id, marks=NEEDS_TAGS)
        for case in hostile(untagged, "|tagKeys=a&|", "|tagKeys&|", "tagKeys=|%C3|", "tagKeys=|%2F|", "|&|")
    ),
    *(
        case
        for name in service_model().shape_names
        if "pattern" in service_model().shape_for(name).metadata
        for case in hostile(
            matched(name),
            "|a|!",
            "arn:aws|-|",
            f"{OWNER}:bucket/|a|!",
            f"{OWNER}:bucket/|a.-|",
            "arn:aws:kms:us-east-1:123456789012:key/|a|\n",
            "|arn:aws|",
            name=name,
        )
    ),
]


@pytest.mark.parametrize(("function", "start", "piece", "end"), CASES)
def test_a_text_costs_time_in_proportion_to_its_length(
    function: Callable[[str], Any], start: str, piece: str, end: str
) -> None:
    # So long that a pattern which tries every beginning with every end takes seconds for the longer one, and
    # every other takes milliseconds.
    count = 10_000 // len(piece)
    short, long = (start + piece * times + end for times in (count, TIMES * count))
    assert_linear(function, short, long)
