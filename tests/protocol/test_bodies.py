"""Bodies as a whole: what cannot be read, what is too large; and the form of answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.constraints import null
from tests.support.helpers import BUCKET, INDEX, vector

from .places import POSTED, valid, with_body
from .wire import (
    MODELLED,
    NOT_DESERIALIZABLE,
    input_shape,
    is_in_body,
    method_of,
    parsed,
    perform,
    post,
    put,
    refusal,
    send,
    serialized,
    stored,
)

if TYPE_CHECKING:
    from mock_s3vectors.world import Stores
    from tests.support.helpers import Client, Refused

MEBIBYTES_20 = 20_971_520


# Bodies that cannot be read.

UNREADABLE = {
    "no JSON": b"{[",
    "text behind": b'{"vectorBucketName": "bucket"}x',
    "text before": b'x{"vectorBucketName": "bucket"}',
    "a comma too many": b'{"vectorBucketName": "bucket",}',
    "single quotes": b"{'vectorBucketName': 'bucket'}",
    "a comment": b'{"vectorBucketName": "bucket" /* here */}',
    "form feed": b'{"vectorBucketName" :\x0c"bucket"}',
    "control character": b'{"vectorBucketName": "a\x00bc"}',
    "NaN": b'{"maxResults": NaN}',
    "Infinity": b'{"filter": {"a": Infinity}}',
    "infinite number": b'{"filter": {"a": 1e400}}',
    "leading zero": b'{"maxResults": 01}',
    "hexadecimal": b'{"maxResults": 0x10}',
    "only spaces": b"  ",
    "byte order mark": b'\xef\xbb\xbf{"vectorBucketName": "bucket"}',
    "UTF-16": '{"vectorBucketName": "bucket"}'.encode("utf-16"),
    "stray byte": b'{"vectorBucketName": "buck\xffet"}',
    "overlong": b'{"vectorBucketName": "buck\xc0\xafet"}',
    "surrogate as bytes": b'{"vectorBucketName": "buck\xed\xa0\x80et"}',
    "unfinished": b'{"vectorBucketName": "buck\xe2\x82',
    "lone high surrogate": rb'{"vectorBucketName": "buck\ud800et"}',
    "lone low surrogate": rb'{"vectorBucketName": "buck\udc00et"}',
    "surrogates in the wrong order": rb'{"vectorBucketName": "buck\ude00\ud83det"}',
    "surrogate in a name": rb'{"\ud800": 1}',
    "an array": b"[]",
    "an array of objects": b'[{"vectorBucketName": "bucket"}]',
    "a string": b'"bucket"',
    "a number": b"10",
    "true": b"true",
    "null": b"null",
    "too deep": b'{"filter": ' + b'{"a":' * 2000 + b"1" + b"}" * 2000 + b"}",
    "too deep an array": b'{"filter": ' + b"[" * 2000 + b"]" * 2000 + b"}",
    "deep and unfinished": b"[" * 2000,
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("operation", POSTED)
def test_unreadable_bodies(operation: str, body: bytes) -> None:
    assert refusal(send(with_body(operation, body))) == NOT_DESERIALIZABLE


def test_an_empty_body_is_an_empty_object(stores: Stores) -> None:
    listed = json.loads(send(post("ListVectorBuckets", b""), stores).body)
    assert [bucket["vectorBucketName"] for bucket in listed["vectorBuckets"]] == ["bucket"]
    assert refusal(send(post("PutVectors", b""), stores)) == (400, *null("/vectors").refusal)


def test_space_around_a_body_is_allowed(stores: Stores) -> None:
    assert send(post("ListVectorBuckets", b' \r\n\t{ "maxResults" : 1 } \n'), stores).status == 200


# Surrogates, as real clients send them.

LONE = "\ud800"


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("create_vector_bucket", {"vectorBucketName": f"abc{LONE}"}),
        ("get_vector_bucket", {"vectorBucketName": f"abc{LONE}"}),
        ("list_vector_buckets", {"prefix": LONE}),
        ("get_vectors", {"keys": [LONE]}),
        ("delete_vectors", {"keys": ["a", f"{LONE}b"]}),
        ("put_vectors", {"vectors": [{"key": LONE, "data": {"float32": [1.0]}}]}),
        ("put_vectors", {"vectors": [{"key": "k", "data": {"float32": [1.0]}, "metadata": {LONE: 1}}]}),
        ("put_vectors", {"vectors": [{"key": "k", "data": {"float32": [1.0]}, "metadata": {"a": LONE}}]}),
        ("put_vectors", {"vectors": [{"key": "k", "data": {"float32": [1.0]}, "metadata": {"a": [LONE]}}]}),
        ("query_vectors", {"queryVector": {"float32": [1.0]}, "topK": 1, "filter": {"a": LONE}}),
        ("put_vector_bucket_policy", {"vectorBucketName": "bucket", "policy": LONE}),
        ("create_vector_bucket", {"vectorBucketName": "other", "tags": {LONE: "v"}}),
        ("create_vector_bucket", {"vectorBucketName": "other", "tags": {"k": f"{LONE}v"}}),
        ("tag_resource", {"resourceArn": "arn:aws:s3vectors:us-east-1:1:bucket/b", "tags": {LONE: "v"}}),
    ],
)
def test_lone_surrogates_of_real_clients(
    client: Client, refused: Refused, method: str, arguments: dict[str, Any]
) -> None:
    if "tags" in arguments and "TagResource" not in MODELLED:
        pytest.skip("this botocore knows no tags")
    assert refused(getattr(client, method), **arguments) == refusals.NOT_DESERIALIZABLE


def test_pairs_of_surrogates_are_one_character(stores: Stores) -> None:
    record = r'{"key": "\ud83d\ude00", "data": {"float32": [1, 2]}, "metadata": {"\ud83d\ude00": "\u00e9"}}'
    send(put(f"[{record}]"), stores)
    assert stored(stores) == [
        {"key": "\U0001f600", "data": {"float32": [1.0, 2.0]}, "metadata": {"\U0001f600": "\u00e9"}}
    ]


# Sizes.

TOO_LARGE = refusals.invalid("Request body exceeds max allowed size")


@pytest.mark.parametrize("operation", MODELLED)
def test_a_body_may_have_20_mebibytes_and_not_one_byte_more(operation: str) -> None:
    body = json.dumps(valid_body(operation)).encode()
    largest = body + b" " * (MEBIBYTES_20 - len(body))
    assert json.loads(send(with_body(operation, largest)).body).get("message") != TOO_LARGE[1]
    assert refusal(send(with_body(operation, largest + b" "))) == (400, *TOO_LARGE)


def valid_body(operation: str) -> dict[str, Any]:
    shape = input_shape(operation)
    return {name: value for name, value in valid(shape).items() if is_in_body(shape.members[name])}


def test_size_comes_before_content(stores: Stores) -> None:
    assert refusal(send(put("[" * MEBIBYTES_20), stores)) == (400, *TOO_LARGE)
    assert refusal(send(post("PutVectors", b"\xff" * (MEBIBYTES_20 + 1)), stores)) == (400, *TOO_LARGE)


@pytest.mark.parametrize("member", ["metadata", "keys"])
def test_real_clients_meet_the_same_limit(
    client: Client, refused: Refused, index: dict[str, str], member: str
) -> None:
    operation = "PutVectors" if member == "metadata" else "DeleteVectors"

    def arguments(filling: str) -> dict[str, Any]:
        if member == "keys":
            return {**index, "keys": [filling]}
        return {**index, "vectors": [vector("k", text=filling)]}

    room = MEBIBYTES_20 - len(serialized(operation, arguments("")).body)
    call = getattr(client, method_of(operation))
    code, message, _ = refused(call, **arguments("x" * room))
    assert code == "ValidationException"
    assert message != TOO_LARGE[1]
    assert refused(call, **arguments("x" * (room + 1))) == TOO_LARGE


# The form of answers.


def test_the_form_of_an_error() -> None:
    response = send(post("GetVectorBucket", {"vectorBucketName": "nobody"}))
    assert response.status == 404
    assert response.headers["x-amzn-errortype"] == "NotFoundException"
    assert response.headers["content-type"] == "application/json"
    assert response.headers["content-length"] == str(len(response.body))
    assert json.loads(response.body) == {"message": "The specified vector bucket could not be found"}


def test_the_form_of_what_cannot_be_read() -> None:
    response = send(post("GetVectorBucket", b"?"))
    assert response.body == b'{"message":""}'
    assert parsed("GetVectorBucket", response)["Error"] == {"Code": "SerializationException", "Message": ""}


def test_creation_times_are_whole_seconds(stores: Stores) -> None:
    answers = [
        perform("GetVectorBucket", BUCKET, stores)["vectorBucket"],
        perform("ListVectorBuckets", {}, stores)["vectorBuckets"][0],
        perform("GetIndex", INDEX, stores)["index"],
        perform("ListIndexes", BUCKET, stores)["indexes"][0],
    ]
    assert [type(answer["creationTime"]) for answer in answers] == [int] * 4


def test_every_response_has_an_id_of_its_own(client: Client, refused: Refused) -> None:
    metadata = [client.list_vector_buckets()["ResponseMetadata"] for _ in range(20)]
    assert len({each["RequestId"] for each in metadata}) == 20
    assert all(each["RequestId"] == each["HTTPHeaders"]["x-amzn-requestid"] for each in metadata)
    with pytest.raises(client.exceptions.NotFoundException) as missing:
        client.get_vector_bucket(vectorBucketName="nobody")
    assert missing.value.response["ResponseMetadata"]["RequestId"]
    assert refused(client.get_vector_bucket, vectorBucketName="nobody")[0] == "NotFoundException"
