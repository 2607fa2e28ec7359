"""Selecting vectors by key, by metadata and by age, as S3 Vectors itself cannot.

A selection is checked completely before anything is read. Then it is evaluated here, over vectors that are
read in pages, so that a filter may also name metadata keys that are not filterable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError, ValidationException
from mock_s3vectors.filtering import Columns, compile_filter
from mock_s3vectors.transfer.dates import age_of, moment_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta

    from mock_s3vectors.filtering import Filter


@dataclass(frozen=True)
class Matches:
    """The outcome of a selection over some vectors.

    Attributes:
        rows: which of them are selected, in their order.
        undated: how many match all else, and have no date under the key.
    """

    rows: list[int]
    undated: int


@dataclass(frozen=True, eq=False)
class Selection:
    """The vectors that meet all of the conditions that are given.

    Attributes:
        keys: the keys of the vectors, in the order given, each once; None for all.
        filter: a condition on the metadata.
        before: by metadata key, the moment that its date must be before, in seconds since 1970.
    """

    keys: tuple[str, ...] | None
    filter: Filter | None
    before: Mapping[str, float]

    @property
    def reads_metadata(self) -> bool:
        """Whether a vector's metadata decides, and not its key alone."""
        return self.filter is not None or bool(self.before)

    def matches(self, metadata: Sequence[dict[str, Any]]) -> Matches:
        """Return which of some vectors are selected, by their metadata; their keys are not looked at."""
        rows = list(range(len(metadata)))
        if self.filter is not None:
            rows = self.filter.mask(Columns(list(metadata))).nonzero()[0].tolist()
        undated = 0
        if self.before:
            older = [self._is_older(metadata[row]) for row in rows]
            undated = older.count(None)
            rows = [row for row, is_older in zip(rows, older, strict=True) if is_older]
        return Matches(rows, undated)

    def _is_older(self, metadata: Mapping[str, Any]) -> bool | None:
        """Return whether all dates are before their moments; None if one is no date."""
        dates = [(moment_of(metadata.get(key)), moment) for key, moment in self.before.items()]
        if any(date is None for date, _ in dates):
            return None
        return all(date is not None and date < moment for date, moment in dates)


def selection(
    *,
    keys: Collection[str] | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - as S3 Vectors calls it
    older_than: Mapping[str, str | timedelta] | None = None,
    now: datetime | None = None,
) -> Selection:
    """Return the vectors that meet all conditions that are given: at least one, so that none is forgotten.

    Args:
        keys: their keys. An empty collection selects no vector.
        filter: a filter in the grammar of S3 Vectors, as either mode of an index takes it.
        older_than: by metadata key, the age that its date must exceed: see `age_of`, and `dates` for dates.
        now: the moment that ages are counted from; None for the present one.

    Raises:
        UsageError: there is no condition, or one that means nothing.
    """
    if keys is None and filter is None and older_than is None:
        raise UsageError(
            "No condition is given, and without one all vectors would be deleted. Say which with keys, "
            "filter or older_than. To delete all, delete the index."
        )
    return Selection(
        None if keys is None else _checked_keys(keys),
        None if filter is None else _compiled(filter),
        {} if older_than is None else _moments(older_than, now),
    )


def _checked_keys(keys: Collection[str]) -> tuple[str, ...]:
    if isinstance(keys, str):
        raise UsageError(f"keys is the text {show(keys)}: give a list of keys, [{show(keys)}].")
    found = tuple(keys)  # an iterator yields them only once
    for key in found:
        if not isinstance(key, str) or not key:
            raise UsageError(f"{show(key)} is no key of a vector, which is a text of 1 to 1,024 bytes.")
    return tuple(dict.fromkeys(found))


def _compiled(document: Mapping[str, Any]) -> Filter:
    """Return a filter that an index of one mode or the other takes.

    Raises:
        UsageError: neither does; the text has the service's own.
    """
    try:
        return compile_filter(document)
    except ValidationException:
        try:
            return compile_filter(document, enhanced=True)
        except ValidationException as refusal:
            raise UsageError(
                f"The filter {show(document)} is refused as S3 Vectors refuses it. "
                f"{refusal.code}: {refusal.message}"
            ) from None


def _moments(older_than: Mapping[str, str | timedelta], now: datetime | None) -> dict[str, float]:
    if not (isinstance(older_than, Mapping) and older_than and all(type(key) is str for key in older_than)):
        raise UsageError(
            f'older_than is {show(older_than)}: write metadata keys with ages, as in {{"created_at": "30d"}}.'
        )
    if now is None:
        now = datetime.now(timezone.utc)
    elif now.tzinfo is None:
        raise UsageError(f"now has no time zone: {now!r}. Use datetime.now(timezone.utc).")
    return {key: now.timestamp() - age_of(age) for key, age in older_than.items()}
