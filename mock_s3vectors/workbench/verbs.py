"""What a rule does with a call that it is about: fail, delay, limit, disconnect or answer."""

from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from botocore.validate import ParamValidator

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import BareStatus, InjectedError, UsageError
from mock_s3vectors.messages import Disconnect as Kind
from mock_s3vectors.protocol.serializer import serialize_result
from mock_s3vectors.workbench.matching import Matcher, actual, models, near
from mock_s3vectors.workbench.texts import injected_text
from mock_s3vectors.world.clock import is_number
from mock_s3vectors.world.rules import Step

if TYPE_CHECKING:
    from random import Random

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.workbench.calls import Call

# Seconds, the least and the most of them, or a function that returns them; it may take the call.
Seconds = float | tuple[float, float] | Callable[..., float]

# The statuses of an error without a body.
_BARE = range(500, 600)
# How the names of operations begin that change nothing.
_READS = ("Get", "List", "Query")
# No shape of the service lists it, and every operation can answer with it.
_SERIALIZATION = "SerializationException"


class Verb(ABC):
    """What a rule does. It is checked when it is made, so that a call cannot find anything wrong with it."""

    name: ClassVar[str]
    # Whether a rule has done its duty when it has seen a call, and did nothing about it.
    only_watches: ClassVar[bool] = False

    def restrict(self, matcher: Matcher) -> Matcher:
        """Return the calls for which this can be done, of those that are meant.

        Raises:
            UsageError: it cannot be done for one of the operations that the matcher names.
        """
        return matcher

    def concerns(self, call: Call, now: float) -> bool:  # noqa: ARG002 - some decide by it
        """Return whether something is done about a call, which is one of those that are meant."""
        return True

    @abstractmethod
    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:
        """Do it.

        Raises:
            ServiceError: the call fails.
        """

    def progress(self) -> object:
        """Return what calls have changed of it; most verbs know nothing of earlier calls."""
        return None

    def go_back(self, progress: Any) -> None:  # noqa: B027 - most verbs know nothing of earlier calls
        """Be as it was when it had this progress."""

    @abstractmethod
    def document(self) -> Any:
        """Return what it was made of, as JSON values."""

    @abstractmethod
    def __str__(self) -> str:
        """Return the arguments that make it."""


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
            raise UsageError(
                f"{self._code!r} is not an error of {whose}.{near(self._code, known)} Errors: "
                f"{', '.join([*known, _SERIALIZATION])}, or a status from 500 to 599."
            )
        if not lacking:
            return matcher
        return Matcher(tuple(sorted(having)), matcher.region, matcher.account, matcher.when, matcher.members)

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:  # noqa: ARG002 - as any verb
        """Raise the error."""
        if self._status is not None:
            raise BareStatus(self._status)
        operation = str(exchange.operation)
        message = self._message or injected_text(self._code, operation)
        raise InjectedError(self._code, _status_of(self._code), message)

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


def _codes_of(operation: str) -> list[str]:
    return [shape.name for shape in models()[operation].error_shapes]


def _status_of(code: str) -> int:
    shapes = (shape for model in models().values() for shape in model.error_shapes)
    found = next((shape for shape in shapes if shape.name == code), None)
    # ValidationException has none in the model.
    return int(found.metadata.get("error", {}).get("httpStatusCode", 400)) if found is not None else 400


class Delay(Verb):
    """The answer comes later. Older rules still act on the call."""

    name = "delay"

    def __init__(self, seconds: Seconds) -> None:
        self._seconds = seconds
        if callable(seconds):
            self._takes_call = _takes_an_argument(seconds)
            return
        bounds = seconds if isinstance(seconds, tuple) else (seconds, seconds)
        if (
            len(bounds) != len(("least", "most"))
            or not all(map(_is_duration, bounds))
            or bounds[0] > bounds[1]
        ):
            raise UsageError(
                f"delay({seconds!r}): give seconds, 0 or more; the least and the most of them, (0.1, 0.5); "
                "or a function that returns them."
            )

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:
        """Add to the delay of the call.

        Raises:
            UsageError: the function of the rule returned something else than seconds.
        """
        seconds = self._seconds
        if callable(seconds):
            seconds = seconds(call) if self._takes_call else seconds()
            if not _is_duration(seconds):
                raise UsageError(
                    f"The function of {self.name}() returned {seconds!r}: it must return seconds."
                )
        elif isinstance(seconds, tuple):
            seconds = random.uniform(*seconds)
        exchange.delay += float(seconds)
        return Step.GO_ON

    def document(self) -> Any:
        """See `Verb.document`."""
        return repr(self._seconds) if callable(self._seconds) else self._seconds

    def __str__(self) -> str:
        return show(self._seconds) if callable(self._seconds) else repr(self._seconds)


def _is_duration(value: object) -> bool:
    return is_number(value) and value >= 0  # type: ignore[operator] # it is a number


def _takes_an_argument(function: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a function in C that does not tell
        return False
    return any(
        parameter.kind not in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD) for parameter in parameters
    )


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
        if not _is_duration(per) or per == 0:
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
        code = "TooManyRequestsException"
        raise InjectedError(code, _status_of(code), injected_text(code, str(exchange.operation)))

    def document(self) -> Any:
        """See `Verb.document`."""
        return {"requests": self._requests, "vectors": self._vectors, "per": self._per}

    def __str__(self) -> str:
        parts = {"requests": self._requests, "vectors": self._vectors, "per": self._per}
        return ", ".join(f"{name}={value!r}" for name, value in parts.items() if value is not None)


def _vectors_of(call: Call) -> int:
    """Return how many vectors a call inserts or deletes."""
    member = {"PutVectors": "vectors", "DeleteVectors": "keys"}.get(call.operation or "", "")
    given = call.params.get(member)
    return len(given) if isinstance(given, list) else 0


class Disconnect(Verb):
    """The answer does not arrive. The call is carried out all the same if that is wanted."""

    name = "disconnect"

    def __init__(self, kind: Kind = "reset", *, applied: bool = False) -> None:
        if kind not in get_args(Kind):
            raise UsageError(
                f"disconnect({kind!r}):{near(kind, get_args(Kind))} Kinds: {', '.join(get_args(Kind))}."
            )
        if not isinstance(applied, bool):
            raise UsageError(f"disconnect(applied={applied!r}): must be True or False.")
        self._kind: Kind = kind
        self._applied = applied

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:  # noqa: ARG002 - as any verb
        """Have the door lose the answer. Reading changes nothing, so it has one that can be cut in two."""
        exchange.lost = self._kind
        is_half_read = self._kind == "truncated" and str(exchange.operation).startswith(_READS)
        return Step.CARRY_OUT if self._applied or is_half_read else Step.ANSWERED

    def document(self) -> Any:
        """See `Verb.document`."""
        return {"kind": self._kind, "applied": self._applied}

    def __str__(self) -> str:
        return f"{self._kind!r}, applied=True" if self._applied else repr(self._kind)


class Answer(Verb):
    """The call is answered with a result that the test gives, and not carried out."""

    name = "answer"

    def __init__(self, result: Mapping[str, Any]) -> None:
        if not isinstance(result, Mapping):
            raise UsageError(
                f"answer({show(result)}): give the members of the operation's output, in a dict."
            )
        self._given = dict(result)
        self._result = _as_json(self._given)

    def restrict(self, matcher: Matcher) -> Matcher:
        """Return the matcher, if its operations can have this result; see `Verb.restrict`."""
        if not matcher.operations:
            raise UsageError(
                "answer() needs to know whose answer it is: name the operation, mock.on('GetIndex')."
            )
        for name in matcher.operations:
            shape = models()[name].output_shape
            faults = ParamValidator().validate(self._given, shape) if shape is not None else None
            if faults is not None and faults.has_errors():
                raise UsageError(f"answer() was given what {name} cannot answer:\n{faults.generate_report()}")
        try:
            serialize_result(self._result)
        except TypeError as error:  # a key that is no text, an int of more than 64 bits, a lone surrogate
            raise UsageError(f"answer() was given what cannot be sent as JSON: {error}") from None
        return matcher

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:  # noqa: ARG002 - as any verb
        """Give the result."""
        exchange.result = self._result
        return Step.ANSWERED

    def document(self) -> Any:
        """See `Verb.document`."""
        return self._result

    def __str__(self) -> str:
        return show(self._given)


# The service sends these as texts, since JSON has no numbers for them.
_NOT_FINITE = {math.inf: "Infinity", -math.inf: "-Infinity"}


def _as_json(value: Any) -> Any:
    """Return a copy of a value as the service would send it: times are seconds since the epoch."""
    if isinstance(value, Mapping):
        return {name: _as_json(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    if isinstance(value, datetime):
        aware = value if value.utcoffset() is not None else value.replace(tzinfo=timezone.utc)
        return int(aware.replace(microsecond=0).timestamp())
    if isinstance(value, (float, Decimal)):
        number = float(value)
        return number if math.isfinite(number) else _NOT_FINITE.get(number, "NaN")
    return value
