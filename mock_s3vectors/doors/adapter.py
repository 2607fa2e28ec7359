"""The adapter through which a session of `requests` calls the mock.

Importing this module loads `requests` and `responses`, so `sessions` imports it when somebody calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from responses import Response as Answer

from mock_s3vectors.messages import read_request
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from requests import PreparedRequest, Response

    from mock_s3vectors.mocking.levels import Level


class MockAdapter(HTTPAdapter):
    """Gives a session the answers of the mock under which the session asked for an adapter."""

    def __init__(self, begun: Level) -> None:
        super().__init__()
        self._begun = begun

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Return the mock's answer, built as `requests` builds one that comes from the network.

        Raises:
            UsageError: the mock has ended since the session asked for this adapter.
        """
        # A plain text again, without the mark of `sessions`.
        request.url = str(request.url)
        url = urlsplit(request.url)
        response = STACK.handle(read_request(request, url, url.path), self._begun).answer()
        answer = Answer(
            request.method or "",
            request.url,
            response.body,
            status=response.status,
            headers=response.headers,
            content_type=None,  # among the headers
        )
        return self.build_response(request, answer.get_response(request))
