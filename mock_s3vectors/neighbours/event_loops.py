"""The event loops of asyncio and trio, seen from inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.neighbours.loaded import find

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def is_in_event_loop() -> bool:
    """Return whether an event loop of asyncio or trio runs the caller.

    `asyncio._get_running_loop` is for event loops; the public `get_running_loop` raises an exception, which
    takes longer. `trio.lowlevel.current_task` is public.
    """
    running_loop = find("asyncio", "_get_running_loop")
    if running_loop is not None and running_loop() is not None:
        return True
    return _is_in_trio()


def _is_in_trio() -> bool:
    current_task = find("trio.lowlevel", "current_task")
    try:
        return current_task is not None and current_task() is not None
    except RuntimeError:
        return False


def sleep_in_event_loop(seconds: float) -> Awaitable[None]:
    """Return an awaitable that lets an event loop of asyncio or trio do something else for a while.

    Both have a public `sleep`. trio comes first, since its loop may run within one of asyncio.
    """
    sleep: Callable[[float], Awaitable[None]] = find("trio" if _is_in_trio() else "asyncio", "sleep")
    return sleep(seconds)
