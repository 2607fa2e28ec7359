"""A decorated class with a base class, an inner class and a derived class."""

from __future__ import annotations

import pytest

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import create, names


class Base:
    @pytest.fixture(autouse=True)
    def prepared(self) -> None:
        create("base")

    def test_base(self) -> None:
        assert names() == ["base"]


@mock_s3vectors
class TestOuter(Base):
    class TestInner:
        @pytest.fixture
        def bucket(self) -> None:
            create("inner")

        def test_inner(self, bucket: None) -> None:
            assert names() == ["base", "inner"]


class TestDerived(TestOuter):
    def test_derived(self) -> None:
        assert names() == ["base"]
