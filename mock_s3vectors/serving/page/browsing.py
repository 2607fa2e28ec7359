"""Answers to the page about what there is: vector buckets, indexes, vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_s3vectors.serving.page.questions import Question

BROWSING: tuple[Question, ...] = ()
