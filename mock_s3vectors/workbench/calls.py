"""The calls that reached a mock, `mock.calls`, and the assertions about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, overload

from mock_s3vectors.abridging import plural, show_members
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.workbench.matching import Matcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Record
    from mock_s3vectors.messages import HttpRequest, HttpResponse

# The header in which AWS's SDKs say which attempt a request is.
_ATTEMPT = re.compile(r"attempt=([0-9]{1,4})\b")
_MOST_NEAREST = 3
_LONGEST_PATH = 100


class Call:
    """A call that has reached the mock: one attempt of a client. A rule sees it before it is over."""

    __slots__ = ("_record",)

    def __init__(self, record: Record) -> None:
        self._record = record

    @property
    def operation(self) -> str | None:
        """The name of the operation, `PutVectors`; None if no operation has the path of the request."""
        return self._record.operation

    @property
    def params(self) -> dict[str, Any]:
        """The parameters by AWS's names, which must not be changed; none if they could not be read.

        Vectors and lists that were too large to be kept show what they were: `<1536 floats, norm 1.00>`.
        """
        return self._record.params or {}

    @property
    def caller(self) -> str:
        """The ARN of the caller."""
        caller = self._record.caller
        return f"arn:{caller.partition}:iam::{caller.account}:root"

    @property
    def region(self) -> str:
        """The Region in which the caller acts."""
        return self._record.caller.region

    @property
    def account(self) -> str:
        """The account of the caller, 12 digits."""
        return self._record.caller.account

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer; None if no answer reached the client.

        A client whose read timeout is shorter than a delay gets no answer, but the mock does not know that.
        """
        response = self._arrived
        return None if response is None else response.status

    @property
    def error(self) -> str | None:
        """The code of the error, `NotFoundException`; for a lost answer how it was lost, `timeout`."""
        error, response = self._record.error, self._arrived
        if self._is_lost:
            return self._record.lost
        if error is None or isinstance(error, ServiceError):
            return None if error is None else error.code
        # A client over HTTP was told of a wrong use or a bug as of an error of the service.
        return (response.headers.get("x-amzn-errortype") if response else None) or type(error).__name__

    @property
    def message(self) -> str | None:
        """The message of the error; None for a lost answer."""
        error = self._record.error
        if error is None or self._is_lost:
            return None
        return error.message if isinstance(error, ServiceError) else str(error)

    @property
    def time(self) -> float:
        """The time at which it came in, in seconds since the epoch, by the mock's clock."""
        return self._record.began

    @property
    def duration(self) -> float | None:
        """The seconds that the mock took to answer it, without its delay; None before it is over."""
        return self._record.seconds

    @property
    def attempt(self) -> int:
        """The number of this attempt of the client: 1, and more for retries."""
        found = _ATTEMPT.search(self._record.request.headers.get("amz-sdk-request", ""))
        return int(found.group(1)) if found else 1

    @property
    def delay(self) -> float:
        """The seconds of delay by rules, and of the client's pause before a retry if that was skipped."""
        return self._record.delay + self._record.retry_delay

    @property
    def rule(self) -> Any:
        """The rule that decided what became of it, or that delayed it; None if there was none."""
        return self._record.rule

    @property
    def request_id(self) -> str | None:
        """The id of the answer, as `ResponseMetadata` has it; None if the client got none."""
        response = self._arrived
        return response.headers.get("x-amz-request-id") if response else None

    @property
    def _is_lost(self) -> bool:
        """Whether the answer gets lost. A bug, or a wrong use of the mock, is raised all the same."""
        record = self._record
        return record.lost is not None and (record.error is None or record.response is not None)

    @property
    def _arrived(self) -> HttpResponse | None:
        return None if self._is_lost else self._record.response

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and other._record is self._record

    def __hash__(self) -> int:
        return hash(self._record)

    def __repr__(self) -> str:
        return f"<Call {self.summary()} {self.outcome()}>"

    def summary(self) -> str:
        """Return the operation with its parameters, on one line."""
        return f"{self.title()}({show_members(self.params)})"

    def title(self) -> str:
        """Return the operation; for a request that is none, its method and its path."""
        path = self.request.path
        cut = path if len(path) <= _LONGEST_PATH else f"{path[:_LONGEST_PATH]}..."
        return self.operation or f"{self.request.method} {cut}"

    def outcome(self) -> str:
        """Return what became of it, on one line."""
        if self.duration is None:
            return f"in {self.region}"
        # A status without a body is its own code.
        parts = dict.fromkeys(str(part) for part in (self.status, self.error) if part is not None)
        answer = " ".join(parts)
        shown = [f"=> {answer} in {self.region}, {self.duration * 1_000:.1f} ms"]
        if self.attempt > 1:
            shown.append(f"attempt {self.attempt}")
        if self.delay:
            shown.append(f"delayed {self.delay:.3g} s")
        if self.rule is not None:
            shown.append(f"by {self.rule!r}")
        return ", ".join(shown)

    @property
    def request(self) -> HttpRequest:
        """The HTTP request. A long body is not kept."""
        return self._record.request

    @property
    def body(self) -> bytes:
        """The parameters as they arrived, in JSON; empty if some came in the path, or they were not kept."""
        is_all = self.request.path == f"/{self.operation}" and self._record.params is not None
        return self.request.body if is_all else b""


class Calls(Sequence[Call]):
    """Calls, the oldest first, as they are at this moment.

    Attributes:
        dropped: how many calls came before these and are not kept: the option `calls_kept` says how many are.
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

        Raises:
            UsageError: there is no such operation or member, or a call did not keep the parameter.
        """
        return Calls(self._matching(Matcher.of(operation, members)), self.dropped)

    def only(self, operation: str | Sequence[str] = "*", **members: Any) -> Call:
        """Return the one call of an operation, with these parameters.

        Raises:
            AssertionError: there is none, or more than one.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        self._check_complete(f"calls.only({matcher.text})")
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
            self._check_complete("calls.last")
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
        self._check_complete(f"assert_called({matcher.text})")
        if not found and times != 0:
            raise AssertionError(f"No call matches {matcher}. {self.nearest(matcher)}")
        if len(found) != times:
            raise AssertionError(
                f"Expected {plural(times or 0, 'call')} of {matcher}, found {len(found)}:\n{_listed(found)}"
            )

    def assert_not_called(self, operation: str | Sequence[str] = "*", **members: Any) -> None:
        """Raise if an operation was called, with these parameters.

        Raises:
            AssertionError: it was. The calls are shown.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        found = self._matching(matcher)
        if found:
            raise AssertionError(f"Expected no call of {matcher}, found {len(found)}:\n{_listed(found)}")
        self._check_complete(f"assert_not_called({matcher.text})")

    def _matching(self, matcher: Matcher) -> list[Call]:
        return [call for call in self._calls if matcher.matches(call)]

    def _check_complete(self, asked: str) -> None:
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
