"""The two ways to a server: a client of boto3, and requests of its own paths."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from mock_s3vectors import MockS3Vectors

if TYPE_CHECKING:
    from tests.support.helpers import Client

# The errors of a call whose server has ended: it may have been carried out, or not.
LOST = (BotoCoreError, HTTPException, OSError)
# A client that asked again would hide that an answer was lost.
ONCE: Any = Config(retries={"total_max_attempts": 1}, read_timeout=30)
HOME = "123456789012"


class Unavailable(Exception):  # noqa: N818 - an answer of the server
    """The server does not carry a request out."""


class Line:
    """A line to a server.

    Attributes:
        url: where the server answers.
        client: a client of the default account in us-east-1.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._clients: dict[tuple[str, str], Client] = {}
        self.client = self.client_at()

    def client_at(self, region: str = "us-east-1", account: str = HOME) -> Client:
        """A client that asks once."""
        if (region, account) not in self._clients:
            own = MockS3Vectors().credentials(account)
            self._clients[region, account] = boto3.client(
                "s3vectors", region_name=region, endpoint_url=self.url, config=ONCE, **own
            )
        return self._clients[region, account]

    def control(self, method: str, path: str, document: Any = None) -> Any:
        """Ask for one of the server's own paths, and return the document that is answered.

        Raises:
            Unavailable: the answer is a ServiceUnavailableException.
        """
        body = b"" if document is None else json.dumps(document).encode()
        status, answer = self.ask(method, path, body)
        if status == 503:
            raise Unavailable(json.loads(answer)["message"])
        assert status == 200, answer
        return json.loads(answer)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """Ask for one of the server's own paths, and return the status and the body of the answer."""
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=30)) as connection:
            connection.request(method, f"/_mock_s3vectors{path}", body)
            answer = connection.getresponse()
            return answer.status, answer.read()
