"""The fences: while a mock is on, they refuse requests to S3 Vectors that did not come through a door."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors.doors.clients import asks_the_mock
from mock_s3vectors.doors.hosts import is_endpoint, is_loopback
from mock_s3vectors.doors.local_endpoints import warn_of_local_endpoint
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.neighbours import service_of

if TYPE_CHECKING:
    from collections.abc import Callable


def refuse_calls(make_request: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `Endpoint.make_request`, where calls begin, to refuse those of clients that do not ask the mock.

    If the call were refused only where it is sent, the mock could end before that, and let it pass.
    """

    @functools.wraps(make_request)
    def make_request_unless_mocked(self: Any, operation_model: Any, request_dict: dict[str, Any]) -> Any:
        if not asks_the_mock(request_dict.get("context", {})):
            _check_way_out(self, request_dict["url"])
        return make_request(self, operation_model, request_dict)

    return make_request_unless_mocked


def refuse_sending(send: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `Endpoint._send` or `AioEndpoint._send`, the last step of all calls, to refuse the same ones."""

    @functools.wraps(send)
    def send_unless_mocked(self: Any, request: Any) -> Any:
        _check_way_out(self, request.url)
        return send(self, request)

    return send_unless_mocked


def _check_way_out(endpoint: Any, address: str) -> None:
    """Raise if a call that leaves through an endpoint of botocore should have asked the mock.

    A call to the loopback interface may leave; a warning says so if an environment variable sent it there.

    Raises:
        UsageError: its client is older than our handlers, or was made without botocore's own.
    """
    if not STACK or service_of(endpoint) != "s3vectors":
        return
    url = urlsplit(address)
    if is_loopback(url.hostname or ""):
        warn_of_local_endpoint(url)
    else:
        raise UsageError(
            "An s3vectors client that does not ask the mock was called while it is on, and the request "
            "was not sent anywhere. The client is older than `import mock_s3vectors`, or has no built-in "
            "handlers: give it to mock_s3vectors.patch_client, or import mock_s3vectors before it is "
            "made."
        )


def refuse_urls(send: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a method that sends a request, or opens the connection to a URL, to refuse those of S3 Vectors.

    Programs call botocore's to send a request that they made themselves. Adapters of `requests` call the
    other one if a session did not get them through our `get_adapter`, for instance because another mock
    replaced it.
    """

    @functools.wraps(send)
    def send_unless_mocked(self: Any, *args: Any, **kwargs: Any) -> Any:
        first, *_ = (*args, *kwargs.values())
        url = str(getattr(first, "url", first))
        if STACK and is_endpoint(url):
            raise UsageError(
                f"{url.partition('?')[0]} was called while a mock is on, in a way that does not ask it, and "
                "the request was not sent anywhere. Call it with a client of boto3, or with a session of "
                "`requests` whose get_adapter nobody has replaced."
            )
        return send(self, *args, **kwargs)

    return send_unless_mocked
