"""The gate that all requests of a run pass: it counts, keeps to bounds, and protects foreign buckets.

Answers come back through it: one that broke off, or that is a page of something in between, is none.

It hangs on the clients themselves, where each HTTP attempt passes, also those that botocore repeats.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import HTTPClientError

from mock_s3vectors.arns import is_vector_bucket_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_ARNS = ("vectorBucketArn", "indexArn", "resourceArn")
_BUCKET_OF_ARN = re.compile(":bucket/([^/]+)")
_SHORTEST_NAME, _LONGEST_NAME = 3, 63
# A creation that is refused like this has made nothing.
_NOTHING_MADE = frozenset({400, 402, 403, 404})
_OK = 200


class GuardError(Exception):
    """A fact is about to change, to read or to list what might be somebody's."""


class BoundReachedError(Exception):
    """The run has made as many requests, or sent as many vectors, as it said that it would at most."""


class BrokenAnswerError(HTTPClientError):
    """An answer is not whole, which botocore does not see, or it is not that of the service."""

    fmt = "{why}"


@dataclass(slots=True)
class Amount:
    """HTTP requests, each attempt by itself, and the vectors in them.

    Attributes:
        requests: how many requests.
        vectors: how many vectors.
    """

    requests: int = 0
    vectors: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.requests + other.requests, self.vectors + other.vectors)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.requests - other.requests, self.vectors - other.vectors)

    def or_less(self, other: Amount) -> Amount:
        """Return of each of the two what is less."""
        return Amount(min(self.requests, other.requests), min(self.vectors, other.vectors))

    def is_within(self, bound: Amount) -> bool:
        """Return whether neither of the two exceeds a bound."""
        return self.requests <= bound.requests and self.vectors <= bound.vectors


@dataclass(slots=True)
class Gate:
    """The gate of some clients.

    Attributes:
        prefix: that of all buckets which the clients may call.
        total: a bound for all that passes.
        bound: another one, up to which requests pass for now.
        passed: the amount that has passed.
        made: the indexes of which the creation was sent, by the names of their buckets. A bucket is there
            as well if its own creation was sent, with None among its indexes.
        strays: buckets with other names, which cannot exist, and that were made all the same.
    """

    prefix: str
    total: Amount
    bound: Amount | None = None
    passed: Amount = field(default_factory=Amount)
    made: dict[str, set[str | None]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    # The bucket and the index of the newest request, if it makes one, and whether it is the first that does.
    _creation: tuple[str, str | None, bool] | None = None

    def watch(self, client: Any) -> None:
        """Have all requests of a client pass here."""
        events = client.meta.events
        events.register_first("before-send.s3vectors", self._before)
        for operation in ("CreateVectorBucket", "CreateIndex"):
            events.register(f"after-call.s3vectors.{operation}", self._after_creation)
        events.register("after-call.s3vectors", _check_answer)

    def _before(self, request: Any, **_: Any) -> None:
        """Let a request pass, or raise.

        Raises:
            GuardError: it is about a bucket that is not the run's.
            BoundReachedError: a bound is reached.
        """
        path = urlsplit(request.url).path
        operation = path.strip("/").split("/")[0]
        document = _document(request.body)
        self._check(operation, path, document or {})
        now = self.passed + Amount(1, _vectors(operation, document))
        if not (now.is_within(self.total) and (self.bound is None or now.is_within(self.bound))):
            raise BoundReachedError("the upper bound of requests or vectors is reached")
        self.passed = now
        self._note_creation(operation, document or {})

    # --- protection

    def _check(self, operation: str, path: str, document: dict[str, Any]) -> None:
        """Raise if a request is about a bucket, or a list of buckets, that is not the run's."""
        for name in _buckets(path, document):
            if not name.startswith(self.prefix) and _could_exist(name):
                raise GuardError(f"{operation} is about the vector bucket {name!r}, which is not the run's")
        if operation == "ListVectorBuckets" and not str(document.get("prefix")).startswith(self.prefix):
            raise GuardError("ListVectorBuckets would list buckets that are not the run's: give a prefix")

    # --- creations

    def _note_creation(self, operation: str, document: dict[str, Any]) -> None:
        self._creation = None
        if operation not in {"CreateVectorBucket", "CreateIndex"}:
            return
        name = document.get("indexName") if operation == "CreateIndex" else None
        index = name if isinstance(name, str) else None
        for bucket in _buckets("", document):
            made = self.made.setdefault(bucket, set())
            self._creation = (bucket, index, index not in made)
            made.add(index)

    def _after_creation(self, http_response: Any, **_: Any) -> None:
        """Forget a creation that was refused; note one of a bucket that could not exist."""
        if self._creation is None:
            return
        bucket, index, is_new = self._creation
        if http_response.status_code in _NOTHING_MADE and is_new:
            self.made[bucket].discard(index)
        elif http_response.status_code == _OK and index is None and not bucket.startswith(self.prefix):
            self.strays.append(bucket)


def _check_answer(http_response: Any, **_: Any) -> None:
    """Raise unless an answer is whole, and one that the service may have given.

    Raises:
        BrokenAnswerError: it is not.
    """
    headers = http_response.headers
    length = headers.get("content-length") or ""
    if length.isdecimal() and len(http_response.content) < int(length):
        raise BrokenAnswerError(why="the answer broke off")
    if (headers.get("content-type") or "").startswith("text/html"):
        raise BrokenAnswerError(why="the answer is a page in HTML")


def _document(body: Any) -> dict[str, Any] | None:
    """Return the object that a body holds, None if it holds none."""
    if not body:
        return {}
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _vectors(operation: str, document: dict[str, Any] | None) -> int:
    vectors = (document or {}).get("vectors") if operation == "PutVectors" else None
    return len(vectors) if isinstance(vectors, list) else 0


def _buckets(path: str, document: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the vector buckets that a request is about."""
    name = document.get("vectorBucketName")
    if isinstance(name, str):
        yield name
    arns = [document.get(member) for member in _OF_ARNS]
    for text in (*arns, unquote(path)):
        found = _BUCKET_OF_ARN.search(text) if isinstance(text, str) else None
        if found:
            yield found[1]


def _could_exist(name: str) -> bool:
    return _SHORTEST_NAME <= len(name) <= _LONGEST_NAME and is_vector_bucket_name(name)
