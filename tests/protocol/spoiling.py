"""Ways to spoil a request: its document, its bytes, its path, its query, its headers."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from mock_s3vectors.messages import HttpRequest
from tests.support.helpers import BUCKET_ARN, INDEX_ARN, POLICY

from .samples import KEY_ARN, tokens, valid_requests
from .values import DOCUMENTS, TEXTS
from .wire import HOST, MODELLED, input_shape

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILTERS: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(
        [
            {"year": {"$gt": 2000}},
            {"tag": {"$in": ["a", 1, "NaN"]}},
            {"tag": {"$startsWith": "a"}},
            {"bulk": "x"},
            {"year": 2**64 - 1},
            {"": {"$exists": True}},
        ]
    ),
    lambda inner: (
        st.fixed_dictionaries({}, optional={"$and": st.lists(inner, max_size=3)})
        | st.lists(inner, max_size=3).map(lambda members: {"$or": members})
    ),
    max_leaves=5,
)
_WORDS = [
    "",
    "bucket",
    "empty",
    "index",
    "a",
    "ab",
    "a-",
    "-a",
    "A",
    "\u00e9",
    "key-1",
    "aws:x",
    "x" * 64,
    "x" * 1025,
    "float32",
    "cosine",
    "euclidean",
    "AES256",
    "aws:kms",
    "CLASSIC",
    "ENHANCED",
    "en",
    "zh",
    "tag",
    "bulk",
    "NaN",
    "Infinity",
    "{}",
    "[]",
    BUCKET_ARN,
    INDEX_ARN,
    KEY_ARN,
    INDEX_ARN.replace("us-east-1", "eu-west-1"),
    POLICY,
    "MTIzNDU2Nzg5MA==",
]
_NUMBERS: list[Any] = [0, 1, -1, 2, 15, 16, 17, 100, 101, 500, 501, 1000, 4096, 4097, 10_000, 10_001]
_NUMBERS += [
    2**31 - 1,
    2**31,
    2**63,
    2**64 - 1,
    2**64,
    10**40,
    -(2**63),
    0.5,
    1e-46,
    1e38,
    1e39,
    1.7e308,
    -0.0,
]
# What objects in a request have as names.
_MEMBERS = [
    "key",
    "data",
    "float32",
    "metadata",
    "year",
    "tag",
    "bulk",
    "sseType",
    "kmsKeyArn",
    "metadataKey",
    "text",
    "nonFilterableMetadataKeys",
    "textSearchConfigurations",
    "language",
    "status",
    "$and",
    "$or",
    "$eq",
    "$in",
    "$gte",
    "$exists",
]
_MEMBERS += sorted({member for name in MODELLED for member in input_shape(name).members})


def scalars() -> st.SearchStrategy[Any]:
    """Values that mean something somewhere."""
    texts = st.sampled_from([*_WORDS, *tokens()]) | TEXTS
    return st.none() | st.booleans() | st.sampled_from(_NUMBERS) | texts


def values() -> st.SearchStrategy[Any]:
    """Values of all kinds."""
    all_kinds = (
        scalars() | DOCUMENTS | _FILTERS | st.lists(scalars(), max_size=3) | st.sampled_from(sorted(_DEEP))
    )
    # Copies, because what is spoiled is changed in place.
    return all_kinds.map(copy.deepcopy)


def as_json(document: Any) -> bytes:
    """A document as the body of a request; deep ones are put in as text, because Python cannot write them."""
    text = json.dumps(document)
    for word, deep in _DEEP.items():
        text = text.replace(f'"{word}"', deep)
    return text.encode()


def _nested(depth: int, before: str, after: str) -> str:
    return before * depth + '{"year":{"$ne":0}}' + after * depth


# Words that stand for documents of great depth: past Python's recursion, orjson's limits, and the filters'.
_DEEP = {
    f"{depth} {before}": _nested(depth, before, after)
    for depth in (30, 130, 199, 200, 260, 600, 1100)
    for before, after in (("[", "]"), ('{"a":', "}"), ('{"$and":[', "]}"), ('{"$or":[{"a":1},', "]}"))
}


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """A document with one to three things changed, added or taken away."""
    root = {"": copy.deepcopy(document)}
    for _ in range(draw(st.integers(1, 3))):
        containers = list(_containers(root))
        if not containers:
            break
        container = draw(st.sampled_from(containers))
        if isinstance(container, list):
            _spoil_list(draw, container)
        else:
            _spoil_object(draw, container)
    return root.get("")


def _containers(document: Any) -> Iterator[Any]:
    if isinstance(document, dict) and document:
        yield document
        for value in document.values():
            yield from _containers(value)
    elif isinstance(document, list) and document:
        yield document
        for value in document[:3]:
            yield from _containers(value)


def _spoil_list(draw: st.DrawFn, container: list[Any]) -> None:
    position = draw(st.integers(0, len(container) - 1))
    change = draw(st.sampled_from(["replace", "remove", "repeat", "insert", "multiply"]))
    if change == "replace":
        container[position] = draw(values())
    elif change == "remove":
        del container[position]
    elif change == "repeat":
        container.append(container[position])
    elif change == "insert":
        container.insert(position, draw(values()))
    elif len(container) < 30:
        container *= draw(st.sampled_from([2, 60, 300]))


def _spoil_object(draw: st.DrawFn, container: dict[str, Any]) -> None:
    name = draw(st.sampled_from(sorted(container)))
    change = draw(st.sampled_from(["replace", "replace", "remove", "add", "rename"]))
    if change == "replace":
        container[name] = draw(values())
    elif change == "add":
        container[draw(st.sampled_from(_MEMBERS) | TEXTS)] = draw(values())
    else:
        value = container.pop(name)
        if change == "rename":
            container[draw(st.sampled_from(_MEMBERS) | TEXTS)] = value


@st.composite
def spoiled_bytes(draw: st.DrawFn, body: bytes) -> bytes:
    """Bytes with a few of them replaced, taken out or put in."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 4)))
        body = body[:start] + draw(st.binary(max_size=4) | st.sampled_from(_PIECES)) + body[end:]
    return body


_PIECES = [
    b"\\ud800",
    b"\xff",
    b"\xed\xa0\x80",
    b"1e400",
    b"NaN",
    b"null",
    b"true",
    b"-",
    b'"',
    b",",
    b"[" * 1100,
]
_PIECES += [b"9" * 30, b"0.1e-5", b"{}", b"[]", b"\x00", b"\\u0000", b"/*", b"\\"]


@st.composite
def spoiled_requests(draw: st.DrawFn, operation: str) -> HttpRequest:
    """A valid request of an operation, spoiled in its document, its bytes, its path, query or headers."""
    request = draw(st.sampled_from(valid_requests(operation)))
    body, path, query = request.body, request.path, request.query
    if body and draw(st.integers(0, 3)):
        body = as_json(draw(spoiled(json.loads(body))))
    if body and not draw(st.integers(0, 3)):
        body = draw(spoiled_bytes(body))
    if path.startswith("/tags/") and draw(st.booleans()):
        path = "/tags/" + _ascii(draw(spoiled_bytes(path[6:].encode())))
    if query and draw(st.booleans()):
        query = _ascii(draw(spoiled_bytes(query.encode())))
    headers = draw(st.just({}) | st.fixed_dictionaries({"authorization": _AUTHORIZATIONS}))
    return HttpRequest(request.method, draw(_HOSTS), path, query, headers, body)


def _ascii(octets: bytes) -> str:
    """As it could stand in a request line: encoded, but for a slash, which would be another path."""
    return "".join(chr(octet) if 32 < octet < 127 and octet != 47 else f"%{octet:02X}" for octet in octets)


_HOSTS = st.sampled_from(
    [HOST, HOST, HOST, HOST, "s3vectors.cn-north-1.api.amazonwebservices.com.cn", "", "x"]
)
_SCOPES = ["us-east-1/s3vectors/aws4_request", "eu-west-1/s3vectors/aws4_request", "x", ""]
_AUTHORIZATIONS = st.builds(
    "AWS4-HMAC-SHA256 Credential={}/20260101/{}, Signature=0".format,
    st.sampled_from(["testing", "111122223333", "123456789012", ""]),
    st.sampled_from(_SCOPES),
)
