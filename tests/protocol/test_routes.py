"""Routes: which operation a method and a path mean, and how an ARN travels in a path."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import botocore
import pytest

from mock_s3vectors import UsageError
from mock_s3vectors import gateway as gateway_module
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.world import Stores
from tests.support.constraints import null, wrong_length
from tests.support.helpers import BUCKET, BUCKET_ARN, SETTINGS
from tests.support.refusals import NO_RESOURCE

from .places import valid
from .wire import (
    MODELLED,
    NEEDS_TAGS,
    NOT_DESERIALIZABLE,
    input_shape,
    operation_model,
    parsed,
    perform,
    post,
    raw,
    refusal,
    send,
    serialized,
)

if TYPE_CHECKING:
    from tests.support.helpers import Client

ARN = f"{BUCKET_ARN}/index/a.b-c"


@pytest.fixture
def router() -> Router:
    return Router([operation_model(name) for name in MODELLED])


@pytest.fixture
def tagged() -> Stores:
    """A bucket with an index that has tags."""
    stores = Stores()
    perform("CreateVectorBucket", BUCKET, stores)
    index = {**BUCKET, "indexName": "a.b-c", "tags": {"a": "1", "b c+d": "2"}}
    assert perform("CreateIndex", {**index, **SETTINGS}, stores)["indexArn"] == ARN
    return stores


def tags_of(stores: Stores) -> Any:
    return json.loads(send(raw("GET", f"/tags/{quote(ARN, safe='')}"), stores).body)["tags"]


@pytest.mark.parametrize("operation", MODELLED)
def test_every_operation_of_the_model_has_its_route(router: Router, operation: str) -> None:
    request = serialized(operation, valid(input_shape(operation)))
    assert router.route(request.method, request.path)[0] == operation


def test_the_table_of_operations_covers_the_model() -> None:
    assert set(MODELLED) <= set(OPERATIONS)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", ""),
        ("POST", "/NoSuchOperation"),
        ("POST", "/listvectorbuckets"),
        ("POST", "/ListVectorBuckets/"),
        ("POST", "//ListVectorBuckets"),
        ("POST", "/ListVectorBuckets/more"),
        ("POST", "ListVectorBuckets"),
        ("GET", "/ListVectorBuckets"),
        ("post", "/ListVectorBuckets"),
        ("PUT", f"/tags/{quote(ARN, safe='')}"),
        ("GET", "/tags"),
        ("GET", "/Tags/x"),
        ("GET", f"/x/tags/{quote(ARN, safe='')}"),
        ("GET", f"/tags/{ARN}"),
        ("DELETE", f"/tags/{quote(ARN, safe='')}/"),
    ],
)
def test_what_is_no_route_is_a_wrong_use_that_names_it(method: str, path: str) -> None:
    with pytest.raises(UsageError) as misuse:
        send(raw(method, path))
    assert str(misuse.value).startswith(f"{method} {path} is not an operation of Amazon S3 Vectors")
    assert ", ".join(MODELLED) in str(misuse.value)
    assert "%2F" in str(misuse.value)
    assert f"in the installed botocore {botocore.__version__}, so" in str(misuse.value)
    complete = "UpdateMetadataConfiguration" in MODELLED
    assert ("botocore 1.44.5 has all that are mocked." in str(misuse.value)) is not complete


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("GET", "/ListVectorBuckets", "POST"),
        pytest.param("PUT", "/tags/arn", "GET or POST or DELETE", marks=NEEDS_TAGS),
        ("POST", "/ListVectorBucketz", None),
    ],
)
def test_a_path_with_another_method_names_that(method: str, path: str, right: str | None) -> None:
    with pytest.raises(UsageError) as misuse:
        send(raw(method, path))
    assert ("With this path, the method is" in str(misuse.value)) is (right is not None)
    if right is not None:
        named = str(misuse.value).split("the method is ")[1].split(".")[0]
        assert sorted(named.split(" or ")) == sorted(right.split(" or "))


def test_what_the_mock_lacks_is_a_wrong_use_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateway_module, "OPERATIONS", {"CreateIndex": print})
    # Whatever the body says, even one that would be too large.
    for body in (b"", b"?", b" " * 20_971_521):
        for operation in ("GetIndex", "ListVectorBuckets"):
            with pytest.raises(UsageError) as misuse:
                send(post(operation, body))
            assert str(misuse.value) == (
                f"mock_s3vectors does not implement {operation}, which the installed botocore "
                f"{botocore.__version__} has, so it was not sent anywhere. Implemented: CreateIndex."
            )


@NEEDS_TAGS
@pytest.mark.parametrize(
    "written",
    [
        quote(ARN, safe=""),
        quote(ARN, safe=":"),
        quote(ARN, safe="").replace("%2F", "%2f").replace("%3A", "%3a"),
        quote(ARN, safe="").replace("-", "%2D").replace(".", "%2e"),
        "".join(f"%{ord(character):02x}" for character in ARN),
    ],
    ids=["botocore", "C++", "lower case", "unreserved", "everything"],
)
def test_an_arn_may_be_encoded_in_several_ways(tagged: Stores, written: str) -> None:
    path = f"/tags/{written}"
    assert json.loads(send(raw("GET", path), tagged).body) == {"tags": {"a": "1", "b c+d": "2"}}
    assert send(raw("POST", path, body=b'{"tags": {"c": "3"}}'), tagged).body == b"{}"
    assert send(raw("DELETE", path, "tagKeys=a"), tagged).body == b"{}"
    assert tags_of(tagged) == {"b c+d": "2", "c": "3"}


@NEEDS_TAGS
@pytest.mark.parametrize(
    "written", ["arn%252F", "%", "%zz", "a%2", "", "+", "%00", "%20", "..", "%F0%9F%98%80"]
)
def test_what_is_no_arn_is_not_found(tagged: Stores, written: str) -> None:
    assert refusal(send(raw("GET", f"/tags/{written}"), tagged)) == (404, *NO_RESOURCE)


@NEEDS_TAGS
def test_paths_are_decoded_once(tagged: Stores) -> None:
    twice = quote(quote(ARN, safe=""), safe="")
    assert refusal(send(raw("GET", f"/tags/{twice}"), tagged))[0] == 404


@NEEDS_TAGS
@pytest.mark.parametrize("octets", ["%FF", "%C0%AF", "%ED%A0%80", "%E2%82", "arn%3A%80"])
def test_octets_that_are_no_utf_8(tagged: Stores, octets: str) -> None:
    for method, body in (("GET", b""), ("POST", b'{"tags": {}}'), ("DELETE", b"")):
        answer = send(raw(method, f"/tags/{octets}", "tagKeys=a", body), tagged)
        assert refusal(answer) == NOT_DESERIALIZABLE
    path = f"/tags/{quote(ARN, safe='')}"
    for query in (f"tagKeys={octets}", f"tagKeys=a&{octets}=b"):
        assert refusal(send(raw("DELETE", path, query), tagged)) == NOT_DESERIALIZABLE
    assert tags_of(tagged) == {"a": "1", "b c+d": "2"}


@NEEDS_TAGS
@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("tagKeys=a", {"b c+d"}),
        ("tagKeys=a&tagKeys=b%20c%2Bd", set()),
        ("tagKeys=b+c%2Bd", {"a"}),
        ("tagKeys=a&tagKeys=a", {"b c+d"}),
        ("tag%4Beys=a", {"b c+d"}),
        ("x=1&tagKeys=a&y", {"b c+d"}),
        ("tagKeys=nothing", {"a", "b c+d"}),
        ("tagKeys=a%26tagKeys%3Db", {"a", "b c+d"}),
    ],
)
def test_tag_keys_are_repeated_in_the_query(tagged: Stores, query: str, left: set[str]) -> None:
    answer = send(raw("DELETE", f"/tags/{quote(ARN, safe='')}", query), tagged)
    if "%26" in query:
        # One key with an ampersand in it, which no tag may have.
        assert refusal(answer)[1] == "ValidationException"
    else:
        assert answer.body == b"{}"
    assert set(tags_of(tagged)) == left


@NEEDS_TAGS
@pytest.mark.parametrize("query", ["", "other=1", "tagkeys=a"])
def test_a_query_without_tag_keys(tagged: Stores, query: str) -> None:
    answer = send(raw("DELETE", f"/tags/{quote(ARN, safe='')}", query), tagged)
    assert parsed("UntagResource", answer)["fieldList"] == null("/tagKeys").fields


@NEEDS_TAGS
def test_an_empty_tag_key_is_too_short(tagged: Stores) -> None:
    answer = send(raw("DELETE", f"/tags/{quote(ARN, safe='')}", "tagKeys=a&tagKeys="), tagged)
    assert refusal(answer) == (400, *wrong_length("/tagKeys/1", 0, 1, 128).refusal)


@NEEDS_TAGS
def test_bodies_of_get_and_delete_are_not_read(tagged: Stores) -> None:
    path = f"/tags/{quote(ARN, safe='')}"
    assert send(raw("GET", path, body=b"?"), tagged).status == 200
    assert send(raw("DELETE", path, "tagKeys=a", b'{"tagKeys": 5}'), tagged).status == 200


def test_queries_of_fixed_paths_are_not_read() -> None:
    assert send(raw("POST", "/ListVectorBuckets", "maxResults=x&%FF", b"{}")).status == 200


@NEEDS_TAGS
def test_real_clients_tag_buckets_and_indexes(client: Client, index: dict[str, str]) -> None:
    bucket = client.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
    for arn in (bucket, client.get_index(**index)["index"]["indexArn"]):
        client.tag_resource(resourceArn=arn, tags={"a/b": "x y", "\u00e9+=@": "", "c": ""})
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {
            "a/b": "x y",
            "\u00e9+=@": "",
            "c": "",
        }
        client.untag_resource(resourceArn=arn, tagKeys=["\u00e9+=@", "a/b", "a/b"])
        assert client.list_tags_for_resource(resourceArn=arn)["tags"] == {"c": ""}
