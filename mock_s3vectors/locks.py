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
from functools import partial
from weakref import ref

# Seconds. Linking many vectors may take longer: the fork then happens all the same.
PATIENCE = 5.0

# Seconds to wait for one lock while holding others; then other threads, which may want these, get a turn.
_TURN = 0.05

# By their ids. A WeakSet could not be gone through while another thread makes a lock.
_LOCKS: dict[int, ref[threading.RLock]] = {}


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
    _LOCKS[id(lock)] = ref(lock, partial(_forget, id(lock)))
    return lock


def _forget(number: int, _: object) -> None:
    """Forget a lock that nobody has any more."""
    _LOCKS.pop(number, None)


def _all_locks() -> list[threading.RLock]:
    # Copying is one step, whatever other threads do.
    found = [known() for known in _LOCKS.copy().values()]
    return [lock for lock in found if lock is not None]


class _Own(threading.local):
    """A lock for each thread."""

    def __init__(self) -> None:
        self.lock = new_lock()


_OWN = _Own()


def own_lock() -> threading.RLock:
    """Return a lock of the calling thread, which keeps no other thread waiting.

    Hold it while a C library works without the locks of what it reads, so that a fork waits for it: the
    library may have locks of its own, which a child would find taken for ever.
    """
    return _OWN.lock


def _take() -> None:
    """Take all locks, so that no other thread is in the middle of anything."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        # Threads that have not been stopped yet may make more.
        held = set(map(id, _HELD.locks))
        missing = [lock for lock in _all_locks() if id(lock) not in held]
        if not missing:
            return
        if not all(map(_try_to_take, missing)):
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
    for lock in _all_locks():
        # The standard library frees its own locks by these two methods; the type stubs lack them.
        if not lock._is_owned():  # type: ignore[attr-defined]  # noqa: SLF001 - the reason is above
            lock._at_fork_reinit()  # type: ignore[attr-defined]  # noqa: SLF001 - the same


# Windows cannot fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_take, after_in_parent=_release, after_in_child=_renew)
