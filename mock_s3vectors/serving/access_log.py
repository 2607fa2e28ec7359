"""The access log: a line for each request that the server answered. `mock-s3vectors serve -v` shows it.

    s3vectors.QueryVectors => 400 ValidationException (2.1 ms, us-east-1, films/plots)

Each record has the same as `fields`, for the log in JSON. Of a client's request, both show the names of the
bucket and the index, and no text, vector, metadata, header or query of a URL.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors.escapes import printable
from mock_s3vectors.errors.refusals import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Scope, Send

    from mock_s3vectors.errors.exceptions import ServiceError
    from mock_s3vectors.exchange import Exchange

_ARNS = ("indexArn", "vectorBucketArn", "resourceArn")

_log = logging.getLogger(__name__)


class Answered:
    """The answer to a request, noted on its way out.

    Attributes:
        exchange: what the gateway has written down; None if the request has not reached it.
    """

    def __init__(self, scope: Scope, send: Send) -> None:
        self.exchange: Exchange | None = None
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()
        self._head: Message | None = None

    @property
    def begun(self) -> bool:
        """Whether the client has seen a part of the answer."""
        return self._head is not None

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        if message["type"] == "http.response.start":
            self._head = message
        await self._send(message)

    def log(self) -> None:
        """Write the line, unless the client left before it had an answer."""
        if not _log.isEnabledFor(logging.INFO):
            return
        lost = self.exchange.lost if self.exchange is not None else None
        if self._head is None and lost is None:
            return
        headers = dict(self._head["headers"]) if self._head is not None else {}
        _write(
            {
                **_asked(self._scope, self.exchange),
                **(_outcome(self._head["status"], headers) if self._head and not lost else {"lost": lost}),
                "milliseconds": round((time.perf_counter() - self._began) * 1000, 3),
                **(_place(self.exchange) if self.exchange is not None else {}),
                "requestId": _text(headers.get(b"x-amz-request-id")),
                "client": _address(self._scope["client"]),
            }
        )


def log_refusal(client: tuple[str, int] | None, scope: Mapping[str, Any] | None, error: ServiceError) -> None:
    """Write a line about a request that did not arrive completely.

    Args:
        client: the client's address.
        scope: the request; None if not even its head arrived.
        error: what the client was told.
    """
    if _log.isEnabledFor(logging.INFO):
        outcome = {"status": error.status, "error": error.code}
        _write({**_asked(scope, None), **outcome, "client": _address(client)})


def path_in(target: str) -> str:
    """Return the path that a request asks for, which may be in a whole URL, with a password in front of it.

    RFC 9112, section 3.2.2. The URL need not be a right one, and has no query any more.
    """
    if target.startswith("/") or "://" not in target:
        return target
    return f"/{target.partition('://')[2].partition('/')[2]}"


def _asked(scope: Mapping[str, Any] | None, exchange: Exchange | None) -> dict[str, Any]:
    """Return the operation; for a request that is none, method and path."""
    if exchange is not None and exchange.operation is not None:
        return {"operation": exchange.operation}
    if scope is None:
        return {}
    path = path_in(scope["raw_path"].decode("latin-1"))
    return {"method": scope["method"], "path": shorten(path)}


def _outcome(status: int, headers: Mapping[bytes, bytes]) -> dict[str, Any]:
    return {"status": status, "error": _text(headers.get(b"x-amzn-errortype"))}


def _place(exchange: Exchange) -> dict[str, Any]:
    """Return Region and account of the call, and the bucket and the index that it names."""
    params = exchange.params or {}
    arn = next((parse_arn(params[name]) for name in _ARNS if params.get(name)), None)
    bucket = params.get("vectorBucketName") or (arn.bucket if arn else None)
    index = params.get("indexName") or (arn.index if arn else None)
    return {
        "region": exchange.caller.region,
        "account": exchange.caller.account,
        "vectorBucket": bucket and shorten(bucket),
        "index": index and shorten(index),
    }


def _address(client: tuple[str, int] | None) -> str | None:
    return f"{client[0]}:{client[1]}" if client else None


def _text(value: bytes | None) -> str | None:
    return value.decode("latin-1") if value else None


def _write(fields: dict[str, Any]) -> None:
    known = {name: value for name, value in fields.items() if value is not None}
    _log.info("%s", _line(known), extra={"fields": known})


def _line(fields: Mapping[str, Any]) -> str:
    if "operation" in fields:
        asked = f"s3vectors.{fields['operation']}"
    else:
        asked = f"{fields['method']} {fields['path']}" if "method" in fields else "no request"
    outcome = ["lost", fields["lost"]] if "lost" in fields else [str(fields["status"])]
    if "error" in fields:
        outcome.append(fields["error"])
    place = "/".join(fields[name] for name in ("vectorBucket", "index") if name in fields)
    details = [
        f"{fields['milliseconds']:.1f} ms" if "milliseconds" in fields else None,
        fields.get("region") if "operation" in fields else None,
        place,
        # Otherwise nothing would tell such lines apart.
        fields.get("client") if "milliseconds" not in fields else None,
    ]
    return printable(f"{asked} => {' '.join(outcome)} ({', '.join(filter(None, details))})")
