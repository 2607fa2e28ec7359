"""Locks that survive a fork, whichever thread of the parent holds them.

A fork copies a lock as it is, but not the thread that would release it; and it copies the work of that
thread, half done. Python code can be written so that this does no harm. C libraries are not: a child that is
forked while another thread links vectors in faiss, or imports it, waits for that thread forever. So a fork
waits until the running calls are answered, for `PATIENCE` seconds at most.
"""

from __future__ import annotations

import os
import threading
import time
from weakref import WeakSet

# Seconds. Linking many vectors may take longer: the fork then happens all the same.
PATIENCE = 5.0

# Seconds to wait for one lock while holding others; then other threads, which may want these, get a turn.
_TURN = 0.05

_LOCKS: WeakSet[threading.RLock] = WeakSet()


class _Held(threading.local):
    """The locks that a thread holds because it forks."""

    def __init__(self) -> None:
        self.locks: list[threading.RLock] = []


_HELD = _Held()


def new_lock() -> threading.RLock:
    """Return a reentrant lock that a forked child finds free, unless the forking thread holds it.

    It is Python's own: `with` takes and releases it in one step each, so that no interruption (Ctrl+C, the
    signal of a test's timeout) comes between taking it and knowing that it is taken.
    """
    lock = threading.RLock()
    _LOCKS.add(lock)
    return lock


def _take() -> None:
    """Take all locks, so that no other thread is in the middle of anything."""
    end = time.monotonic() + PATIENCE
    locks = list(_LOCKS)
    while not all(map(_try_to_take, locks)) and time.monotonic() < end:
        _release()


def _try_to_take(lock: threading.RLock) -> bool:
    taken = lock.acquire(timeout=_TURN)
    if taken:
        _HELD.locks.append(lock)
    return taken


def _release() -> None:
    """Release the locks that `_take` took."""
    while _HELD.locks:
        _HELD.locks.pop().release()


def _renew() -> None:
    """Free the locks of the threads that a forked child lacks."""
    _release()
    for lock in list(_LOCKS):
        # The standard library frees its own locks by these two methods; the type stubs lack them.
        if not lock._is_owned():  # type: ignore[attr-defined]  # noqa: SLF001 - the reason is above
            lock._at_fork_reinit()  # type: ignore[attr-defined]  # noqa: SLF001 - the same


# Windows cannot fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take, after_in_parent=_release, after_in_child=_renew)
