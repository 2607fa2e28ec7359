"""The adapter through which a session of `requests` calls the mock.

Importing this module loads `requests` and `responses`, so `sessions` imports it when somebody calls.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError as ConnectionLost
from requests.exceptions import ReadTimeout
from responses import Response as Answer
from urllib3 import Timeout
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from mock_s3vectors.doors.delivery import patience
from mock_s3vectors.doors.disconnects import LosingPool
from mock_s3vectors.messages import read_request
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from urllib3 import HTTPResponse

    from mock_s3vectors.mocking.levels import Level


class MockAdapter(HTTPAdapter):
    """Gives a session the answers of the mock under which the session asked for an adapter."""

    def __init__(self, begun: Level) -> None:
        super().__init__()
        self._begun = begun

    def send(  # noqa: PLR0913, PLR0917 - the signature of `requests`
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: ARG002, FBT001, FBT002 - the same
        timeout: Any = None,
        verify: Any = True,  # noqa: ARG002, FBT002 - the same
        cert: Any = None,  # noqa: ARG002 - the same
        proxies: Any = None,  # noqa: ARG002 - the same
    ) -> Response:
        """Return the mock's answer, built as `requests` builds one that comes from the network.

        Raises:
            UsageError: the mock has ended since the session asked for this adapter.
            RequestException: the answer gets lost.
        """
        # A plain text again, without the mark of `sessions`.
        request.url = str(request.url)
        url = urlsplit(request.url)
        exchange = STACK.handle(read_request(request, url, url.path), self._begun)
        response: Any = exchange.answer()
        read_timeout = _read_timeout(timeout)
        seconds, lost = patience(exchange, read_timeout)
        if seconds:
            time.sleep(seconds)
        if lost is not None:
            return self.build_response(
                request, _lose(LosingPool(lost, response, request.url, read_timeout), request)
            )
        answer = Answer(
            request.method or "",
            request.url,
            response.body,
            status=response.status,
            headers=response.headers,
            content_type=None,  # among the headers
        )
        return self.build_response(request, answer.get_response(request))


def _read_timeout(timeout: Any) -> float | None:
    """Return how long a session waits for bytes: it takes seconds, a pair of them, or urllib3's Timeout."""
    if isinstance(timeout, Timeout):
        begun = timeout.clone()
        begun.start_connect()
        timeout = None, begun.read_timeout
    if isinstance(timeout, tuple):
        _, timeout = timeout
    # Not urllib3's mark of the default, which is to wait for ever.
    return timeout if isinstance(timeout, (int, float)) else None


def _lose(pool: LosingPool, request: PreparedRequest) -> HTTPResponse:
    """Return half an answer, which the session finds out when it reads the body.

    Raises:
        RequestException: the answer gets lost in another way.
    """
    try:
        return pool.urlopen(request.method or "")
    except ProtocolError as error:
        raise ConnectionLost(error, request=request) from error
    except ReadTimeoutError as error:
        raise ReadTimeout(error, request=request) from error
