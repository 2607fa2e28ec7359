"""Rules: what a mock does with some calls, in the words of a test: `mock.on("PutVectors").fail("...")`."""

from __future__ import annotations

from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from mock_s3vectors.abridging import plural
from mock_s3vectors.locks import new_lock
from mock_s3vectors.workbench.call import Call
from mock_s3vectors.workbench.failing import Fail, Limit
from mock_s3vectors.workbench.occasions import Occasions
from mock_s3vectors.workbench.rule_words import words_of
from mock_s3vectors.workbench.verbs import Answer, Delay, Disconnect
from mock_s3vectors.world.rules import Step

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.messages import Disconnect as Kind
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.matching import Matcher
    from mock_s3vectors.workbench.occasions import OccasionOptions
    from mock_s3vectors.workbench.verbs import Seconds, Verb

_ids = count(1)


class RuleBook(Protocol):
    """The mock that a rule was made with, which keeps it."""

    def keep(self, rule: Rule) -> None:
        """Have the rule act from now on."""

    def drop(self, rule: Rule) -> None:
        """Have it act no more; harmless if it does not."""

    def calls_so_far(self) -> Calls:
        """Return the calls that have reached the mock."""


class Rule:
    """A rule: a mock does something with some of its calls, until the rule is removed or the mock ends.

    In a `with` block it is removed at the end of the block.

    Example:
        >>> with mock.on("PutVectors").fail("TooManyRequestsException", optional=True) as rule:
        ...     print(rule.words)
        PutVectors fails with TooManyRequestsException
        >>> mock.rules
        ()

    Attributes:
        id: a number that no other rule of the process has.
        hits: on how many calls it has acted.
    """

    def __init__(self, matcher: Matcher, verb: Verb, occasions: Occasions, book: RuleBook) -> None:
        self.id = next(_ids)
        self.hits = 0
        # How many calls it was about.
        self._seen = 0
        # Whether it has ever acted, and ever seen a call. Its hits do not tell: a savepoint takes them back.
        self._has_acted = self._has_seen = False
        self._text = f"mock.on({matcher.text}).{verb.name}({verb}{occasions})"
        self._matcher = verb.restrict(matcher)
        self._verb = verb
        self._occasions = occasions
        self._random = Random(occasions.seed)  # noqa: S311 - nothing secret
        self._book = book
        self._lock = new_lock()

    def __repr__(self) -> str:
        return self._text

    def act(self, exchange: Exchange) -> Step:
        """See `world.rules.Rule.act`."""
        call = Call(exchange)
        if not self._matcher.matches(call):
            return Step.GO_ON
        with self._lock:
            if not self._is_due(call, exchange.now()):
                return Step.GO_ON
            self.hits += 1
            self._has_acted = True
        # Of several rules that act on a call, the exchange names the one that decides, else the newest.
        before, exchange.rule = exchange.rule, self
        step = self._verb.act(exchange, call, self._random)
        if step is Step.GO_ON and before is not None:
            exchange.rule = before
        return step

    def _is_due(self, call: Call, now: float) -> bool:
        occasions = self._occasions
        self._seen += 1
        self._has_seen = True
        if self._seen <= occasions.after or (occasions.times is not None and self.hits >= occasions.times):
            return False
        if occasions.probability < 1 and self._random.random() >= occasions.probability:
            return False
        return self._verb.concerns(call, now)

    def progress(self) -> object:
        """See `world.rules.Rule.progress`."""
        with self._lock:
            return self.hits, self._seen, self._random.getstate(), self._verb.progress()

    def go_back(self, progress: Any) -> None:
        """See `world.rules.Rule.go_back`."""
        with self._lock:
            self.hits, self._seen, random, of_verb = progress
            self._random.setstate(random)
            self._verb.go_back(of_verb)

    def remove(self) -> None:
        """Have the rule act no more. One that has been removed need not have acted."""
        self._book.drop(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
        if kind is None and (unfired := self.complaint()) is not None:
            raise AssertionError(unfired)

    def complaint(self) -> str | None:
        """Return the failure of a test that ends while the rule has never acted; None if all is well."""
        occasions = self._occasions
        may_rest = self._verb.only_watches or occasions.probability < 1
        if occasions.optional or self._has_acted or (may_rest and self._has_seen):
            return None
        if self._seen:
            passed = f"It let {plural(self._seen, 'call')} pass."
            return f"{self} never fired. {passed} If that is fine, add optional=True."
        misses = self._book.calls_so_far().nearest(self._matcher)
        return f"{self} never fired. If that is fine, add optional=True. {misses}"

    @property
    def words(self) -> str:
        """The sentence that tells people what it does, without a full stop."""
        return words_of(self._matcher, self._verb, self._occasions)

    def document(self) -> dict[str, Any]:
        """Return the rule as JSON values, as the HTTP server reads and writes it."""
        matcher = self._matcher
        return {
            "id": self.id,
            "operation": list(matcher.operations) or "*",
            "region": matcher.region,
            "account": matcher.account,
            "members": {name: _plain(value) for name, value in matcher.members.items()},
            self._verb.name: self._verb.document(),
            **self._occasions.document(),
            "hits": self.hits,
            "words": self.words,
        }


def _plain(value: Any) -> Any:
    """Return a value that JSON can write: one that only compares, such as ANY, as its repr."""
    return value if isinstance(value, (str, int, float, list, dict, type(None))) else repr(value)


class On:
    """The calls of a rule, selected by `mock.on(...)`. Each method makes a rule, which acts from then on.

    Besides its own arguments, each method takes:

    - `times`: how often the rule acts at most; by default until it is removed.
    - `after`: how many calls it lets pass first; by default none.
    - `probability`: the chance that it acts on each later call, above 0, up to 1; by default 1.
    - `seed`: an int that makes the random numbers the same in each run.
    - `optional`: whether the rule may end without having acted. By default that fails the test.
    """

    def __init__(self, matcher: Matcher, book: RuleBook) -> None:
        self._matcher = matcher
        self._book = book

    def __repr__(self) -> str:
        return f"mock.on({self._matcher.text})"

    def fail(self, code: str | int, message: str | None = None, **occasions: Unpack[OccasionOptions]) -> Rule:
        """Have the calls fail with an error. They change nothing.

        Args:
            code: an error that the service model gives the operation, `"TooManyRequestsException"`;
                `"SerializationException"`; or a status from 500 to 599, for an answer without a body.
            message: the text of the error; None for the usual one.
            **occasions: `times`, `after`, `probability`, `seed`, `optional`: see `On`.

        Raises:
            UsageError: the operation has no such error, or an argument is wrong.
        """
        return self._make(Fail(code, message), occasions)

    def delay(self, seconds: Seconds, **occasions: Unpack[OccasionOptions]) -> Rule:
        """Have the answers come later. Older rules act on the calls too, and their delays add up.

        Args:
            seconds: how much later; the least and the most, `(0.1, 0.5)`; or a function that returns it,
                and may take the call.
            **occasions: `times`, `after`, `probability`, `seed`, `optional`: see `On`.

        Raises:
            UsageError: an argument is wrong.
        """
        return self._make(Delay(seconds), occasions)

    def limit(
        self,
        *,
        requests: int | None = None,
        vectors: int | None = None,
        per: float = 1.0,
        **occasions: Unpack[OccasionOptions],
    ) -> Rule:
        """Have calls beyond a rate fail with TooManyRequestsException, by the mock's clock.

        Each index has a rate of its own. Calls within the rate go on to older rules. It is fine if no call
        goes beyond.

        Args:
            requests: how many calls may pass in any `per` seconds.
            vectors: how many vectors they may insert and delete in all.
            per: seconds.
            **occasions: `times`, `after`, `probability`, `seed`, `optional`: see `On`.

        Raises:
            UsageError: an argument is wrong.

        Example:
            >>> mock.on("PutVectors").limit(requests=5, vectors=2_500, per=1.0, optional=True).hits
            0
        """
        return self._make(Limit(requests, vectors, per), occasions)

    def disconnect(
        self,
        kind: Kind = "reset",
        *,
        applied: bool = False,
        **occasions: Unpack[OccasionOptions],
    ) -> Rule:
        """Have the answers get lost: the client raises what its library raises then, and may retry.

        Args:
            kind: `"reset"`: the connection is reset; `"timeout"`: no answer comes in time; `"empty"`: the
                connection is closed without an answer, `"truncated"`: or in the middle of one;
                `"malformed"`: what comes is not HTTP.
            applied: whether the calls are carried out all the same, and only their answers get lost.
            **occasions: `times`, `after`, `probability`, `seed`, `optional`: see `On`.

        Raises:
            UsageError: an argument is wrong.
        """
        return self._make(Disconnect(kind, applied=applied), occasions)

    def answer(self, result: Mapping[str, Any], **occasions: Unpack[OccasionOptions]) -> Rule:
        """Have the calls answered with a result, and not carried out.

        Args:
            result: the members of the operation's output, `{"vectors": [], "distanceMetric": "cosine"}`.
            **occasions: `times`, `after`, `probability`, `seed`, `optional`: see `On`.

        Raises:
            UsageError: the operation cannot answer this, or an argument is wrong.

        Example:
            >>> rule = mock.on("GetVectors").answer({"vectors": [{"key": "dune"}]}, times=1)
            >>> client.get_vectors(vectorBucketName="films", indexName="plots", keys=["alien"])["vectors"]
            [{'key': 'dune'}]
        """
        return self._make(Answer(result), occasions)

    def _make(self, verb: Verb, occasions: OccasionOptions) -> Rule:
        rule = Rule(self._matcher, verb, Occasions.of(verb.name, occasions), self._book)
        self._book.keep(rule)
        return rule
