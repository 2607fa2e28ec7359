"""The verbs of rules that have a call fail: fail and limit."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import BareStatus, InjectedError, UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.workbench.injected_texts import injected_text
from mock_s3vectors.workbench.matching import actual, models
from mock_s3vectors.workbench.verbs import Verb, is_duration

if TYPE_CHECKING:
    from random import Random

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.matching import Matcher
    from mock_s3vectors.world.rules import Step

# The statuses of an error without a body.
_BARE = range(500, 600)
# No shape of the service lists it, and every operation can answer with it.
_SERIALIZATION = "SerializationException"
_THROTTLED = "TooManyRequestsException"
# Other services of AWS throttle with these codes.
_THROTTLED_ELSEWHERE = ("ThrottlingException", "Throttling", "ThrottledException", "SlowDown")


class Fail(Verb):
    """The call fails with an error, and changes nothing."""

    name = "fail"

    def __init__(self, code: str | int, message: str | None = None) -> None:
        if message is not None and not isinstance(message, str):
            raise UsageError(f"message={message!r}: give a str, or None for the usual text.")
        self._message = message
        self._status = _bare_status(code)
        if self._status is not None and message is not None:
            raise UsageError(f"fail({code!r}, message=...): an error that is only a status has no message.")
        self._code = str(code)

    def restrict(self, matcher: Matcher) -> Matcher:
        """Return the calls of operations that can fail like this; see `Verb.restrict`."""
        if self._status is not None or self._code == _SERIALIZATION:
            return matcher
        having = {name for name in models() if self._code in _codes_of(name)}
        lacking = [name for name in matcher.operations or models() if name not in having]
        known = sorted({code for name in matcher.operations or models() for code in _codes_of(name)})
        if not having or (matcher.operations and lacking):
            whose = " or ".join(lacking) if matcher.operations else "Amazon S3 Vectors"
            meant = _THROTTLED if self._code in _THROTTLED_ELSEWHERE else self._code
            raise UsageError(
                f"{self._code!r} is not an error of {whose}.{near(meant, known)} Errors: "
                f"{', '.join([*known, _SERIALIZATION])}, or a status from 500 to 599."
            )
        if not lacking:
            return matcher
        return replace(matcher, operations=tuple(sorted(having)))

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:  # noqa: ARG002 - as any verb
        """Raise the error."""
        if self._status is not None:
            raise BareStatus(self._status)
        raise _injected(self._code, exchange, self._message)

    def document(self) -> Any:
        """See `Verb.document`."""
        return {"code": self._code, "message": self._message}

    def __str__(self) -> str:
        code = repr(self._code if self._status is None else self._status)
        return code if self._message is None else f"{code}, {self._message!r}"


def _bare_status(code: str | int) -> int | None:
    """Return the status of an error without a body, None if the code is a name."""
    if isinstance(code, bool) or not isinstance(code, (str, int)):
        raise UsageError(f"fail({code!r}): give the code of an error, or a status from 500 to 599.")
    if isinstance(code, str) and not code.isdecimal():
        return None
    if int(code) not in _BARE:
        raise UsageError(
            f"fail({code!r}): without a body, a status must be from 500 to 599. Give the code of an error "
            "for others, for instance 'TooManyRequestsException'."
        )
    return int(code)


def _injected(code: str, exchange: Exchange, message: str | None = None) -> InjectedError:
    """Return an error for a call; None as its message for the usual text."""
    return InjectedError(code, _status_of(code), message or injected_text(code, exchange))


def _codes_of(operation: str) -> list[str]:
    return [shape.name for shape in models()[operation].error_shapes]


def _status_of(code: str) -> int:
    shapes = (shape for model in models().values() for shape in model.error_shapes)
    found = next((shape for shape in shapes if shape.name == code), None)
    # ValidationException has none in the model.
    return int(found.metadata.get("error", {}).get("httpStatusCode", 400)) if found is not None else 400


class Limit(Verb):
    """Calls beyond a rate fail with TooManyRequestsException. Each index has a rate of its own."""

    name = "limit"
    only_watches = True

    def __init__(self, requests: int | None = None, vectors: int | None = None, per: float = 1.0) -> None:
        for name, most in (("requests", requests), ("vectors", vectors)):
            if most is not None and (not isinstance(most, int) or isinstance(most, bool) or most < 0):
                raise UsageError(f"limit({name}={most!r}): give a whole number, 0 or more.")
        if requests is None and vectors is None:
            raise UsageError("limit() was given neither requests nor vectors: give one of them, or both.")
        if not is_duration(per) or per == 0:
            raise UsageError(f"limit(per={per!r}): give a number of seconds, more than 0.")
        self._requests, self._vectors, self._per = requests, vectors, per
        # By index: when its last calls were let through, and with how many vectors.
        self._passed: dict[object, deque[tuple[float, int]]] = {}

    def concerns(self, call: Call, now: float) -> bool:
        """Return whether a call is beyond the rate; note it if it is not."""
        names = (actual(call, name) for name in ("vectorBucketName", "indexName"))
        passed = self._passed.setdefault((call.account, call.region, *map(str, names)), deque())
        # A clock that was moved back makes calls of the future.
        while passed and not now - self._per < passed[0][0] <= now:
            passed.popleft()
        vectors = _vectors_of(call)
        if self._requests is not None and len(passed) >= self._requests:
            return True
        if self._vectors is not None and sum(count for _, count in passed) + vectors > self._vectors:
            return True
        passed.append((now, vectors))
        return False

    def progress(self) -> object:
        """Return the calls that it let through lately."""
        return {index: deque(passed) for index, passed in self._passed.items()}

    def go_back(self, progress: Any) -> None:
        """Know of these calls only."""
        self._passed = {index: deque(passed) for index, passed in progress.items()}

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:  # noqa: ARG002 - as any verb
        """Refuse the call.

        Raises:
            InjectedError: always.
        """
        raise _injected(_THROTTLED, exchange)

    def document(self) -> Any:
        """See `Verb.document`."""
        return {"requests": self._requests, "vectors": self._vectors, "per": self._per}

    def __str__(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in self.document().items() if value is not None)


def _vectors_of(call: Call) -> int:
    """Return how many vectors a call inserts or deletes."""
    member = {"PutVectors": "vectors", "DeleteVectors": "keys"}.get(call.operation or "", "")
    given = call.params.get(member)
    return len(given) if isinstance(given, list) else 0
