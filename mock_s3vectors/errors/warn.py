"""Warnings of the mock, which point at the line that called the client."""

from __future__ import annotations

import sys
import warnings

from mock_s3vectors.errors.exceptions import NestedMockWarning

# The packages between a caller and the mock, by the first part of their modules' names.
_BETWEEN = {
    "mock_s3vectors",
    "boto3",
    "botocore",
    "aioboto3",
    "aiobotocore",
    "requests",
    "urllib3",
    "warnings",
}


def warn_caller(warning: Warning) -> None:
    """Warn at the nearest caller that is neither the mock nor a client."""
    frame, level = sys._getframe(1), 2  # noqa: SLF001 - the standard library's own way to the caller
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in _BETWEEN:
        frame, level = frame.f_back, level + 1
    warnings.warn(warning, stacklevel=level)


def nested_mock(arn: object) -> NestedMockWarning:
    """Return the warning about a bucket or an index that an inner mock made."""
    return NestedMockWarning(
        f"{arn} was made in a mock inside the one that is on, and was dropped when that inner mock ended. "
        "If what happens in the inner mock is meant to last, let it write into the outer one: "
        "mock_s3vectors(shared=True)."
    )
