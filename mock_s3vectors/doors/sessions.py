"""The door of `requests`: calls that are signed by hand, or presigned.

A session asks for the adapter of a URL; for those of S3 Vectors it is given ours while a mock is on. So what
happens to other URLs is nobody's business, and `responses`, which replaces the method of another
adapter, may be switched on and off by a test (or by moto) at any time, before the mock or after it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors.doors.hosts import is_endpoint
from mock_s3vectors.messages import read_request
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from requests import PreparedRequest, Request, Response, Session
    from requests.adapters import BaseAdapter

    from mock_s3vectors.mocking.stack import Level


def answer_for_endpoints(get_adapter: Callable[..., BaseAdapter]) -> Callable[..., BaseAdapter]:
    """`Session.get_adapter`, with an adapter of our own for the endpoints of S3 Vectors."""

    @functools.wraps(get_adapter)
    def get_adapter_or_ours(session: Session, url: str) -> BaseAdapter:
        begun = STACK.current()
        if begun is not None and is_endpoint(url):
            return _Adapter(begun)  # type: ignore[return-value] # what a session uses of one
        return get_adapter(session, url)

    return get_adapter_or_ours


def prepare_within_one_mock(prepare_request: Callable[..., Any]) -> Callable[..., Any]:
    """Return `Session.prepare_request`, but a request that it prepares is not sent once the mock has ended.

    Signing may take its time, and so may a session that waits before it sends. It asks for an adapter only
    afterwards, and would get the one that sends to the network.
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
    """The URL of a request that was prepared under a mock, until it is answered.

    When the mock has ended, nothing of ours is left in `requests`. But a session still asks for the URL in
    lower case, to choose an adapter.
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
        """Return it in lower case.

        Raises:
            UsageError: the mock has ended.
        """
        STACK.check(self.begun)
        return super().lower()


class _Adapter:
    """Gives a session of `requests` the answer of the mock under which it was asked for."""

    def __init__(self, begun: Level) -> None:
        self._begun = begun

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Return the answer, as `requests` itself would have it from the network.

        Raises:
            UsageError: the mock has ended since the session asked for this adapter.
        """
        from requests.adapters import HTTPAdapter  # noqa: PLC0415 - loaded already when a session sends
        from responses import CallbackResponse  # noqa: PLC0415 - only for those who call in this way

        request.url = str(request.url)
        answer = CallbackResponse(request.method or "", request.url, self._answer, content_type=None)
        # A method that uses no more of its adapter than to say whose response it is.
        ours: Any = self
        return HTTPAdapter.build_response(ours, request, answer.get_response(request))

    def close(self) -> None:
        """Nothing is open."""

    def _answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        url = urlsplit(request.url or "")
        response = STACK.handle(read_request(request, url, url.path), self._begun).answer()
        return response.status, dict(response.headers), response.body
