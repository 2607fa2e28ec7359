"""Parameters that are too large to be kept with the record of a call, or to be shown.

Vectors become `<1536 floats, norm 1.00>`, and whatever else is long becomes `<500 items>`.
"""

from __future__ import annotations

import inspect
import math
import re
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Sized

# The member whose value is the floats of a vector, wherever it is.
_FLOATS = "float32"
_DEEPEST_FLOATS = 4
_OF_JSON = (list, dict, str, int, float, type(None))
# A longer text is left out where lists and objects are. Names and ARNs are shorter.
_LONGEST_KEPT_TEXT = 1_000
# A session token in the query of a presigned URL: it may be one of AWS.
_TOKEN = re.compile("(?<=X-Amz-Security-Token=)[^&]+")
# What is shown of a text, of an object, of a list, and of nested values.
_LONGEST_TEXT = 100
_MOST_MEMBERS = 10
_MOST_ITEMS = 3
_DEEPEST_SHOWN = 8


class NotKept:
    """A placeholder for a list, an object or a text that was not kept. Only its length is known.

    Attributes:
        kind: the type of the value: list, dict or str.
        text: a description of the value, such as `500 items`.
    """

    __slots__ = ("_length", "kind", "text")
    __hash__ = None  # type: ignore[assignment] # it equals nothing

    def __init__(self, value: list[Any] | dict[str, Any] | str, text: str) -> None:
        self.kind = type(value)
        self.text = text
        self._length = len(value)

    def __repr__(self) -> str:
        return f"<{self.text}>"

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NotKept):
            return self is other
        if not isinstance(other, _OF_JSON):
            return NotImplemented  # ANY and its like decide by themselves
        if not isinstance(other, self.kind) or len(other) != len(self):
            return False
        raise self._refusal(f"be compared with {show(other)}")

    def __getitem__(self, item: object) -> Any:
        raise self._refusal("be looked into")

    def _refusal(self, asked: str) -> UsageError:
        return UsageError(
            f"{self!r} was too large to be kept with its call, so it cannot {asked}. "
            "Ask about smaller calls, or look at each call as it comes in: "
            'mock.on("PutVectors", when=lambda call: ...).'
        )


def floats(values: Any) -> NotKept:
    """Return the placeholder for the floats of a vector."""
    try:
        return NotKept(values, f"{len(values)} floats, norm {math.hypot(*values):.2f}")
    except (TypeError, OverflowError):
        # A list that is longer than the model allows is kept as it came, whatever is in it.
        return NotKept(values, f"{len(values)} values")


def _without_floats(value: Any, depth: int = 0) -> Any:
    """Return a JSON value with placeholders for the floats of vectors, which no operation has deeper."""
    if depth == _DEEPEST_FLOATS:
        return value
    if type(value) is dict:
        return {
            name: floats(item) if name == _FLOATS and type(item) is list else _without_floats(item, depth + 1)
            for name, item in value.items()
        }
    if type(value) is list and value and type(value[0]) is dict:
        return [_without_floats(item, depth + 1) for item in value]
    return value


def abridged(params: dict[str, Any], longest: int) -> tuple[dict[str, Any], int]:
    """Return parameters without what is large, and roughly how many bytes of JSON they are.

    Args:
        params: the parameters of a call.
        longest: how many bytes they may be. If they are more, even without the floats of vectors, lists and
            objects are left out.
    """
    brief: dict[str, Any] = _without_floats(params)
    size = _size(brief)
    if size > longest:
        brief = {name: _short(value) for name, value in brief.items()}
        size = _size(brief)
    return brief, size


def _size(params: dict[str, Any]) -> int:
    try:
        return len(orjson.dumps(params, default=repr))
    except TypeError:  # too deep for orjson
        return sys.maxsize


def _short(value: Any) -> Any:
    if isinstance(value, (list, dict)) and value:
        return NotKept(value, f"{len(value)} {'item' if len(value) == 1 else 'items'}")
    if isinstance(value, str) and len(value) > _LONGEST_KEPT_TEXT:
        return NotKept(value, f"{len(value)} characters")
    return value


def plural(count: int, noun: str, ending: str = "s") -> str:
    """Return a number with its noun: `1 call`, `1,200 calls`."""
    return f"{count:,} {noun}{'' if count == 1 else ending}"


def show(value: Any, depth: int = 0) -> str:
    """Return a value for people, on one line: vectors, long lists, objects and texts are abbreviated."""
    if depth == _DEEPEST_SHOWN and isinstance(value, (dict, list, tuple)):
        return "..."
    if isinstance(value, dict):
        members = (
            f"{_show_text(name)}: {_show_item(name, item, depth + 1)}"
            for name, item in islice(value.items(), _MOST_MEMBERS)
        )
        return f"{{{', '.join([*members, *_more(value, _MOST_MEMBERS)])}}}"
    if isinstance(value, (list, tuple)):
        items = (show(item, depth + 1) for item in value[:_MOST_ITEMS])
        return f"[{', '.join([*items, *_more(value, _MOST_ITEMS)])}]"
    if inspect.isroutine(value):
        return str(value.__name__)
    return _show_text(value)


def _more(value: Sized, most: int) -> list[str]:
    return [f"... {len(value) - most} more"] if len(value) > most else []


def _show_text(value: object) -> str:
    """Return the repr of a text, or of something that is neither a list nor an object of JSON."""
    if isinstance(value, str):
        text, shown = value, repr(value[:_LONGEST_TEXT])
    else:
        # Such as an approx() of a vector, or a repr of several lines.
        text = " ".join(repr(value).split())
        shown = text[:_LONGEST_TEXT]
    more = len(text) - _LONGEST_TEXT
    return f"{shown}... {more} more characters" if more > 0 else shown


def _show_item(name: object, item: Any, depth: int = 0) -> str:
    return repr(floats(item)) if name == _FLOATS and isinstance(item, (list, tuple)) else show(item, depth)


def show_members(members: dict[str, Any]) -> str:
    """Return members as the arguments of a call: `indexName='plots', topK=3`."""
    return ", ".join(f"{name}={_show_item(name, value)}" for name, value in members.items())


def without_token(query: str) -> str:
    """Return the query of a URL with `...` in the place of a session token."""
    return _TOKEN.sub("...", query)
