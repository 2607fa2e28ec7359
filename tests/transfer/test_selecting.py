"""Selections: the vectors that they match, and conditions that are refused before anything is read."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import UsageError
from mock_s3vectors.transfer.dates import age_of, moment_of
from mock_s3vectors.transfer.selecting import Matches, selection
from tests.filtering import oracle
from tests.filtering.strategies import FILTERS, METADATA, VALUES

NOON = datetime(2026, 10, 27, 12, 0, tzinfo=timezone.utc)
EPOCH = 1_793_102_400  # noon, in seconds
MIDNIGHT = EPOCH - 12 * 3600
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-10-27", MIDNIGHT),
        ("20261027", MIDNIGHT),
        ("2026-10-27T12:00", EPOCH),
        ("2026-10-27 12:00:00", EPOCH),
        ("2026-10-27t12:00:00z", EPOCH),
        ("2026-10-27T12:00:00.25Z", EPOCH + 0.25),
        ("2026-10-27T12:00:00,123456789Z", EPOCH + 0.123456789),
        ("2026-10-27T14:00:00+02:00", EPOCH),
        ("2026-10-27 14:00 +02", EPOCH),
        ("2026-10-27T07:30:00-0430", EPOCH),
        ("20261027T120000Z", EPOCH),
        ("0001-01-01T00:00:00+14:00", -62_135_596_800 - 14 * 3600),
        (EPOCH, EPOCH),
        (EPOCH + 0.5, EPOCH + 0.5),
        (EPOCH * 1000, EPOCH),
        (EPOCH * 1000 + 250.0, EPOCH + 0.25),
        (str(EPOCH), EPOCH),
        (f"{EPOCH}.5", EPOCH + 0.5),
        (f"{EPOCH}250", EPOCH + 0.25),
        # Where numbers begin to be dates, to count milliseconds, and to be none.
        (10**8, 10**8),
        (10**11 - 1, 10**11 - 1),
        (10**11, 10**8),
        (10**14 - 1, pytest.approx(10**11, abs=0.01)),
    ],
)
def test_a_date_is(value: Any, moment: float) -> None:
    assert moment_of(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, False, [EPOCH], ["2026-10-27"], {}),
        # Years, counts, days without their quotes; microseconds; what overflows.
        *(0, 2026, 20261027, 10**8 - 1, -EPOCH, 10**14, EPOCH * 10**6, 10**400, float("inf"), float("nan")),
        *("", "2026", "2026-10", "2026-10-27T", "2026-10-27T12", "2026-1027", "2026-10-27T12:0000"),
        *("2026-02-30", "0000-01-01", "2026-10-27T24:00", "2026-10-27T12:00+24:00", "2026-10-27T12:00+02:60"),
        *("27.10.2026", "yesterday", " 2026-10-27", "2026-10-27 ", "2026-10-27\n", "1e9", "-1793102400"),
        *("2026-W44-2", "\u0662\u0660\u0662\u0666-10-27", "999999999999999"),
    ],
)
def test_no_date_is(value: Any) -> None:
    assert moment_of(value) is None


ZONES = st.timedeltas(timedelta(hours=-14), timedelta(hours=14)).map(
    lambda offset: timezone(timedelta(minutes=offset // timedelta(minutes=1)))
)
WAYS = [
    lambda date: date.isoformat(),
    lambda date: date.isoformat(" "),
    lambda date: date.strftime("%Y%m%dT%H%M%S.%f%z"),
    lambda date: date.astimezone(timezone.utc).replace(tzinfo=None).isoformat(),
    lambda date: date.timestamp(),
    lambda date: date.timestamp() * 1000,
    lambda date: f"{date.timestamp():.6f}",
    lambda date: str(round(date.timestamp() * 1000)),
]


@given(
    st.datetimes(datetime(1973, 3, 4), datetime(5138, 11, 1), timezones=ZONES),  # noqa: DTZ001 - as it asks
    st.sampled_from(WAYS),
)
def test_a_date_is_the_same_moment_in_every_form(date: datetime, way: Any) -> None:
    assert moment_of(way(date)) == pytest.approx(date.timestamp(), abs=0.001)


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        *(("45s", 45), ("90m", 5400), ("12h", 12 * 3600), ("30d", 30 * DAY), ("2w", 14 * DAY), ("0d", 0)),
        (timedelta(days=1.5), 1.5 * DAY),
    ],
)
def test_an_age_is(age: Any, seconds: float) -> None:
    assert age_of(age) == seconds


@pytest.mark.parametrize("age", ["30", "d", "-1d", "1.5d", "30 d", "30D", "1y", "", "9999999999d", 30, None])
def test_no_age_is(age: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        age_of(age)
    assert str(refusal.value) == (
        f"{age!r} is no age: write a whole number and its unit, such as 30d, 12h, 90m (minutes), 45s or 2w."
    )


def test_a_negative_age_is_refused() -> None:
    with pytest.raises(UsageError) as refusal:
        age_of(timedelta(days=-1))
    assert str(refusal.value) == ("The age datetime.timedelta(days=-1) is negative: give one that is not.")


def test_older_means_more_than_the_age() -> None:
    wanted = selection(older_than={"at": "30d"}, now=NOON)
    limit = EPOCH - 30 * DAY
    documents: list[dict[str, Any]] = [
        {"at": limit},
        {"at": limit - 1},
        {"at": limit - 0.001},
        {"at": limit + 1},
        {"at": "x"},
        {},
    ]
    assert wanted.matches(documents) == Matches([1, 2], undated=2)


def test_ages_are_counted_from_the_present_moment() -> None:
    now = datetime.now(timezone.utc)
    documents = [{"at": (now - timedelta(hours=hours)).isoformat()} for hours in (1, 3)]
    assert selection(older_than={"at": "2h"}).matches(documents).rows == [1]


def test_all_conditions_must_hold() -> None:
    wanted = selection(
        filter={"kind": "old"}, older_than={"created": "1d", "used": timedelta(days=1)}, now=NOON
    )
    old, new = EPOCH - 2 * DAY, EPOCH
    documents = [
        {"kind": "old", "created": old, "used": old},
        {"kind": "new", "created": old, "used": old},
        {"kind": "old", "created": old, "used": new},
        {"kind": "old", "created": new, "used": old},
        {"kind": "old", "created": old},
        # Without a date, but it would not match anyway.
        {"kind": "new", "created": old},
        # One date decides, the other is none.
        {"kind": "old", "created": new},
    ]
    assert wanted.matches(documents) == Matches([0], undated=2)


@given(st.lists(METADATA, max_size=8), FILTERS)
def test_a_filter_matches_as_the_oracle_says(documents: list[dict[str, Any]], condition: Any) -> None:
    rows = [row for row, document in enumerate(documents) if oracle.matches(condition, document)]
    assert selection(filter=condition).matches(documents).rows == rows


DATES = (
    VALUES
    | st.integers(EPOCH - 5, EPOCH + 5)
    | st.integers(-5, 5).map(lambda more: (NOON + timedelta(seconds=more)).isoformat())
)


@given(st.lists(st.fixed_dictionaries({}, optional={"a": DATES, "b": DATES}), max_size=8), FILTERS)
def test_dates_match_as_an_oracle_says(documents: list[dict[str, Any]], condition: Any) -> None:
    wanted = selection(filter=condition, older_than={"a": "0s"}, now=NOON)
    rows, undated = [], 0
    for row, document in enumerate(documents):
        value = document.get("a")
        if not oracle.matches(condition, document):
            continue
        if type(value) is int and 10**8 <= value < 10**11:
            rows += [row] if value < EPOCH else []
        elif type(value) is str and value.startswith("2026"):
            rows += [row] if datetime.fromisoformat(value) < NOON else []
        else:
            undated += 1
    assert wanted.matches(documents) == Matches(rows, undated)


def test_a_filter_is_one_that_either_mode_takes() -> None:
    many = {"n": {"$in": list(range(101))}}  # too many constraints for ENHANCED
    assert selection(filter=many).matches([{"n": 100}, {"n": 101}]).rows == [0]
    start = {"n": {"$startsWith": "a"}}  # unknown to CLASSIC
    assert selection(filter=start).matches([{"n": "ab"}, {"n": "b"}]).rows == [0]
    refuse(
        "The filter {'$and': [{'n': {'$in': [0, 1, 2, ... 98 more]}}, {'n': {'$startsWith': 'a'}}]} is "
        "refused as S3 Vectors refuses it. ValidationException: Filter must have at most 100 constraints",
        filter={"$and": [many, start]},
    )


def refuse(text: str, **conditions: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        selection(**conditions)
    assert str(refusal.value) == text


NOTHING = (
    "No condition is given, and without one all vectors would be deleted. Say which with keys, filter or "
    "older_than. To delete all, delete the index."
)


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        ({}, NOTHING),
        (
            {"filter": {}},
            "The filter {} is refused as S3 Vectors refuses it. ValidationException: Invalid filter",
        ),
        (
            {"filter": {"a": 1, "b": 2}},
            (
                "The filter {'a': 1, 'b': 2} is refused as S3 Vectors refuses it. "
                "ValidationException: Invalid filter"
            ),
        ),
        *(
            (
                {"older_than": given},
                f'older_than is {given!r}: write metadata keys with ages, as in {{"created_at": "30d"}}.',
            )
            for given in ({}, ["created_at"], "created_at=30d", {1: "30d"})
        ),
        ({"keys": "key"}, "keys is the text 'key': give a list of keys, ['key']."),
        ({"keys": ["a", ""]}, "'' is no key of a vector, which is a text of 1 to 1,024 bytes."),
        ({"keys": [1]}, "1 is no key of a vector, which is a text of 1 to 1,024 bytes."),
        (
            {"older_than": {"at": "1d"}, "now": datetime(2026, 10, 27)},  # noqa: DTZ001 - refused for that
            "now has no time zone: datetime.datetime(2026, 10, 27, 0, 0). Use datetime.now(timezone.utc).",
        ),
    ],
)
def test_refused_conditions(conditions: dict[str, Any], text: str) -> None:
    refuse(text, **conditions)


def test_keys_of_an_iterator() -> None:
    assert selection(keys=iter(["b", "a", "b"])).keys == ("b", "a")  # type: ignore[arg-type]  # given all the same


def test_keys_are_kept_once_in_their_order() -> None:
    assert selection(keys=["b", "a", "b"]).keys == ("b", "a")
    assert selection(keys=[]).keys == ()
