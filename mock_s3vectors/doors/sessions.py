"""The door of `requests`: calls that are signed by hand, or presigned.

A session asks for the adapter of each URL. While a mock is on, it gets ours for the URLs of S3 Vectors, and
its own for all others. So a test (or moto) may switch `responses`, which replaces a method of those others,
on and off at any time, before the mock or after it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from mock_s3vectors.doors.hosts import is_endpoint
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Request, Session
    from requests.adapters import BaseAdapter

    from mock_s3vectors.mocking.levels import Level


def answer_endpoints(get_adapter: Callable[..., BaseAdapter]) -> Callable[..., BaseAdapter]:
    """Wrap `Session.get_adapter`, so that calls of S3 Vectors get an adapter of ours."""

    @functools.wraps(get_adapter)
    def get_adapter_or_ours(session: Session, url: str) -> BaseAdapter:
        begun = STACK.current()
        if begun is None or not is_endpoint(url):
            return get_adapter(session, url)
        from mock_s3vectors.doors.adapter import MockAdapter  # noqa: PLC0415 - imports `responses`

        return MockAdapter(begun)

    return get_adapter_or_ours


def mark_requests(prepare_request: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `Session.prepare_request`, so that nobody sends a request whose mock has ended.

    Signing may take a while, and a session may wait before it sends. It asks for an adapter only afterwards,
    and would get the one that sends to the network.
    """

    @functools.wraps(prepare_request)
    def prepare_unless_ended(session: Session, request: Request) -> PreparedRequest:
        begun = STACK.current()
        prepared: PreparedRequest = prepare_request(session, request)
        if begun is not None and is_endpoint(prepared.url or ""):
            STACK.check(begun)
            prepared.url = _Url.of(prepared.url or "", begun)
        return prepared

    return prepare_unless_ended


class _Url(str):
    """The URL of a request that was prepared under a mock, until the mock answers it.

    When the mock has ended, `requests` has its own methods back. But to choose an adapter, a session still
    asks for the URL in lower case.
    """

    __slots__ = ("begun",)
    begun: Level

    @classmethod
    def of(cls, url: str, begun: Level) -> _Url:
        """Return a URL that knows under which mock its call began."""
        known = cls(url)
        known.begun = begun
        return known

    def lower(self) -> str:
        """Return the URL in lower case.

        Raises:
            UsageError: the mock has ended.
        """
        STACK.check(self.begun)
        return super().lower()
