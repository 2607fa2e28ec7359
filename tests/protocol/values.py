"""Values of a shape: random ones, a few nasty ones, and a text that tells any two apart."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

# Surrogates stand alone in no text that can be sent.
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
FLOATS = st.floats() | st.floats(width=32)
FINITE_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
INTEGERS = st.integers(-(2**31), 2**31 - 1)
LONG_INTEGERS = st.integers(-(2**63), 2**64 - 1)

DOCUMENTS: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | LONG_INTEGERS | FINITE_FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)

_NASTY_TEXTS = [
    "",
    " ",
    "arn:aws:s3vectors:us-east-1:123456789012:bucket/a-b/index/c.d",
    "a/b//c",
    "%2F%25%zz%",
    "+ &=?#;,",
    "..",
    "\u00e9\u65e5\u672c\U0001f600",
    "e\u0301\u200d\ufeff",
    "\x00\x1f\x7f\u2028\ud7ff\ue000\uffff",
    "\"'\\\n\t\\u0041",
    "null",
]
_NASTY_FLOATS = [
    0.0,
    -0.0,
    0.1,
    1 / 3,
    5e-324,
    1.5e-45,
    1.1754943508222875e-38,
    3.4028234663852886e38,
    3.4028235677973366e38,
    1.7976931348623157e308,
    -1e39,
    float("nan"),
    float("inf"),
    float("-inf"),
    0,
    7,
    -(2**63),
    2**64 - 1,
    2**53 + 1,
    10**30,
]
_NASTY_DOCUMENTS: list[Any] = [
    {},
    {"": "x", "$eq": 1, "a.b": [1, 2.0, "3"], "\u00e9\n'": True},
    {"$and": [{"year": {"$gte": 2020, "$lte": 2024.5}}, {"tag": {"$in": ["a", 1, False]}}]},
    {"zero": -0.0, "small": 5e-324, "large": 1.7976931348623157e308, "long": 2**64 - 1, "low": -(2**63)},
    {"deep": [[[[[[{"a": {"b": {"c": None}}}]]]]]]},
    {"NaN": "NaN", "surrogate pair": "\U0001f469\u200d\U0001f680"},
]


class Sampler:
    """Complete values of shapes, every member given, from the nasty ones in turn."""

    def __init__(self, start: int) -> None:
        self._texts = _from(_NASTY_TEXTS, start)
        self._floats = _from(_NASTY_FLOATS, start)
        self._documents = _from(_NASTY_DOCUMENTS, start)
        self._booleans = _from([True, False], start)
        self._integers = _from([0, 1, -1, 2**31 - 1, -(2**31)], start)

    def sample(self, shape: Any) -> Any:
        kind = shape.type_name
        if getattr(shape, "is_document_type", False):
            return next(self._documents)
        if kind == "structure":
            return {name: self.sample(member) for name, member in shape.members.items()}
        if kind == "list":
            return [self.sample(shape.member) for _ in range(5)]
        if kind == "map":
            return {self.sample(shape.key): self.sample(shape.value) for _ in range(5)}
        scalars = {
            "string": self._texts,
            "float": self._floats,
            "integer": self._integers,
            "boolean": self._booleans,
        }
        return next(scalars[kind])


def _from(values: list[Any], start: int) -> Iterator[Any]:
    return itertools.islice(itertools.cycle(values), start, None)


def inputs(shape: Any) -> st.SearchStrategy[Any]:
    """Values that botocore's serializer takes for a shape; no constraint holds but that of types."""
    return _values(shape, FLOATS | LONG_INTEGERS, st.lists(FLOATS | LONG_INTEGERS, max_size=6))


def results(shape: Any) -> st.SearchStrategy[Any]:
    """Values that operations return for a shape: timestamps as whole seconds, vectors as lists or rows."""
    return _values(shape, FINITE_FLOATS | st.just("Infinity"), st.lists(FINITE_FLOATS, max_size=6) | _ROWS)


# Vectors as the table of an index hands them out.
_ROWS = st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=6).map(
    lambda values: np.array([values, values], dtype=np.float32).astype(np.float64)[1]
)


def _values(
    shape: Any, floats: st.SearchStrategy[Any], vectors: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return st.dictionaries(TEXTS, DOCUMENTS, max_size=4)
    if kind == "structure":
        members = {name: _values(member, floats, vectors) for name, member in shape.members.items()}
        return _structures(shape, members)
    if kind == "list":
        if shape.member.type_name == "float":
            return vectors
        # A list in the query that is empty cannot be told from one that is not there.
        least = 1 if shape.serialization.get("location") == "querystring" else 0
        return st.lists(_values(shape.member, floats, vectors), min_size=least, max_size=4)
    if kind == "map":
        value = _values(shape.value, floats, vectors)
        return st.dictionaries(_values(shape.key, floats, vectors), value, max_size=4)
    return {
        "string": TEXTS,
        "float": floats,
        "integer": INTEGERS,
        "timestamp": st.integers(0, 2**33),
        "boolean": st.booleans(),
    }[kind]


def _structures(shape: Any, members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    if getattr(shape, "is_tagged_union", False):
        return st.one_of([st.fixed_dictionaries({name: member}) for name, member in members.items()])
    needed = {
        name: members[name]
        for name, member in shape.members.items()
        if member.serialization.get("location") == "uri"
    }
    others = {name: member for name, member in members.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=others)


def canonical(shape: Any, value: Any) -> Any:
    """A value as plain lists and texts: equal for two values of a shape if and only if they are the same.

    Floats are compared as doubles, bit for bit; documents by their JSON, in which 1, 1.0 and true differ.
    """
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return json.dumps(value, sort_keys=True)
    if kind == "structure":
        return {name: canonical(shape.members[name], member) for name, member in value.items()}
    if kind == "list":
        return [canonical(shape.member, member) for member in value]
    if kind == "map":
        return {key: canonical(shape.value, member) for key, member in value.items()}
    return _canonical_scalar(kind, value)


def _canonical_scalar(kind: str, value: Any) -> str:
    if kind == "float":
        return float(value).hex()
    if kind == "timestamp":
        return str(value.timestamp() if isinstance(value, dt.datetime) else float(value))
    return f"{type(value).__name__} {value!r}"
