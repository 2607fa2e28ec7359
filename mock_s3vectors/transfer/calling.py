"""Calls of a client, several tasks side by side, in threads for boto3 and in coroutines for aiobotocore.

A task is a generator: it yields the calls that it wants made, one after another, and is sent their answers.
So the same tasks serve both kinds of clients, and know neither threads nor event loops.
"""

from __future__ import annotations

import asyncio
import inspect
import random
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Yields the names of a client's methods, with their parameters.
Task = Generator[tuple[str, dict[str, Any]], dict[str, Any], None]

# Errors that mean: later. The client has tried again by itself before it raises one.
_LATER = frozenset({"TooManyRequestsException", "ServiceUnavailableException"})
# How often a call is made at most, and how long to wait after the first time and at most, in seconds.
_MOST_CALLS = 10
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0


def pause_after(error: ClientError, calls: int) -> float:
    """Return how many seconds to wait before a call that was refused is made again: each time twice as many.

    Args:
        error: the refusal, which is raised if waiting does not help.
        calls: how often the call was made.
    """
    if error.response["Error"]["Code"] not in _LATER or calls >= _MOST_CALLS:
        raise error
    # Of several callers not all come back at the same moment.
    jitter = random.uniform(0.5, 1)  # noqa: S311 - no secret
    return float(min(_FIRST_WAIT * 2 ** (calls - 1), _LONGEST_WAIT) * jitter)


class _StoppedError(Exception):
    """Another task has failed, or the program is interrupted: this one makes no more calls."""


def run_tasks(
    client: Any, tasks: Sequence[Task], most: int, on_end: Callable[[], None] | None = None
) -> None:
    """Run tasks with a client of boto3, in threads, until all have ended.

    If one fails, or this is interrupted, the calls that are under way are waited for, and no others are made.

    Args:
        client: the client.
        tasks: the tasks.
        most: how many of them to run at the same time.
        on_end: called in this thread after each task that has ended.
    """
    stopped = threading.Event()
    with ThreadPoolExecutor(most) as threads:
        # A thread has no context of its own, and the mock that answers may be that of this one.
        futures = [threads.submit(copy_context().run, _run, client, task, stopped) for task in tasks]
        try:
            for future in as_completed(futures):
                future.result()
                if on_end is not None:
                    on_end()
        finally:
            stopped.set()
            threads.shutdown(cancel_futures=True)


def _run(client: Any, task: Task, stopped: threading.Event) -> None:
    answer: dict[str, Any] | None = None
    while True:
        try:
            # A generator that begins is sent None.
            method, params = task.send(answer)  # type: ignore[arg-type]
        except StopIteration:
            return
        answer = _answer(getattr(client, method), params, stopped)


def _answer(method: Callable[..., Any], params: dict[str, Any], stopped: threading.Event) -> dict[str, Any]:
    calls, pause = 0, 0.0
    while not stopped.wait(pause):
        calls += 1
        try:
            answer = method(**params)
        except ClientError as error:
            pause = pause_after(error, calls)
            continue
        if inspect.iscoroutine(answer):
            answer.close()
            raise UsageError(
                "The client is one of aiobotocore: use the function whose name ends with _async."
            )
        return answer  # type: ignore[no-any-return] # as clients answer
    raise _StoppedError


async def run_tasks_async(
    client: Any, tasks: Sequence[Task], most: int, on_end: Callable[[], None] | None = None
) -> None:
    """Run tasks with a client of aiobotocore, in one event loop, until all have ended.

    If one fails, or this is cancelled, all others are cancelled with the calls that are under way. Each of
    these may be carried out, or not.

    Args:
        client: the client.
        tasks: the tasks.
        most: how many of them to run at the same time.
        on_end: called after each task that has ended.
    """
    room = asyncio.Semaphore(most)

    async def run(task: Task) -> None:
        async with room:
            await _run_async(client, task)

    running = [asyncio.ensure_future(run(task)) for task in tasks]
    try:
        for ended in asyncio.as_completed(running):
            await ended
            if on_end is not None:
                on_end()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _run_async(client: Any, task: Task) -> None:
    answer: dict[str, Any] | None = None
    while True:
        try:
            method, params = task.send(answer)  # type: ignore[arg-type] # see _run
        except StopIteration:
            return
        answer = await _answer_async(getattr(client, method), params)


async def _answer_async(method: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    calls = 0
    while True:
        calls += 1
        answer = None
        try:
            answer = method(**params)
            if not inspect.isawaitable(answer):
                raise UsageError(
                    "The client is one of boto3: use the function whose name does not end with _async."
                )
            return await answer  # type: ignore[no-any-return] # as clients answer
        except ClientError as error:
            await asyncio.sleep(pause_after(error, calls))
