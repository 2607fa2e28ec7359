"""Routing: from an HTTP method and a raw path to an operation of the model."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import botocore

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.protocol.model import COMPLETE_SINCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.model import OperationModel

# A model that has this operation has them all.
_NEWEST = "UpdateMetadataConfiguration"

_PLACEHOLDER = re.compile(r"\\{(\w+)\\}")


class Router:
    """A dictionary for the fixed paths, and a short list of patterns for paths with an ARN in them.

    An ARN is one segment of the path: AWS's SDKs send its slashes as `%2F`, and a server made from the
    model splits a path before it decodes it. Choice: slash-in-arn.
    """

    def __init__(self, operations: Iterable[OperationModel]) -> None:
        self._fixed: dict[tuple[str, str], str] = {}
        self._patterns: list[tuple[str, re.Pattern[str], str]] = []
        for operation in operations:
            method, path = operation.http["method"], operation.http["requestUri"]
            if "{" in path:
                pattern = _PLACEHOLDER.sub(r"(?P<\1>[^/]*)", re.escape(path))
                self._patterns.append((method, re.compile(pattern), operation.name))
            else:
                self._fixed[method, path] = operation.name

    def route(self, method: str, path: str) -> tuple[str, dict[str, str]]:
        """Return the operation's name, and the raw parts of the path by member name.

        Raises:
            UsageError: no operation of the installed model has this method and path.
        """
        name = self._fixed.get((method, path))
        if name is not None:
            return name, {}
        for expected, pattern, name in self._patterns:
            match = pattern.fullmatch(path)
            if match and method == expected:
                return name, match.groupdict()
        raise UsageError(self._why_not(method, path))

    def _why_not(self, method: str, path: str) -> str:
        methods = [expected for expected, fixed in self._fixed if fixed == path]
        methods += [expected for expected, pattern, _ in self._patterns if pattern.fullmatch(path)]
        known = sorted({*self._fixed.values(), *(name for _, _, name in self._patterns)})
        text = (
            f"{shorten(f'{method} {path}')} is not an operation of Amazon S3 Vectors in the installed "
            f"botocore {botocore.__version__}, so it was not sent anywhere. "
        )
        if methods:
            text += f"With this path, the method is {' or '.join(methods)}. "
        text += f"Operations: {', '.join(known)}. "
        if _NEWEST not in known:
            text += f"botocore {COMPLETE_SINCE} has all that are mocked. "
        return f"{text}A slash inside an ARN travels as %2F."
