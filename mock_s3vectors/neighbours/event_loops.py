"""The event loops of asyncio and trio, seen from inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.neighbours.loaded import find

if TYPE_CHECKING:
    import asyncio
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


def unsent_by_tls(transport: asyncio.Transport) -> int:
    """Return how many bytes wait to be sent, encrypted or not, by the transport of a TLS connection.

    The transport below it has a buffer of its own, and only the protocol between the two knows it. There is
    no protocol any more once the transport was closed twice.
    """
    protocol: Any = getattr(transport, "_ssl_protocol", None)
    if protocol is None:
        return 0
    below: asyncio.Transport | None = protocol._transport
    unsent = transport.get_write_buffer_size()
    return unsent if below is None else unsent + below.get_write_buffer_size()


def sleep_in_event_loop(seconds: float) -> Awaitable[None]:
    """Return an awaitable that lets an event loop of asyncio or trio do something else for a while.

    Both have a public `sleep`. trio comes first, since its loop may run within one of asyncio.
    """
    sleep: Callable[[float], Awaitable[None]] = find("trio" if _is_in_trio() else "asyncio", "sleep")
    return sleep(seconds)
