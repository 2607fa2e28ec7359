"""The door of botocore clients: a `before-send` handler for s3vectors, and for nothing else.

The request has been serialised and signed; the answer goes through botocore's own parser and retries.
"""

from __future__ import annotations

import importlib.abc
import importlib.util
import ipaddress
import sys
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors._active import ACTIVE
from mock_s3vectors.errors import UsageError
from mock_s3vectors.http import HttpRequest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient

# More specific than moto's `before-send`, so that ours answers first in either nesting order.
_EVENT = "before-send.s3vectors"
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
            path=url.path,
            query=url.query,
            headers={name.lower(): _text(value) for name, value in request.headers.items()},
            body=_bytes(request.body),
        )
    )
    if response is None:
        return None
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - loaded already when a client calls

    headers: Any = response.headers
    return AWSResponse(request.url, response.status, headers, _RawBody(response.body))


class _RawBody(BytesIO):
    """A body as urllib3 would hand it over."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else bytes(body)


@lru_cache(maxsize=64)
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
    client.meta.events.register_first(_EVENT, before_send, unique_id=_EVENT)


def install() -> None:
    """Have every botocore session from now on ask the mock, without importing botocore for it."""
    handlers = sys.modules.get(_HANDLERS)
    if handlers is not None:
        _add_handler(handlers)
    else:
        sys.meta_path.insert(0, _WhenHandlersLoad())


def _add_handler(handlers: ModuleType) -> None:
    handlers.BUILTIN_HANDLERS.insert(0, (_EVENT, before_send))


class _WhenHandlersLoad(importlib.abc.MetaPathFinder):
    """Finds no module itself; adds our handler to botocore's when these are first imported."""

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _HANDLERS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _AddHandler(spec.loader)
        return spec


class _AddHandler(importlib.abc.Loader):
    """A loader that does what another does, and then adds our handler."""

    def __init__(self, loader: importlib.abc.Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _add_handler(module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)
