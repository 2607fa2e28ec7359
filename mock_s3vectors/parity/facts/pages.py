"""Facts about the pages of ListVectorBuckets, ListIndexes and QueryVectors, and about tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import listed, pages_of, sizes_of
from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import compare_own_text, expect_own_text, expect_violation
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Lists and pages")

INVALID = "Invalid page token"
BAD_TOKEN = refusal("ValidationException", INVALID)
# Of the entries on a page.
MOST = 2
QUERY_PAGES = ("QueryVectors.nextToken", "QueryVectors>nextToken")
QUERY: dict[str, Any] = {"queryVector": {"float32": [0, 0]}, "topK": 150}


def three_buckets(ask: Asking) -> str:
    """Create three vector buckets; return how their names begin."""
    stem = ask.name()
    for number in range(3):
        ask.prepare("CreateVectorBucket", vectorBucketName=f"{stem}-{number}")
    return f"{stem}-"


def three_indexes(ask: Asking) -> dict[str, Any]:
    """Create three indexes; return their bucket, and how their names begin."""
    stem = ask.name()
    for number in range(3):
        names = {"vectorBucketName": ask.shared_bucket, "indexName": f"{stem}-{number}"}
        ask.prepare("CreateIndex", **names, **SETTINGS)
    return {"vectorBucketName": ask.shared_bucket, "prefix": f"{stem}-"}


def line_of_vectors(ask: Asking, count: int = 150) -> dict[str, Any]:
    """Return an index with vectors whose distance from the origin grows with their keys."""
    index = ask.index()
    ask.put(index, *((f"{number:03}", [number, 0]) for number in range(count)))
    return index


def ends_of(answer: dict[str, Any], member: str, name: str) -> list[str]:
    """Return the ends of the names of a page."""
    return [entry[name][-1] for entry in answer.get(member, [])]


def compare_pages(ask: Asking, pages: list[dict[str, Any]], member: str, name: str) -> None:
    """Compare the pages of a list of three, of which a page has `MOST` at most."""
    ask.compare(f"pages of more than {MOST}", [], [size for size in sizes_of(pages) if size > MOST])
    ask.compare(
        "all of them", ["0", "1", "2"], sorted(end for page in pages for end in ends_of(page, member, name))
    )
    ask.compare("the token of the last page", None, pages[-1].get("nextToken"))


def compare_last_page(ask: Asking, page: dict[str, Any], member: str, name: str) -> None:
    """Compare the last page of a list of three, which has room for all of them."""
    ask.compare("the last page", ["0", "1", "2"], sorted(ends_of(page, member, name)))
    ask.compare("its token", None, page.get("nextToken"))


def keys_of(answer: dict[str, Any]) -> list[str]:
    """Return the keys of a page."""
    return [vector["key"] for vector in answer.get("vectors", [])]


# --- vector buckets and indexes -----------------------------------------------------------------


@facts(
    "pages-of-buckets",
    "seen",
    "ListVectorBuckets returns `maxResults` entries a page at most, and a token unless the page is the last.",
)
def _(ask: Asking) -> None:
    pages = pages_of(ask, "ListVectorBuckets", prefix=three_buckets(ask), maxResults=MOST)
    compare_pages(ask, pages, "vectorBuckets", "vectorBucketName")


@facts("last-page-of-buckets", "seen", "No empty page follows a last page of ListVectorBuckets that is full.")
def _(ask: Asking) -> None:
    pages = pages_of(ask, "ListVectorBuckets", prefix=three_buckets(ask), maxResults=3)
    compare_last_page(ask, pages[-1], "vectorBuckets", "vectorBucketName")


@facts(
    "pages-of-indexes",
    "seen",
    "ListIndexes returns `maxResults` entries a page at most, and a token unless the page is the last.",
)
def _(ask: Asking) -> None:
    pages = pages_of(ask, "ListIndexes", **three_indexes(ask), maxResults=MOST)
    compare_pages(ask, pages, "indexes", "indexName")


@facts("last-page-of-indexes", "seen", "No empty page follows a last page of ListIndexes that is full.")
def _(ask: Asking) -> None:
    pages = pages_of(ask, "ListIndexes", **three_indexes(ask), maxResults=3)
    compare_last_page(ask, pages[-1], "indexes", "indexName")


@facts("page-size-of-names", "documented", "A page of vector buckets or indexes has 500 entries at most.")
def _(ask: Asking) -> None:
    rule = "be between 1 and 500, inclusive"
    expect_violation(ask, "/maxResults", rule, "ListVectorBuckets", prefix=ask.prefix, maxResults=501)
    bucket: dict[str, Any] = {"vectorBucketName": ask.shared_bucket}
    expect_violation(ask, "/maxResults", rule, "ListIndexes", **bucket, maxResults=501)


@facts("token-lengths", "documented", "A token has 512 characters at most, of ListVectors 2,048.")
def _(ask: Asking) -> None:
    rule = "have length between 1 and 512, inclusive"
    given: dict[str, Any] = {"prefix": ask.prefix, "nextToken": "t" * 513}
    expect_violation(ask, "/nextToken", rule, "ListVectorBuckets", length=513, **given)
    bucket = {"vectorBucketName": ask.shared_bucket}
    expect_violation(ask, "/nextToken", rule, "ListIndexes", length=513, **bucket, nextToken="t" * 513)
    rule, token = "have length between 1 and 2048, inclusive", "t" * 2049
    index = ask.index()
    expect_violation(ask, "/nextToken", rule, "ListVectors", length=2049, **index, nextToken=token)


@facts("prefix-length", "documented", "A prefix has 63 characters at most.")
def _(ask: Asking) -> None:
    rule = "have length between 1 and 63, inclusive"
    bucket = {"vectorBucketName": ask.shared_bucket}
    expect_violation(ask, "/prefix", rule, "ListIndexes", length=64, **bucket, prefix="p" * 64)


@facts(
    "bad-token",
    "choice",
    "ListVectorBuckets, ListIndexes and ListVectors refuse a token that is made up as QueryVectors does.",
    choices=("page-token-text",),
)
def _(ask: Asking) -> None:
    code = "ValidationException"
    given: dict[str, Any] = {"prefix": ask.prefix, "nextToken": "made-up"}
    expect_own_text(ask, code, INVALID, "ListVectorBuckets", **given)
    bucket = {"vectorBucketName": ask.shared_bucket}
    expect_own_text(ask, code, INVALID, "ListIndexes", **bucket, nextToken="made-up")
    expect_own_text(ask, code, INVALID, "ListVectors", **ask.index(), nextToken="made-up")


@facts(
    "token-of-a-changed-list",
    "choice",
    "A token of ListIndexes that comes with another prefix is refused.",
    choices=("page-token-of-changed-request",),
)
def _(ask: Asking) -> None:
    names = three_indexes(ask)
    first = ask("ListIndexes", **names, maxResults=1)
    seen, token = ends_of(first, "indexes", "indexName"), first.get("nextToken", "none")
    changed = {**names, "prefix": names["prefix"][:-1], "nextToken": token}
    expect_own_text(ask, "ValidationException", INVALID, "ListIndexes", **changed)
    again = listed(ask, "ListIndexes", **names, maxResults=5, nextToken=token)
    ask.compare(
        "all pages, by another size", ["0", "1", "2"], sorted(seen + ends_of(again, "indexes", "indexName"))
    )


# --- queries ------------------------------------------------------------------------------------


@facts("pages-of-a-query", "documented", "QueryVectors returns 100 results a page, and then the rest.")
def _(ask: Asking) -> None:
    ask.needs(*QUERY_PAGES)
    request = {**line_of_vectors(ask), **QUERY}
    first = ask("QueryVectors", **request)
    ask.compare("the first page", 100, len(keys_of(first)))
    second = ask("QueryVectors", **request, nextToken=first.get("nextToken", "none"))
    ask.compare("the second page", 50, len(keys_of(second)))
    ask.compare("its token", None, second.get("nextToken"))
    found = {*keys_of(first), *keys_of(second)}
    ask.compare("how many there are in all", 150, len(found))


@facts("last-page-of-a-query", "documented", "A query for 100 results has one page.")
def _(ask: Asking) -> None:
    ask.needs(*QUERY_PAGES)
    only = ask("QueryVectors", **line_of_vectors(ask, 101), **{**QUERY, "topK": 100})
    ask.compare("the page", 100, len(keys_of(only)))
    ask.compare("its token", None, only.get("nextToken"))


@facts("bad-token-of-a-query", "seen", "QueryVectors refuses a token that is made up.")
def _(ask: Asking) -> None:
    ask.expect(BAD_TOKEN, "QueryVectors", **ask.index(), **QUERY, nextToken="made-up")


@facts(
    "token-of-a-changed-query",
    "choice",
    "A token of QueryVectors that comes with another topK, vector or filter is refused.",
    choices=("page-token-of-changed-request",),
)
def _(ask: Asking) -> None:
    ask.needs(*QUERY_PAGES)
    request = {**line_of_vectors(ask), **QUERY}
    token = ask("QueryVectors", **request).get("nextToken", "none")
    changes: list[dict[str, Any]] = [
        {"topK": 149},
        {"queryVector": {"float32": [1, 0]}},
        {"filter": {"a": 1}},
    ]
    for changed in changes:
        given = {**request, **changed, "nextToken": token}
        expect_own_text(ask, "ValidationException", INVALID, "QueryVectors", **given)


@facts(
    "page-with-other-members",
    "documented",
    "The next page of a query may show more of its results than the page before.",
)
def _(ask: Asking) -> None:
    ask.needs(*QUERY_PAGES)
    request = {**line_of_vectors(ask), **QUERY}
    token = ask("QueryVectors", **request).get("nextToken", "none")
    second = ask("QueryVectors", **request, nextToken=token, returnMetadata=True)
    shown = [vector.get("metadata") for vector in second.get("vectors", [])]
    ask.compare("the metadata", [{}] * 50, shown)


@facts(
    "frozen-ranking",
    "choice",
    "The next page of a query shows nothing of what was written since the first.",
    choices=("frozen-ranking",),
)
def _(ask: Asking) -> None:
    ask.needs(*QUERY_PAGES)
    index = line_of_vectors(ask)
    request = {**index, **QUERY}
    first = ask("QueryVectors", **request)
    left = {f"{number:03}" for number in range(150)} - {*keys_of(first)}
    ask.put(index, ("new", [149, 1]))
    ask.prepare("DeleteVectors", **index, keys=[max(left, default="149")])
    second = ask("QueryVectors", **request, nextToken=first.get("nextToken", "none"))
    ask.compare("the keys of the second page", sorted(left), sorted(keys_of(second)))


@facts(
    "ranking-gone",
    "choice",
    "If an index was deleted and created again, a token of its queries is refused.",
    choices=("ranking-gone",),
)
def _(ask: Asking) -> None:
    ask.needs(*QUERY_PAGES)
    index = line_of_vectors(ask)
    token = ask("QueryVectors", **index, **QUERY).get("nextToken", "none")
    ask.prepare("DeleteIndex", **index)
    ask.prepare("CreateIndex", **index, **SETTINGS)
    answer = ask("QueryVectors", **index, **QUERY, nextToken=token)
    compare_own_text(ask, BAD_TOKEN, "QueryVectors", answer)
