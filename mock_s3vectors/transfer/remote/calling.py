"""Calls of a client, several tasks side by side, in threads for boto3 and in coroutines for aiobotocore.

A task is a generator: it yields the calls that it wants made, one after another, and is sent their answers.
So the same tasks serve both kinds of clients, and know neither threads nor event loops.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.remote.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Yields the names of a client's methods, with their parameters.
Task = Generator[tuple[str, dict[str, Any]], Any, None]


class OperationCaller(Protocol):
    """Something that calls operations, as `RemoteClient` does."""

    def new_pace(self) -> Pace:
        """Return a pace for some calls."""

    def call(self, operation: str, pace: Pace | None = None, **params: Any) -> Any:
        """Call an operation, by the name of the client's method, at a pace."""


class PlainCaller:
    """A client of boto3, whose errors stay as they are.

    Args:
        client: the client.
        name: that of the index, for the text of an error.
    """

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def new_pace(self) -> Pace:
        """Return a pace for some calls."""
        return Pace(self._name)

    def call(self, operation: str, pace: Pace | None = None, **params: Any) -> Any:
        """Call an operation, by the name of the client's method, at a pace.

        Raises:
            ClientError: it is refused.
            UsageError: it is refused again and again, or the client is none of boto3.
        """
        answer = (pace or self.new_pace()).call(getattr(self._client, operation), **params)
        if inspect.iscoroutine(answer):
            answer.close()
            raise UsageError(
                "The client is one of aiobotocore: use the function whose name ends with _async."
            )
        return answer


def run_tasks(
    caller: OperationCaller, tasks: Sequence[Task], most: int, on_end: Callable[[], None] | None = None
) -> None:
    """Run tasks in threads, until all have ended.

    If one fails, or this is interrupted, the calls that are under way are waited for, and no others are made.

    Args:
        caller: makes the calls.
        tasks: the tasks.
        most: how many of them to run at the same time.
        on_end: called in this thread after each task that has ended.
    """
    pace, stopped = caller.new_pace(), threading.Event()

    def run(task: Task) -> None:
        answer = None
        while True:
            try:
                operation, params = task.send(answer)  # also the last answer, which the task may count
            except StopIteration:
                return
            if stopped.is_set():
                return
            try:
                answer = caller.call(operation, pace, **params)
            except BaseException:
                stopped.set()
                raise

    with ThreadPoolExecutor(most) as threads:
        # A thread has no context of its own, and the mock that answers may be that of this one.
        futures = [threads.submit(copy_context().run, run, task) for task in tasks]
        try:
            for future in as_completed(futures):
                future.result()
                if on_end is not None:
                    on_end()
        finally:
            stopped.set()
            pace.end()
            threads.shutdown(cancel_futures=True)


async def run_tasks_async(
    client: Any, pace: Pace, tasks: Sequence[Task], most: int, on_end: Callable[[], None] | None = None
) -> None:
    """Run tasks with a client of aiobotocore, in one event loop, until all have ended.

    If one fails, or this is cancelled, all others are cancelled with the calls that are under way. Each of
    these may be carried out, or not.

    Args:
        client: the client.
        pace: that of its calls.
        tasks: the tasks.
        most: how many of them to run at the same time.
        on_end: called after each task that has ended.
    """
    room = asyncio.Semaphore(most)

    async def run(task: Task) -> None:
        answer = None
        async with room:
            while True:
                try:
                    operation, params = task.send(answer)
                except StopIteration:
                    return
                answer = await _answer(getattr(client, operation), params, pace)

    running = [asyncio.ensure_future(run(task)) for task in tasks]
    try:
        for ended in asyncio.as_completed(running):
            await ended
            if on_end is not None:
                on_end()
    finally:
        for future in running:
            future.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _answer(method: Callable[..., Any], params: dict[str, Any], pace: Pace) -> Any:
    """Return the answer to a call, which is made again and again while the service asks for patience."""
    while True:
        await asyncio.sleep(pace.pause())
        begun = monotonic()
        try:
            answer = method(**params)
            if not inspect.isawaitable(answer):
                raise UsageError(
                    "The client is one of boto3: use the function whose name does not end with _async."
                )
            answer = await answer
        except ClientError as refusal:
            pace.slow_down(begun, refusal)
        else:
            pace.speed_up()
            return answer
