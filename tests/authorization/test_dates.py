"""Dates of condition keys: as they are written, and as conditions read them."""

from __future__ import annotations

import pytest

from mock_s3vectors.authorization.comparisons import date_of, moment


@pytest.mark.parametrize(
    ("seconds", "date"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_800_000_000.9, "2027-01-15T08:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (-40_000_000_000, "0702-06-15T00:53:20Z"),
    ],
)
def test_a_date_and_back(seconds: float, date: str) -> None:
    assert date_of(seconds) == date
    assert moment(date) == int(seconds)
