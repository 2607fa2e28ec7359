"""The door of botocore and aiobotocore clients: a handler of `before-send`, for s3vectors alone.

The client has serialised and signed the request; botocore's own parser and retries get the answer.
Two more handlers remember the mock under which a call began, so that it is not sent when that mock has ended.
Another one lends credentials to clients that were made when there were none.
Clients of aiobotocore (and so of aioboto3) emit the same events.
"""

from __future__ import annotations

import functools
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors import neighbours
from mock_s3vectors.doors.delivery import deliver
from mock_s3vectors.doors.hosts import is_loopback
from mock_s3vectors.doors.local_endpoints import is_server_of_ours
from mock_s3vectors.doors.retries import SKIPPED_HEADER, take_skipped
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.messages import read_request
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.mocking.surroundings import FAKE_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from botocore.client import BaseClient
    from botocore.signers import RequestSigner

    from mock_s3vectors.config import Config


_ANSWERED = "_mock_s3vectors_answered"
_BEGUN = "_mock_s3vectors_begun"

# Set when a request is made, read when it is sent, which follows at once: in older releases of botocore, a
# prepared request has no context.
_context: ContextVar[dict[str, Any] | None] = ContextVar("_mock_s3vectors_context", default=None)


def remember_mock(context: dict[str, Any], **_: Any) -> None:
    """Remember, for all attempts of a call, the mock under which it begins."""
    context[_BEGUN] = STACK.current()


def asks_the_mock(context: dict[str, Any]) -> bool:
    """Return whether the client that makes a call has our handlers."""
    return _BEGUN in context


def began_without_mock(context: dict[str, Any]) -> bool:
    """Return whether a call began while no mock was on; also if its client lacks our handlers."""
    return context.get(_BEGUN) is None


def options_of(context: dict[str, Any]) -> Config | None:
    """Return the options that hold for a call: those of the mock under which it began, else the current one.

    Return None if no mock is on.
    """
    level = context.get(_BEGUN) or STACK.current()
    return None if level is None else level.config


def retries_at_once(request_dict: dict[str, Any]) -> bool:
    """Return whether the mock that answers a call, here or as a server of this process, skips pauses."""
    context = request_dict.get("context", {})
    begun = context.get(_BEGUN) or (STACK.current() if _BEGUN in context else None)
    if begun is None or not begun.config.skip_retry_delays:
        return False
    url = urlsplit(request_dict["url"])
    return not is_loopback(url.hostname or "") or is_server_of_ours(url)


def pass_context_on(request: AWSRequest, **_: Any) -> None:
    """Pass the context of a call, which remembers the mock, on to `answer_request`, for one attempt."""
    _context.set(request.context)


def answer_request(request: AWSPreparedRequest, **_: Any) -> Any:
    """Return the mock's answer to a request, see `deliver`; None has botocore send the request.

    A call that began before the mock did is answered too.

    Raises:
        UsageError: the mock under which the call began has ended.
        BotoCoreError: the answer gets lost.
    """
    url = urlsplit(request.url)
    context = _context.get() or {}
    begun = context.get(_BEGUN) or STACK.current()
    _context.set(None)
    skipped, is_local = take_skipped(context), is_loopback(url.hostname or "")
    if is_local and skipped:
        request.headers[SKIPPED_HEADER] = str(skipped)
    # botocore asks every handler, so a client that was patched twice asks this one twice.
    if is_local or begun is None or hasattr(request, _ANSWERED):
        return None
    setattr(request, _ANSWERED, True)
    read = read_request(request, url, _operation_path(url.path))
    return deliver(STACK.handle(read, begun, None, skipped), request, context)


def _operation_path(path: str) -> str:
    """Return a path without that of a custom endpoint: its last segment, or the last two if one is `tags`."""
    *_, before, last = path.split("/")
    return f"/tags/{last}" if before == "tags" else f"/{last}"


def lend_credentials(request: AWSRequest, request_signer: RequestSigner, **_: Any) -> None:
    """Lend fake credentials, for one request, to a client that has none, or would call AWS for new ones.

    A client keeps the credentials that it was made with, and botocore has no other way to give it some.

    Raises:
        UsageError: the mock under which the call began has ended.
    """
    begun = request.context.get(_BEGUN)
    if begun is not None and not is_loopback(urlsplit(request.url).hostname or ""):
        STACK.check(begun)
    own = neighbours.credentials_of(request_signer)
    if STACK and (own is None or _would_call_out(own)):
        lent = neighbours.credentials_class(request_signer)(*FAKE_CREDENTIALS.values())
        neighbours.set_request_credentials(request, lent)


def _would_call_out(credentials: Any) -> bool:
    """Return whether a service that nobody mocks would be asked for new ones, as for an assumed role."""
    refresh_needed = getattr(credentials, "refresh_needed", None)
    return refresh_needed is not None and not neighbours.moto_is_on() and refresh_needed()


# An event of s3vectors is more specific than moto's `before-send`, so ours answers first in either order.
_EARLY: dict[str, Callable[..., Any]] = {
    "provide-client-params.s3vectors": remember_mock,
    "before-sign.s3vectors": lend_credentials,
    "before-send.s3vectors": answer_request,
}
# After the handler that signs, since that one may make other calls.
_LATE: dict[str, Callable[..., Any]] = {"request-created.s3vectors": pass_context_on}


def skip_answered(process_request: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap moto's `BotocoreStubber.process_request`, so that it ignores requests that the mock has answered.

    botocore asks moto's handler all the same. moto has an s3vectors of its own, which would spend time on
    the request, and whatever it raises would surface from the call.
    """

    @functools.wraps(process_request)
    def process_unless_answered(self: Any, request: AWSPreparedRequest) -> Any:
        return None if hasattr(request, _ANSWERED) else process_request(self, request)

    return process_unless_answered


def patch_client(client: BaseClient) -> None:
    """Make a client that is older than the import of mock_s3vectors ask the mock as well.

    Args:
        client: an s3vectors client of boto3, botocore, aioboto3 or aiobotocore; patching it twice, or
            needlessly, is harmless.

    Raises:
        UsageError: it is something else.

    Example:
        >>> patch_client(client)
    """
    service = getattr(getattr(getattr(client, "meta", None), "service_model", None), "service_name", None)
    if service != "s3vectors":
        raise UsageError(
            f"patch_client was given {client!r}: give it a client as boto3.client('s3vectors') makes it."
        )
    for event, handler in _EARLY.items():
        client.meta.events.register_first(event, handler, unique_id=event)
    for event, handler in _LATE.items():
        client.meta.events.register_last(event, handler, unique_id=event)


def add_handlers(handlers: ModuleType) -> None:
    """Have the clients of every later session ask the mock.

    Args:
        handlers: the module `botocore.handlers`.
    """
    neighbours.add_built_in_handlers(handlers, _EARLY, _LATE)
