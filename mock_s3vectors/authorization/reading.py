"""The JSON of policies, read strictly: each key once, and no deeper than Python can follow."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

from mock_s3vectors.authorization.faults import Fault

_NO_JSON = "it is not JSON"
_TOO_DEEP = "it is nested too deeply"


def text_of(document: Any) -> str:
    """Return the JSON of a document that is given as JSON, or as what JSON would be parsed to.

    Raises:
        Fault: it is neither.
    """
    if isinstance(document, str):
        return document
    try:
        if isinstance(document, (bytes, bytearray)):
            return document.decode()
        return json.dumps(document, ensure_ascii=False)
    except RecursionError:
        raise Fault(_TOO_DEEP) from None
    except (TypeError, ValueError):
        raise Fault(_NO_JSON) from None


def parsed(text: str) -> Any:
    """Return what JSON stands for.

    Raises:
        Fault: it is not JSON, or an object in it has a key twice.
    """
    repeated: list[tuple[dict[str, Any], str]] = []

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            repeated.append((found, _first_repeated(pairs)))
        return found

    try:
        document = json.loads(text, object_pairs_hook=read, parse_constant=_refuse)
    except RecursionError:
        raise Fault(_TOO_DEEP) from None
    except ValueError:
        raise Fault(_NO_JSON) from None
    if repeated:
        # The last one is part of the document: those before may be in a value that a repeated key replaced.
        found, key = repeated[-1]
        raise Fault(f"{_place_of(found, document)}{key} is given twice")
    return document


def _refuse(constant: str) -> NoReturn:
    """Refuse NaN and the infinities, which Python reads and JSON does not have."""
    raise ValueError(constant)


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    counts = Counter(key for key, _ in pairs)
    return next(key for key, count in counts.items() if count > 1)


# The way to a part of a document: the way to what it is in, and the step from there.
_Way = tuple["_Way", str] | None


def _place_of(wanted: dict[str, Any], document: Any) -> str:
    """Return the place of an object in a document, as it stands before the name of one of its keys."""
    ahead: list[tuple[Any, _Way]] = []
    value, way = document, None
    while value is not wanted:
        if isinstance(value, dict):
            ahead += ((inner, (way, f"{key}.")) for key, inner in value.items())
        elif isinstance(value, list):
            ahead += ((inner, (way, f"[{position}].")) for position, inner in enumerate(value))
        value, way = ahead.pop()
    steps: list[str] = []
    while way is not None:
        way, step = way
        steps.append(step)
    return "".join(reversed(steps)).replace(".[", "[")
