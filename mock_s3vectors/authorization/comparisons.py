"""The comparisons of condition operators: each family compares a value of a request with one of a policy.

Each function here returns the test for a value of a policy, and raises a ValueError that says what the value
must be. A value of a request that is not of the family's type is equal to none, and neither less nor greater.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from mock_s3vectors.arns import COLONS
from mock_s3vectors.authorization.patterns import Piece, pattern, pieces_of
from mock_s3vectors.authorization.variables import has_variables, replaced, template, text_test

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_s3vectors.authorization.patterns import Matches
    from mock_s3vectors.authorization.variables import Context, Test

    # Takes a value of a policy, and whether it may have variables.
    Comparison = Callable[[str, bool], Test]


def string_equals(own: str, variables: bool) -> Test:  # noqa: FBT001 - one signature for all, called from a table
    """Return the test for the same text."""
    return text_test(own, variables=variables)


def string_equals_ignore_case(own: str, variables: bool) -> Test:  # noqa: FBT001 - as above
    """Return the test for the same text, whatever its case."""
    return text_test(own, variables=variables, ignore_case=True)


def string_like(own: str, variables: bool) -> Test:  # noqa: FBT001 - as above
    """Return the test for a text that matches a pattern."""
    return text_test(own, variables=variables, wildcards=True)


def boolean(own: str, variables: bool) -> Test:  # noqa: FBT001 - as above
    """Return the test for `true` or `false`."""
    if own.lower() not in ("true", "false") and not (variables and has_variables(own)):
        raise ValueError("true or false")  # Choice: policy-condition-types.
    return string_equals_ignore_case(own, variables)


def binary(own: str, _: bool) -> Test:  # noqa: FBT001 - as above
    """Return the test for the text with the bytes that a Base64 text stands for."""
    try:
        wanted = base64.b64decode(own, validate=True)
    except ValueError:
        raise ValueError("Base64") from None
    return lambda value, _: value.encode("utf-8", "surrogatepass") == wanted


def ip_range(own: str, _: bool) -> Test:  # noqa: FBT001 - as above
    """Return the test for an address of a range."""
    try:
        addresses = ip_network(own, strict=False)
    except ValueError:
        raise ValueError("an IP address or a range of them") from None

    def test(value: str, _: Context) -> bool:
        try:
            return ip_address(value) in addresses
        except ValueError:
            return False

    return test


def arn_like(own: str, variables: bool) -> Test:  # noqa: FBT001 - as above
    """Return the test for an ARN each of whose six parts matches a pattern."""
    if own == "*":
        return string_like(own, variables)
    if variables and has_variables(own):
        pieces = template(own, wildcards=True)

        def test(value: str, context: Context) -> bool:
            found = replaced(pieces, context)
            patterns = None if found is None else _arn_patterns(found)
            return patterns is not None and _are_parts(patterns, value)

        return test
    fixed = _arn_patterns(pieces_of(own))
    if fixed is None:
        raise ValueError("an ARN, with or without wildcards")
    return lambda value, _: _are_parts(fixed, value)


def _arn_patterns(pieces: Sequence[Piece]) -> list[Matches] | None:
    """Return the patterns of the parts of an ARN, None if there are fewer than six."""
    parts: list[list[Piece]] = [[]]
    for piece in pieces:
        if isinstance(piece, str):
            first, *others = piece.split(":", COLONS + 1 - len(parts))
            parts[-1].append(first)
            parts += [[other] for other in others]
        else:
            parts[-1].append(piece)
    return [pattern(part) for part in parts] if len(parts) == COLONS + 1 else None


def _are_parts(patterns: Sequence[Matches], value: str) -> bool:
    parts = value.split(":", COLONS)
    return len(parts) == len(patterns) and all(
        matches(part) for matches, part in zip(patterns, parts, strict=True)
    )


_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")


def number(text: str) -> Decimal:
    """Return the number that a text stands for.

    Raises:
        ValueError: it stands for none; says what it must be.
    """
    if _NUMBER.fullmatch(text) is None:
        raise ValueError("a number")
    return Decimal(text)


_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,20}))?)?(?:Z|([+-][0-9]{2}):([0-9]{2})))?)?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def moment(text: str) -> Decimal:
    """Return the seconds since the epoch for a date by ISO 8601, or for such seconds.

    Raises:
        ValueError: it stands for neither; says what it must be.
    """
    found = _DATE.fullmatch(text)
    if found is None:
        if _NUMBER.fullmatch(text) is None:
            raise ValueError("a date, or seconds since the epoch")
        return Decimal(text)
    year, month, day, hour, minute, second = (
        int(part or least) for part, least in zip(found.groups()[:6], (1, 1, 1, 0, 0, 0), strict=True)
    )
    fraction, zone_hours, zone_minutes = found.groups()[6:]
    try:
        date = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        raise ValueError("a date, or seconds since the epoch") from None
    seconds = (date - _EPOCH) // timedelta(seconds=1)
    if zone_hours:
        sign = -1 if zone_hours.startswith("-") else 1
        seconds -= sign * 60 * (60 * int(zone_hours[1:]) + int(zone_minutes))
    return seconds + Decimal(f"0.{fraction or 0}")


def date_of(seconds: float) -> str:
    """Return the date by ISO 8601 for seconds since the epoch, as condition keys have it."""
    return f"{(_EPOCH + timedelta(seconds=int(seconds))).replace(tzinfo=None).isoformat()}Z"


def ordered(parse: Callable[[str], Decimal], holds: Callable[[Any, Any], bool]) -> Comparison:
    """Return the comparison of two values of an ordered type.

    Args:
        parse: a text to the value that it stands for.
        holds: of the value of a request and that of the policy, such as `operator.lt`.
    """

    def comparison(own: str, _: bool) -> Test:  # noqa: FBT001 - as above
        wanted = parse(own)

        def test(value: str, _: Context) -> bool:
            try:
                return holds(parse(value), wanted)
            except ValueError:
                return False

        return test

    return comparison
