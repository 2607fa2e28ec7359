"""The option `--filter` of commands: a filter in the grammar of S3 Vectors, as JSON."""

from __future__ import annotations

from typing import Any

import orjson

from mock_s3vectors.errors.exceptions import UsageError


def filter_of(text: str) -> Any:
    """Return the document of a filter; whether it is in the grammar is checked elsewhere.

    Raises:
        UsageError: it is no JSON, or null.
    """
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise UsageError(f"--filter {text}: it is not JSON: {error.msg} (column {error.colno:,}).") from None
    if document is None:  # which would mean no filter
        raise UsageError(f"--filter {text}: a filter is an object.")
    return document
