"""Facts about the grammar of filters: the filters that are accepted, and those refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import expect_text, keys_of, query
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_s3vectors.parity.answers import Index
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Filters")

INVALID = refusal("ValidationException", "Invalid filter", ("filter", "Invalid filter"))
SEARCH: dict[str, Any] = {"queryVector": {"float32": [1, 1]}, "topK": 10}


def expect_refused(ask: Asking, filters: Iterable[Any], index: Index | None = None) -> None:
    """Expect that filters are refused, each, by default in an index without vectors."""
    address = index or ask.index()
    for document in filters:
        ask.compare(f"the filter {document}", INVALID, query(ask, address, [1, 1], filter=document))


def expect_accepted(ask: Asking, filters: Iterable[Any], index: Index | None = None) -> None:
    """Expect that filters are accepted, each, in an index without vectors."""
    address = index or ask.index()
    for document in filters:
        answer = query(ask, address, [1, 1], filter=document)
        ask.compare(f"the filter {str(document)[:80]}", [], keys_of(answer))


def nested(levels: int) -> Any:
    """Return a filter inside so many `$and` and `$or`."""
    document: Any = {"f": 1}
    for level in range(levels):
        document = {"$and" if level % 2 else "$or": [document]}
    return document


# --- the form


@facts("filter-one-key", "seen", "A condition has exactly one key, at every level.")
def _(ask: Asking) -> None:
    expect_refused(
        ask,
        [{}, {"a": 1, "b": 2}, {"$and": [{"a": 1}], "a": 1}, {"$and": [{"a": 1, "b": 2}]}],
    )


@facts("filter-several-operators", "seen", "Several operators on one field must all hold.")
def _(ask: Asking) -> None:
    index = ask.index()
    years = {"a": 2019, "b": 2020, "c": 2024, "d": 2025}
    ask.put(index, *((key, [1, 1], {"year": year}) for key, year in years.items()))
    answer = query(ask, index, [1, 1], filter={"year": {"$gte": 2020, "$lte": 2024}})
    ask.compare("the hits", ["b", "c"], sorted(keys_of(answer)))


@facts(
    "filter-fields", "seen", "A field takes neither `{}`, null, an array, nor an object without operators."
)
def _(ask: Asking) -> None:
    expect_refused(ask, [{"f": {}}, {"f": None}, {"f": ["a"]}, {"f": {"x": 1}}, {"f": {"$eq": 1, "x": 1}}])


@facts("filter-joins", "seen", "`$and` and `$or` take a non-empty array of filters.")
def _(ask: Asking) -> None:
    expect_refused(ask, [{"$and": []}, {"$or": []}, {"$and": [{}]}, {"$and": ["x"]}, {"$or": {"a": 1}}])


@facts("filter-joins-in-fields", "seen", "`$and` and `$or` are no operators of a field.")
def _(ask: Asking) -> None:
    expect_refused(ask, [{"f": {"$and": [{"a": 1}]}}, {"f": {"$or": [{"$eq": 1}]}}])


@facts("filter-unknown-operators", "seen", "An unknown operator is refused, and there is no `$not`.")
def _(ask: Asking) -> None:
    expect_refused(
        ask, [{"f": {"$regex": "x"}}, {"f": {"$not": {"$eq": 1}}}, {"$not": {"a": 1}}, {"$nor": [{"a": 1}]}]
    )


@facts(
    "filter-dollar-keys",
    "choice",
    "A key that begins with `$` is refused where the name of a field may be.",
    choices=("dollar-keys",),
)
def _(ask: Asking) -> None:
    expect_refused(ask, [{"$f": 1}, {"$eq": 1}, {"$and": [{"$f": 1}]}])


@facts("filter-names", "seen", "Names of fields may be empty or have dots, which are taken literally.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"": "x"}), ("b", [1, 1], {"loc.page": 5}))
    for document, key in (({"": "x"}, "a"), ({"loc.page": {"$gte": 5}}, "b")):
        ask.compare(f"the filter {document}", [key], keys_of(query(ask, index, [1, 1], filter=document)))


@facts(
    "filter-depth",
    "choice",
    "`$and` and `$or` nest 100 deep at most.",
    choices=("filter-depth",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    for levels, hits in ((100, []), (101, INVALID)):
        answer = query(ask, index, [1, 1], filter=nested(levels))
        ask.compare(f"a filter nested {levels} deep", hits, keys_of(answer))


# --- operands


@facts("filter-operands-equal", "seen", "`$eq` and `$ne` take a string, a number or a boolean.")
def _(ask: Asking) -> None:
    index = ask.index()
    operators = ("$eq", "$ne")
    wrong: tuple[Any, ...] = (None, [], {}, ["a"])
    expect_refused(ask, [{"f": {name: operand}} for name in operators for operand in wrong], index)
    expect_accepted(
        ask, [{"f": {name: operand}} for name in operators for operand in ("a", 1.5, False)], index
    )


@facts("filter-operands-ranges", "seen", "`$gt`, `$gte`, `$lt` and `$lte` take a number.")
def _(ask: Asking) -> None:
    index = ask.index()
    expect_refused(
        ask, [{"f": {"$gt": "1"}}, {"f": {"$gte": True}}, {"f": {"$lt": None}}, {"f": {"$lte": [1]}}], index
    )
    expect_accepted(ask, [{"f": {"$gt": 0, "$gte": 0.5, "$lt": -1, "$lte": 2**40}}], index)


@facts("filter-operands-lists", "seen", "`$in` and `$nin` take a non-empty array of scalars.")
def _(ask: Asking) -> None:
    expect_refused(
        ask,
        [{"f": {name: operand}} for name in ("$in", "$nin") for operand in ([], "a", [None], [["a"]])],
    )


@facts(
    "filter-operands-mixed", "documented", "The array of `$in` and `$nin` may have scalars of several types."
)
def _(ask: Asking) -> None:
    index = ask.index()
    values = {"a": "x", "b": 1, "c": True, "d": "y"}
    ask.put(index, *((key, [1, 1], {"f": value}) for key, value in values.items()))
    for operator, keys in (("$in", ["a", "b", "c"]), ("$nin", ["d"])):
        answer = query(ask, index, [1, 1], filter={"f": {operator: ["x", 1, True]}})
        ask.compare(operator, keys, sorted(keys_of(answer)))


@facts("filter-operands-exists", "seen", "`$exists` takes a boolean.")
def _(ask: Asking) -> None:
    expect_refused(ask, [{"f": {"$exists": operand}} for operand in ("yes", 1, None)])


@facts("filter-operands-starts-with", "documented", "`$startsWith` takes a string.")
def _(ask: Asking) -> None:
    expect_refused(ask, [{"f": {"$startsWith": operand}} for operand in (1, True, None, ["x"])])


@facts(
    "filter-nan", "seen", 'The string "NaN" equals nothing, not even itself, and is no operand of a range.'
)
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"f": "NaN"}))
    for document in ({"f": "NaN"}, {"f": {"$in": ["NaN"]}}):
        ask.compare(f"the filter {document}", [], keys_of(query(ask, index, [1, 1], filter=document)))
    expect_refused(ask, [{"f": {"$gt": "NaN"}}], index)


# --- where filters may not be


@facts("filter-non-filterable", "seen", "A filter must not read a key that is non-filterable.")
def _(ask: Asking) -> None:
    index = ask.index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
    text = "Invalid use of non-filterable metadata in filter"
    for document in ({"bulk": "x"}, {"$or": [{"a": 1}, {"bulk": {"$exists": False}}]}):
        expect_text(ask, text, "QueryVectors", **index, **SEARCH, filter=document)


@facts("filter-before-data", "seen", "An index with vectors refuses the filters that an empty one refuses.")
def _(ask: Asking) -> None:
    documents: tuple[Any, ...] = ({"a": 1, "b": 2}, {"f": {"$gt": "1"}}, {"f": {"$in": []}})
    index = ask.index()
    expect_refused(ask, documents, index)
    ask.put(index, ("a", [1, 1], {"f": 1}))
    expect_refused(ask, documents, index)


# --- how many constraints


def expect_too_many(ask: Asking, index: Index, document: Any) -> None:
    """Expect that a filter is refused, in whatever words."""
    answer = without_fields(query(ask, index, [1, 1], filter=document))
    ask.compare(f"the filter {str(document)[:80]}...", refusal("ValidationException", ANYTHING), answer)


@facts("filter-100-constraints", "seen", "A filter has 100 constraints at most, such as values of `$in`.")
def _(ask: Asking) -> None:
    index = ask.index()
    expect_accepted(ask, [{"f": {"$in": list(range(100))}}], index)
    expect_too_many(ask, index, {"f": {"$in": list(range(101))}})


@facts(
    "filter-counting",
    "documented",
    "Each value to evaluate is a constraint: three of a `$in`, two of two ranges, none of `$and` and `$or`.",
)
def _(ask: Asking) -> None:
    index = ask.index()
    lists = [{"f": {"$in": [1, 2, 3]}}] * 33
    ranges = [{"f": {"$gt": 1, "$lt": 9}}] * 50
    expect_accepted(ask, [{"$and": [*lists, {"g": 1}]}, {"$or": ranges}], index)
    expect_too_many(ask, index, {"$and": [*lists, {"g": 1}, {"h": 1}]})
    expect_too_many(ask, index, {"$or": [*ranges, {"g": 1}]})


@facts(
    "filter-constraints-text",
    "choice",
    "The refusal of 101 constraints reads `Filter must have at most 100 constraints`.",
    choices=("constraints-text",),
)
def _(ask: Asking) -> None:
    text = "Filter must have at most 100 constraints"
    document = {"f": {"$in": list(range(101))}}
    expect_text(ask, text, "QueryVectors", **ask.index(), **SEARCH, filter=document)


@facts(
    "filter-first-fault",
    "choice",
    "Of a condition outside the grammar and constraint 101, the refusal is about the one that comes first.",
    choices=("first-filter-fault",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    many = {"f": {"$in": list(range(101))}}
    expect_refused(ask, [{"$and": [{}, many]}], index)
    answer = query(ask, index, [1, 1], filter={"$and": [many, {}]})
    of_many = query(ask, index, [1, 1], filter=many)
    ask.compare("101 constraints, and then a fault", of_many, answer)
    ask.compare("their class", "ValidationException", of_many.get("error"))
    about = "the grammar" if of_many == INVALID else "the constraints"
    ask.compare("the subject of that refusal", "the constraints", about)
