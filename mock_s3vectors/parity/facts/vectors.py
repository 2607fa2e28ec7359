"""Facts about PutVectors, GetVectors and DeleteVectors: writing, keys, and reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import (
    expect_text,
    keys_of,
    listed,
    members_of,
    query,
    raw_json,
    record,
)
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import broken, expect_violation
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Vectors")

KEY_TOO_LONG = "Record key length exceeds the maximum allowed"
DUPLICATE_KEYS = "Request must not contain duplicate keys"


def bad_vector(reason: str, key: str = "a", place: int = 0) -> dict[str, Any]:
    """Return the refusal of a record because of its numbers."""
    text = f"Invalid record for key '{key}': {reason}"
    return refusal("ValidationException", text, (f"vectors[{place}]", reason))


# --- writing


@facts("put-returns-nothing", "documented", "PutVectors and DeleteVectors return no members.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.expect({}, "PutVectors", **index, vectors=[record("a", [1, 2])])
    ask.expect({}, "DeleteVectors", **index, keys=["a"])


@facts("put-wrong-length", "seen", "A vector must have as many numbers as the index has dimensions.")
def _(ask: Asking) -> None:
    index = ask.index(dimension=2)
    for numbers in ([1], [1, 2, 3]):
        reason = f"vector must have length 2, but has length {len(numbers)}"
        ask.expect(bad_vector(reason), "PutVectors", **index, vectors=[record("a", numbers)])


@facts("put-no-metadata", "seen", "Metadata that is left out is `{}`.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    ask.expect(
        {"vectors": [{"key": "a", "metadata": {}}]}, "GetVectors", **index, keys=["a"], returnMetadata=True
    )


@facts("put-replaces", "seen", "PutVectors of a known key replaces its numbers and all of its metadata.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2], {"n": 1, "m": 2}), ("b", [1, 2], {"n": 1}))
    ask.put(index, ("a", [3, 4], {"m": "new"}), ("b", [3, 4]))
    answer = ask("GetVectors", **index, keys=["a", "b"], returnData=True, returnMetadata=True)
    ask.compare(
        "the numbers", {"a": {"float32": [3, 4]}, "b": {"float32": [3, 4]}}, members_of(answer, "data")
    )
    ask.compare("the metadata", {"a": {"m": "new"}, "b": {}}, members_of(answer, "metadata"))


@facts("put-read-at-once", "documented", "GetVectors, ListVectors and QueryVectors see a write at once.")
def _(ask: Asking) -> None:
    index = ask.index()
    for key in "ab":
        ask.put(index, (key, [1, 2]))
    ask.compare("GetVectors", ["b"], keys_of(ask("GetVectors", **index, keys=["b"])))
    for operation, answer in (
        ("ListVectors", listed(ask, "ListVectors", **index)),
        ("QueryVectors", query(ask, index, [1, 2])),
    ):
        ask.compare(operation, {"a": None, "b": None}, members_of(answer, "none"))


@facts(
    "delete-read-at-once", "documented", "GetVectors, ListVectors and QueryVectors see a deletion at once."
)
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]), ("b", [1, 2]))
    ask.prepare("DeleteVectors", **index, keys=["b"])
    ask.compare("GetVectors", ["a"], keys_of(ask("GetVectors", **index, keys=["a", "b"])))
    ask.compare("ListVectors", ["a"], keys_of(listed(ask, "ListVectors", **index)))
    ask.compare("QueryVectors", ["a"], keys_of(query(ask, index, [1, 2])))


@facts("put-500", "documented", "PutVectors takes 1 to 500 vectors.")
def _(ask: Asking) -> None:
    index = ask.index()
    records = [record(f"{number}", [number, 1]) for number in range(501)]
    rule = "have length between 1 and 500, inclusive"
    expect_violation(ask, "/vectors", rule, "PutVectors", length=501, **index, vectors=records)
    ask.expect({}, "PutVectors", **index, vectors=records[:500])
    answer = raw_json(ask, "PutVectors", **index, vectors=[])
    ask.compare("PutVectors", broken("/vectors", rule, length=0), without_fields(answer))


@facts("get-100", "documented", "GetVectors takes 1 to 100 keys.")
def _(ask: Asking) -> None:
    index = ask.index()
    keys = [f"{number}" for number in range(101)]
    rule = "have length between 1 and 100, inclusive"
    expect_violation(ask, "/keys", rule, "GetVectors", length=101, **index, keys=keys)
    ask.expect({"vectors": []}, "GetVectors", **index, keys=keys[:100])
    answer = raw_json(ask, "GetVectors", **index, keys=[])
    ask.compare("GetVectors", broken("/keys", rule, length=0), without_fields(answer))


@facts("delete-500", "documented", "DeleteVectors takes 1 to 500 keys.")
def _(ask: Asking) -> None:
    index = ask.index()
    keys = [f"{number}" for number in range(501)]
    rule = "have length between 1 and 500, inclusive"
    expect_violation(ask, "/keys", rule, "DeleteVectors", length=501, **index, keys=keys)
    ask.expect({}, "DeleteVectors", **index, keys=keys[:500])
    answer = raw_json(ask, "DeleteVectors", **index, keys=[])
    ask.compare("DeleteVectors", broken("/keys", rule, length=0), without_fields(answer))


@facts(
    "put-whole-batch",
    "choice",
    "Nothing of a batch is stored when one of its records is refused.",
    choices=("whole-batch",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("old", [1, 2]))
    ask("PutVectors", **index, vectors=[record("old", [3, 4]), record("new", [1, 2]), record("bad", [1])])
    answer = ask("GetVectors", **index, keys=["old", "new", "bad"], returnData=True)
    ask.compare("the vectors that are there", {"old": {"float32": [1, 2]}}, members_of(answer, "data"))


@facts(
    "put-first-bad-record",
    "choice",
    "The refusal of a batch names the first of several bad records.",
    choices=("first-bad-record",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    short, infinite = record("short", [1]), record("infinite", [1e39, 1])
    good = record("good", [1, 2])
    reason = "vector must have length 2, but has length 1"
    ask.expect(bad_vector(reason, "short", 1), "PutVectors", **index, vectors=[good, short, infinite])
    reason = "vector contains NaNs or Infs"
    ask.expect(bad_vector(reason, "infinite", 1), "PutVectors", **index, vectors=[good, infinite, short])


@facts(
    "put-duplicate-keys",
    "choice",
    "A key twice in PutVectors is refused, in the words that DeleteVectors has for it.",
    choices=("duplicate-keys-in-put",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    expect_text(
        ask, DUPLICATE_KEYS, "PutVectors", **index, vectors=[record("a", [1, 2]), record("a", [3, 4])]
    )


# --- keys


@facts("key-bytes", "seen", "A vector's key has 1,024 bytes of UTF-8 at most, not only 1,024 characters.")
def _(ask: Asking) -> None:
    index = ask.index()
    for key in ("k" * 1024, "ä" * 512):
        ask.expect({}, "PutVectors", **index, vectors=[record(key, [1, 2])])
    key = "ä" * 512 + "k"
    expect_text(ask, KEY_TOO_LONG, "PutVectors", **index, vectors=[record(key, [1, 2])])
    expect_text(ask, KEY_TOO_LONG, "GetVectors", **index, keys=[key])
    expect_text(ask, KEY_TOO_LONG, "DeleteVectors", **index, keys=[key])


@facts("key-characters", "seen", "A vector's key of more than 1,024 characters breaks a constraint.")
def _(ask: Asking) -> None:
    index = ask.index()
    key, rule = "k" * 1025, "have length between 1 and 1024, inclusive"
    broken: dict[str, Any] = {"length": 1025, **index}
    expect_violation(ask, "/vectors/0/key", rule, "PutVectors", **broken, vectors=[record(key, [1, 2])])
    expect_violation(ask, "/keys/1", rule, "GetVectors", **broken, keys=["a", key])
    expect_violation(ask, "/keys/0", rule, "DeleteVectors", **broken, keys=[key])


@facts("key-empty", "documented", "A vector's key has one character at least.")
def _(ask: Asking) -> None:
    index = ask.index()
    rule = "have length between 1 and 1024, inclusive"
    answer = raw_json(ask, "PutVectors", **index, vectors=[record("", [1, 2])])
    ask.compare("PutVectors", broken("/vectors/0/key", rule, length=0), without_fields(answer))


@facts("delete-duplicate-keys", "seen", "A key twice in DeleteVectors is refused, and nothing is deleted.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    expect_text(ask, DUPLICATE_KEYS, "DeleteVectors", **index, keys=["a", "b", "a"])
    ask.compare("the vectors that are there", ["a"], keys_of(listed(ask, "ListVectors", **index)))


@facts("delete-unknown-keys", "seen", "DeleteVectors of keys that are not there succeeds.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    ask.expect({}, "DeleteVectors", **index, keys=["nothing", "a"])
    ask.expect({}, "DeleteVectors", **index, keys=["nothing", "a"])


# --- reading


@facts("get-unknown-keys", "seen", "GetVectors passes over unknown keys, and returns a key once.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    ask.expect({"vectors": [{"key": "a"}]}, "GetVectors", **index, keys=["nothing", "a", "a"])
    ask.expect({"vectors": []}, "GetVectors", **index, keys=["nothing"])


@facts("get-order", "seen", "GetVectors does not keep the order of the request.")
def _(ask: Asking) -> None:
    index = ask.index()
    keys = [f"key-{number:02}" for number in range(50)]
    ask.put(index, *((key, [1, 2]) for key in keys))
    found = keys_of(ask("GetVectors", **index, keys=keys))
    ask.compare("the keys", keys, sorted(found))
    kept, another = "the order of the request", "another order"
    ask.compare("their order", another, kept if found == keys else another)


@facts(
    "get-order-of-lists",
    "choice",
    "GetVectors returns vectors in the order in which ListVectors lists them.",
    choices=("get-vectors-order",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    keys = [f"key-{number:02}" for number in range(20)]
    ask.put(index, *((key, [1, 2]) for key in keys))
    order = keys_of(listed(ask, "ListVectors", **index))
    ask.compare("ListVectors", keys, sorted(order))
    for asked in (keys, keys[::-1]):
        ask.compare("GetVectors", order, keys_of(ask("GetVectors", **index, keys=asked)))


@facts("get-members", "seen", "GetVectors returns the keys alone, unless data or metadata are asked for.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [0.5, 2], {"n": 1}))
    data, metadata = {"data": {"float32": [0.5, 2]}}, {"metadata": {"n": 1}}
    for wanted, members in (
        ({}, {}),
        ({"returnData": True}, data),
        ({"returnMetadata": True}, metadata),
        ({"returnData": True, "returnMetadata": True}, {**data, **metadata}),
    ):
        ask.expect({"vectors": [{"key": "a", **members}]}, "GetVectors", **index, keys=["a"], **wanted)


@facts("list-members", "seen", "ListVectors returns the keys alone, unless data or metadata are asked for.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [0.5, 2]))
    ask.compare("ListVectors", {"vectors": [{"key": "a"}]}, listed(ask, "ListVectors", **index))
    everything = {"key": "a", "data": {"float32": [0.5, 2]}, "metadata": {}}
    answer = listed(ask, "ListVectors", **index, returnData=True, returnMetadata=True)
    ask.compare("ListVectors with data and metadata", {"vectors": [everything]}, answer)
