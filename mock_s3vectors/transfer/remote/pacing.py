"""The pace of calls: a service that says "too many requests" is called more slowly, by all threads.

Coroutines, which wait in their own way, use `pause`, `slow_down` and `speed_up` by themselves.
"""

from __future__ import annotations

import random
import threading
from time import monotonic
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Callable

# Refusals that end by themselves; the last two are what AWS's front answers.
PASSING = frozenset(
    {
        "TooManyRequestsException",
        "ServiceUnavailableException",
        "InternalServerException",
        "RequestTimeoutException",
        "ThrottlingException",
        "Throttling",
        "SlowDown",
    }
)
# How long calls may be refused without one that succeeds in between, in seconds.
PATIENCE = 60.0
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 8.0
# Each success takes this much off the pause, so that the pace finds what the service allows.
_FASTER = 0.9
_SHORTEST_PAUSE = 0.01


class Pace:
    """The pace of some calls, which threads share. botocore's own retries come first.

    Args:
        place: the place that is called, for the texts of errors.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._lock = new_lock()
        self._ended = threading.Event()
        self._pause = 0.0
        # When the pause was last made longer, and when a call last succeeded.
        self._slowed = self._succeeded = monotonic()

    def end(self) -> None:
        """Let calls that wait fail with the refusal they met."""
        self._ended.set()

    def call(self, function: Callable[..., Any], /, **arguments: Any) -> Any:
        """Call a method of a client, again and again while the service asks for patience.

        Raises:
            ClientError: the service refuses, not only for now.
            UsageError: patience is over.
        """
        while True:
            self._ended.wait(self.pause())
            begun = monotonic()
            try:
                answer = function(**arguments)
            except ClientError as refusal:
                self.slow_down(begun, refusal)
            else:
                self.speed_up()
                return answer

    def pause(self) -> float:
        """Return how many seconds to wait before the next call."""
        return self._pause * random.uniform(0.5, 1.5)  # noqa: S311 - no secret

    def slow_down(self, begun: float, refusal: ClientError) -> None:
        """Double the pause, once for all calls that were under way together.

        Args:
            begun: when the call was begun, in seconds of `time.monotonic`.
            refusal: how it ended.

        Raises:
            ClientError: the refusal does not end by itself.
            UsageError: patience is over.
        """
        if refusal.response["Error"]["Code"] not in PASSING or self._ended.is_set():
            raise refusal
        with self._lock:
            now = monotonic()
            if begun >= self._slowed:
                self._pause = min(max(2 * self._pause, _FIRST_PAUSE), _LONGEST_PAUSE)
                self._slowed = now
            waited = now - self._succeeded
        if waited > PATIENCE:
            error = refusal.response["Error"]
            raise UsageError(
                f"{self._place}: the service has refused all calls for {waited:,.0f} seconds. "
                f"{error['Code']}: {error['Message']}"
            ) from None

    def speed_up(self) -> None:
        """Shorten the pause a little, after a call that was answered."""
        with self._lock:
            self._succeeded = monotonic()
            self._pause = self._pause * _FASTER if self._pause > _SHORTEST_PAUSE else 0.0
