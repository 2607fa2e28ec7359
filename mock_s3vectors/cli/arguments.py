"""Values of options that several commands have."""

from __future__ import annotations

import argparse
from typing import Any

import orjson

from mock_s3vectors.errors.exceptions import UsageError


def count_of(text: str) -> int:
    """Return a number of things.

    Raises:
        ArgumentTypeError: it is negative, or no whole number.
    """
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 on")
    return int(text)


def filter_of(text: str) -> Any:
    """Return a filter of S3 Vectors, of which only the JSON is checked.

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
