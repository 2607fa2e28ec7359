"""The delivery of answers to clients of this process: at once, late, or not at all."""

from __future__ import annotations

import time
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mock_s3vectors import neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from botocore.awsrequest import AWSPreparedRequest

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.messages import Disconnect


def deliver(exchange: Exchange, request: AWSPreparedRequest, context: dict[str, Any]) -> Any:
    """Return the answer to a client of botocore or aiobotocore, an AWSResponse.

    If a client of aiobotocore has to wait, return something that it awaits.

    Args:
        exchange: what became of the request.
        request: the request of the client.
        context: botocore's context of the call, with the settings of the client.

    Raises:
        Exception: see `Exchange.answer`.
        BotoCoreError: the answer gets lost.
    """
    response = exchange.answer()
    settings = context.get("client_config")
    read_timeout = context.get("read_timeout") or getattr(settings, "read_timeout", None)
    seconds, lost = patience(exchange, read_timeout)

    def give() -> Any:
        if lost is None:
            return _answer(request, response)
        from mock_s3vectors.doors import disconnects  # noqa: PLC0415 - imports urllib3

        if neighbours.is_async(settings):
            disconnects.lose_for_aiobotocore(lost, response, request.url, settings)
        pool = disconnects.LosingPool(lost, response, request.url, read_timeout)
        return disconnects.lose_for_botocore(pool, request)

    if not seconds:
        return give()
    if neighbours.is_async(settings):
        return _later(seconds, give)
    time.sleep(seconds)
    return give()


def patience(exchange: Exchange, read_timeout: float | None) -> tuple[float, Disconnect | None]:
    """Return the seconds that a client waits, and how the answer gets lost after them; None if it arrives.

    Args:
        exchange: what became of its request.
        read_timeout: how long the client waits at most; None if it waits for ever.
    """
    if read_timeout is not None and exchange.delay > read_timeout:
        return read_timeout, "timeout"
    return exchange.delay, exchange.lost


async def _later(seconds: float, give: Callable[[], Any]) -> Any:
    await neighbours.sleep_in_event_loop(seconds)
    return give()


def _answer(request: AWSPreparedRequest, response: Any) -> Any:
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415 - loaded already when a client calls

    answer = AWSResponse(request.url, response.status, response.headers, BytesIO(response.body))
    neighbours.set_content(answer, Content(response.body))
    return answer


class Content(bytes):
    """A body that botocore takes as it is, and that aiobotocore awaits."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, bytes]:
        yield from ()
        return self
