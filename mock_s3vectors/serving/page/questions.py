"""The form of what the page's views ask: a path below `/ui/data`, and a function that answers.

The function takes the mock that is on, and a document: the members of the query string as texts for GET, the
JSON body for POST. It runs in a thread, and returns what becomes JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.mocking.levels import Level


class Question(NamedTuple):
    """A path with its method and the function that answers."""

    method: str
    path: str
    answer: Callable[[Level, Any], Any]
