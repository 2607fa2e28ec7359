"""Says whether a client of botocore without built-in handlers is refused, after imports in a given order."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

for module in sys.argv[1:]:
    import_module(module)

from botocore.session import Session

from mock_s3vectors import UsageError, mock_s3vectors


def send(_: Any, request: Any) -> None:
    """Take the place of the network."""
    raise AssertionError("sent to " + request.url)


import_module("botocore.httpsession").URLLib3Session.send = send
session = Session(include_builtin_handlers=False)
client: Any = session.create_client(
    "s3vectors", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
)
with mock_s3vectors():
    try:
        client.list_vector_buckets()
    except UsageError:
        print("refused")
