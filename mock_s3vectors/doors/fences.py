"""The fences: while a mock is on, they refuse requests to S3 Vectors that did not come through a door.

While the guard is on and no mock is, they refuse all requests to S3 Vectors.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors.doors.clients import asks_the_mock, began_without_mock
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
        context, url = request_dict.get("context", {}), request_dict["url"]
        if began_without_mock(context):
            # Before botocore looks for credentials, which may call AWS.
            _check_guard(self, url, operation_model.name)
        if not asks_the_mock(context):
            _check_way_out(self, url)
        return make_request(self, operation_model, request_dict)

    return make_request_unless_mocked


def refuse_sending(send: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `Endpoint._send` or `AioEndpoint._send`, the last step of all calls, to refuse the same ones."""

    @functools.wraps(send)
    def send_unless_mocked(self: Any, request: Any) -> Any:
        _check_guard(self, request.url, _without_query(request.url))
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


def _check_guard(endpoint: Any, address: str, call: str) -> None:
    """Raise if a call that leaves through an endpoint of botocore is one that the guard refuses.

    Args:
        endpoint: that of a client, of any service.
        address: the URL that is called. A server on the loopback interface may be called.
        call: what the error says of the call.

    Raises:
        UsageError: the guard is on, and no mock is.
    """
    if (
        _is_closed()
        and service_of(endpoint) == "s3vectors"
        and not is_loopback(urlsplit(address).hostname or "")
    ):
        raise _unmocked(call)


def _is_closed() -> bool:
    """Return whether the guard refuses all calls."""
    return STACK.is_guarded and not STACK


def _unmocked(call: str) -> UsageError:
    return UsageError(
        f"{call} was called while no mock is on. s3vectors_guard refuses that, and the request was not sent "
        "anywhere. Is the call in a fixture of a decorated function? It runs before the function: let the "
        "fixture use s3vectors_mock or s3vectors_client. Is it in the __init__ of a class, or at the top of "
        "a module? Move it into a test or a fixture. Did a thread or a task make it, and outlive its mock? "
        "Wait for it while the mock is on. Otherwise mock the test, with @pytest.mark.s3vectors or "
        "@mock_s3vectors."
    )


def _without_query(url: str) -> str:
    # A presigned URL has credentials in its query.
    return url.partition("?")[0]


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
        if _is_closed() and _is_meant_for_s3_vectors(url):
            raise _unmocked(_without_query(url))
        if STACK and is_endpoint(url):
            raise UsageError(
                f"{_without_query(url)} was called while a mock is on, in a way that does not ask it, and "
                "the request was not sent anywhere. Call it with a client of boto3, or with a session of "
                "`requests` whose get_adapter nobody has replaced."
            )
        return send(self, *args, **kwargs)

    return send_unless_mocked


def _is_meant_for_s3_vectors(url: str) -> bool:
    try:
        return is_endpoint(url)
    except UsageError:
        # botocore names this host for S3 Vectors, which is elsewhere.
        return True
