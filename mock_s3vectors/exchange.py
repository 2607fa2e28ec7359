"""One request and what becomes of it. The gateway fills an exchange in; a record of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import abridged
from mock_s3vectors.errors.warn import nested_mock, warn_caller

if TYPE_CHECKING:
    from mock_s3vectors.arns import Arn
    from mock_s3vectors.authorization import Decision
    from mock_s3vectors.config import Config
    from mock_s3vectors.identity import Caller
    from mock_s3vectors.messages import Disconnect, HttpRequest, HttpResponse
    from mock_s3vectors.world import Clock, Store, Stores
    from mock_s3vectors.world.keys import Keys

Params = dict[str, Any]
Result = dict[str, Any]
Operation = Callable[["Exchange", Params], Result]


@dataclass(slots=True, eq=False)
class Record:
    """The record that a call leaves. It holds nothing of the world that the call found and changed.

    Attributes:
        request: as its client sent it.
        began: when it came in, in seconds since the epoch.
        caller: who calls, and in which Region.
        operation: the name of the operation; None if none has this method and path.
        params: the parameters, by the names of the service model; None if they could not be read.
        error: an error of the service, or a bug or a wrong use of the mock; None if it succeeded.
        response: the answer; None after a bug or a wrong use of the mock, which the client sees raised.
        delay: how many seconds the door waits before it gives the answer.
        lost: how the answer gets lost instead; None if it arrives.
        retry_delay: how many seconds of the client's pause before this attempt were skipped.
        rule: the rule that decided what became of it, or that delayed it; None if there was none.
        decision: the decision by policies whether the caller may do this; None if policies were not asked.
        access: what the decision was made from, or a text that says why policies were not asked; None if the
            call did not get that far.
        seconds: how long all this took; None until it is over.
        kept: the bytes of parameters that are kept without their body.
        advice: warnings for whoever made the call, which its door gives.
    """

    request: HttpRequest
    began: float
    caller: Caller
    operation: str | None = None
    params: Params | None = None
    error: Exception | None = None
    response: HttpResponse | None = None
    delay: float = 0.0
    lost: Disconnect | None = None
    retry_delay: float = 0.0
    rule: object = None
    decision: Decision | None = None
    access: object = None
    seconds: float | None = None
    kept: int = 0
    advice: tuple[Warning, ...] = ()

    @property
    def size(self) -> int:
        """The bytes of the body of the request, or of what is left of it."""
        return self.kept + len(self.request.body)

    def trim(self, longest: int) -> None:
        """Drop a body that is longer; of the parameters, keep what is short and no vectors."""
        if len(self.request.body) > longest or self.kept > longest:
            self.request = self.request.with_body(b"")
            if self.params is not None:
                self.params, self.kept = abridged(self.params, longest)


@dataclass(slots=True, eq=False, kw_only=True)
class Exchange(Record):
    """A request on its way through the gateway.

    Attributes:
        stores: what the request finds and changes.
        clock: the time that holds for it.
        keys: the KMS keys that a test has made.
        config: the options that hold for it.
        result: the members of the operation's output; None if it failed.
        arn: of the bucket or the index that the parameters address; None if nobody has asked for it yet.
        missed: a bucket or an index that the call looked for, and that was dropped with an inner mock.
        recorded: see `record`; None before it is over.
    """

    stores: Stores
    clock: Clock
    keys: Keys
    config: Config
    result: Result | None = None
    arn: Arn | None = None
    missed: Arn | None = None
    recorded: Record | None = None

    @property
    def store(self) -> Store:
        """The store of the caller's own account and Region. Only CreateVectorBucket makes one."""
        return self.stores.at(self.caller.account, self.caller.region)

    def now(self) -> float:
        """Return the time, in seconds since the epoch; calls wait for locks, so it is not always `began`."""
        return self.clock.now()

    @property
    def warnings(self) -> tuple[Warning, ...]:
        """All that whoever made the call is warned of."""
        missed = () if self.missed is None else (nested_mock(self.missed),)
        return (*missed, *self.advice)

    def answer(self) -> HttpResponse | None:
        """Return the response, and give the warnings; None if the call got lost before it was carried out.

        Raises:
            Exception: a wrong use of the mock (UsageError) or a bug, as it was raised on the way.
        """
        if self.response is None and (self.lost is None or self.error is not None):
            raise self.error or RuntimeError("The exchange is not over yet.")
        if self.missed is not None or self.advice:
            for warning in self.warnings:
                warn_caller(warning)
        return self.response

    def record(self) -> Record:
        """Return what is kept of it, the same each time. It may be trimmed, unlike the exchange."""
        response = self.response
        self.recorded = self.recorded or Record(
            self.request,
            self.began,
            self.caller,
            self.operation,
            self.params,
            None if self.error is None else _without_frames(self.error),
            response.with_body(b"") if response is not None and response.body else response,
            self.delay,
            self.lost,
            self.retry_delay,
            self.rule,
            self.decision,
            self.access,
            self.seconds,
            advice=self.advice,
        )
        return self.recorded


def _without_frames(error: Exception) -> Exception:
    """Return an error like this one, but without the frames and errors that led to it."""
    try:
        bare = copy(error)
    except Exception:  # noqa: BLE001 - an error of somebody else's may not know how to be copied
        bare = RuntimeError(f"{type(error).__name__}: {error}")
    return bare.with_traceback(None)
