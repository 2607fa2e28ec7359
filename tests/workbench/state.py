"""Seeding and looking, in the mock that is on here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.workbench import describe as describing
from mock_s3vectors.workbench import seeding, views
from tests.support.mocks import level

if TYPE_CHECKING:
    from mock_s3vectors.workbench.describe import Description
    from mock_s3vectors.workbench.views import IndexView, VectorBucketView


def seed(*arguments: Any, **named: Any) -> IndexView:
    here = level()
    return seeding.seed(here.world, here.config, *arguments, **named)


def seen_bucket(*arguments: Any, **named: Any) -> VectorBucketView:
    here = level()
    return views.bucket(here.world, here.config, *arguments, **named)


def seen_index(*arguments: Any, **named: Any) -> IndexView:
    here = level()
    return views.index(here.world, here.config, *arguments, **named)


def described() -> Description:
    return describing.describe(level().world)
