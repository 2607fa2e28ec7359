"""The calls that reached a mock, `mock.calls`, and the assertions about them."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, overload

from mock_s3vectors.abridging import plural
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.workbench.call import Call
from mock_s3vectors.workbench.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Record

_MOST_NEAREST = 3


class Calls(Sequence[Call]):
    """Calls, the oldest first, as they are at this moment.

    They are a sequence: they have a length, and are iterated over, indexed and sliced like a list.

    Attributes:
        dropped: how many calls came before these and are not kept: the option `calls_kept` says how many are.

    Example:
        >>> _ = client.list_indexes(vectorBucketName="films")
        >>> [call.operation for call in mock.calls], len(mock.calls.of("PutVectors"))
        (['ListIndexes'], 0)
        >>> mock.calls.only("ListIndexes", vectorBucketName="films").status
        200
    """

    def __init__(
        self,
        calls: Sequence[Call],
        dropped: int,
        *,
        clear: Callable[[], None] | None = None,
        are_all: bool = False,
    ) -> None:
        self._calls = calls
        self.dropped = dropped
        self._clear = clear
        # Whether they are all calls of a mock.
        self._are_all = are_all

    @classmethod
    def of_records(
        cls, records: Sequence[Record], dropped: int, clear: Callable[[], None] | None = None
    ) -> Calls:
        """Return all calls of a mock, which left these records."""
        return cls([Call(record) for record in records], dropped, clear=clear, are_all=True)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Call | Calls:
        if isinstance(index, slice):
            return Calls(self._calls[index], self.dropped)
        return self._calls[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment] # as that of a list

    def __repr__(self) -> str:
        lines = [repr(call) for call in self._calls]
        if self.dropped:
            lines.insert(0, f"... {plural(self.dropped, 'call')} before these were dropped")
        return "[\n  " + ",\n  ".join(lines) + "\n]" if lines else "[]"

    def of(self, operation: str | Sequence[str] = "*", **members: Any) -> Calls:
        """Return the calls of an operation, with these parameters; see `mock.on` for what matches.

        Args:
            operation: the name of an operation, several in a list, or `"*"` for all.
            **members: the parameters, and `region`, `account` or `when`.

        Raises:
            UsageError: there is no such operation or member, or a call did not keep the parameter.
        """
        return Calls(self._matching(Matcher.of(operation, members)), self.dropped)

    def only(self, operation: str | Sequence[str] = "*", **members: Any) -> Call:
        """Return the one call of an operation, with these parameters.

        Args:
            operation: see `of`.
            **members: see `of`.

        Raises:
            AssertionError: there is none, or more than one.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        self.check_complete(f"calls.only({matcher.text})")
        found = self._matching(matcher)
        if not found:
            raise AssertionError(f"No call matches {matcher}. {self.nearest(matcher)}")
        if len(found) > 1:
            raise AssertionError(f"Expected one call of {matcher}, found {len(found)}:\n{_listed(found)}")
        return found[0]

    @property
    def last(self) -> Call:
        """The last call.

        Raises:
            AssertionError: there is none.
            UsageError: it was dropped.
        """
        if not self._calls:
            self.check_complete("calls.last")
            raise AssertionError(self._counted)
        return self._calls[-1]

    def clear(self) -> None:
        """Forget these calls.

        Raises:
            UsageError: these are calls that `of` has found, or those of a mock that has ended.
        """
        if self._clear is None:
            raise UsageError("clear() is for mock.calls, while the mock is on: these calls are a list apart.")
        self._clear()
        self._calls, self.dropped = [], 0

    def assert_called(
        self, operation: str | Sequence[str] = "*", times: int | None = None, **members: Any
    ) -> None:
        """Raise unless an operation was called, with these parameters.

        Args:
            operation: see `mock.on`, as for the members.
            times: how often; None for at least once.
            **members: the parameters.

        Raises:
            AssertionError: it was not. The nearest calls are shown, with what differs.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        if times is not None and (not isinstance(times, int) or isinstance(times, bool) or times < 0):
            raise UsageError(
                f"assert_called(times={times!r}): give a whole number, or None for at least once."
            )
        found = self._matching(matcher)
        if times is None and found:
            return
        self.check_complete(f"assert_called({matcher.text})")
        if not found and times != 0:
            raise AssertionError(f"No call matches {matcher}. {self.nearest(matcher)}")
        if len(found) != times:
            raise AssertionError(
                f"Expected {plural(times or 0, 'call')} of {matcher}, found {len(found)}:\n{_listed(found)}"
            )

    def assert_not_called(self, operation: str | Sequence[str] = "*", **members: Any) -> None:
        """Raise if an operation was called, with these parameters.

        Args:
            operation: see `mock.on`, as for the members.
            **members: the parameters.

        Raises:
            AssertionError: it was. The calls are shown.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        found = self._matching(matcher)
        if found:
            raise AssertionError(f"Expected no call of {matcher}, found {len(found)}:\n{_listed(found)}")
        self.check_complete(f"assert_not_called({matcher.text})")

    def _matching(self, matcher: Matcher) -> list[Call]:
        return [call for call in self._calls if matcher.matches(call)]

    def check_complete(self, asked: str) -> None:
        """Raise if calls that came before these were dropped.

        Raises:
            UsageError: they were, so nobody knows.
        """
        if self.dropped:
            raise UsageError(
                f"{asked} cannot be answered: {plural(self.dropped, 'older call')} "
                f"{'was' if self.dropped == 1 else 'were'} dropped. Keep more, "
                "mock_s3vectors(calls_kept=...), or clear() the calls more often."
            )

    def nearest(self, matcher: Matcher) -> str:
        """Return at most three calls that miss a matcher by the least, with what differs."""
        if not self:
            return self._counted
        ranked = nsmallest(_MOST_NEAREST, reversed(self._calls), key=matcher.distance)
        lines = [f"{self._counted} The nearest:"]
        for call in ranked:
            lines.append(f"  {call.title()} {call.outcome()}")
            lines += [f"    {difference}" for difference in matcher.differences(call)]
        return "\n".join(lines)

    @property
    def _counted(self) -> str:
        """How many calls these are, in a sentence."""
        count = len(self) + self.dropped
        last = f"only the last {len(self):,} kept" if self else "none kept"
        kept = f", {last}" if self.dropped else ""
        where = "reached the mock" if self._are_all else "in this list"
        return f"{plural(count, 'call') if count else 'No call'} {where}{kept}."


def _listed(calls: Sequence[Call]) -> str:
    return "\n".join(f"  {call.summary()} {call.outcome()}" for call in calls)
