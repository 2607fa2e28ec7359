"""Parameters that are too large to be kept with the record of a call, or to be shown.

Vectors become `<1536 floats, norm 1.00>`, and whatever else is long becomes `<500 items>`.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import orjson

from mock_s3vectors.errors.exceptions import UsageError

# The member whose value is the floats of a vector, wherever it is.
_FLOATS = "float32"
_DEEPEST_FLOATS = 4
# What is shown of a text, of a list, and of nested values.
_LONGEST_TEXT = 100
_MOST_ITEMS = 3
_DEEPEST_SHOWN = 8


class NotKept:
    """What stands for a value that was not kept. Comparing it with another value is refused.

    Attributes:
        text: what the value was.
    """

    __slots__ = ("text",)
    __hash__ = None  # type: ignore[assignment] # it equals nothing

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return f"<{self.text}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, NotKept):
            return self is other
        raise UsageError(
            f"{self!r} was too large to be kept with its call, so it cannot be compared with {show(other)}. "
            "Compare smaller calls, or look at each call as it comes in: "
            'mock.on("PutVectors", when=lambda call: ...).'
        )


def floats(values: Any) -> NotKept:
    """Return what stands for the floats of a vector."""
    try:
        return NotKept(f"{len(values)} floats, norm {math.hypot(*values):.2f}")
    except (TypeError, OverflowError):
        # A list that is longer than the model allows is kept as it came, whatever is in it.
        return NotKept(f"{len(values)} values")


def _without_floats(value: Any, depth: int = 0) -> Any:
    """Return a JSON value in which the floats of vectors are replaced, which no operation has deeper."""
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
        return NotKept(f"{len(value)} {'item' if len(value) == 1 else 'items'}")
    return value


def show(value: Any, depth: int = 0) -> str:
    """Return a value for people, on one line: vectors, long lists and long texts are abbreviated."""
    if depth == _DEEPEST_SHOWN and isinstance(value, (dict, list, tuple)):
        return "..."
    if isinstance(value, dict):
        items = (f"{name!r}: {_show_item(name, item, depth + 1)}" for name, item in value.items())
        return f"{{{', '.join(items)}}}"
    if isinstance(value, (list, tuple)):
        shown = [show(item, depth + 1) for item in value[:_MOST_ITEMS]]
        more = len(value) - len(shown)
        return f"[{', '.join([*shown, f'... {more} more'] if more > 0 else shown)}]"
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        return f"{value[:_LONGEST_TEXT]!r}... {len(value) - _LONGEST_TEXT} more characters"
    return repr(value)


def _show_item(name: object, item: Any, depth: int = 0) -> str:
    return repr(floats(item)) if name == _FLOATS and isinstance(item, (list, tuple)) else show(item, depth)


def show_members(members: dict[str, Any]) -> str:
    """Return members as the arguments of a call: `indexName='plots', topK=3`."""
    return ", ".join(f"{name}={_show_item(name, value)}" for name, value in members.items())
