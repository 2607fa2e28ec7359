"""A run: asks facts one after another, says of each whether it holds, and removes what they have made."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from botocore.exceptions import ClientError, ParamValidationError

from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.parity.asking import UNANSWERED, Asking
from mock_s3vectors.parity.cleaning import PAUSES, Cleaner, CleaningFailedError
from mock_s3vectors.parity.gate import Amount, BoundReachedError, Gate
from mock_s3vectors.parity.model import UnknownToBotocoreError
from mock_s3vectors.parity.unasked import NotAllowedError, SetUpRefusedError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.parity.bounds import Bounds
    from mock_s3vectors.parity.comparing import Comparison
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.target import Target

Result = Literal["holds", "differs", "not asked"]
# A fact is asked once more if it does not hold after requests that botocore has repeated.
_TRIES = 2
# So many facts one after another without an answer end the run.
_MOST_UNANSWERED = 5
# So do so many vector buckets that cannot be deleted; a policy that a fact has deleted may be in force still.
_MOST_POSTPONED = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run about a fact.

    Attributes:
        fact: the fact.
        result: whether it holds.
        comparisons: the answers beside those expected.
        reason: why it was not asked.
        error: the exception that ended it, if it is one that a fact of the package should not raise.
        asking: the calls, of which the names are known; None if there were none.
    """

    fact: Fact
    result: Result
    comparisons: tuple[Comparison, ...] = ()
    reason: str = ""
    error: Exception | None = None
    asking: Asking | None = None


def new_prefix() -> str:
    """Return the beginning of all names of a run, which nobody else has."""
    return f"parity-{secrets.token_hex(4)}-"


class Run:
    """Facts that are asked of a service.

    `open` comes first, and `close` in the end, whatever happens in between.

    Args:
        target: the service.
        prefix: the beginning of all names.
        bounds: how much the run may ask; a fact that none is known of is not asked.
        pauses: those between attempts of cleaning up, in seconds.

    Attributes:
        gate: the gate that the requests of facts pass.
        cleaner: removes what facts have made.
        stopped: why no more facts are asked; "" while they are.
    """

    _home: Arn

    def __init__(self, target: Target, prefix: str, bounds: Bounds, pauses: Sequence[float] = PAUSES) -> None:
        self.gate = Gate(prefix, bounds.asking)
        self.stopped = ""
        self._bounds = bounds
        self._prefix = prefix
        self._shared = f"{prefix}shared"
        self._pauses = pauses
        self._client = target.client(self.gate)
        self._unchecked = target.client(self.gate, parameter_validation=False)
        gate = Gate(prefix, bounds.cleaning)
        cleaning = target.client(gate, attempts=1)
        self.cleaner = Cleaner(cleaning, gate, pauses)
        self._clients = (self._client, self._unchecked, cleaning)
        self._asked = self._unanswered = 0
        self._in_vain: set[str] = set()
        self._has_begun = False
        # Another attempt for each fact would use up the requests of cleaning up.
        self._postponed: set[str] = set()

    def open(self) -> None:
        """Make the vector bucket that facts share.

        Raises:
            UsageError: the service does not answer, or refuses.
        """
        try:
            # Somebody who may not list could not clean up; and nobody may answer at all.
            self._client.list_vector_buckets(prefix=self._prefix, maxResults=1)
            self._has_begun = True
            self._make_shared_bucket()
            got = self._client.get_vector_bucket(vectorBucketName=self._shared)
            home = parse_arn(got["vectorBucket"]["vectorBucketArn"])
        except Exception as error:  # noqa: BLE001 - a server may answer anything
            raise UsageError(f"No fact can be asked: {_text(error)}") from None
        if home is None:
            raise UsageError("No fact can be asked: the vector bucket has no ARN of S3 Vectors.")
        self._home = home

    def _make_shared_bucket(self) -> None:
        try:
            self._client.create_vector_bucket(vectorBucketName=self._shared)
        except ClientError as error:
            metadata = error.response["ResponseMetadata"]
            was_lost = error.response["Error"]["Code"] == "ConflictException" and metadata["RetryAttempts"]
            if not was_lost:  # the answer to the first request, that is
                raise

    def ask(self, fact: Fact) -> Outcome:
        """Ask one fact, and remove what it has made."""
        bound = self._bounds.facts.get(fact.id)
        if self.stopped or bound is None:
            return Outcome(fact, "not asked", reason=self.stopped or "no bound of its requests is known")
        self.gate.bound = self.gate.passed + bound
        try:
            for _ in range(_TRIES):
                outcome = self._try(fact)
                self._clean_after()
                if outcome.result == "holds" or not (outcome.asking and outcome.asking.repeated):
                    break
                time.sleep(self._pauses[-1])  # perhaps the service asks for patience
        finally:
            self.gate.bound = None
        self._note(outcome)
        return _told(outcome)

    def _try(self, fact: Fact) -> Outcome:
        self._asked += 1
        prefix = f"{self._prefix}{self._asked:03}"
        asking = Asking(
            self._client, self._unchecked, prefix, self._shared, self._home, in_vain=self._in_vain
        )
        try:
            fact.ask(asking)
        except _SAY_NOTHING as error:
            return Outcome(fact, "not asked", tuple(asking.comparisons), _reason(error), asking=asking)
        except Exception as error:  # noqa: BLE001 - a mistake in one fact must not end the others
            unknown = asking.unknown & {str(word) for word in error.args}
            reason = UnknownToBotocoreError(min(unknown)) if unknown else error
            mistake = None if unknown else error
            return Outcome(fact, "not asked", tuple(asking.comparisons), _reason(reason), mistake, asking)
        return _judged(fact, asking)

    def _clean_after(self) -> None:
        """Remove what the newest fact has made; leave for the end what cannot be removed now."""
        for bucket, made in list(self.gate.made.items()):
            if bucket in self._postponed:
                continue
            try:
                self._clean(bucket, made)
            except CleaningFailedError:
                self._postponed.add(bucket)
        if len(self._postponed) >= _MOST_POSTPONED:
            self.stopped = "too many vector buckets could not be deleted"

    def _clean(self, bucket: str, made: set[str | None]) -> None:
        indexes = sorted(index for index in made if index is not None)
        if bucket == self._shared:
            for index in indexes:
                self.cleaner.remove_index(bucket, index)
                made.discard(index)
            return
        if bucket.startswith(self._prefix) and made:
            self.cleaner.remove_bucket(bucket, indexes)
        del self.gate.made[bucket]

    def _note(self, outcome: Outcome) -> None:
        """Stop the run if the service does not answer any more, or a bound of the whole is reached."""
        asking = outcome.asking
        is_lost = asking is not None and asking.failed > 0 and asking.answered == 0
        self._unanswered = self._unanswered + 1 if is_lost else 0
        if self._unanswered >= _MOST_UNANSWERED:
            self.stopped = f"the service did not answer any more ({outcome.reason})"
        elif not (self.gate.passed + Amount(1)).is_within(self._bounds.asking):
            self.stopped = "the upper bound of requests is reached"

    def close(self) -> list[str]:
        """Remove all that there is of the run; return sentences about what could not be removed."""
        said = []
        try:
            if self._has_begun:
                self.cleaner.remove_all(self.gate.made)
        except CleaningFailedError as error:
            said.append(f"The vector buckets could not be listed, so there may be more of them: {error}")
        except KeyboardInterrupt:
            said.append("Cleaning up was stopped, so there may be more vector buckets.")
        for client in self._clients:
            client.close()
        strays = [
            f"The vector bucket {name!r}, whose name should have been refused, was made and is left: remove "
            "it yourself."
            for name in self.gate.strays
        ]
        return [*self.cleaner.sentences(), *said, *strays]


# Exceptions after which a fact is not asked, and that are no mistakes of it.
_SAY_NOTHING = (
    SetUpRefusedError,
    NotAllowedError,
    UnavailableError,
    UnknownToBotocoreError,
    BoundReachedError,
    *UNANSWERED,
)


def _judged(fact: Fact, asking: Asking) -> Outcome:
    """Return whether a fact holds by its comparisons."""
    comparisons = tuple(asking.comparisons)
    if not comparisons:
        error = AssertionError("the fact has compared nothing")
        return Outcome(fact, "not asked", reason=_reason(error), error=error, asking=asking)
    if all(comparison.holds for comparison in comparisons):
        return Outcome(fact, "holds", comparisons, asking=asking)
    unknown = [name for each in comparisons if not each.holds for name in _names_in(each.expected)]
    lacking = sorted(asking.unknown.intersection(unknown))
    if lacking:
        reason = str(UnknownToBotocoreError(lacking[0]))
        return Outcome(fact, "not asked", comparisons, reason, asking=asking)
    return Outcome(fact, "differs", comparisons, asking=asking)


def _names_in(value: Any) -> list[str]:
    """Return the names of all members of a value."""
    if isinstance(value, dict):
        return [*value, *(name for member in value.values() for name in _names_in(member))]
    return [name for member in value for name in _names_in(member)] if isinstance(value, list) else []


def _told(outcome: Outcome) -> Outcome:
    """Return an outcome, not as a difference if requests got lost in each try."""
    if outcome.result != "differs" or not (outcome.asking and outcome.asking.repeated):
        return outcome
    reason = "requests had to be repeated, so that a difference says nothing"
    return Outcome(outcome.fact, "not asked", outcome.comparisons, reason, asking=outcome.asking)


def _reason(error: Exception) -> str:
    """Return why a fact was not asked; of a lost answer only how it was lost: texts may name machines."""
    is_of_us = not isinstance(error, UNANSWERED) or isinstance(error, ParamValidationError)
    return _text(error) if is_of_us else type(error).__name__


def _text(error: Exception) -> str:
    expected = isinstance(error, (*_SAY_NOTHING[:5], ClientError)) and str(error)
    return str(error) if expected else f"{type(error).__name__}: {error}"
