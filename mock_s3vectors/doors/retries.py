"""Retries without pauses: with `skip_retry_delays`, botocore and aiobotocore do not sleep before them.

The rest is botocore's own: whether it tries again, how often, and how long it would pause. The pause reaches
the next attempt's exchange through the context of the call, and on to a server through a header.
"""

from __future__ import annotations

import functools
import inspect
import math
from typing import TYPE_CHECKING, Any

from mock_s3vectors import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # Handlers of an event, each with what it returned.
    Responses = list[tuple[Any, Any]]

SKIPPED_HEADER = "x-mock-s3vectors-retry-delay"
_SKIPPED = "_mock_s3vectors_skipped"


def skip_pauses(skips: Callable[[dict[str, Any]], bool]) -> Callable[..., Callable[..., Any]]:
    """Return a wrapper for `Endpoint._needs_retry` or `AioEndpoint._needs_retry`, which sleep before a retry.

    Args:
        skips: returns whether a call, given as botocore's dictionary of its request, is retried at once.
    """

    def wrap(needs_retry: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(needs_retry)
        def needs_retry_at_once(
            self: Any, attempts: int, operation_model: Any, request_dict: dict[str, Any], *results: Any
        ) -> Any:
            endpoint = _Hasty(self, request_dict["context"]) if skips(request_dict) else self
            return needs_retry(endpoint, attempts, operation_model, request_dict, *results)

        return needs_retry_at_once

    return wrap


def take_skipped(context: dict[str, Any]) -> float:
    """Return how many seconds of pause were skipped before an attempt, once."""
    seconds: float = context.pop(_SKIPPED, 0.0)
    return seconds


def skipped_before(headers: Mapping[str, str]) -> float:
    """Return the seconds of pause that a client skipped before it called a server of the same process."""
    try:
        seconds = float(headers.get(SKIPPED_HEADER, 0))
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) else 0.0


class _Hasty:
    """Stands in for an endpoint that asks the handlers of `needs-retry` how long to pause."""

    def __init__(self, endpoint: Any, context: dict[str, Any]) -> None:
        self._endpoint = endpoint
        self._context = context
        # `_needs_retry` asks the emitter of its endpoint, so this object is that as well.
        self._event_emitter = self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._endpoint, name)

    def emit(self, event: str, **arguments: Any) -> Any:
        """Ask the handlers; if they want a pause, return one of 0 seconds."""
        emitter = neighbours.event_emitter(self._endpoint)
        responses = emitter.emit(event, **{**arguments, "endpoint": self._endpoint})
        return self._awaited(responses) if inspect.isawaitable(responses) else self._without_pause(responses)

    async def _awaited(self, responses: Any) -> Responses:
        return self._without_pause(await responses)

    def _without_pause(self, responses: Responses) -> Responses:
        """Note the pause: the first response that is not None, as botocore has it.

        False is no pause. Newer releases of botocore do not retry then.
        """
        for handler, response in responses:
            if response is False:
                break
            if response is not None:
                self._context[_SKIPPED] = response
                return [(handler, 0)]
        return responses
