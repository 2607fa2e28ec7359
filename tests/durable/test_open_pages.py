"""The program ends on a signal, however many pages have its events open."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.page.test_live import Stream

if TYPE_CHECKING:
    from tests.durable.nursery import Nursery


def test_open_pages_do_not_hold_up_a_signal(nursery: Nursery) -> None:
    with nursery.life() as life:
        streams = [Stream(life.url) for _ in range(8)]
        for stream in streams:
            stream.until("clock")
        assert (life.end(signal.SIGTERM), life.log) == (0, "")
        # A server that waits for them in vain breaks them off instead.
        for stream in streams:
            assert stream.ends_well()
            stream.close()
