"""Seeding and looking, in the mock that is on here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors import current_mock

if TYPE_CHECKING:
    from mock_s3vectors import Description, IndexView, VectorBucketView


def seed(*arguments: Any, **named: Any) -> IndexView:
    view: IndexView = current_mock().seed(*arguments, **named)
    return view


def seen_bucket(*arguments: Any, **named: Any) -> VectorBucketView:
    return current_mock().bucket(*arguments, **named)


def seen_index(*arguments: Any, **named: Any) -> IndexView:
    return current_mock().index(*arguments, **named)


def described() -> Description:
    return current_mock().describe()
