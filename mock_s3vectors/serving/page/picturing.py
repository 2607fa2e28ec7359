"""Answers to the page about an index in two dimensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_s3vectors.serving.page.questions import Question

PICTURING: tuple[Question, ...] = ()
