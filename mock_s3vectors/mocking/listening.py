"""Who is told of each call that is over.

It belongs to the stack, but pytest's plugin sets it for every test, also in runs that never load the stack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Exchange


class Listening:
    """The place of one listener.

    Attributes:
        listener: called with each exchange that is over; it must keep a copy, if any. None: nobody listens.
    """

    def __init__(self) -> None:
        self.listener: Callable[[Exchange], None] | None = None


LISTENING = Listening()
