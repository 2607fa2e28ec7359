"""The time of a world."""

from __future__ import annotations

import math
import time
from datetime import datetime, timezone

from mock_s3vectors.errors.exceptions import UsageError

# The day from which new vector buckets are ENHANCED, and only that: 2026-09-30T00:00:00Z.
ENHANCED_SINCE = 1_790_726_400

# The last second of the year 9999, after which no timestamp can be written.
_END = 253_402_300_799


class Clock:
    """The time of a mock: that of the process, until a test moves it or stops it.

    While it follows the process, whatever freezes `time.time` (freezegun, time-machine) freezes it too.
    Creation times, the life of page tokens, text search configurations that are BUILDING, the default mode of
    new vector buckets, and the windows of limits all go by it.

    Example:
        >>> mock.clock.freeze()
        >>> mock.clock.move_to("2027-01-31T12:00:00Z")
        >>> mock.clock.shift(60)
        >>> mock.clock
        <Clock at 2027-01-31T12:01:00.000+00:00, frozen>
        >>> mock.clock.follow()
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._frozen: float | None = None

    def __repr__(self) -> str:
        # A clock that goes on from its last second has no date.
        moment = datetime.fromtimestamp(min(self.now(), _END), timezone.utc)
        shown = moment.isoformat(timespec="milliseconds")
        return f"<Clock at {shown}{', frozen' if self.is_frozen else ''}>"

    @property
    def is_frozen(self) -> bool:
        """Whether the time stands still."""
        return self._frozen is not None

    def now(self) -> float:
        """Return the seconds since the epoch."""
        return time.time() + self._ahead if self._frozen is None else self._frozen

    def move_to(self, moment: datetime | float | str) -> None:
        """Set the time, forwards or backwards. The clock goes on from there, unless it is frozen.

        Args:
            moment: a datetime, seconds since the epoch, or a text in ISO format, `"2027-01-31T12:00:00Z"`.
                A datetime or a text without a time zone is in UTC.

        Raises:
            UsageError: it is none of these, or not between the years 1970 and 9999.
        """
        seconds = _seconds_at(moment)
        if self._frozen is None:
            self._ahead = seconds - time.time()
        else:
            self._frozen = seconds

    def shift(self, seconds: float) -> None:
        """Move the time by some seconds, backwards if they are negative.

        Args:
            seconds: how many; a float is fine.

        Raises:
            UsageError: they are not a number, or lead out of the years 1970 to 9999.
        """
        if not is_number(seconds):
            raise UsageError(f"clock.shift({seconds!r:.100}): give a number of seconds, for instance 3600.")
        moved = _checked(self.now() + float(seconds), f"clock.shift({seconds!r})")
        if self._frozen is None:
            self._ahead += float(seconds)
        else:
            self._frozen = moved

    def freeze(self) -> None:
        """Stop the time. `shift` and `move_to` still move it."""
        self._frozen = self.now()

    def follow(self) -> None:
        """Follow the clock of the process again, as at first."""
        self._ahead, self._frozen = 0.0, None

    def copy(self) -> Clock:
        """Return another clock that goes like this one."""
        other = Clock()
        other.set_as(self)
        return other

    def set_as(self, other: Clock) -> None:
        """Go like another clock from now on: as far ahead of the process, or frozen at the same time."""
        self._ahead, self._frozen = other._ahead, other._frozen


def is_number(value: object) -> bool:
    """Return whether a value is a number, as JSON has them, that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _seconds_at(moment: datetime | float | str) -> float:
    called = f"clock.move_to({moment!r:.100})"
    if isinstance(moment, str):
        try:
            # Python 3.10 does not read the Z.
            moment = datetime.fromisoformat(moment.strip().replace("Z", "+00:00").replace("z", "+00:00"))
        except ValueError:
            raise UsageError(
                f"{called}: this is not a time in ISO format. Write it like '2027-01-31T12:00:00Z'."
            ) from None
    if isinstance(moment, datetime):
        aware = moment if moment.utcoffset() is not None else moment.replace(tzinfo=timezone.utc)
        return _checked(aware.timestamp(), called)
    if not is_number(moment):
        raise UsageError(
            f"{called}: give a datetime, seconds since the epoch, or a text like '2027-01-31T12:00:00Z'."
        )
    return _checked(float(moment), called)


def _checked(seconds: float, called: str) -> float:
    if not 0 <= seconds <= _END:
        raise UsageError(f"{called}: the time must be between the years 1970 and 9999.")
    return seconds
