"""A call that reached a mock, for a test to read: one element of `mock.calls`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import show_members
from mock_s3vectors.errors.exceptions import ServiceError
from mock_s3vectors.permissions.authorize import is_denied

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Decision
    from mock_s3vectors.exchange import Record
    from mock_s3vectors.messages import HttpRequest, HttpResponse

# The header in which AWS's SDKs say which attempt a request is.
_ATTEMPT = re.compile(r"attempt=([0-9]{1,4})\b")
_LONGEST_PATH = 100
# Longer names are wrong ones, which the service refuses.
_LONGEST_PLACE = 150


class Call:
    """A call that has reached the mock: one attempt of a client. A rule sees it before it is over.

    Example:
        >>> _ = client.get_index(vectorBucketName="films", indexName="plots")
        >>> call = mock.calls.last
        >>> call.operation, call.params["indexName"], call.status, call.attempt
        ('GetIndex', 'plots', 200, 1)
    """

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
        return self._record.caller.arn

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
        """The number of this attempt of the client, which is 1, and more for retries."""
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
    def decision(self) -> Decision | None:
        """The decision by policies whether the caller may do this; None if policies were not asked."""
        return self._record.decision

    @property
    def request_id(self) -> str | None:
        """The id of the answer, as `ResponseMetadata` has it; None if the client got none."""
        response = self._arrived
        return response.headers.get("x-amz-request-id") if response else None

    @staticmethod
    def record_of(call: Call) -> Record:
        """Return the record of a call, for the other parts of the workbench."""
        return call._record

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

    def place(self) -> str:
        """Return the bucket, and the index in it, that parameters name, as an ARN or by their names."""
        params = self.params
        arn = params.get("indexArn") or params.get("vectorBucketArn") or params.get("resourceArn")
        if arn:
            place = str(arn).partition(":bucket/")[2].replace("/index/", "/") or str(arn)
        else:
            named = (params[name] for name in ("vectorBucketName", "indexName") if name in params)
            place = "/".join(map(str, named))
        return (place if place.isprintable() else repr(place))[:_LONGEST_PLACE]

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
        if self.decision is not None and not self.decision.allowed:
            verb = "denied" if is_denied(self._record) else "would be denied"
            shown.append(f"{verb} {self.decision.why} (mock.explain tells more)")
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
