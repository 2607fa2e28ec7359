"""Dates in metadata, and ages: `2026-10-27T12:00:00Z`, 1793102400, 30d.

Metadata has no type for dates, so this is how applications write them:

    2026-10-27, 20261027                         midnight of a day, in UTC
    2026-10-27T12:30, 2026-10-27 12:30:15.25     a time of that day; in UTC unless it has a zone,
    20261027T123015Z, 2026-10-27T12:30:15+02:00  which is Z or an offset
    1793102400, 1793102400.5, "1793102400"       seconds since 1970
    1793102400000, "1793102400000"               milliseconds since 1970

Numbers tell by their size what they count: from 10**8 up to 10**11 they are seconds, and from there up to
10**14 milliseconds. Both are the dates from 3 March 1973 to 16 November 5138. A smaller number is more
likely a year, a count, or a day such as 20261027 without its quotes, and a larger one has finer units:
neither is a date.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - all are in UTC
_LEAST_SECONDS = 10**8
_LEAST_MILLISECONDS = 10**11
_MOST_MILLISECONDS = 10**14

_NUMBER = re.compile(r"\d{9,14}(\.\d{1,9})?", re.ASCII)
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<dash>-?)(?P<month>\d\d)(?P=dash)(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d)(?P<colon>:?)(?P<minute>\d\d)"
    r"(?:(?P=colon)(?P<second>\d\d)(?:[.,](?P<part>\d{1,9}))?)?"
    r" ?(?P<zone>Z|(?P<sign>[+-])(?P<hours>\d\d)(?::?(?P<minutes>\d\d))?)?)?",
    re.ASCII | re.IGNORECASE,
)
_PARTS = ("year", "month", "day", "hour", "minute", "second")
_MOST_OFFSET_HOURS = 23
_MOST_OFFSET_MINUTES = 59

_AGE = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60, "w": 7 * 24 * 60 * 60}


def moment_of(value: Any) -> float | None:
    """Return the moment that a metadata value stands for, in seconds since 1970; None if it is no date."""
    if type(value) in (int, float):
        return _moment_of_number(value)
    if type(value) is not str:  # a boolean is no number, and a list has no date of its own
        return None
    if _NUMBER.fullmatch(value):
        return _moment_of_number(float(value))
    match = _ISO.fullmatch(value)
    return None if match is None else _moment_of_iso(match)


def _moment_of_number(value: float) -> float | None:
    if _LEAST_SECONDS <= value < _LEAST_MILLISECONDS:
        return float(value)
    if _LEAST_MILLISECONDS <= value < _MOST_MILLISECONDS:
        return value / 1000
    return None


def _moment_of_iso(match: re.Match[str]) -> float | None:
    hours, minutes = int(match["hours"] or 0), int(match["minutes"] or 0)
    if hours > _MOST_OFFSET_HOURS or minutes > _MOST_OFFSET_MINUTES:
        return None
    try:
        year, month, day, hour, minute, second = (int(match[part] or 0) for part in _PARTS)
        local = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - see above
    except ValueError:  # as 2026-02-30
        return None
    offset = (hours * 60 + minutes) * 60
    seconds = (local - _EPOCH).total_seconds() + float(f"0.{match['part'] or 0}")
    return seconds + offset if match["sign"] == "-" else seconds - offset


def age_of(value: Any) -> float:
    """Return an age in seconds.

    Args:
        value: a number with its unit, as `30d`: seconds, minutes, hours, days or weeks; or a timedelta.

    Raises:
        UsageError: it is no age.
    """
    if isinstance(value, timedelta):
        if value < timedelta(0):
            raise UsageError(f"The age {value!r} is negative: give one that is not.")
        return value.total_seconds()
    match = _AGE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise UsageError(
            f"{show(value)} is no age: write a whole number and its unit, such as 30d, 12h, 90m (minutes), "
            "45s or 2w."
        )
    return float(int(match[1]) * _SECONDS[match[2]])
