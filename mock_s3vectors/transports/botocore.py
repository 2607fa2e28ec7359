"""The door of botocore clients: a `before-send` handler for s3vectors, and for nothing else.

The request has been serialised and signed; the answer goes through botocore's own parser and retries.
Another handler lends credentials to clients that were made when there were none to be found.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.util
import ipaddress
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors._active import ACTIVE, FAKE_CREDENTIALS
from mock_s3vectors.errors import UsageError
from mock_s3vectors.http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from botocore.awsrequest import AWSPreparedRequest, AWSRequest
    from botocore.client import BaseClient
    from botocore.signers import RequestSigner

_HANDLERS = "botocore.handlers"
_SEEN = "_mock_s3vectors_seen"


def before_send(request: AWSPreparedRequest, **_: Any) -> Any:
    """The mock's answer to a request, an AWSResponse; None sends it on, as if nobody had looked."""
    url = urlsplit(request.url)
    host = url.hostname or ""
    # botocore asks every handler, so a client that was patched twice asks this one twice.
    if not ACTIVE or _is_loopback(host) or hasattr(request, _SEEN):
        return None
    setattr(request, _SEEN, True)
    response = ACTIVE.handle(
        HttpRequest(
            method=request.method,
            host=host,
            path=_operation_path(url.path),
            query=url.query,
            headers={name.lower(): _text(value) for name, value in request.headers.items()},
            body=_bytes(request.body),
        )
    )
    if response is None:
        return None
    _have_moto_pass()
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - loaded already when a client calls

    headers: Any = response.headers
    return AWSResponse(request.url, response.status, headers, _RawBody(response.body))


class _RawBody(BytesIO):
    """A body as urllib3 would hand it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _operation_path(path: str) -> str:
    """The path without that of a custom endpoint: one segment, or two of which the first is `tags`."""
    *_, before, last = path.split("/")
    return f"/tags/{last}" if before == "tags" else f"/{last}"


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else bytes(body)


def before_sign(request: AWSRequest, request_signer: RequestSigner, **_: Any) -> None:
    """Lends fake credentials, for one request, to a client made before the mock where there were none."""
    # A client keeps the credentials that it was made with, and botocore has no other way to ask for them.
    if ACTIVE and request_signer._credentials is None:  # type: ignore[attr-defined] # noqa: SLF001
        from botocore.credentials import Credentials  # noqa: PLC0415 - loaded already when a client signs

        lent = Credentials(FAKE_CREDENTIALS["AWS_ACCESS_KEY_ID"], FAKE_CREDENTIALS["AWS_SECRET_ACCESS_KEY"])
        request.context.setdefault("signing", {})["request_credentials"] = lent


# More specific than moto's `before-send`, so that ours answers first in either nesting order.
_BY_EVENT: dict[str, Callable[..., Any]] = {
    "before-send.s3vectors": before_send,
    "before-sign.s3vectors": before_sign,
}


def _have_moto_pass() -> None:
    """Have moto ignore what is answered already.

    botocore asks moto's handler all the same. It has an s3vectors of its own, which would take its time
    with the request, and may raise what then surfaces from the call.
    """
    stubber = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    if stubber is None or "process_request" in vars(stubber):
        return
    process = stubber.process_request
    stubber.process_request = lambda request: None if hasattr(request, _SEEN) else process(request)


@functools.lru_cache(maxsize=64)
def _is_loopback(host: str) -> bool:
    """Whether a host is this machine: then it is a local server that the test asked for."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def patch_client(client: BaseClient) -> None:
    """Make a client that is older than the import of mock_s3vectors answer to the mock as well.

    Args:
        client: an s3vectors client of boto3 or botocore; patching it twice, or needlessly, is harmless.

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


def install() -> None:
    """Have every botocore session from now on ask the mock, without importing botocore for it."""
    handlers = sys.modules.get(_HANDLERS)
    if handlers is not None:
        _add_handlers(handlers)
    else:
        sys.meta_path.insert(0, _WhenHandlersLoad())


def _close_the_way_out() -> None:
    """Have a client that does not ask the mock fail while one is on, rather than call AWS.

    It is older than our handlers, or was made without botocore's own. What it sends is stopped at the last
    place that all requests pass.
    """
    from botocore.endpoint import Endpoint  # noqa: PLC0415 - called only where botocore is loaded

    send = Endpoint._send  # type: ignore[attr-defined] # noqa: SLF001

    @functools.wraps(send)
    def send_unless_mocked(self: Endpoint, request: AWSPreparedRequest) -> Any:
        host = urlsplit(request.url).hostname or ""
        if ACTIVE and getattr(self, "_endpoint_prefix", "") == "s3vectors" and not _is_loopback(host):
            raise UsageError(
                "An s3vectors client that does not ask the mock was called while it is on, and the request "
                "was not sent anywhere. The client is older than `import mock_s3vectors`, or has no built-in "
                "handlers: give it to mock_s3vectors.patch_client, or import mock_s3vectors before it is "
                "made."
            )
        return send(self, request)

    Endpoint._send = send_unless_mocked  # type: ignore[attr-defined] # noqa: SLF001


def _add_handlers(handlers: ModuleType) -> None:
    handlers.BUILTIN_HANDLERS[:0] = _BY_EVENT.items()
    _close_the_way_out()


class _WhenHandlersLoad(importlib.abc.MetaPathFinder):
    """Finds no module itself; adds our handlers to botocore's when these are first imported."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _HANDLERS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _AddHandlers(spec.loader)
        return spec


class _AddHandlers(importlib.abc.Loader):
    """A loader that does what another does, and then adds our handlers."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _add_handlers(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
