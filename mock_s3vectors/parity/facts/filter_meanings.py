"""Facts about the meaning of filters: which vectors they match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import keys_of, query
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Meaning of filters")


def expect_matches(ask: Asking, values: dict[str, Any], *filters: tuple[dict[str, Any], list[str]]) -> None:
    """Put a vector for each value of the field `f`, and compare the matches of filters.

    Args:
        ask: the hand of the fact.
        values: by key; None for a vector without the field.
        filters: each with the keys that it matches, in order.
    """
    index = ask.index()
    fields = {key: {} if value is None else {"f": value} for key, value in values.items()}
    ask.put(index, *((key, [1, 1], metadata) for key, metadata in fields.items()))
    for document, keys in filters:
        found = keys_of(query(ask, index, [1, 1], filter=document))
        ask.compare(f"the filter {document}", keys, sorted(found) if isinstance(found, list) else found)


def on(**operators: Any) -> dict[str, Any]:
    """Return a filter on the field `f`, by operators without their `$`."""
    return {"f": {f"${name}": operand for name, operand in operators.items()}}


# --- equality


@facts("filter-equal", "documented", "`$eq` matches a string, a number or a boolean that is equal.")
def _(ask: Asking) -> None:
    values = {"a": "x", "b": "X", "c": 1.5, "d": 2, "e": False, "f": True}
    expect_matches(ask, values, (on(eq="x"), ["a"]), (on(eq=1.5), ["c"]), (on(eq=False), ["e"]))


@facts("filter-bare-value", "documented", "A bare value means `$eq`.")
def _(ask: Asking) -> None:
    values = {"a": "x", "b": 2, "c": True}
    expect_matches(ask, values, ({"f": "x"}, ["a"]), ({"f": 2}, ["b"]), ({"f": True}, ["c"]))


@facts("filter-other-types", "seen", "A value of another type does not match, and is no error.")
def _(ask: Asking) -> None:
    expect_matches(ask, {"a": True, "b": 1}, (on(eq="true"), []), (on(eq="1"), []), (on(startsWith="t"), []))
    expect_matches(ask, {"a": "1", "b": 1}, (on(eq=1), ["b"]), (on(eq="1"), ["a"]), (on(gte=0), ["b"]))


@facts("filter-absent-field", "seen", "A field that is not there does not match, and is no error.")
def _(ask: Asking) -> None:
    absent = [on(eq="x"), on(gt=0), on(lte=0), on(startsWith="x"), {"f": {"$in": ["x", 0, False]}}]
    expect_matches(ask, {"a": None}, *((document, []) for document in absent))


@facts("filter-true-and-1", "choice", "The boolean true is not 1.", choices=("true-and-1",))
def _(ask: Asking) -> None:
    values = {"a": True, "b": 1, "c": False, "d": 0}
    expect_matches(
        ask, values, (on(eq=1), ["b"]), (on(eq=True), ["a"]), (on(eq=0), ["d"]), (on(gte=1), ["b"])
    )


@facts(
    "filter-integers-and-floats",
    "choice",
    "Numbers compare as float64: 1 is 1.0, and 2**53 is its neighbour.",
    choices=("integers-and-floats",),
)
def _(ask: Asking) -> None:
    values = {"a": 1, "b": 1.0, "c": 2**53, "d": 2**53 + 1}
    expect_matches(ask, values, (on(eq=1), ["a", "b"]), (on(eq=1.0), ["a", "b"]), (on(eq=2**53), ["c", "d"]))


@facts("filter-not-equal", "documented", "`$ne` matches the other values of a field.")
def _(ask: Asking) -> None:
    # Values of one type only: whether those of another match is not known.
    expect_matches(ask, {"a": "x", "b": "y", "c": "z"}, (on(ne="x"), ["b", "c"]))
    expect_matches(ask, {"a": 1, "b": 2}, (on(ne=1), ["b"]))
    expect_matches(ask, {"a": True, "b": False}, (on(ne=True), ["b"]))


@facts(
    "filter-not-equal-types",
    "choice",
    "`$ne` and `$nin` match a value of another type, as the complements of `$eq` and `$in`.",
    choices=("not-equal-complement",),
)
def _(ask: Asking) -> None:
    values = {"a": 1, "b": "1", "c": True}
    expect_matches(ask, values, (on(ne=1), ["b", "c"]), ({"f": {"$nin": ["1", True]}}, ["a"]))


@facts(
    "filter-not-equal-absent",
    "choice",
    "`$ne` and `$nin` match a vector that does not have the key.",
    choices=("not-equal-absent",),
)
def _(ask: Asking) -> None:
    values = {"a": "x", "b": "y", "c": None}
    expect_matches(ask, values, (on(ne="x"), ["b", "c"]), ({"f": {"$nin": ["x"]}}, ["b", "c"]))


# --- lists


@facts("filter-in", "documented", "`$in` matches a value that is in the list.")
def _(ask: Asking) -> None:
    values = {"a": "x", "b": "y", "c": 1, "d": True}
    expect_matches(
        ask, values, ({"f": {"$in": ["x", "z"]}}, ["a"]), ({"f": {"$in": ["y", 1, True]}}, ["b", "c", "d"])
    )


@facts("filter-not-in", "documented", "`$nin` matches a value that is not in the list.")
def _(ask: Asking) -> None:
    values = {"a": "x", "b": "y", "c": "z"}
    expect_matches(
        ask, values, ({"f": {"$nin": ["x", "z"]}}, ["b"]), ({"f": {"$nin": ["w"]}}, ["a", "b", "c"])
    )


# --- ranges, presence, beginnings


@facts(
    "filter-ranges", "documented", "`$gt` and `$lt` leave out the number itself, `$gte` and `$lte` do not."
)
def _(ask: Asking) -> None:
    values = {"a": -1, "b": 2, "c": 2.5}
    expect_matches(
        ask,
        values,
        (on(gt=2), ["c"]),
        (on(gte=2), ["b", "c"]),
        (on(lt=2), ["a"]),
        (on(lte=2), ["a", "b"]),
    )


@facts("filter-exists", "documented", "`$exists` true matches vectors with the key, whatever its value.")
def _(ask: Asking) -> None:
    values = {"a": "", "b": 0, "c": False, "d": ["x"], "e": None}
    expect_matches(ask, values, (on(exists=True), ["a", "b", "c", "d"]))


@facts("filter-exists-not", "seen", "`$exists` false matches vectors without the key.")
def _(ask: Asking) -> None:
    expect_matches(ask, {"a": "", "b": False, "c": None}, (on(exists=False), ["c"]))


@facts(
    "filter-starts-with", "documented", "In an ENHANCED index, `$startsWith` matches strings by their start."
)
def _(ask: Asking) -> None:
    values = {"a": "red boat", "b": "red", "c": "a red boat", "d": "re"}
    expect_matches(ask, values, (on(startsWith="red"), ["a", "b"]), (on(startsWith="a"), ["c"]))


# --- arrays


@facts("filter-arrays-equal", "documented", "`$eq` matches an array of which any element is equal.")
def _(ask: Asking) -> None:
    values = {"a": ["x", "y"], "b": ["z"], "c": "y", "d": [1, 2]}
    expect_matches(ask, values, (on(eq="y"), ["a", "c"]), (on(eq=2), ["d"]))


@facts(
    "filter-arrays-in",
    "choice",
    "`$in` matches an array of which any element is in the list.",
    choices=("in-on-arrays",),
)
def _(ask: Asking) -> None:
    values = {"a": ["x", "y"], "b": ["z"], "c": [1, 2]}
    expect_matches(ask, values, ({"f": {"$in": ["y", "w"]}}, ["a"]), ({"f": {"$in": [2, "z"]}}, ["b", "c"]))


@facts(
    "filter-arrays-complements",
    "choice",
    "`$ne` and `$nin` match an array exactly if `$eq` and `$in` do not.",
    choices=("not-equal-complement",),
)
def _(ask: Asking) -> None:
    values = {"a": ["x", "y"], "b": ["z"], "c": ["x"]}
    expect_matches(
        ask,
        values,
        (on(ne="x"), ["b"]),
        ({"f": {"$nin": ["y", "z"]}}, ["c"]),
        ({"f": {"$in": ["y", "z"]}}, ["a", "b"]),
    )


@facts(
    "filter-arrays-ranges",
    "choice",
    "`$gt`, `$gte`, `$lt` and `$lte` match an array of which any element is in range.",
    choices=("ranges-on-arrays",),
)
def _(ask: Asking) -> None:
    values = {"a": [1, 9], "b": [4, 5], "c": ["9"]}
    expect_matches(
        ask,
        values,
        (on(gt=5), ["a"]),
        (on(gte=5), ["a", "b"]),
        (on(lt=4), ["a"]),
        (on(lte=4), ["a", "b"]),
    )


@facts(
    "filter-arrays-starts-with",
    "choice",
    "`$startsWith` matches an array of which any element starts with the string.",
    choices=("starts-with-on-arrays",),
)
def _(ask: Asking) -> None:
    values = {"a": ["blue", "red boat"], "b": ["a red boat"], "c": [1]}
    expect_matches(ask, values, (on(startsWith="red"), ["a"]), (on(startsWith="b"), ["a"]))


# --- filters in filters


@facts("filter-and", "documented", "`$and` matches the vectors that all of its filters match.")
def _(ask: Asking) -> None:
    values = {"a": 1, "b": 5, "c": 9}
    expect_matches(ask, values, ({"$and": [on(gt=1), on(lt=9)]}, ["b"]), ({"$and": [on(gt=1)]}, ["b", "c"]))


@facts("filter-or", "documented", "`$or` matches the vectors that any of its filters matches.")
def _(ask: Asking) -> None:
    values = {"a": 1, "b": 5, "c": "x", "d": None}
    expect_matches(ask, values, ({"$or": [on(lt=5), {"f": "x"}]}, ["a", "c"]))


@facts("filter-nested", "documented", "`$and` and `$or` may be inside each other.")
def _(ask: Asking) -> None:
    values = {"a": 1, "b": 5, "c": 9, "d": "x"}
    inner = {"$or": [{"f": "x"}, {"$and": [on(gt=1), on(lt=9)]}]}
    expect_matches(ask, values, (inner, ["b", "d"]), ({"$and": [inner, on(gt=0)]}, ["b"]))


@facts("filter-written-last", "documented", "A filter sees metadata as it was written last.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"f": "red"}), ("b", [1, 1], {"f": "red"}))
    ask.put(index, ("b", [1, 1], {"f": "blue"}))
    for value, keys in (("red", ["a"]), ("blue", ["b"])):
        ask.compare(f"the hits of {value}", keys, keys_of(query(ask, index, [1, 1], filter={"f": value})))
