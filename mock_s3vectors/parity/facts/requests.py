"""Facts about requests and answers as HTTP has them: ids, bodies, types, and broken constraints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import broken, compare_own_text, expect_violation, violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import Matching

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Requests and errors")

REQUEST_ID = Matching("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNREADABLE = refusal("SerializationException", "")
GET = "GetVectorBucket"
MEBIBYTES_20 = 20_971_520
LONE_SURROGATE = "\ud800"


def sent(**members: Any) -> bytes:
    """Return a body with these members."""
    return json.dumps(members).encode()


def expect_unreadable(ask: Asking, operation: str, body: bytes) -> None:
    """Send a body, and compare the answer with the refusal of one that cannot be read."""
    compare_own_text(ask, UNREADABLE, operation, ask.raw(operation, body))


# --- answers ------------------------------------------------------------------------------------


@facts("request-id", "seen", "Every answer has an `x-amz-request-id`, a UUID in lower case.")
def _(ask: Asking) -> None:
    ask("GetVectorBucket", vectorBucketName=ask.shared_bucket)
    first = ask.headers.get("x-amz-request-id")
    ask.compare("x-amz-request-id of a result", REQUEST_ID, first)
    ask("GetVectorBucket", vectorBucketName=ask.name())
    second = ask.headers.get("x-amz-request-id")
    ask.compare("x-amz-request-id of a refusal", REQUEST_ID, second)
    ask.compare("how many ids there are", 2, len({first, second}))


@facts(
    "request-id-twice",
    "choice",
    "The header `x-amzn-requestid` repeats the id of the request.",
    choices=("request-id-header",),
)
def _(ask: Asking) -> None:
    ask("GetVectorBucket", vectorBucketName=ask.shared_bucket)
    found = ask.headers.get("x-amzn-requestid")
    ask.compare("x-amzn-requestid", REQUEST_ID, found)
    ask.compare("the same", ask.headers.get("x-amz-request-id"), found)


@facts("error-type", "seen", "The header `x-amzn-errortype` of a refusal is the class of the error.")
def _(ask: Asking) -> None:
    ask("GetVectorBucket", vectorBucketName=ask.name())
    ask.compare("x-amzn-errortype", "NotFoundException", ask.headers.get("x-amzn-errortype"))
    ask("GetVectorBucket", vectorBucketName=ask.shared_bucket)
    ask.compare("x-amzn-errortype of a result", None, ask.headers.get("x-amzn-errortype"))


@facts("error-body", "seen", "The body of a refusal has a `message`, and no `__type`.")
def _(ask: Asking) -> None:
    bodies: list[Any] = []

    def keep(http_response: Any, **_: Any) -> None:
        bodies.append(json.loads(http_response.content))

    event = f"after-call.s3vectors.{GET}"
    ask.client.meta.events.register(event, keep)
    try:
        ask(GET, vectorBucketName=ask.name())
    finally:
        ask.client.meta.events.unregister(event, keep)
    told = {"message": "The specified vector bucket could not be found"}
    ask.compare("the body", [told], bodies)


# --- bodies that cannot be read -----------------------------------------------------------------


@facts("lone-surrogate", "seen", "A string with half a surrogate pair is a SerializationException.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.expect(UNREADABLE, "GetVectors", **index, keys=[LONE_SURROGATE])
    record = {"key": "a", "data": {"float32": [1, 2]}}
    for metadata in ({LONE_SURROGATE: 1}, {"a": f"b{LONE_SURROGATE}"}):
        ask.expect(UNREADABLE, "PutVectors", **index, vectors=[{**record, "metadata": metadata}])


@facts(
    "body-that-is-no-json",
    "choice",
    "A body that is not JSON is a SerializationException with an empty message.",
    choices=("unreadable-body", "serialization-message"),
)
def _(ask: Asking) -> None:
    # A service that reads one all the same answers about the run's own vector bucket, or about none.
    whole = sent(vectorBucketName=ask.shared_bucket)
    for body in (whole[:-1], whole + b"x", b'{"vectorBucketName": NaN}', whole[:-2] + b'\xff"}', b"[]"):
        expect_unreadable(ask, GET, body)


@facts(
    "member-of-wrong-type",
    "choice",
    "A member of the wrong JSON type is a SerializationException.",
    choices=("wrong-json-type", "serialization-message"),
)
def _(ask: Asking) -> None:
    expect_unreadable(ask, "GetVectorBucket", b'{"vectorBucketName": 12}')
    for most in ("1", True):
        expect_unreadable(ask, "ListIndexes", sent(vectorBucketName=ask.shared_bucket, maxResults=most))
    index = ask.index()
    expect_unreadable(ask, "GetVectors", sent(**index, keys="a"))
    expect_unreadable(ask, "ListVectors", sent(**index, returnData="true"))


@facts(
    "integers",
    "choice",
    "Where an integer is expected, a float or a number over 32 bits is of the wrong type.",
    choices=("wrong-json-type",),
)
def _(ask: Asking) -> None:
    for number in (1.0, 1.5, 2_147_483_648):
        expect_unreadable(ask, "ListIndexes", sent(vectorBucketName=ask.shared_bucket, maxResults=number))


@facts(
    "union-members",
    "choice",
    "The data of a vector with no member, or with one that is unknown, is a SerializationException.",
    choices=("union-members",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    for data in ({}, {"float64": [1, 2]}, {"float32": [1, 2], "float64": [1, 2]}):
        expect_unreadable(ask, "PutVectors", sent(**index, vectors=[{"key": "a", "data": data}]))
    expect_unreadable(ask, "QueryVectors", sent(**index, topK=1, queryVector={}))


@facts(
    "null-members",
    "choice",
    "A member that is null counts as absent.",
    choices=("null-members",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    record = {"key": "a", "data": {"float32": [1, 2]}, "metadata": None}
    answer = ask.raw("PutVectors", sent(**index, indexArn=None, vectors=[record]))
    ask.compare("PutVectors", {}, answer)
    found = {"vectors": [{"key": "a", "metadata": {}}]}
    ask.expect(found, "GetVectors", **index, keys=["a"], returnMetadata=True)
    answer = ask.raw("CreateVectorBucket", b'{"vectorBucketName": null}')
    ask.compare("CreateVectorBucket", broken("/vectorBucketName", "not be null"), without_fields(answer))


@facts("body-too-large", "seen", "A body has 20,971,520 bytes at most.")
def _(ask: Asking) -> None:
    body = sent(**ask.index()).ljust(MEBIBYTES_20)
    ask.compare("ListVectors with 20 MiB", {"vectors": []}, ask.raw("ListVectors", body))
    expected = refusal("ValidationException", "Request body exceeds max allowed size")
    answer = without_fields(ask.raw("ListVectors", body + b" "))
    ask.compare("ListVectors with a byte more", expected, answer)


# --- broken constraints -------------------------------------------------------------------------


@facts("required-member", "seen", "A request without a required member says that it must not be null.")
def _(ask: Asking) -> None:
    index = ask.index()
    answer = ask.raw("QueryVectors", sent(**index, queryVector={"float32": [1, 2]}))
    ask.compare("QueryVectors", broken("/topK", "not be null"), without_fields(answer))
    answer = ask.raw("PutVectors", sent(**index))
    ask.compare("PutVectors", broken("/vectors", "not be null"), without_fields(answer))


@facts("required-members", "seen", "Of several required members that are missing, the first is named.")
def _(ask: Asking) -> None:
    answer = ask.raw("CreateIndex", sent(vectorBucketName=ask.shared_bucket))
    ask.compare("CreateIndex", broken("/indexName", "not be null"), without_fields(answer))


@facts(
    "several-violations",
    "choice",
    "However many constraints a request breaks, one is named, the first in the model's order.",
    choices=("violation-order",),
)
def _(ask: Asking) -> None:
    index: dict[str, Any] = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    wrong: dict[str, Any] = {"distanceMetric": "dot", "dimension": 4097, "dataType": "float64"}
    rule = "satisfy enum value set: [float32]"
    expect_violation(ask, "/dataType", rule, "CreateIndex", **index, **wrong)
    wrong["dataType"] = "float32"
    rule = "be between 1 and 4096, inclusive"
    expect_violation(ask, "/dimension", rule, "CreateIndex", **index, **wrong)
    answer = ask.raw("CreateIndex", sent(**index, dimension=4097, distanceMetric="dot"))
    ask.compare("CreateIndex", broken("/dataType", "not be null"), without_fields(answer))


@facts(
    "violations-in-lists",
    "choice",
    "The length of a list is checked before its members, and a member before the next.",
    choices=("violation-order-in-containers",),
)
def _(ask: Asking) -> None:
    index, short, long = ask.index(), "k", "k" * 1025
    rule = "have length between 1 and 100, inclusive"
    keys = [long, *[short] * 100]
    expect_violation(ask, "/keys", rule, "GetVectors", length=101, **index, keys=keys)
    rule = "have length between 1 and 1024, inclusive"
    keys = [short, long, f"{long}k"]
    expect_violation(ask, "/keys/1", rule, "GetVectors", length=1025, **index, keys=keys)


@facts(
    "violations-in-maps",
    "choice",
    "The key of a map's entry is checked before its value.",
    choices=("violation-order-in-containers",),
)
def _(ask: Asking) -> None:
    ask.needs("TagResource")
    rule = r"satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"
    resource: dict[str, Any] = {"resourceArn": ask.arn(ask.shared_bucket), "tags": {"#": "v" * 257}}
    expect_violation(ask, "/tags", rule, "TagResource", **resource)


@facts("member-of-a-list", "seen", "The path of a broken constraint has the positions in lists.")
def _(ask: Asking) -> None:
    rule = "have length between 1 and 1024, inclusive"
    record = {"key": "k" * 1025, "data": {"float32": [1, 2]}}
    index = ask.index()
    expect_violation(ask, "/vectors/0/key", rule, "PutVectors", length=1025, **index, vectors=[record])


@facts(
    "long-list-of-wrong-types",
    "choice",
    "A list that is too long is refused for its length, even if its members have the wrong type.",
    choices=("long-list-of-wrong-types",),
)
def _(ask: Asking) -> None:
    answer = ask.raw("GetVectors", sent(**ask.index(), keys=[1] * 101))
    rule = "have length between 1 and 100, inclusive"
    ask.compare("GetVectors", broken("/keys", rule, length=101), without_fields(answer))


@facts(
    "violation-field-list",
    "choice",
    "The `fieldList` of a broken constraint has the path of the member, and the message from 'Value' on.",
    choices=("violation-field-list",),
)
def _(ask: Asking) -> None:
    text = violation("/dimension", "be between 1 and 4096, inclusive")
    expected = refusal("ValidationException", f"1 validation error detected. {text}", ("/dimension", text))
    index: dict[str, Any] = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    ask.expect(expected, "CreateIndex", **index, **{**SETTINGS, "dimension": 4097})
