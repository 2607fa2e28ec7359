"""The door of botocore and aiobotocore clients: a `before-send` handler for s3vectors.

The request has been serialised and signed; the answer goes through botocore's own parser and retries.
Two handlers remember the mock under which a call began, so that it is not sent when that has ended.
Another handler lends credentials to clients that were made when there were none to be found.
Clients of aiobotocore (and so of aioboto3) emit the same events, and await what botocore takes as it is.
"""

from __future__ import annotations

import functools
import inspect
import sys
from contextvars import ContextVar
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors.doors.hosts import is_loopback
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.messages import read_request
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.mocking.surroundings import FAKE_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import ModuleType

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from botocore.client import BaseClient
    from botocore.signers import RequestSigner

    from mock_s3vectors.mocking.stack import Level

_SEEN = "_mock_s3vectors_seen"
_BEGUN = "_mock_s3vectors_begun"

# Set as a request is made, read as it is sent, which follows at once: a prepared request has no context.
_begun: ContextVar[Level | None] = ContextVar(_BEGUN, default=None)


def provide_client_params(context: dict[str, Any], **_: Any) -> None:
    """Remember, for all attempts of a call, the mock under which it begins."""
    context[_BEGUN] = STACK.current()


def asks_the_mock(context: dict[str, Any]) -> bool:
    """Return whether the client that makes a call has our handlers."""
    return _BEGUN in context


def request_created(request: AWSRequest, **_: Any) -> None:
    """Pass on to `before_send`, for one attempt, the mock that the call remembers."""
    _begun.set(request.context.get(_BEGUN))


def before_send(request: AWSPreparedRequest, **_: Any) -> Any:
    """Return the mock's answer to a request, an AWSResponse; None sends it on, as if nobody had looked.

    A call that began before the mock did is answered too.

    Raises:
        UsageError: the mock under which the call began has ended.
    """
    url = urlsplit(request.url)
    begun = _begun.get() or STACK.current()
    _begun.set(None)
    # botocore asks every handler, so a client that was patched twice asks this one twice.
    if begun is None or is_loopback(url.hostname or "") or hasattr(request, _SEEN):
        return None
    setattr(request, _SEEN, True)
    exchange = STACK.handle(read_request(request, url, _operation_path(url.path)), begun)
    response: Any = exchange.answer()
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - loaded already when a client calls

    answer = AWSResponse(request.url, response.status, response.headers, BytesIO(response.body))
    answer._content = _Content(response.body)  # type: ignore[attr-defined] # noqa: SLF001
    return answer


class _Content(bytes):
    """A body that has been read: botocore takes it as it is, aiobotocore awaits it."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, bytes]:
        yield from ()
        return self


def _operation_path(path: str) -> str:
    """The path without that of a custom endpoint: one segment, or two of which the first is `tags`."""
    *_, before, last = path.split("/")
    return f"/tags/{last}" if before == "tags" else f"/{last}"


def before_sign(request: AWSRequest, request_signer: RequestSigner, **_: Any) -> None:
    """Lend fake credentials, for one request, to a client that has none, or would call AWS for new ones.

    A client keeps the credentials that it was made with, and botocore has no other way to ask for them.

    Raises:
        UsageError: the mock under which the call began has ended.
    """
    begun = request.context.get(_BEGUN)
    if begun is not None and not is_loopback(urlsplit(request.url).hostname or ""):
        STACK.check(begun)
    own = request_signer._credentials  # type: ignore[attr-defined] # noqa: SLF001
    if STACK and (own is None or _would_call_out(own)):
        lent = _credentials_for(request_signer)(*FAKE_CREDENTIALS.values())
        request.context.setdefault("signing", {})["request_credentials"] = lent


def _would_call_out(credentials: Any) -> bool:
    """Whether these are to be fetched from a service that nobody mocks, as those of an assumed role."""
    stubber = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    refresh_needed = getattr(credentials, "refresh_needed", None)
    return refresh_needed is not None and not getattr(stubber, "enabled", False) and refresh_needed()


def _credentials_for(request_signer: RequestSigner) -> Callable[[str, str], Any]:
    """The class of credentials that a signer of botocore takes, or one of aiobotocore."""
    if inspect.iscoroutinefunction(request_signer.sign):
        return sys.modules["aiobotocore.credentials"].AioCredentials  # type: ignore[no-any-return]
    from botocore.credentials import Credentials  # noqa: PLC0415 - loaded already when a client signs

    return Credentials


# More specific than moto's `before-send`, so that ours answers first in either nesting order.
_BY_EVENT: dict[str, Callable[..., Any]] = {
    "provide-client-params.s3vectors": provide_client_params,
    "before-sign.s3vectors": before_sign,
    "before-send.s3vectors": before_send,
}
# Last, since the handler that signs may make other calls.
_LAST: dict[str, Callable[..., Any]] = {"request-created.s3vectors": request_created}


def pass_by(process_request: Callable[..., Any]) -> Callable[..., Any]:
    """Moto's `BotocoreStubber.process_request`, but it ignores what is answered already.

    botocore asks moto's handler all the same. It has an s3vectors of its own, which would take its time
    with the request, and may raise what then surfaces from the call.
    """

    @functools.wraps(process_request)
    def process_unless_answered(self: Any, request: AWSPreparedRequest) -> Any:
        return None if hasattr(request, _SEEN) else process_request(self, request)

    return process_unless_answered


def patch_client(client: BaseClient) -> None:
    """Make a client that is older than the import of mock_s3vectors answer to the mock as well.

    Args:
        client: an s3vectors client of boto3, botocore, aioboto3 or aiobotocore; patching it twice, or
            needlessly, is harmless.

    Raises:
        UsageError: it is something else.
    """
    service = getattr(getattr(getattr(client, "meta", None), "service_model", None), "service_name", None)
    if service != "s3vectors":
        raise UsageError(
            f"patch_client was given {client!r}: give it a client as boto3.client('s3vectors') makes it."
        )
    for event, handler in _BY_EVENT.items():
        client.meta.events.register_first(event, handler, unique_id=event)
    for event, handler in _LAST.items():
        client.meta.events.register_last(event, handler, unique_id=event)


def add_handlers(handlers: ModuleType) -> None:
    """Have every session from now on ask the mock.

    Args:
        handlers: the module `botocore.handlers`, of which each session copies its handlers.
    """
    ours = [*_BY_EVENT.items(), *((*entry, handlers.REGISTER_LAST) for entry in _LAST.items())]
    handlers.BUILTIN_HANDLERS[:0] = [entry for entry in ours if entry not in handlers.BUILTIN_HANDLERS]
