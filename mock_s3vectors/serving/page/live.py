"""Answers to the page about what goes on: calls as they come, by server-sent events, rules and the clock.

Nothing is noted for the page while calls are answered: each stream looks, a few times a second, at what is
there, and sends what differs from what it has sent last.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.serving.page.live_documents import call_row, clock_document, rules_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from starlette.requests import Request

    from mock_s3vectors.exchange import Record
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import World
    from mock_s3vectors.world.journal import Journal

# In seconds: how often a stream looks.
ROUND = 0.2
# Calls that a stream sends each time: the newest. Nobody reads more, and a browser would not keep up.
MOST_CALLS = 200
# In seconds: how long a stream may be silent. The time is sent then, by which the page corrects its own.
HEARTBEAT = 10
# More digits are no number of a call.
_LONGEST_NUMBER = 15
_MEDIA_TYPE = "text/event-stream"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def live_route(path: str, current: Callable[[], Level | None]) -> Route:
    """Return the route of the events.

    A client that was connected before goes on where it was: `Last-Event-ID` names its last event, or `after`
    in the query does, since a page that opens a new stream cannot set the header.

    Args:
        path: where it is.
        current: returns the mock whose calls these are; None while no mock is on.
    """

    async def answer(request: Request) -> Response:
        if request.method == "HEAD":
            return Response(media_type=_MEDIA_TYPE, headers=_HEADERS)
        last = request.headers.get("last-event-id") or request.query_params.get("after", "")
        stops = request.scope["state"]["connection"].server_state.stops
        return StreamingResponse(
            _events(Watch(current, last), stops), media_type=_MEDIA_TYPE, headers=_HEADERS
        )

    return Route(path, answer)


async def _events(watch: Watch, stops: asyncio.Event) -> AsyncIterator[bytes]:
    """Yield events until the server stops; whoever sends them ends this when the client leaves."""
    now = asyncio.get_running_loop().time
    last = now()
    while not stops.is_set():
        if now() - last > HEARTBEAT:
            watch.forget("clock")
        events = b"".join(watch.look())
        if events:
            last = now()
            yield events
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(stops.wait(), ROUND)


class Watch:
    """The looks of one stream: it knows what it has sent, and so what is new."""

    def __init__(self, current: Callable[[], Level | None], last_event: str) -> None:
        """Begin with the calls after an event.

        Args:
            current: returns the mock that is watched; None while no mock is on.
            last_event: the id of the event; without one, or if it belongs to another journal, begin with the
                newest calls that are kept.
        """
        self._current = current
        self._resumed, _, count = last_event.partition("-")
        is_number = count.isascii() and count.isdecimal() and len(count) <= _LONGEST_NUMBER
        self._resumed_at = int(count) if is_number else 0
        # How many calls of each journal were sent, or left out.
        self._passed: WeakKeyDictionary[Journal[Record], int] = WeakKeyDictionary()
        self._journal: Journal[Record] | None = None
        self._sent: dict[str, bytes] = {}

    def forget(self, event: str) -> None:
        """Send an event the next time, even if it tells nothing new."""
        self._sent.pop(event, None)

    def look(self) -> Iterator[bytes]:
        """Yield the events since the last look."""
        level = self._current()
        try:
            world = None if level is None else level.world
        except UsageError:  # it has ended since
            return
        if self._journal is not None and (world is None or world.journal is not self._journal):
            # The last calls of a mock that has ended, or around which another has begun.
            yield from self._calls(self._journal)
        if level is None or world is None:
            self._journal = None
            yield from self._changed("mock", None)
        else:
            yield from self._of_mock(level, world)

    def _of_mock(self, level: Level, world: World) -> Iterator[bytes]:
        self._journal = journal = world.journal
        began = level.calls_before
        self._passed[journal] = max(self._start(journal), began)
        mock = {"mock": journal.id, "before": began, "advice": level.config.advice}
        yield from self._changed("mock", mock)
        yield from self._changed("rules", rules_document(world))
        clock = clock_document(world.clock)
        # Its time goes on by itself.
        yield from self._changed("clock", clock, {**clock, "now": clock["now"] if clock["frozen"] else 0})
        yield from self._calls(journal)

    def _start(self, journal: Journal[Record]) -> int:
        """Return how many calls of a journal the client has had."""
        resumed = self._resumed_at if journal.id == self._resumed else 0
        return min(self._passed.get(journal, resumed), journal.added)

    def _calls(self, journal: Journal[Record]) -> Iterator[bytes]:
        start = self._passed[journal]
        records, skipped = journal.since(start)
        first = start + skipped + 1
        self._passed[journal] = first - 1 + len(records)
        left_out = max(0, len(records) - MOST_CALLS)
        if not records and not skipped:
            return
        shown = enumerate(records[left_out:], first + left_out)
        calls = [call_row(record, number) for number, record in shown]
        sent = {"mock": journal.id, "skipped": skipped + left_out, "calls": calls}
        yield _event("calls", orjson.dumps(sent), f"{journal.id}-{self._passed[journal]}")

    def _changed(self, name: str, document: Any, compared: Any = None) -> Iterator[bytes]:
        """Yield an event if its document, or what of it is compared, differs from the last one."""
        data = orjson.dumps(document, default=repr, option=orjson.OPT_NON_STR_KEYS)
        key = data if compared is None else orjson.dumps(compared)
        if self._sent.get(name) != key:
            self._sent[name] = key
            yield _event(name, data)


def _event(name: str, data: bytes, identity: str = "") -> bytes:
    """Return an event as it is sent; JSON has no line break."""
    head = f"event: {name}\nid: {identity}\n" if identity else f"event: {name}\n"
    return head.encode() + b"data: " + data + b"\n\n"
