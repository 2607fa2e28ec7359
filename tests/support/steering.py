"""Advice of a test's own, for tests of how each door gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    import pytest

    from mock_s3vectors.exchange import Exchange


def advise(patch: pytest.MonkeyPatch, *advice: Warning) -> None:
    """Have each call from now on come with these warnings for its caller; `patch` undoes it."""
    handle = STACK.handle

    def handle_and_advise(*arguments: Any) -> Exchange:
        exchange = handle(*arguments)
        exchange.advice = advice
        return exchange

    patch.setattr(STACK, "handle", handle_and_advise)
