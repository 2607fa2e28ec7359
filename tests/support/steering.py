"""Answers that come late, get lost, or have advice, as rules of a mock have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    import pytest

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.messages import Disconnect, HttpResponse


def steer(  # noqa: PLR0913 - they have names
    patch: pytest.MonkeyPatch,
    *,
    delay: float = 0.0,
    lost: Disconnect | None = None,
    applied: bool = True,
    response: HttpResponse | None = None,
    advice: tuple[Warning, ...] = (),
    times: int | None = None,
) -> list[Exchange]:
    """Steer the next answers, all or some; return the list of all exchanges from now on.

    Args:
        patch: undoes it.
        delay: how many seconds late they come.
        lost: how they get lost.
        applied: whether a lost answer is that of an operation that was carried out.
        response: the answer; None for that of the operation.
        advice: warnings for the caller.
        times: how many answers; None for all.
    """
    handle = STACK.handle
    seen: list[Exchange] = []

    def handle_and_steer(*arguments: Any) -> Exchange:
        exchange = handle(*arguments)
        seen.append(exchange)
        if times is None or len(seen) <= times:
            exchange.delay, exchange.lost, exchange.advice = delay, lost, advice
            exchange.response = (response or exchange.response) if applied else None
        return exchange

    patch.setattr(STACK, "handle", handle_and_steer)
    return seen
