"""The time of a mock, and everything that goes by it."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from mock_s3vectors import UsageError, current_mock, mock_s3vectors
from mock_s3vectors.world import Clock
from tests.support.helpers import BUCKET, ENHANCED_SINCE, INDEX, ORIGIN, SETTINGS, vector
from tests.support.shapes import MODES, QUERY_PAGES, TEXT_SEARCH, needs
from tests.support.text_search import add, states

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, MakeIndex, Refused, SetClock

NOON = 1_801_396_800  # 2027-01-31T12:00:00Z


class WithoutOffset(tzinfo):
    """A time zone that does not know its offset, so that a datetime with it is naive."""

    def utcoffset(self, _: datetime | None) -> timedelta | None:
        return None

    def tzname(self, _: datetime | None) -> str:
        return "nowhere"

    dst = utcoffset


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


# --- the clock itself -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "moment",
    [
        NOON,
        float(NOON),
        "2027-01-31T12:00:00Z",
        "2027-01-31t12:00:00z",
        " 2027-01-31 12:00 ",
        "2027-01-31T14:00:00+02:00",
        "2027-01-30T22:00:00.000-14:00",
        datetime(2027, 1, 31, 12),  # noqa: DTZ001 - it is in UTC
        datetime(2027, 1, 31, 12, tzinfo=timezone.utc),
        datetime(2027, 1, 31, 12, tzinfo=WithoutOffset()),
        datetime(2027, 2, 1, 2, tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_moments(moment: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        clock = Clock()
        clock.freeze()
        clock.move_to(moment)
        assert clock.now() == NOON
        assert repr(clock) == "<Clock at 2027-01-31T12:00:00.000+00:00, frozen>"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_day_begins_at_midnight() -> None:
    clock = Clock()
    clock.freeze()
    clock.move_to("2027-01-31")
    assert clock.now() == NOON - 12 * 3600


WRONG = "give a datetime, seconds since the epoch, or a text like '2027-01-31T12:00:00Z'."
NOT_ISO = "this is not a time in ISO format. Write it like '2027-01-31T12:00:00Z'."
YEARS = "the time must be between the years 1970 and 9999."


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (True, f"clock.move_to(True): {WRONG}"),
        (None, f"clock.move_to(None): {WRONG}"),
        (float("nan"), f"clock.move_to(nan): {WRONG}"),
        (float("inf"), f"clock.move_to(inf): {WRONG}"),
        (10**400, f"clock.move_to(1{'0' * 99}): {WRONG}"),
        (date(2027, 1, 31), f"clock.move_to(datetime.date(2027, 1, 31)): {WRONG}"),
        ("", f"clock.move_to(''): {NOT_ISO}"),
        ("tomorrow", f"clock.move_to('tomorrow'): {NOT_ISO}"),
        ("1800000000", f"clock.move_to('1800000000'): {NOT_ISO}"),
        ("x" * 5_000, f"clock.move_to('{'x' * 99}): {NOT_ISO}"),
        (-1, f"clock.move_to(-1): {YEARS}"),
        (253_402_300_800, f"clock.move_to(253402300800): {YEARS}"),
        (
            datetime(1, 1, 1, tzinfo=timezone.utc),
            "clock.move_to(datetime.datetime(1, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)): " + YEARS,
        ),
    ],
)
def test_moments_that_are_none(moment: Any, text: str) -> None:
    clock = Clock()
    with pytest.raises(UsageError) as refusal:
        clock.move_to(moment)
    assert str(refusal.value) == text
    assert abs(clock.now() - time.time()) < 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (True, "clock.shift(True): give a number of seconds, for instance 3600."),
        ("5", "clock.shift('5'): give a number of seconds, for instance 3600."),
        (float("nan"), "clock.shift(nan): give a number of seconds, for instance 3600."),
        (10**400, f"clock.shift(1{'0' * 99}): give a number of seconds, for instance 3600."),
        (
            timedelta(seconds=5),
            "clock.shift(datetime.timedelta(seconds=5)): give a number of seconds, for instance 3600.",
        ),
        (1e18, f"clock.shift(1e+18): {YEARS}"),
        (-1e18, f"clock.shift(-1e+18): {YEARS}"),
    ],
)
def test_shifts_that_are_none(seconds: Any, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        Clock().shift(seconds)
    assert str(refusal.value) == text


def test_it_goes_on_from_where_it_was_moved(at: SetClock) -> None:
    at(0)
    clock = Clock()
    clock.move_to(NOON)
    at(10)
    assert clock.now() == NOON + 10
    clock.shift(-20)
    at(15)
    assert clock.now() == NOON - 5
    assert not clock.is_frozen
    clock.freeze()
    at(100)
    assert clock.now() == NOON - 5
    clock.shift(0.5)
    clock.freeze()
    assert (clock.now(), clock.is_frozen) == (NOON - 4.5, True)
    clock.follow()
    assert (clock.now(), clock.is_frozen) == (time.time(), False)


def test_its_last_second_can_be_shown_when_it_is_over(set_clock: SetClock) -> None:
    set_clock(0)
    clock = Clock()
    clock.move_to("9999-12-31T23:59:59Z")
    set_clock(60)
    assert repr(clock) == "<Clock at 9999-12-31T23:59:59.000+00:00>"


# --- in mocks ---------------------------------------------------------------------------------


def test_an_inner_mock_begins_with_the_time_and_undoes_its_own(mock: MockS3Vectors) -> None:
    mock.clock.freeze()
    mock.clock.move_to(NOON)
    with mock_s3vectors() as inner:
        assert (inner.clock.now(), inner.clock.is_frozen) == (NOON, True)
        inner.clock.shift(60)
        assert mock.clock.now() == NOON
        with mock_s3vectors() as innermost:
            innermost.clock.follow()
            mock.clock.shift(1)
        assert (inner.clock.now(), inner.clock.is_frozen) == (NOON + 60, True)
    assert (mock.clock.now(), mock.clock.is_frozen) == (NOON + 1, True)


def test_a_shared_mock_puts_the_time_back(mock: MockS3Vectors) -> None:
    mock.clock.freeze()
    mock.clock.move_to(NOON)
    with mock_s3vectors(shared=True) as inner:
        inner.clock.follow()
        assert not mock.clock.is_frozen
    assert (mock.clock.now(), mock.clock.is_frozen) == (NOON, True)


def test_a_test_of_a_decorated_class_begins_with_the_time_of_its_set_up() -> None:
    times = []

    @mock_s3vectors
    class TestTime:
        def setup_method(self) -> None:
            current_mock().clock.freeze()
            current_mock().clock.move_to(NOON)

        def test_one(self) -> None:
            times.append(current_mock().clock.now())
            current_mock().clock.shift(60)

        test_two = test_one

    for name in ("test_one", "test_two"):
        case = TestTime()
        case.setup_method()
        getattr(case, name)()
    assert times == [NOON, NOON]


def test_a_mock_begins_with_the_time_of_the_process(mock: MockS3Vectors) -> None:
    mock.clock.move_to(NOON)
    mock.stop()
    mock.start()
    assert abs(mock.clock.now() - time.time()) < 5


# --- what goes by it --------------------------------------------------------------------------


@pytest.fixture
def frozen(mock: MockS3Vectors) -> Callable[[float], None]:
    """Moves a clock that is frozen, in seconds since noon."""
    mock.clock.freeze()

    def move(seconds: float) -> None:
        mock.clock.move_to(NOON + seconds)

    move(0)
    return move


def test_creation_times_and_calls(
    mock: MockS3Vectors, frozen: Callable[[float], None], client: Client
) -> None:
    frozen(60)
    client.create_index(**INDEX, **SETTINGS)
    bucket = client.get_vector_bucket(**BUCKET)["vectorBucket"]
    index = client.get_index(**INDEX)["index"]
    assert [thing["creationTime"].timestamp() for thing in (bucket, index)] == [NOON, NOON + 60]
    assert [call.time for call in mock.calls] == [NOON, NOON + 60, NOON + 60, NOON + 60]


def test_the_first_second_of_all(mock: MockS3Vectors, s3vectors_client: Client) -> None:
    mock.clock.freeze()
    mock.clock.move_to(0)
    s3vectors_client.create_vector_bucket(**BUCKET)
    assert s3vectors_client.get_vector_bucket(**BUCKET)["vectorBucket"]["creationTime"].timestamp() == 0
    assert mock.calls.last.time == 0


@needs(*MODES)
def test_the_default_mode_of_a_new_vector_bucket(
    frozen: Callable[[float], None], s3vectors_client: Client
) -> None:
    modes = []
    for name, moment in (("old", ENHANCED_SINCE - 1), ("new", ENHANCED_SINCE), ("older", 0)):
        frozen(moment - NOON)
        s3vectors_client.create_vector_bucket(vectorBucketName=name)
        found = s3vectors_client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]
        modes.append(found["defaultIndexMode"])
    assert modes == ["CLASSIC", "ENHANCED", "CLASSIC"]


@needs(*QUERY_PAGES)
def test_the_life_of_the_token_of_a_query(
    frozen: Callable[[float], None], client: Client, index: dict[str, str], refused: Refused
) -> None:
    client.put_vectors(**index, vectors=[vector(f"{n}", [1, n]) for n in range(150)])
    query = {**index, **ORIGIN, "topK": 150}
    token = client.query_vectors(**query)["nextToken"]
    for seconds in (299, -86_400, 0):
        frozen(seconds)
        assert client.query_vectors(**query, nextToken=token)["vectors"]
    frozen(300)
    assert refused(client.query_vectors, **query, nextToken=token)[0] == "ValidationException"
    frozen(0)
    assert client.query_vectors(**query, nextToken=token)["vectors"]


def test_a_limit(frozen: Callable[[float], None], mock: MockS3Vectors, make_index: MakeIndex) -> None:
    client: Client = boto3.client(
        "s3vectors", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
    )
    index = make_index()
    rule = mock.on("GetIndex").limit(requests=1, per=60)
    for seconds in (0, 60, 120, -500, -440):
        frozen(seconds)
        client.get_index(**index)
    assert rule.hits == 0
    with pytest.raises(client.exceptions.TooManyRequestsException):
        client.get_index(**index)


def test_an_index_that_is_found_later() -> None:
    with mock_s3vectors(index_delay=30) as mock:
        client: Client = boto3.client("s3vectors", region_name="us-east-1")
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **SETTINGS)
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_index(**INDEX)
        mock.clock.shift(30)
        client.get_index(**INDEX)
        mock.clock.shift(-1)
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_index(**INDEX)


@needs(*TEXT_SEARCH)
@pytest.mark.s3vectors(text_build_seconds=60)
def test_text_that_is_building(
    frozen: Callable[[float], None], client: Client, index: dict[str, str]
) -> None:
    assert index == INDEX
    add(client, "plot")
    for seconds, state in ((0, "BUILDING"), (59, "BUILDING"), (60, "ACTIVE"), (-60, "BUILDING")):
        frozen(seconds)
        assert states(client) == {"plot": state}


def test_a_library_that_freezes_the_process(mock: MockS3Vectors, client: Client, set_clock: SetClock) -> None:
    mock.clock.shift(3600)
    set_clock(NOON)
    client.create_index(**INDEX, **SETTINGS)
    assert client.get_index(**INDEX)["index"]["creationTime"].timestamp() == NOON + 3600
    mock.clock.follow()
    assert mock.clock.now() == NOON
