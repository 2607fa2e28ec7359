"""The filter rules, written a second time and as plainly as possible.

One document, one metadata object, no compiling, no tables: slow and obvious, and sharing no code with
the package.
"""

from __future__ import annotations

from typing import Any

RANGES = ("$gt", "$gte", "$lt", "$lte")


def accepts(document: Any, *, enhanced: bool = False) -> bool:
    """Whether the grammar knows the document (nesting and constraint limits left aside)."""
    if type(document) is not dict or len(document) != 1:
        return False
    key = next(iter(document))
    operand = document[key]
    if key in {"$and", "$or"}:
        return (
            type(operand) is list
            and operand != []
            and all(accepts(each, enhanced=enhanced) for each in operand)
        )
    if key[:1] == "$":
        return False
    if type(operand) is dict:
        return operand != {} and all(_accepts_operator(name, operand[name], enhanced) for name in operand)
    return type(operand) in {str, int, float, bool}


def _accepts_operator(name: str, operand: Any, enhanced: bool) -> bool:  # noqa: FBT001
    if name in {"$eq", "$ne"}:
        return type(operand) in {str, int, float, bool}
    if name in RANGES:
        return type(operand) in {int, float}
    if name in {"$in", "$nin"}:
        return (
            type(operand) is list
            and operand != []
            and all(type(each) in {str, int, float, bool} for each in operand)
        )
    if name == "$exists":
        return type(operand) is bool
    return name == "$startsWith" and enhanced and type(operand) is str


def constraints(document: dict[str, Any]) -> int:
    """How many constraints an accepted document counts."""
    [(key, operand)] = document.items()
    if key in {"$and", "$or"}:
        return sum(constraints(each) for each in operand)
    if type(operand) is not dict:
        return 1
    return sum(len(value) if type(value) is list else 1 for value in operand.values())


def fields(document: dict[str, Any]) -> set[str]:
    """The metadata keys that an accepted document reads."""
    [(key, operand)] = document.items()
    if key in {"$and", "$or"}:
        return set().union(*(fields(each) for each in operand))
    return {key}


def matches(document: dict[str, Any], metadata: dict[str, Any]) -> bool:
    """Whether an accepted document selects a vector with this metadata."""
    [(key, operand)] = document.items()
    if key == "$and":
        return all(matches(each, metadata) for each in operand)
    if key == "$or":
        return any(matches(each, metadata) for each in operand)
    if type(operand) is not dict:
        operand = {"$eq": operand}
    return all(_holds(name, value, key, metadata) for name, value in operand.items())


def _holds(name: str, operand: Any, key: str, metadata: dict[str, Any]) -> bool:
    if name == "$exists":
        return (key in metadata) is operand
    if name == "$ne":
        return not _holds("$eq", operand, key, metadata)
    if name == "$nin":
        return not _holds("$in", operand, key, metadata)
    if key not in metadata:
        return False
    stored = metadata[key]
    elements = stored if type(stored) is list else [stored]
    return any(_element_holds(name, operand, element) for element in elements)


def _element_holds(name: str, operand: Any, element: Any) -> bool:
    if name == "$eq":
        return _same(operand, element)
    if name == "$in":
        return any(_same(each, element) for each in operand)
    if name == "$startsWith":
        return type(element) is str and element[: len(operand)] == operand
    if type(element) not in {int, float}:
        return False
    left, right = _float(element), _float(operand)
    return {"$gt": left > right, "$gte": left >= right, "$lt": left < right, "$lte": left <= right}[name]


def _same(operand: Any, element: Any) -> bool:
    if type(operand) in {int, float} and type(element) in {int, float}:
        return _float(operand) == _float(element)
    return type(operand) is type(element) and operand == element and operand != "NaN"


def _float(number: float) -> float:
    if number > 1.7976931348623157e308:
        return float("inf")
    if number < -1.7976931348623157e308:
        return float("-inf")
    return float(number)
