"""Facts about ListVectors: its pages, its order and its segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import keys_of, listed, pages_of, sizes_of
from mock_s3vectors.parity.expecting import expect_own_text, expect_violation
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Lists and pages")

KEYS = [f"key-{number:02}" for number in range(20)]


def filled(ask: Asking, keys: list[str]) -> dict[str, Any]:
    """Return an index with a vector for each key."""
    index = ask.index()
    for start in range(0, len(keys), 500):
        ask.put(index, *((key, [1, 2]) for key in keys[start : start + 500]))
    return index


@facts("list-no-vectors", "seen", "ListVectors of an empty index is an empty list, without a token.")
def _(ask: Asking) -> None:
    ask.expect({"vectors": []}, "ListVectors", **ask.index())


@facts(
    "pages-of-vectors",
    "seen",
    "ListVectors returns `maxResults` vectors a page at most, each vector once, and a token unless the page "
    "is the last.",
)
def _(ask: Asking) -> None:
    most = 15
    pages = pages_of(ask, "ListVectors", **filled(ask, KEYS), maxResults=most)
    ask.compare(f"pages of more than {most}", [], [size for size in sizes_of(pages) if size > most])
    ask.compare("all of them", KEYS, sorted(key for page in pages for key in keys_of(page)))
    ask.compare("the token of the last page", None, pages[-1].get("nextToken"))


@facts("last-page-of-vectors", "seen", "No empty page follows a last page of ListVectors that is full.")
def _(ask: Asking) -> None:
    pages = pages_of(ask, "ListVectors", **filled(ask, KEYS), maxResults=len(KEYS))
    ask.compare("the keys of the last page", KEYS, sorted(keys_of(pages[-1])))
    ask.compare("its token", None, pages[-1].get("nextToken"))


@facts("page-size-of-vectors", "documented", "A page of ListVectors has 500 vectors by default.")
def _(ask: Asking) -> None:
    index = filled(ask, [f"key-{number}" for number in range(501)])
    sizes = sizes_of(pages_of(ask, "ListVectors", **index))
    ask.compare("the size of the largest page", 500, max(sizes))
    ask.compare("how many there are in all", 501, sum(sizes))


@facts("page-by-size", "documented", "A page of ListVectors ends when it has processed 1 MB of data.")
def _(ask: Asking) -> None:
    # 40 vectors with 40,944 bytes of text are 1.6 MB; the bodies of requests are small enough to be sent.
    index = ask.index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
    keys, metadata = [f"key-{number:02}" for number in range(40)], {"bulk": "x" * 40_944}
    ask.put(index, *((key, [1, 2], metadata) for key in keys))
    pages = pages_of(ask, "ListVectors", **index, maxResults=500, returnMetadata=True)
    whole = [size for size in sizes_of(pages) if size == len(keys)]
    ask.compare("pages with all vectors", [], whole)
    ask.compare("all of them", keys, sorted(key for page in pages for key in keys_of(page)))


@facts("largest-page-of-vectors", "documented", "A page of ListVectors has 1,000 vectors at most.")
def _(ask: Asking) -> None:
    rule = "be between 1 and 1000, inclusive"
    expect_violation(ask, "/maxResults", rule, "ListVectors", **ask.index(), maxResults=1001)


@facts(
    "page-of-a-megabyte",
    "choice",
    "A page of ListVectors ends with the vector by which its keys, data and metadata exceed 1,048,576 bytes.",
    choices=("page-megabyte", "processed-bytes"),
)
def _(ask: Asking) -> None:
    # 8 bytes of key, 16,384 of data and 4 + 12 + 16,360 of metadata: 32 vectors are 1,048,576 bytes.
    index = ask.index(dimension=4096, metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
    data, metadata = [0.5] * 4096, {"bulk": "x" * 16_360}
    ask.put(index, *((f"key-{number:04}", data, metadata) for number in range(34)))
    ask.compare("the sizes of the pages", [33, 1], sizes_of(pages_of(ask, "ListVectors", **index)))


@facts(
    "list-vectors-order",
    "choice",
    "ListVectors has an order of its own for keys, whenever and in whatever order they were put.",
    choices=("list-vectors-order",),
)
def _(ask: Asking) -> None:
    first, second = filled(ask, KEYS), filled(ask, KEYS[::-1])
    order = keys_of(listed(ask, "ListVectors", **first))
    ask.compare("the same index again", order, keys_of(listed(ask, "ListVectors", **first)))
    ask.compare("an index that was filled backwards", order, keys_of(listed(ask, "ListVectors", **second)))
    orders = [KEYS, KEYS[::-1]]
    ask.compare("how often it is the order of the keys", 0, orders.count(order))


@facts(
    "list-vectors-while-writing",
    "choice",
    "ListVectors returns no key twice, and skips none that stays, while vectors are written and deleted.",
    choices=("list-while-writing",),
)
def _(ask: Asking) -> None:
    index = filled(ask, KEYS)
    answer = ask.prepare("ListVectors", **index, maxResults=7)
    found = keys_of(answer)
    while "nextToken" in answer and len(found) < 2 * len(KEYS):
        if found:
            # Vectors that were just read go away too, among them the last one.
            ask.prepare("DeleteVectors", **index, keys=found[-2:])
        ask.put(index, (f"new-{len(found)}", [1, 2]))
        answer = ask.prepare("ListVectors", **index, maxResults=7, nextToken=answer["nextToken"])
        found += keys_of(answer)
    ask.compare("those that were there", KEYS, sorted({*found} & {*KEYS}))
    ask.compare("how many came twice", 0, len(found) - len({*found}))


# --- segments -----------------------------------------------------------------------------------


@facts("segments", "seen", "The segments of an index have no vector in common, and all of them together.")
def _(ask: Asking) -> None:
    index = filled(ask, KEYS)
    found: list[str] = []
    for segment in range(4):
        answer = listed(ask, "ListVectors", **index, segmentCount=4, segmentIndex=segment)
        found += keys_of(answer) if "error" not in answer else [f"none: {answer}"]
    ask.compare("the keys of all segments", KEYS, sorted(found))


@facts("segments-most", "documented", "An index is listed in 16 segments at most.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.expect({"vectors": []}, "ListVectors", **index, segmentCount=16, segmentIndex=15)
    rule = "be between 1 and 16, inclusive"
    given = {**index, "segmentCount": 17, "segmentIndex": 0}
    expect_violation(ask, "/segmentCount", rule, "ListVectors", **given)
    rule = "be between 0 and 15, inclusive"
    given = {**index, "segmentCount": 16, "segmentIndex": 16}
    expect_violation(ask, "/segmentIndex", rule, "ListVectors", **given)


@facts(
    "half-a-segment",
    "choice",
    "A segment's count and its index come together.",
    choices=("half-segment-text",),
)
def _(ask: Asking) -> None:
    text = "Must specify both segmentCount and segmentIndex or neither"
    index = ask.index()
    for half in ({"segmentCount": 2}, {"segmentIndex": 0}):
        expect_own_text(ask, "ValidationException", text, "ListVectors", **index, **half)


@facts(
    "segment-beyond-the-count",
    "choice",
    "A segment's index is less than the count of segments.",
    choices=("segment-index-text",),
)
def _(ask: Asking) -> None:
    text = "segmentIndex must be less than segmentCount"
    given = {**ask.index(), "segmentCount": 2, "segmentIndex": 2}
    expect_own_text(ask, "ValidationException", text, "ListVectors", **given)


@facts(
    "token-of-another-segment",
    "choice",
    "A token of ListVectors that comes with another segment is refused.",
    choices=("page-token-of-changed-request",),
)
def _(ask: Asking) -> None:
    index = filled(ask, KEYS)
    token = ask("ListVectors", **index, maxResults=1).get("nextToken", "none")
    given = {**index, "segmentCount": 2, "segmentIndex": 0, "nextToken": token}
    expect_own_text(ask, "ValidationException", "Invalid page token", "ListVectors", **given)
