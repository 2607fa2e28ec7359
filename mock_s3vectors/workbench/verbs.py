"""The verbs of rules, which act on a call: delay, disconnect and answer. `failing` has fail and limit."""

from __future__ import annotations

import inspect
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, get_args

from botocore.validate import ParamValidator

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.messages import Disconnect as Kind
from mock_s3vectors.protocol.serializer import serialize_result
from mock_s3vectors.workbench.matching import models
from mock_s3vectors.world.clock import is_number
from mock_s3vectors.world.rules import Step

if TYPE_CHECKING:
    from random import Random

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.matching import Matcher

# Seconds, the least and the most of them, or a function that returns them; it may take the call.
Seconds = float | tuple[float, float] | Callable[..., float]

# How the names of operations begin that change nothing.
_READS = ("Get", "List", "Query")


class Verb(ABC):
    """The action of a rule. Its arguments are checked when it is made, so a call meets no mistake in them."""

    name: ClassVar[str]
    # Whether a rule is content with having seen a call, even if it did not act on any.
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


class Delay(Verb):
    """The answer comes later. Older rules still act on the call."""

    name = "delay"

    def __init__(self, seconds: Seconds) -> None:
        self._seconds = seconds
        if callable(seconds):
            self._takes_call = _takes_an_argument(seconds)
            return
        if not (_is_range(seconds) if isinstance(seconds, tuple) else is_duration(seconds)):
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
            if not is_duration(seconds):
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


def is_duration(value: object) -> bool:
    """Return whether a value is a number of seconds, 0 or more."""
    return is_number(value) and value >= 0  # type: ignore[operator] # it is a number


def _is_range(bounds: tuple[Any, ...]) -> bool:
    return len(bounds) == 2 and all(map(is_duration, bounds)) and bounds[0] <= bounds[1]  # noqa: PLR2004 - a pair


def _takes_an_argument(function: Callable[..., object]) -> bool:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # a function in C that does not tell
        return False
    return any(
        parameter.kind not in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD) for parameter in parameters
    )


class Disconnect(Verb):
    """The answer does not arrive. The call is carried out all the same if that is wanted."""

    name = "disconnect"

    def __init__(self, kind: Kind = "reset", *, applied: bool = False) -> None:
        if kind not in get_args(Kind):
            raise UsageError(
                f"disconnect({kind!r}): there is no such kind.{near(kind, get_args(Kind))} "
                f"Kinds: {', '.join(get_args(Kind))}."
            )
        if not isinstance(applied, bool):
            raise UsageError(f"disconnect(applied={applied!r}): must be True or False.")
        self._kind: Kind = kind
        self._applied = applied

    def act(self, exchange: Exchange, call: Call, random: Random) -> Step:  # noqa: ARG002 - as any verb
        """Have the door lose the answer. A read is carried out in any case: half its answer may be sent."""
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
        # An answer that a client gave has this too.
        self._given = {name: value for name, value in result.items() if name != "ResponseMetadata"}
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
