"""The floor: a client whose calls are answered by a handler that does nothing.

The handler returns a canned response of the same size, so what is left is all that botocore itself does.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse

from mock_s3vectors.doors.clients import answer_request
from mock_s3vectors.gateway import Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest


class _Body(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def floor_of(call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client that answers every call as the mock answers this one now."""
    canned: list[Any] = []
    handle = Gateway.handle

    def handle_and_keep(*arguments: Any) -> Any:
        canned.append(handle(*arguments))
        return canned[-1]

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "handle", handle_and_keep)
        call()
    response = canned[-1]

    def answer(request: Any, **_: Any) -> Any:
        return AWSResponse(request.url, response.status, response.headers, _Body(response.body))

    client = boto3.Session(region_name="us-east-1").client("s3vectors")
    # Our own handler is taken out, so that nothing but the canned answer is timed.
    client.meta.events.unregister("before-send.s3vectors", answer_request)
    client.meta.events.register("before-send.s3vectors", answer)
    return client
