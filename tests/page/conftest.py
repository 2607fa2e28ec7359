"""Questions of the page, asked of a server as a browser does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from tests.server.wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import S3VectorsServer
    from tests.server.wire import Answer

DATA = "/_mock_s3vectors/ui/data"


@pytest.fixture
def answer(s3vectors_server: S3VectorsServer) -> Iterator[Callable[..., Answer]]:
    """Asks a question: `answer("/index", arn=ARN)` by GET, and `answer("/vectors", {...})` by POST."""
    connection = Connection(s3vectors_server.url)

    def ask(path: str, document: Any = None, **query: Any) -> Answer:
        if document is None:
            return connection.ask("GET", f"{DATA}{path}?{urlencode(query)}", b"")
        return connection.ask("POST", f"{DATA}{path}", json.dumps(document).encode())

    yield ask
    connection.close()


@pytest.fixture
def ask(answer: Callable[..., Answer]) -> Callable[..., Any]:
    """Asks a question that is answered, and returns the JSON."""

    def ask_well(path: str, document: Any = None, **query: Any) -> Any:
        given = answer(path, document, **query)
        assert given.status == 200, given.body
        return given.json

    return ask_well
