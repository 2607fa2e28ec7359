"""What reached a mock: `mock.calls`, and the assertions about them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, overload

from mock_s3vectors.abridging import show_members
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.workbench.matching import Matcher, plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.messages import HttpRequest

# The header in which AWS's SDKs say which attempt a request is.
_ATTEMPT = re.compile(r"attempt=([0-9]{1,4})\b")
_MOST_NEAREST = 3


class Call:
    """A call that has reached the mock: one attempt of it. A rule sees it before it is over."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    @property
    def operation(self) -> str | None:
        """The name of the operation, `PutVectors`; None if no operation has the path of the request."""
        return self._exchange.operation

    @property
    def params(self) -> dict[str, Any]:
        """The parameters by AWS's names, which must not be changed; none if they could not be read.

        Vectors and lists that were too large to be kept show what they were: `<1536 floats, norm 1.00>`.
        """
        return self._exchange.params or {}

    @property
    def caller(self) -> str:
        """The ARN of the caller."""
        caller = self._exchange.caller
        return f"arn:{caller.partition}:iam::{caller.account}:root"

    @property
    def region(self) -> str:
        """The Region in which the caller acts."""
        return self._exchange.caller.region

    @property
    def account(self) -> str:
        """The account of the caller, 12 digits."""
        return self._exchange.caller.account

    @property
    def status(self) -> int | None:
        """The HTTP status of the answer; None if the client got none."""
        response = self._exchange.response
        return None if response is None or self._exchange.lost else response.status

    @property
    def error(self) -> str | None:
        """The code of the error, `NotFoundException`; for a lost answer how it was lost, `timeout`."""
        exchange = self._exchange
        if exchange.lost is not None:
            return exchange.lost
        error, response = exchange.error, exchange.response
        if error is None or isinstance(error, ServiceError):
            return None if error is None else error.code
        # A client over HTTP was told of a wrong use or a bug as of an error of the service.
        return (response.headers.get("x-amzn-errortype") if response else None) or type(error).__name__

    @property
    def message(self) -> str | None:
        """The message of the error."""
        error = self._exchange.error
        if error is None:
            return None
        return error.message if isinstance(error, ServiceError) else str(error)

    @property
    def time(self) -> float:
        """When it came in, in seconds since the epoch, by the mock's clock."""
        return self._exchange.began

    @property
    def duration(self) -> float | None:
        """How many seconds the mock took to answer it, without its delay; None before it is over."""
        return self._exchange.seconds

    @property
    def attempt(self) -> int:
        """Which attempt of the client it is: 1, and more for retries."""
        found = _ATTEMPT.search(self._exchange.request.headers.get("amz-sdk-request", ""))
        return int(found.group(1)) if found else 1

    @property
    def delay(self) -> float:
        """How many seconds the call was held up by rules, and by a pause before a retry that was skipped."""
        return self._exchange.delay + self._exchange.retry_delay

    @property
    def rule(self) -> Any:
        """The rule that decided what became of it, or that delayed it; None if there was none."""
        return self._exchange.rule

    @property
    def request_id(self) -> str | None:
        """The id of the answer, as `ResponseMetadata` has it."""
        response = self._exchange.response
        return response.headers.get("x-amz-request-id") if response else None

    def __repr__(self) -> str:
        return f"<Call {self.summary()} {self.outcome()}>"

    def summary(self) -> str:
        """Return the operation with its parameters, on one line."""
        exchange = self._exchange
        name = self.operation or f"{exchange.request.method} {exchange.request.path}"
        return f"{name}({show_members(self.params)})"

    def outcome(self) -> str:
        """Return what became of it, on one line."""
        if self.duration is None:
            return f"in {self.region}"
        answer = " ".join(str(part) for part in (self.status, self.error) if part is not None)
        parts = [f"=> {answer} in {self.region}, {self.duration * 1_000:.1f} ms"]
        if self.attempt > 1:
            parts.append(f"attempt {self.attempt}")
        if self.delay:
            parts.append(f"delayed {self.delay:.3g} s")
        if self.rule is not None:
            parts.append(f"by {self.rule!r}")
        return ", ".join(parts)

    @property
    def request(self) -> HttpRequest:
        """The HTTP request. A long body is not kept."""
        return self._exchange.request

    @property
    def body(self) -> bytes:
        """The parameters as they arrived, in JSON; empty if they came in the path, or were not kept."""
        is_read = self.request.method == "POST" and self._exchange.params is not None
        return self.request.body if is_read else b""


class Calls(Sequence[Call]):
    """Calls, the oldest first, as they are at this moment.

    Attributes:
        dropped: how many calls came before these and are not kept: the option `calls_kept` says how many are.
    """

    def __init__(self, calls: Sequence[Call], dropped: int, clear: Callable[[], None] | None = None) -> None:
        self._calls = calls
        self.dropped = dropped
        self._clear = clear

    @classmethod
    def of_exchanges(
        cls, exchanges: Sequence[Exchange], dropped: int, clear: Callable[[], None] | None = None
    ) -> Calls:
        """Return the calls that exchanges are the records of."""
        return cls([Call(exchange) for exchange in exchanges], dropped, clear)

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | Sequence[Call]:
        return self._calls[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __repr__(self) -> str:
        lines = [repr(call) for call in self._calls]
        if self.dropped:
            lines.insert(0, f"... {plural(self.dropped, 'call')} before these were dropped")
        return "[\n  " + ",\n  ".join(lines) + "\n]" if lines else "[]"

    def of(self, operation: Any = "*", **members: Any) -> Calls:
        """Return the calls of an operation, with these parameters; see `mock.on` for what matches."""
        matcher = Matcher.of(operation, members)
        return Calls([call for call in self._calls if matcher.matches(call)], self.dropped)

    def only(self, operation: Any = "*", **members: Any) -> Call:
        """Return the one call of an operation, with these parameters.

        Raises:
            AssertionError: there is none, or more than one.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        self._check_complete(f"calls.only({matcher.text})")
        found = [call for call in self._calls if matcher.matches(call)]
        if not found:
            raise AssertionError(_no_call(matcher, self._calls))
        if len(found) > 1:
            raise AssertionError(f"Expected one call of {matcher}, found {len(found)}:\n{_listed(found)}")
        return found[0]

    @property
    def last(self) -> Call:
        """The last call.

        Raises:
            AssertionError: there is none.
        """
        if not self._calls:
            raise AssertionError("No call has reached the mock.")
        return self._calls[-1]

    def clear(self) -> None:
        """Forget these calls.

        Raises:
            UsageError: these are calls that `of` has found.
        """
        if self._clear is None:
            raise UsageError("clear() is for mock.calls itself: calls that of() has found are a list apart.")
        self._clear()
        self._calls, self.dropped = [], 0

    def assert_called(self, operation: Any = "*", times: int | None = None, **members: Any) -> None:
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
        found = [call for call in self._calls if matcher.matches(call)]
        if times is None and found:
            return
        self._check_complete(f"assert_called({matcher.text})")
        if not found and times != 0:
            raise AssertionError(_no_call(matcher, self._calls))
        if len(found) != times:
            raise AssertionError(
                f"Expected {plural(times or 0, 'call')} of {matcher}, found {len(found)}:\n{_listed(found)}"
            )

    def assert_not_called(self, operation: Any = "*", **members: Any) -> None:
        """Raise if an operation was called, with these parameters.

        Raises:
            AssertionError: it was. The calls are shown.
            UsageError: calls were dropped, so nobody knows.
        """
        matcher = Matcher.of(operation, members)
        found = [call for call in self._calls if matcher.matches(call)]
        if found:
            raise AssertionError(f"Expected no call of {matcher}, found {len(found)}:\n{_listed(found)}")
        self._check_complete(f"assert_not_called({matcher.text})")

    def _check_complete(self, asked: str) -> None:
        if self.dropped:
            raise UsageError(
                f"{asked} cannot be answered: {plural(self.dropped, 'call')} before the last "
                f"{len(self._calls):,} were dropped. Keep more, mock_s3vectors(calls_kept=...), or "
                "clear() the calls more often."
            )


def nearest(matcher: Matcher, calls: Sequence[Call]) -> str:
    """Return at most three calls that miss a matcher by the least, with what differs."""
    if not calls:
        return "No call reached the mock."
    ranked = nsmallest(_MOST_NEAREST, reversed(calls), key=matcher.distance)
    lines = [f"{plural(len(calls), 'call')} reached the mock. The nearest:"]
    for call in ranked:
        lines.append(f"  {call.operation} {call.outcome()}")
        lines += [f"    {difference}" for difference in matcher.differences(call)]
    return "\n".join(lines)


def _no_call(matcher: Matcher, calls: Sequence[Call]) -> str:
    return f"No call matches {matcher}. {nearest(matcher, calls)}"


def _listed(calls: Sequence[Call]) -> str:
    return "\n".join(f"  {call.summary()} {call.outcome()}" for call in calls)
