"""Answers to the page about a search, and the same search by several engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_s3vectors.serving.page.questions import Question

QUERYING: tuple[Question, ...] = ()
